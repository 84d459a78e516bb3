"""Connected pieces of a mask: numbered, boxed, and not too many for the numbers."""

from __future__ import annotations

import cv2
import numpy as np

from digitscope.preprocessing.connected_components import label_components


def test_each_piece_has_a_number_a_box_and_an_area() -> None:
    mask = np.zeros((20, 30), bool)
    mask[2:5, 3:9] = True
    mask[10, 10] = mask[11, 11] = True  # joined at a corner
    labels, stats = label_components(mask)
    assert set(np.unique(labels)) == {0, 1, 2} and len(stats) == 3
    assert stats[labels[3, 4]].tolist() == [3, 2, 6, 3, 18]
    assert labels[10, 10] == labels[11, 11]
    assert stats[0, cv2.CC_STAT_AREA] == mask.size - 20


def test_a_mask_without_ink_has_no_pieces() -> None:
    labels, stats = label_components(np.zeros((4, 5), bool))
    assert not labels.any() and len(stats) == 1


def test_more_pieces_than_16_bits_can_number() -> None:
    mask = np.zeros((640, 640), bool)
    mask[::2, ::2] = True
    labels, stats = label_components(mask)
    assert labels.max() == 320 * 320 == len(stats) - 1
