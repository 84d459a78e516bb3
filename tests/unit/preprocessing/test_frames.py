"""A box or a circle round a digit is no part of it; rings that belong to a digit stay."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from digitscope.preprocessing.connected_components import find_components, find_digit
from digitscope.preprocessing.frames import without_frames
from digitscope.types import UInt8Array

PEN_PX = 5
SEVEN = np.array([(125, 70), (170, 70), (140, 135)], np.int32)


def _page() -> UInt8Array:
    return np.zeros((220, 300), np.uint8)


def _with_seven(page: UInt8Array) -> UInt8Array:
    cv2.polylines(page, [SEVEN], isClosed=False, color=255, thickness=PEN_PX)
    return page


def _boxed(page: UInt8Array) -> UInt8Array:
    cv2.rectangle(page, (100, 50), (200, 160), 255, PEN_PX)
    return page


def _narrow_box(page: UInt8Array) -> UInt8Array:
    cv2.rectangle(page, (114, 50), (180, 180), 255, PEN_PX)
    return page


def _circled(page: UInt8Array) -> UInt8Array:
    cv2.circle(page, (148, 103), 70, 255, PEN_PX)
    return page


def _cut_by_border(page: UInt8Array) -> UInt8Array:
    cv2.circle(page, (148, 140), 100, 255, PEN_PX)
    return page


@pytest.mark.parametrize("draw", [_boxed, _narrow_box, _circled, _cut_by_border])
def test_a_digit_in_a_frame_is_found_without_it(
    draw: Callable[[UInt8Array], UInt8Array],
) -> None:
    alone = _with_seven(_page()) > 0
    mask = _with_seven(draw(_page())) > 0
    found = find_digit(mask, mask.astype(np.uint8) * 200)
    assert found is not None
    assert np.array_equal(found.mask, alone)
    assert (found.digits_seen, found.dropped) == (1, 1)


def _kept(page: UInt8Array) -> bool:
    mask = page > 0
    components, labels = find_components(mask, mask.astype(np.uint8) * 200)
    return len(without_frames(components, labels)) == len(components)


def test_a_ring_with_nothing_or_a_speck_in_it_stays() -> None:
    assert _kept(_circled(_page()))
    dotted = _circled(_page())
    cv2.circle(dotted, (148, 103), 6, 255, -1)
    assert _kept(dotted)


def test_a_long_oval_is_a_0_whatever_it_holds() -> None:
    page = _page()
    cv2.ellipse(page, (150, 110), (40, 90), 0, 0, 360, 255, PEN_PX)
    cv2.line(page, (140, 140), (160, 80), 255, PEN_PX)
    assert _kept(page)


def test_an_outline_that_bends_inwards_is_no_frame() -> None:
    """The outline of a broad 6, and the outline of its hole."""
    page = _page()
    body = _page()
    cv2.circle(body, (150, 140), 40, 255, 30)
    cv2.line(body, (115, 130), (190, 25), 255, 30)
    lines, _ = cv2.findContours(body, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    cv2.drawContours(page, lines, -1, 255, 3)
    assert len(lines) == 2
    assert _kept(page)


def test_two_sides_are_no_frame() -> None:
    page = _with_seven(_page())
    corners = np.array([(100, 50), (100, 160), (200, 160)], np.int32)
    cv2.polylines(page, [corners], isClosed=False, color=255, thickness=PEN_PX)
    assert _kept(page)
