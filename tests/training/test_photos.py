"""What the card keeps of a run over pictures: counts, calibration, levels, operating points."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from digitscope import DigitReader
from digitscope.benchmark import Result, Sample, Verdict, read_sample
from digitscope.benchmark.run import Run
from digitscope.model_files import MODEL_CARD
from digitscope.types import UInt8Array
from training import photos

Page = Callable[[UInt8Array], UInt8Array]


@pytest.fixture
def folder(tmp_path: Path, mnist_tiles: tuple[UInt8Array, UInt8Array], page: Page) -> Path:
    """Ten digits on paper, and a blank page."""
    tiles, labels = mnist_tiles
    rows = []
    for index in range(0, 5_000, 500):
        Image.fromarray(page(tiles[index])).save(tmp_path / f"{index}.png")
        rows.append((f"{index}.png", labels[index], "photo"))
    Image.new("L", (200, 200), 240).save(tmp_path / "blank.png")
    with (tmp_path / "labels.csv").open("w", newline="") as stream:
        csv.writer(stream).writerows([("file", "label", "kind"), *rows, ("blank.png", "", "none")])
    return tmp_path


@pytest.fixture
def card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the model card without photos, to be written to."""
    copy = tmp_path / "card.json"
    content = json.loads(MODEL_CARD.read_text("utf-8"))
    content = {name: value for name, value in content.items() if not name.startswith("photos")}
    copy.write_text(json.dumps(content))
    monkeypatch.setattr(photos, "MODEL_CARD", copy)
    return copy


def test_a_second_folder_has_figures_of_its_own(folder: Path, card: Path) -> None:
    photos.main([str(folder), str(folder)])
    content = json.loads(card.read_text("utf-8"))
    assert content["photos_second_set"]["kinds"] == content["photos"]["kinds"]
    assert content["photos"]["kinds"]["photo"]["n"] == 10


def test_the_card_keeps_what_was_measured(folder: Path, card: Path) -> None:
    photos.main([str(folder)])
    content = json.loads(card.read_text("utf-8"))
    added = content["photos"]
    assert added["kinds"]["photo"]["n"] == 10 and added["kinds"]["none"]["correct"] == 1
    assert added["accuracy"] == added["kinds"]["photo"]["correct_share"] >= 0.8
    assert not any(name.endswith("_ms") for name in added["kinds"]["photo"])
    assert added["model_sha256"] == content["files"]["mnist_cnn.onnx"]["sha256"]
    assert sum(level["n"] for level in added["levels"]) == 10
    assert added["operating_points"]["in_use"] in added["operating_points"]["curve"]


def test_confidence_before_calibration_is_worked_out(
    reader: DigitReader, folder: Path, card: Path
) -> None:
    temperature = json.loads(card.read_text("utf-8"))["calibration"]["temperature"]
    result = read_sample(reader, Sample(folder / "1500.png", "3", "photo", headline=True))
    raw = photos.as_trained(result, temperature)
    tile = reader.read(folder / "1500.png").preprocessed.tile
    assert tile is not None
    said = reader.predict(tile.pixels).probabilities ** temperature  # the network's own, undone
    np.testing.assert_allclose(max(raw.probabilities), (said / said.sum()).max(), atol=0.02)
    assert raw.guess == result.guess


def test_an_outcome_without_a_tile_stays_as_it_is() -> None:
    sample = Sample(Path("blank.png"), "", "none", headline=True)
    result = Result(sample, Verdict.CORRECT)
    assert photos.as_trained(result, 0.5) is result


def test_a_stopped_run_leaves_the_card(
    folder: Path, card: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = card.read_bytes()
    monkeypatch.setattr(Run, "read", lambda *_: False)
    photos.main([str(folder)])
    assert card.read_bytes() == before
