"""The ink network as a route of step 1: what it is shown, what comes back, what cannot run."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from digitscope.errors import BackgroundUnavailableError
from digitscope.model_files import INK_MODEL
from digitscope.preprocessing import ink_network
from digitscope.preprocessing.ink_network import InkRegion, ink_session
from digitscope.types import Float32Array
from tests.unit.drawn import Points, sheet, strokes_mask, write

SEVEN: Points = [(110, 60), (210, 60), (150, 190)]


class DarkIsInk:
    """Stands in for the network: what is dark is ink."""

    def __init__(self) -> None:
        self.shapes: list[tuple[int, ...]] = []

    def get_inputs(self) -> list[SimpleNamespace]:
        return [SimpleNamespace(name="rgb")]

    def run(self, _: None, given: dict[str, Float32Array]) -> list[Float32Array]:
        pictures = given["rgb"]
        self.shapes.append(pictures.shape)
        return [1 - pictures.mean(axis=3, keepdims=True) / 255]


@pytest.mark.parametrize("size_wh", [(320, 240), (640, 480), (224, 224), (100, 400), (640, 7)])
def test_the_probability_lies_where_the_ink_lies(
    size_wh: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    session = DarkIsInk()
    monkeypatch.setattr(ink_network, "ink_session", lambda _: session)
    drawn = cv2.resize(write(sheet(), SEVEN), size_wh, interpolation=cv2.INTER_AREA)
    page = drawn.astype(np.uint8)
    marked = InkRegion().mark(page)
    assert (marked.shape, marked.dtype.name) == (page.shape[:2], "float32")
    assert marked.min() >= 0 and marked.max() <= 1
    darkness = 1 - page.mean(axis=2) / 255
    assert np.abs(marked - darkness).mean() < 0.02
    (shape,) = session.shapes
    assert max(shape[1:3]) == 320 and shape[1] % 32 == 0 == shape[2] % 32


def test_the_region_is_a_little_wider_than_the_strokes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ink_network, "ink_session", lambda _: DarkIsInk())
    region = InkRegion().find_region(write(sheet(), SEVEN))
    stroke = strokes_mask(SEVEN)
    far = cv2.dilate(stroke.astype(np.uint8), np.ones((21, 21))) == 0
    assert region[stroke].min() > 0.9 and region[far].max() == 0


def test_without_its_file_the_route_cannot_run(tmp_path: Path) -> None:
    absent = InkRegion(tmp_path / "ink.onnx")
    assert not absent.is_available
    with pytest.raises(BackgroundUnavailableError, match=r"ink\.onnx"):
        absent.find_region(sheet())


def test_a_broken_file_cannot_run_and_a_failure_is_not_remembered(tmp_path: Path) -> None:
    file = tmp_path / "ink.onnx"
    file.write_bytes(b"no network")
    broken = InkRegion(file)
    assert broken.is_available
    for _ in range(2):
        with pytest.raises(BackgroundUnavailableError, match="cannot be opened"):
            broken.find_region(sheet())


def test_without_onnxruntime_the_route_cannot_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(BackgroundUnavailableError, match="cannot be opened"):
        ink_session(tmp_path / "other.onnx")


@pytest.mark.skipif(not INK_MODEL.is_file(), reason="models/ink.onnx is missing")
def test_the_shipped_network_marks_strokes_and_no_shadow() -> None:
    page = write(sheet(), SEVEN)
    page[:, 240:] = (page[:, 240:] * 0.55).astype(np.uint8)  # a shadow with a sharp edge
    marked = InkRegion().mark(page)
    stroke = strokes_mask(SEVEN)
    assert np.median(marked[stroke]) > 0.5
    assert marked[:, 225:].max() < 0.5
