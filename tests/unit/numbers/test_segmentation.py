import cv2
import numpy as np
import pytest

from digitscope.numbers.cuts import cut_out, find_cuts
from digitscope.numbers.rings import find_rings
from digitscope.numbers.rows import find_rows
from digitscope.numbers.segmentation import find_candidates, find_skips, split_row
from digitscope.numbers.shapes import find_shapes
from digitscope.types import BoolArray
from tests.unit.drawn import strokes_mask


def two_rings(apart_px: int, open_degrees: int = 0) -> BoolArray:
    mask = np.zeros((200, 300), np.uint8)
    for x in (100, 100 + apart_px):
        cv2.ellipse(mask, (x, 100), (30, 45), 0, open_degrees - 90, 270, 1, 8)
    return mask > 0


def test_touching_rings_are_cut_where_they_touch() -> None:
    mask = two_rings(apart_px=66)
    (row,) = find_rows(find_shapes(mask), mask.shape)
    cuts = find_cuts(row.shapes[0], row)
    left = row.shapes[0].box_xyxy[0]
    assert min(abs(cut.x + left - 133) for cut in cuts) <= 3


def test_a_narrow_shape_is_not_cut() -> None:
    mask = strokes_mask([(100, 40), (110, 140)])
    (row,) = find_rows(find_shapes(mask), mask.shape)
    assert find_cuts(row.shapes[0], row) == []


def test_the_pieces_of_a_shape_hold_all_of_its_ink() -> None:
    mask = two_rings(apart_px=66)
    (row,) = find_rows(find_shapes(mask), mask.shape)
    area = sum(one.shape.area for one in split_row(row))
    assert area >= row.shapes[0].area  # a wall that two digits share is in both


def test_both_rings_and_the_whole_are_candidates() -> None:
    mask = two_rings(apart_px=66)
    (row,) = find_rows(find_shapes(mask), mask.shape)
    primitives = split_row(row)
    boxes = [one.shape.box_xyxy for one in find_candidates(primitives, row)]
    for left, right in ((66, 134), (132, 200)):
        assert any(abs(box[0] - left) <= 6 and abs(box[2] - right) <= 6 for box in boxes)
    assert row.shapes[0].box_xyxy in boxes


def test_rings_that_touch_follow_each_other() -> None:
    """Else no path leads through both: the wall between them would belong to neither or to both."""
    mask = two_rings(apart_px=62)
    (row,) = find_rows(find_shapes(mask), mask.shape)
    spans = {(ring.start, ring.end) for ring in find_rings(split_row(row), row)}
    assert any(end == start for _, end in spans for start, _ in spans)


@pytest.mark.parametrize("open_degrees", [0, 25])
def test_each_ring_is_parted_from_its_neighbour_also_where_it_is_open(open_degrees: int) -> None:
    mask = two_rings(apart_px=66, open_degrees=open_degrees)
    (row,) = find_rows(find_shapes(mask), mask.shape)
    edges = {ring.shape.box_xyxy[::2] for ring in find_rings(split_row(row), row)}
    assert len(edges) == 2
    for found, right in zip(sorted(edges), ((66, 134), (132, 200)), strict=True):
        assert np.abs(np.subtract(found, right)).max() <= 4


def test_a_shape_that_is_open_wide_has_no_ring() -> None:
    mask = two_rings(apart_px=66, open_degrees=90)
    (row,) = find_rows(find_shapes(mask), mask.shape)
    assert find_rings(split_row(row), row) == []


def test_a_broken_five_is_joined_again_and_far_shapes_are_not() -> None:
    five = ([(100, 60), (100, 90), (130, 100), (130, 130), (98, 135)], [(108, 58), (135, 58)])
    one = [(190, 58), (190, 135)]
    mask = strokes_mask(*five, one, width_px=4)
    (row,) = find_rows(find_shapes(mask), mask.shape)
    boxes = [one.shape.box_xyxy for one in find_candidates(split_row(row), row)]
    assert any(box[0] <= 98 and 136 <= box[2] <= 140 for box in boxes)
    assert all(box[2] <= 145 or box[0] >= 180 for box in boxes)


def test_every_shape_and_every_piece_may_be_left_out() -> None:
    mask = two_rings(apart_px=66) | strokes_mask([(260, 60), (260, 140)], size_wh=(300, 200))
    (row,) = find_rows(find_shapes(mask), mask.shape)
    primitives = split_row(row)
    skips = find_skips(primitives, row)
    whole = [(skip.start, skip.end) for skip in skips if not skip.is_piece]
    assert whole == [(0, len(primitives) - 1), (len(primitives) - 1, len(primitives))]
    assert sum(skip.is_piece for skip in skips) == len(primitives) - 1


def test_a_cut_beyond_the_ink_leaves_nothing() -> None:
    (shape,) = find_shapes(strokes_mask([(100, 40), (100, 140)]))
    (row,) = find_rows([shape], (240, 320))
    wide = two_rings(66)
    (ring_row,) = find_rows(find_shapes(wide), wide.shape)
    far = find_cuts(ring_row.shapes[0], ring_row)[-1]
    assert cut_out(shape, far, None) is None
    assert row.height == shape.height
