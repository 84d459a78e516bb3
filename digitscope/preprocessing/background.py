"""Step 1: telling the digit from what it is written on. Each way is a small swappable object."""

from __future__ import annotations

import functools
import os
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np

from digitscope.errors import BackgroundUnavailableError
from digitscope.types import Background, Float32Array, UInt8Array

REMBG_MODELS = (Background.U2NETP, Background.U2NET, Background.ISNET)
GRAIN_SIGMAS = 1.5  # mean differences below this many deviations are paper grain
REGION_MARGIN = (
    0.04  # rembg's region is widened by this share of the picture: it clips thin strokes
)
REGION_THRESHOLD = 64  # of 255; low, because rembg fades where strokes are thin


class BackgroundRemover(Protocol):
    """Anything that says how much of each pixel to keep."""

    name: Background

    def keep(self, rgb: UInt8Array, difference: Float32Array, sigma: float, /) -> Float32Array:
        """Weigh each pixel: 0 is background, 1 is to keep.

        Args:
            rgb: (H, W, 3) uint8, the picture at working size.
            difference: (H, W, 3) float32, the picture minus the estimated ground.
            sigma: standard deviation of the page's grain in `difference`.

        Returns:
            (H, W) float32, 0..1.

        Raises:
            BackgroundUnavailableError: it cannot run here.
        """
        ...


class LocalBackground:
    """Keeps what differs from the local ground by more than the paper's grain. No model."""

    name = Background.OPENCV

    def keep(self, _: UInt8Array, difference: Float32Array, sigma: float, /) -> Float32Array:
        """See `BackgroundRemover.keep`."""
        red, green, blue = cv2.split(cv2.convertScaleAbs(difference))
        distance = cv2.boxFilter(cv2.max(cv2.max(red, green), blue), cv2.CV_32F, (3, 3))
        return np.clip(distance / max(sigma, 1.0) - GRAIN_SIGMAS, 0, 1).astype(np.float32)


class RembgBackground:
    """Keeps ink inside the region that a saliency network marks (rembg).

    Such a network finds *where* the digit is and is poor at *what* is ink, so its region is
    widened and combined with the local difference.
    """

    def __init__(self, name: Background) -> None:
        """Choose the network; nothing is loaded before it is used."""
        self.name = name

    def keep(self, rgb: UInt8Array, difference: Float32Array, sigma: float, /) -> Float32Array:
        """See `BackgroundRemover.keep`."""
        session = rembg_session(self.name)
        from rembg import remove

        mask = np.asarray(remove(rgb, session=session, only_mask=True))
        region = (mask > REGION_THRESHOLD).astype(np.uint8)
        side = 2 * round(REGION_MARGIN * max(region.shape)) + 1
        wide = cv2.dilate(region, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)))
        soft = cv2.GaussianBlur(wide.astype(np.float32), (0, 0), side / 6)
        return (soft * LocalBackground().keep(rgb, difference, sigma)).astype(np.float32)


@functools.lru_cache(maxsize=len(REMBG_MODELS))
def rembg_session(name: Background) -> Any:
    """Make rembg's session for one network, once a process (a failure is tried anew).

    The weights are looked up in rembg's own folders (``U2NET_HOME``, ``~/.rembg``) and downloaded
    on first use.

    Raises:
        BackgroundUnavailableError: rembg is not installed, or the weights are neither on disk
            nor to be had.
    """
    # What rembg brings for fine edges, unused here, would be compiled at its first import on a
    # machine: half a minute and 300 MB.
    os.environ.setdefault("NUMBA_DISABLE_JIT", "1")
    try:
        import onnxruntime
        from rembg import new_session
    except ImportError as error:
        raise BackgroundUnavailableError(
            "The package rembg is needed for the background '{name}' and is not installed. "
            "`pip install -e .[app]` brings it.",
            name=name,
        ) from error
    options = onnxruntime.SessionOptions()
    options.enable_cpu_mem_arena = False  # saves some 100 MB between pictures
    try:
        return new_session(str(name), sess_opts=options)
    except Exception as error:  # network, checksum, disk, broken file: rembg raises as they come
        raise BackgroundUnavailableError(
            "The weights of '{name}' could not be loaded or downloaded ({kind}). Connect to the "
            "internet once, or set U2NET_HOME to a folder that holds {name}.onnx.",
            name=name,
            kind=type(error).__name__,
        ) from error


def weights_on_disk(name: Background) -> bool:
    """Whether a rembg network can be used without a download (looked up without importing it).

    Source: the folders that rembg 2.0.86 looks into.
    """
    data_home = Path(os.environ.get("XDG_DATA_HOME") or "~")
    hidden = "rembg" if os.environ.get("XDG_DATA_HOME") else ".rembg"
    flat = Path(os.environ.get("U2NET_HOME") or data_home / ".u2net")
    home = Path(os.environ.get("U2NET_HOME") or os.environ.get("REMBG_HOME") or data_home / hidden)
    folders = (flat, home / "models" / name)
    return any((folder.expanduser() / f"{name}.onnx").is_file() for folder in folders)


def make_remover(name: Background) -> BackgroundRemover:
    """Find the remover of that name (`auto` is a choice between them and not one itself).

    Raises:
        ValueError: `auto`.
    """
    if name is Background.AUTO:
        raise ValueError("One background remover is expected. Received: 'auto'.")
    return LocalBackground() if name is Background.OPENCV else RembgBackground(name)
