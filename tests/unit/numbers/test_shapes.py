import numpy as np

from digitscope.numbers.shapes import Shape, find_shapes, join_shapes, tighten
from tests.unit.drawn import strokes_mask


def test_each_stroke_is_a_shape_in_its_own_box_and_specks_are_none() -> None:
    mask = strokes_mask([(50, 40), (50, 140)], [(150, 40), (150, 100)])
    mask[200, 200] = True
    shapes = find_shapes(mask)
    assert sorted(shape.centre_x for shape in shapes) == [50.5, 150.5]
    assert all(shape.mask.shape == (shape.height, shape.width) for shape in shapes)


def test_joined_shapes_keep_all_their_ink() -> None:
    one = Shape((0, 0, 2, 3), np.ones((3, 2), bool))
    other = Shape((4, 2, 5, 4), np.ones((2, 1), bool))
    joined = join_shapes([one, other])
    assert joined.box_xyxy == (0, 0, 5, 4)
    assert joined.area == one.area + other.area


def test_a_box_is_drawn_close_and_an_empty_shape_is_none() -> None:
    mask = np.zeros((6, 8), bool)
    assert tighten(Shape((10, 20, 18, 26), mask)) is None
    mask[2:4, 3] = True
    assert tighten(Shape((10, 20, 18, 26), mask)).box_xyxy == (13, 22, 14, 24)


def test_the_slant_says_where_the_top_leans() -> None:
    (rightwards,) = find_shapes(strokes_mask([(100, 140), (130, 40)]))
    (leftwards,) = find_shapes(strokes_mask([(130, 140), (100, 40)]))
    assert 0.2 < rightwards.slant < 0.4
    assert -0.4 < leftwards.slant < -0.2
