"""Connected pieces of a mask, with their boxes and areas."""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from digitscope.types import BoolArray

Labels = NDArray[np.uint16] | NDArray[np.int32]


def label_components(mask: BoolArray, connectivity: int = 8) -> tuple[Labels, NDArray[np.int32]]:
    """Number the connected pieces of a mask, from 1; 0 is where the mask is False.

    With labels of 16 bits OpenCV is three times as quick; only noise has more pieces than they
    can number.

    Args:
        mask: (H, W) bool.
        connectivity: 8, or 4 where corners do not join.

    Returns:
        (H, W) labels, and (N, 5) int32: of each label, 0 among them, left, top, width, height
        and area, px; cv2's CC_STAT_ constants name the columns.
    """
    ink = mask.view(np.uint8)
    try:
        _, labels, stats, _ = cv2.connectedComponentsWithStats(
            ink, connectivity=connectivity, ltype=cv2.CV_16U
        )
    except cv2.error:  # too many for 16 bits
        _, labels, stats, _ = cv2.connectedComponentsWithStats(
            ink, connectivity=connectivity, ltype=cv2.CV_32S
        )
    return cast(Labels, labels), np.asarray(stats, np.int32)
