"""Whether today's code trains as before, judged by what a training begins with."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("keras")

from training import model_definition
from training.config import HyperParameters
from training.data.datasets import Datasets
from training.data.mnist import Digits
from training.run_records import confirm as module
from training.run_records.provenance import code_fingerprint
from training.run_records.run_folder import RunFolder
from training.tracking.record import RunRecord, keep_record, read_record
from training.train import fingerprint_training

HYPER = HyperParameters(
    network="mlp",
    hidden_units=16,
    epochs=4,
    hand_fraction=0.0,
    non_digit_fraction=0.0,
    validation_tiles=100,
    limit=64,
)


@pytest.fixture
def datasets(digits: Digits) -> Datasets:
    return Datasets(digits.take(np.arange(64)), digits.take(np.arange(64, 96)))


def test_the_same_training_has_the_same_fingerprint(datasets: Datasets) -> None:
    first = fingerprint_training(datasets, HYPER)
    assert fingerprint_training(datasets, HYPER) == first and len(first) == 64


@pytest.mark.parametrize(
    "change",
    [
        {"seed": 1},
        {"hidden_units": 17},
        {"permuted": True},
        {"dropout": 0.4},
        {"learning_rate": 1e-3},
        {"weight_decay": 0.0},
        {"optimizer": "adam"},
        {"ema_momentum": 0.5},
        {"label_smoothing": 0.0},
        {"augmentation": 0.9},
        {"calm_fraction": 0.0},  # only the last epochs differ
        {"degraded_fraction": 0.0},
    ],
)
def test_whatever_changes_the_training_changes_the_fingerprint(
    datasets: Datasets, change: dict[str, Any]
) -> None:
    changed = replace(HYPER, **change)
    assert fingerprint_training(datasets, changed) != fingerprint_training(datasets, HYPER)


def test_other_tiles_change_the_fingerprint(datasets: Datasets, digits: Digits) -> None:
    first = fingerprint_training(datasets, HYPER)
    for part in ("train", "validation"):
        other = replace(datasets, **{part: digits.take(np.arange(100, 164))})
        assert fingerprint_training(other, HYPER) != first


def test_another_order_of_the_pixels_changes_the_fingerprint(
    datasets: Datasets, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same layers with the same weights, wired in another way."""
    permuted = replace(HYPER, permuted=True)
    first = fingerprint_training(datasets, permuted)
    monkeypatch.setattr(model_definition, "PERMUTATION_SEED", 1)
    assert fingerprint_training(datasets, permuted) != first


@pytest.fixture
def report(mnist_npz: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The report of one run, which was trained by other code that did the same."""
    monkeypatch.setattr(module, "RUNS_DIR", tmp_path)
    monkeypatch.setattr(module, "REPORTS_DIR", tmp_path)
    monkeypatch.setenv("MNIST_NPZ", str(mnist_npz))
    known = fingerprint_training(module.load_datasets(None, HYPER), HYPER)
    facts = {"code_sha256": "older", "training_sha256": known}
    folder = RunFolder(tmp_path / "tidied" / "1-seed-0")
    folder.start(asdict(HYPER), resume=False)
    keep_record(folder, RunRecord("tidied", asdict(HYPER), facts))
    settings = asdict(HYPER) | {"photo_fraction": 0.0}  # a removed part, not used
    run = {"settings": settings, "seed": 0, "folder": "tidied/1-seed-0"} | facts
    return {"name": "tidied", "rows": [{"name": "a row", "runs": [run]}]}


def _confirmed_code(report: dict[str, Any], folder: Path) -> tuple[str, str]:
    """The code that the report and the run's folder name after the command."""
    (folder / "tidied.json").write_text(json.dumps(report))
    module.main([])
    (row,) = json.loads((folder / "tidied.json").read_text())["rows"]
    record = read_record(RunFolder(folder / "tidied" / "1-seed-0"))
    return row["runs"][0]["code_sha256"], record.facts["code_sha256"]


def test_a_run_that_would_be_the_same_names_todays_code(
    report: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _confirmed_code(report, tmp_path) == (code_fingerprint(), code_fingerprint())
    assert capsys.readouterr().out.startswith("tidied: a row, seed 0: trains as before\n")
    report["rows"][0]["runs"][0]["code_sha256"] = code_fingerprint()
    _confirmed_code(report, tmp_path)
    assert capsys.readouterr().out == "Every run names today's code.\n"


def test_another_run_in_the_folder_is_left_alone(report: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "tidied" / "1-seed-0" / "tracking.json"
    record = json.loads(path.read_text())
    record["facts"]["training_sha256"] = "of another run"
    path.write_text(json.dumps(record))
    assert _confirmed_code(report, tmp_path) == (code_fingerprint(), "older")


@pytest.mark.parametrize(
    "change",
    [
        {"training_sha256": "0"},
        {"training_sha256": None},  # a run from before it was kept
        {"settings": asdict(HYPER) | {"photo_fraction": 0.1}},
        {"settings": asdict(HYPER) | {"optimizer": "one that is gone"}},
    ],
)
def test_a_run_that_would_differ_keeps_its_code(
    report: dict[str, Any],
    change: dict[str, Any],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    report["rows"][0]["runs"][0] |= change
    with pytest.raises(SystemExit, match="1 runs differ"):
        _confirmed_code(report, tmp_path)
    assert capsys.readouterr().out == "tidied: a row, seed 0: differs\n"
    folder = RunFolder(tmp_path / "tidied" / "1-seed-0")
    assert read_record(folder).facts["code_sha256"] == "older"
