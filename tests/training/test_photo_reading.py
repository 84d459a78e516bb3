"""A run's network reads photos: of validation digits, calibrated, beside its other figures."""

from __future__ import annotations

import csv
from dataclasses import asdict
from pathlib import Path

import cv2
import numpy as np
import pytest

keras = pytest.importorskip("keras")

from digitscope.benchmark import BenchmarkError, Result, Sample, Verdict  # noqa: E402
from digitscope.types import UInt8Array  # noqa: E402
from training.config import HyperParameters  # noqa: E402
from training.data.mnist import Digits, load_train_validation  # noqa: E402
from training.experiments import photo_reading  # noqa: E402
from training.model_definition import build_network  # noqa: E402
from training.run_records.run_folder import RunFolder, RunState  # noqa: E402

HYPER = HyperParameters(network="mlp", hidden_units=32, validation_tiles=100)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunFolder:
    """A run whose network has learnt nothing, which is enough to be asked."""
    monkeypatch.setattr(photo_reading, "show", lambda _: None)
    folder = RunFolder(tmp_path / "run")
    folder.start(asdict(HYPER), resume=False)
    figures = {"epoch": 1, "seconds": 1.0, "val_loss": 2.3, "val_accuracy": 0.1}
    state = RunState().after(figures)
    model = build_network(HYPER)
    folder.save_best(model)
    folder.save(model, state)
    folder.save_figures({"test_accuracy": 0.1})
    return folder


def test_figures_of_simulated_photos_stand_beside_the_others(
    run: RunFolder, mnist_npz: Path
) -> None:
    photo_reading.main([f"--run={run.path}", "--count=4", f"--data={mnist_npz}"])
    figures = run.figures()
    assert figures["test_accuracy"] == 0.1 and figures["photo_count"] == 4
    assert 0 <= figures["photo_accuracy"] <= 1
    assert figures["photo_wrong"] + figures["photo_refused"] <= 1


def test_a_labelled_folder_is_read_as_well(
    run: RunFolder, mnist_npz: Path, digits: Digits, tmp_path: Path
) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    cv2.imwrite(str(folder / "a.png"), _page(digits.tiles[0]))
    with (folder / "labels.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["file", "label"], ["a.png", digits.labels[0]]])
    photo_reading.main([f"--run={run.path}", f"--real-photo={folder}", f"--data={mnist_npz}"])
    assert run.figures()["real_photo_count"] == 1


def test_strokes_are_those_of_test_writers_where_the_file_has_them(
    run: RunFolder, mnist_npz: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(photo_reading, "PENS", (0.05,))
    monkeypatch.setattr(photo_reading, "TEST_WRITERS", range(36, 37))
    photo_reading.main([f"--run={run.path}", "--strokes", f"--data={mnist_npz}"])
    assert run.figures()["test_hands_count"] == 20
    assert run.readings().keys() == {"test_hands"}


def test_without_test_writers_those_of_validation_are_read_and_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(photo_reading, "TEST_WRITERS", range(99, 100))
    name, samples = photo_reading.pen_strokes()
    assert name == "validation_hands"
    assert len(samples) == len(photo_reading.VALIDATION_WRITERS) * 20 * len(photo_reading.PENS)


def _page(tile: UInt8Array) -> UInt8Array:
    return 255 - cv2.resize(np.pad(tile, 14), (280, 280))


def test_photos_are_of_validation_digits_and_the_same_for_every_run(mnist_npz: Path) -> None:
    _, validation = load_train_validation(mnist_npz, HYPER.validation_tiles)
    first, again = (photo_reading.everyday_photos(validation, 5) for _ in range(2))
    known = {tile.tobytes() for tile in validation.tiles}
    assert all(one.tile.tobytes() in known for one in first)
    assert [one.seed for one in first] == [one.seed for one in again]


def _result(label: str, verdict: Verdict, guess: int | None) -> Result:
    probabilities = () if guess is None else tuple(np.eye(10)[guess].tolist())
    return Result(
        Sample(Path("a"), label, "photo", headline=True), verdict, None, None, probabilities
    )


def test_a_refused_photo_counts_as_read_where_the_guess_is_right() -> None:
    results = [
        _result("1", Verdict.CORRECT, 1),
        _result("2", Verdict.REFUSED, 2),
        _result("3", Verdict.WRONG, 5),
        _result("4", Verdict.REFUSED, None),
        _result("", Verdict.CORRECT, None),  # shows no digit: not asked about
    ]
    assert photo_reading.summarise(results, "photo") == {
        "photo_count": 4,
        "photo_accuracy": 0.5,
        "photo_wrong": 0.25,
        "photo_refused": 0.5,
        "photo_none_auroc": 0.875,  # three rank above what shows no digit, the unasked one ties
    }
    assert "photo_none_auroc" not in photo_reading.summarise(results[:-1], "photo")


def test_a_folder_without_digits_is_told() -> None:
    with pytest.raises(BenchmarkError, match="Received: 1 others"):
        photo_reading.summarise([_result("", Verdict.CORRECT, None)], "photo")
