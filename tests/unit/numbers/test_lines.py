from digitscope.numbers.lines import free_from_lines
from digitscope.numbers.shapes import find_shapes
from tests.unit.drawn import strokes_mask

ONES = [[(100, 60), (100, 200)], [(180, 60), (180, 200)]]


def test_a_line_that_digits_stand_on_is_taken_out_and_they_come_apart() -> None:
    mask = strokes_mask(*ONES, [(0, 195), (320, 190)])
    (joined,) = find_shapes(mask)
    freed = [one for one in free_from_lines(joined, mask.shape) if one.height > 60]
    assert sorted(round(one.centre_x) for one in freed) == [100, 180]


def test_digits_without_a_line_stay_as_they_are() -> None:
    mask = strokes_mask(*ONES)
    for shape in find_shapes(mask):
        assert free_from_lines(shape, mask.shape) == [shape]
