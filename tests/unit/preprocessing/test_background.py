"""Step 1: what differs from the page is kept, within a network's region where one is asked."""

from __future__ import annotations

import numpy as np
import pytest

from digitscope.preprocessing import background
from digitscope.preprocessing.background import show_on_chequers
from digitscope.preprocessing.background_removers import REMOVERS
from digitscope.preprocessing.state import Attempt, Foreground, State
from digitscope.preprocessing.working_picture import WorkingPicture, to_working_size
from digitscope.types import Background, Float32Array, UInt8Array
from tests.unit.drawn import Points, sheet, strokes_mask, write

SEVEN: Points = [(110, 60), (210, 60), (150, 190)]


def _found(picture: WorkingPicture, attempt: Attempt | None = None) -> Foreground:
    return background.apply(State(picture), attempt or Attempt()).foreground


def test_what_differs_from_the_page_is_kept() -> None:
    page, stroke = write(sheet(), SEVEN), strokes_mask(SEVEN)
    found = _found(to_working_size(page))
    assert (found.keep.shape, found.keep.dtype) == (page.shape[:2], np.float32)
    assert (found.keep.min(), found.keep.max()) == (0, 1)
    assert (found.keep[stroke] == 1).all()
    assert found.keep[~stroke].mean() < 0.05
    assert (found.is_ink_dark, found.route) == (True, Background.OPENCV)
    assert found.difference[stroke].max() < -150 and np.abs(found.difference[:40]).max() < 2
    assert found.luma[stroke].max() < -150 and np.abs(found.luma[:40]).max() < 2


@pytest.mark.parametrize("thorough", [False, True])
def test_ink_counts_only_in_a_networks_region(
    thorough: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    class LeftHalf:
        def find_region(self, rgb: UInt8Array, /) -> Float32Array:
            region = np.zeros(rgb.shape[:2], np.float32)
            region[:, : rgb.shape[1] // 2] = 1
            return region

    monkeypatch.setitem(REMOVERS, Background.U2NETP, LeftHalf())
    page = write(sheet(), [(60, 80), (60, 160)], [(250, 80), (250, 160)])
    found = _found(to_working_size(page), Attempt(Background.U2NETP, thorough=thorough))
    assert found.route is Background.U2NETP
    assert found.keep[100:140, 60].min() > 0.9
    assert found.keep[:, 200:].max() == 0
    assert found.keep[120, 20] == 0  # in the region there may be page: it is not kept


def test_the_background_is_estimated_once_a_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    estimated = 0
    estimate = background.estimate_background

    def counted(rgb: UInt8Array) -> Float32Array:
        nonlocal estimated
        estimated += 1
        return estimate(rgb)

    monkeypatch.setattr(background, "estimate_background", counted)
    picture = to_working_size(write(sheet(), SEVEN))
    for attempt in (Attempt(), Attempt(thorough=True), Attempt(skip=1)):
        _found(picture, attempt)
    assert estimated == 1


# --- What is shown -------------------------------------------------------------------------------


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
