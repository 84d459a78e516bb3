"""What the steps show: numbering, chequers for nothing, the box round the digit."""

from __future__ import annotations

import numpy as np
import pytest

from digitscope.preprocessing.locating import Location
from digitscope.preprocessing.steps import STEPS
from digitscope.preprocessing.trace import BOX_RGB, Trace, show_location, show_on_chequers
from digitscope.types import Reason


def test_steps_are_numbered_in_the_tables_order() -> None:
    trace = Trace()
    for _ in STEPS:
        trace.add(np.zeros((2, 2), np.uint8), "{n} of {m}.", n=1, m=2)
    assert [(step.number, step.key) for step in trace.steps] == [
        (info.number, info.key) for info in STEPS
    ]
    assert trace.steps[0].sentence == "1 of 2."


@pytest.mark.parametrize("size_hw", [(40, 56), (1, 1), (17, 3)])
def test_what_is_kept_is_shown_and_the_rest_is_chequers(size_hw: tuple[int, int]) -> None:
    rgb = np.full((*size_hw, 3), 60, np.uint8)
    keep = np.zeros(size_hw, np.float32)
    keep[: size_hw[0] // 2] = 1
    shown = show_on_chequers(rgb, keep)
    assert (shown.shape, shown.dtype) == (rgb.shape, np.uint8)
    assert (shown[: size_hw[0] // 2] == 60).all()
    assert set(np.unique(shown[size_hw[0] // 2 :])) <= {225, 245}


def test_the_chequers_change_every_eight_pixels() -> None:
    shown = show_on_chequers(np.zeros((32, 32, 3), np.uint8), np.zeros((32, 32), np.float32))
    assert shown[0, ::8, 0].tolist() == [245, 225, 245, 225]
    assert shown[::8, 0, 0].tolist() == [245, 225, 245, 225]


def test_the_digit_is_bright_the_rest_dim_and_the_box_round_it() -> None:
    levels = np.full((40, 60), 200, np.uint8)
    mask = np.zeros((40, 60), bool)
    mask[10:30, 20:25] = True
    shown = show_location(levels, Location(mask, (20, 10, 25, 30), None, 1, 1))
    assert shown.shape == (40, 60, 3)
    assert (shown[mask] == 255).all()
    assert shown[0, 0].tolist() == [60, 60, 60]
    assert shown[8, 22].tolist() == list(BOX_RGB)
    assert shown[20, 18].tolist() == list(BOX_RGB)


def test_without_a_digit_there_is_no_box() -> None:
    levels = np.full((40, 60), 100, np.uint8)
    shown = show_location(levels, Location(np.zeros((40, 60), bool), None, Reason.BLANK))
    assert (shown == 30).all()
