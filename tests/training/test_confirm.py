"""Today's code trains as before, or the run must be trained again: told by what training gets."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("keras")

from training.config import HyperParameters
from training.data.datasets import Datasets
from training.data.mnist import Digits
from training.run_records import confirm as module
from training.run_records.provenance import code_fingerprint
from training.run_records.run_folder import RunFolder
from training.tracking.record import RunRecord, keep_record, read_record
from training.train import fingerprint_of_training

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
    first = fingerprint_of_training(datasets, HYPER)
    assert fingerprint_of_training(datasets, HYPER) == first and len(first) == 64


@pytest.mark.parametrize(
    "change",
    [
        {"seed": 1},
        {"hidden_units": 17},
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
    assert fingerprint_of_training(datasets, changed) != fingerprint_of_training(datasets, HYPER)


def test_other_tiles_change_the_fingerprint(datasets: Datasets, digits: Digits) -> None:
    first = fingerprint_of_training(datasets, HYPER)
    for part in ("train", "validation"):
        other = replace(datasets, **{part: digits.take(np.arange(100, 164))})
        assert fingerprint_of_training(other, HYPER) != first


@pytest.fixture
def report(mnist_npz: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The report of one run, which was trained by other code that did the same."""
    monkeypatch.setattr(module, "RUNS_DIR", tmp_path)
    monkeypatch.setattr(module, "REPORTS_DIR", tmp_path)
    monkeypatch.setenv("MNIST_NPZ", str(mnist_npz))
    folder = RunFolder(tmp_path / "tidied" / "1-seed-0")
    folder.start(asdict(HYPER), resume=False)
    keep_record(folder, RunRecord("tidied", asdict(HYPER), {"code_sha256": "older"}))
    run = {
        "settings": asdict(HYPER) | {"photo_fraction": 0.0},  # a removed part, not used
        "seed": 0,
        "folder": "tidied/1-seed-0",
        "code_sha256": "older",
        "training_sha256": fingerprint_of_training(module.load_datasets(None, HYPER), HYPER),
    }
    return {"name": "tidied", "rows": [{"name": "a row", "runs": [run]}]}


def _said(report: dict[str, Any], folder: Path) -> str:
    (folder / "tidied.json").write_text(json.dumps(report))
    module.main([])
    report |= json.loads((folder / "tidied.json").read_text())
    return str(report["rows"][0]["runs"][0]["code_sha256"])


def test_a_run_that_would_be_the_same_names_todays_code(
    report: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _said(report, tmp_path) == code_fingerprint()
    assert capsys.readouterr().out == "tidied: a row, seed 0: trains as before\n"
    folder = RunFolder(tmp_path / "tidied" / "1-seed-0")
    assert read_record(folder).facts["code_sha256"] == code_fingerprint()
    assert _said(report, tmp_path) == code_fingerprint()
    assert capsys.readouterr().out == ""  # nothing is left to confirm


@pytest.mark.parametrize(
    "change",
    [
        {"training_sha256": "0"},
        {"training_sha256": ""},  # a run from before it was kept
        {"settings": asdict(HYPER) | {"photo_fraction": 0.1}},
    ],
)
def test_a_run_that_would_differ_must_be_trained_again(
    report: dict[str, Any],
    change: dict[str, Any],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    report["rows"][0]["runs"][0] |= change
    assert _said(report, tmp_path) == "older"
    assert capsys.readouterr().out == "tidied: a row, seed 0: must be trained again\n"
    folder = RunFolder(tmp_path / "tidied" / "1-seed-0")
    assert read_record(folder).facts["code_sha256"] == "older"
