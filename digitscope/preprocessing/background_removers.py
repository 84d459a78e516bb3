"""The routes that find the region of the digit: OpenCV alone, or a saliency network of rembg.

A saliency network finds *where* the digit is, but it is poor at finding *what* is ink. So its
region is widened, and step 1 combines it with the difference from the background estimate.
"""

from __future__ import annotations

import functools
import os
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np

from digitscope.errors import BackgroundUnavailableError
from digitscope.host_environment import environment
from digitscope.preprocessing.ink_network import InkRegion
from digitscope.types import Background, Float32Array, UInt8Array

REGION_MARGIN = 0.04  # the region grows by this fraction of the picture: rembg clips thin strokes
REGION_THRESHOLD = 64  # of 255; low, because rembg fades where strokes are thin


class BackgroundRemover(Protocol):
    """Finds the region of the picture that may hold the digit."""

    def find_region(self, rgb: UInt8Array, /) -> Float32Array | None:
        """Rate how likely each pixel belongs to the region of the digit.

        Args:
            rgb: (H, W, 3) uint8, the picture at working size.

        Returns:
            (H, W) float32, 0..1, or None if the whole picture is the region.

        Raises:
            BackgroundUnavailableError: the route cannot run here.
        """
        ...


class WholePicture:
    """The OpenCV route: the whole picture is the region. It needs no model."""

    def find_region(self, _: UInt8Array, /) -> None:
        """See `BackgroundRemover.find_region`."""


class RembgRegion:
    """The region that a saliency network of rembg marks, widened, with a soft edge."""

    def __init__(self, name: Background) -> None:
        """Choose the network. It is loaded on first use."""
        self.name = name

    def find_region(self, rgb: UInt8Array, /) -> Float32Array:
        """See `BackgroundRemover.find_region`."""
        session = rembg_session(self.name)
        from rembg import remove

        mask = np.asarray(remove(rgb, session=session, only_mask=True))
        region = (mask > REGION_THRESHOLD).astype(np.uint8)
        side = 2 * round(REGION_MARGIN * max(region.shape)) + 1
        wide = cv2.dilate(region, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)))
        return cv2.GaussianBlur(wide.astype(np.float32), (0, 0), side / 6).astype(np.float32)


REMOVERS: dict[Background, BackgroundRemover] = {
    Background.OPENCV: WholePicture(),
    Background.INK: InkRegion(),
    Background.U2NETP: RembgRegion(Background.U2NETP),
    Background.U2NET: RembgRegion(Background.U2NET),
    Background.ISNET: RembgRegion(Background.ISNET),
}
REMBG_MODELS = tuple(name for name, one in REMOVERS.items() if isinstance(one, RembgRegion))


@functools.lru_cache(maxsize=len(REMBG_MODELS))
def rembg_session(name: Background) -> Any:
    """Create the session of one network, once per process. A later call retries a failure.

    rembg looks for the weights in its own folders (``U2NET_HOME``, ``~/.rembg``) and downloads
    them when they are first used.

    Raises:
        BackgroundUnavailableError: rembg is not installed, or the weights are not on disk and
            cannot be downloaded.
    """
    try:
        # rembg imports a package for fine edges, which Digitscope does not use. Compiling it would
        # take half a minute and 300 MB on a new machine.
        with environment(NUMBA_DISABLE_JIT="1", ORT_DISABLE_TELEMETRY="1"):
            import onnxruntime
            from rembg import new_session
    except ImportError as error:
        raise BackgroundUnavailableError(
            "The package rembg is needed for the background '{name}' and is not installed. "
            "`pip install -e .[app]` brings it.",
            name=name,
        ) from error
    options = onnxruntime.SessionOptions()
    options.enable_cpu_mem_arena = False  # saves about 100 MB between pictures
    try:
        return new_session(str(name), sess_opts=options)
    except Exception as error:  # rembg passes on errors of network, checksum, disk and file
        raise BackgroundUnavailableError(
            "The weights of '{name}' could not be loaded or downloaded ({kind}). Connect to the "
            "internet once, or set U2NET_HOME to a folder that holds {name}.onnx.",
            name=name,
            kind=type(error).__name__,
        ) from error


def weights_on_disk(name: Background) -> bool:
    """Whether a network of rembg can be used without a download. Does not import rembg.

    Source: the folders that rembg 2.0.86 looks into.
    """
    data_home = Path(os.environ.get("XDG_DATA_HOME") or "~")
    hidden = "rembg" if os.environ.get("XDG_DATA_HOME") else ".rembg"
    flat = Path(os.environ.get("U2NET_HOME") or data_home / ".u2net")
    home = Path(os.environ.get("U2NET_HOME") or os.environ.get("REMBG_HOME") or data_home / hidden)
    folders = (flat, home / "models" / name)
    return any((folder.expanduser() / f"{name}.onnx").is_file() for folder in folders)
