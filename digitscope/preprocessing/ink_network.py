"""The ink network: a small segmentation network of our own that marks the ink of digits.

It was trained only on simulated photos, see `training.ink_network`. It sees the picture at 320 px,
where the line of a fine pen is one pixel wide. It marks *what* is ink. How strong the ink is and
where its edge lies is measured in the picture itself.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from digitscope.errors import BackgroundUnavailableError
from digitscope.host_environment import environment
from digitscope.model_files import INK_MODEL
from digitscope.types import Float32Array, UInt8Array

SIDE_PX = 320  # longest side of the picture that the network sees, as in training
STRIDE = 32  # both sides of the input are multiples of it
MIN_PROBABILITY = 0.3  # of ink; low, to keep strokes that are hardly visible
MARGIN = 1 / 160  # of the longest side: strokes are widened by this on each side


class InkRegion:
    """The strokes that the ink network marks, a little widened, with a soft edge."""

    def __init__(self, path: Path = INK_MODEL) -> None:
        """Set the model file. It is opened on first use."""
        self.path = path

    @property
    def is_available(self) -> bool:
        """Whether the network's file exists."""
        return self.path.is_file()

    def find_region(self, rgb: UInt8Array, /) -> Float32Array:
        """See `BackgroundRemover.find_region`."""
        side = 2 * round(MARGIN * max(rgb.shape[:2])) + 1
        window = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
        strokes = (self.mark(rgb) > MIN_PROBABILITY).astype(np.float32)
        wide = cv2.dilate(strokes, window)
        return cv2.GaussianBlur(wide, (0, 0), side / 4).astype(np.float32)

    def mark(self, rgb: UInt8Array) -> Float32Array:
        """The probability of ink: (H, W, 3) uint8 to (H, W) float32, 0..1.

        Raises:
            BackgroundUnavailableError: the network cannot be opened.
        """
        session = ink_session(self.path)
        height, width = rgb.shape[:2]
        scale = SIDE_PX / max(height, width)
        size_wh = (max(1, round(width * scale)), max(1, round(height * scale)))
        interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        small = cv2.resize(rgb, size_wh, interpolation=interpolation)
        below, right = -size_wh[1] % STRIDE, -size_wh[0] % STRIDE
        padded = cv2.copyMakeBorder(small, 0, below, 0, right, cv2.BORDER_REFLECT_101)
        batch = padded[np.newaxis].astype(np.float32)
        (marked,) = session.run(None, {session.get_inputs()[0].name: batch})
        near = np.ascontiguousarray(marked[0, : size_wh[1], : size_wh[0], 0])
        large = cv2.resize(near, (width, height), interpolation=cv2.INTER_LINEAR)
        return np.asarray(large, np.float32)


@functools.lru_cache(maxsize=1)
def ink_session(path: Path) -> Any:
    """Open the network once per process. A later call retries a failure.

    Raises:
        BackgroundUnavailableError: onnxruntime or the file is missing, or the file is broken.
    """
    try:
        with environment(ORT_DISABLE_TELEMETRY="1"):
            import onnxruntime

            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = 1  # two spinning threads measured slower than one
            options.enable_cpu_mem_arena = False  # frees memory after each picture
            return onnxruntime.InferenceSession(
                str(path), options, providers=["CPUExecutionProvider"]
            )
    except Exception as error:  # onnxruntime raises many unrelated types
        raise BackgroundUnavailableError(
            "The ink network cannot be opened. Received: {file} ({kind}). "
            "`python -m training.ink_network.export` makes one.",
            file=path.name,
            kind=type(error).__name__,
        ) from error
