"""A figure that is older than what it speaks of is named."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("keras")

from digitscope.model_files import ONNX_MODEL, fingerprint_of
from digitscope.recognition.operating_point import ENTRY, OperatingPoint
from training.config import HyperParameters
from training.experiments.definitions import EXPERIMENTS, MNIST_ALONE, Experiment, Range, Row
from training.run_records import provenance
from training.run_records.currency import stale_photos, stale_rows
from training.run_records.provenance import (
    PHOTOS_BY,
    READ_BY,
    READINGS_BY,
    TRAINED_BY,
    bare_code,
    code_fingerprint,
    reading_fingerprint,
)

ROWS = (
    Row("a row", {"dropout": 0.5}),
    Row("MNIST alone", MNIST_ALONE),
    Row("searched", MNIST_ALONE, "found", {"dropout": Range(0.0, 0.9)}),
)


@pytest.fixture(autouse=True)
def experiment(monkeypatch: pytest.MonkeyPatch) -> None:
    """An experiment of three rows."""
    monkeypatch.setitem(EXPERIMENTS, "ablation", Experiment("Title", ROWS, "Nothing."))


def _lines(*reports: dict[str, Any]) -> list[str]:
    """What is said of a report's rows; the rows that it lacks are another test's."""
    return [
        line for one in reports for line in stale_rows(one) if not line.endswith("measured yet")
    ]


def _report(name: str, changes: dict[str, object], **of_run: Any) -> dict[str, Any]:
    settings = asdict(HyperParameters()) | {"seed": 3, "epochs": 1} | changes
    run = {"settings": settings, "code_sha256": code_fingerprint()} | of_run
    row = {"name": name, "changes": changes, "runs": [run]}
    return {"name": "ablation", "teaches": "Nothing.", "command": "it --epochs 1", "rows": [row]}


DROPOUT = {"dropout": 0.5}
SETTINGS = asdict(HyperParameters()) | {"epochs": 1} | DROPOUT
OLD_SETTINGS = SETTINGS | {"weight_decay": 9.0}


@pytest.mark.parametrize(
    "report",
    [
        _report("a row", DROPOUT),
        _report("MNIST alone", MNIST_ALONE),
        _report("searched", MNIST_ALONE | {"dropout": 0.25}),
    ],
)
def test_a_row_of_todays_code_and_recipe_is_current(report: dict[str, Any]) -> None:
    assert _lines(report) == []


@pytest.mark.parametrize(
    ("report", "reason"),
    [
        (_report("a row", DROPOUT, settings=OLD_SETTINGS), "other settings today (weight_decay)"),
        (_report("a row", DROPOUT, code_sha256="0"), "other code today"),
        (_report("a row", DROPOUT, code_sha256=""), "its settings or its code were not kept"),
        (
            _report("a row", DROPOUT, settings=SETTINGS | {"photo_fraction": 0.1}),
            "other settings today (photo_fraction)",
        ),
        (_report("a row", {"dropout": 0.4}), "the experiment has no such row today"),
        (_report("searched", MNIST_ALONE), "the experiment has no such row today"),
        (
            _report("searched", MNIST_ALONE | {"dropout": 0.95}),
            "the experiment has no such row today",
        ),
        (
            _report("a row", DROPOUT, settings=SETTINGS | {"batch_size": 8}),
            "other settings today (batch_size)",
        ),
        (_report("gone", {}), "the experiment has no such row today"),
        (
            _report("a row", DROPOUT, photo_accuracy=0.9, readings={"photo": "0"}),
            "other code or operating point reads this today (photo)",
        ),
    ],
)
def test_an_old_row_is_named_with_its_reason(report: dict[str, Any], reason: str) -> None:
    (line,) = _lines(report)
    assert line == f"ablation: {report['rows'][0]['name']}: {reason}"


def test_an_experiment_that_is_gone_or_tells_another_text_is_named() -> None:
    report = _report("a row", DROPOUT)
    assert _lines(report | {"teaches": "Much."}) == ["ablation: its text is another one today"]
    assert _lines(report | {"name": "gone"}) == ["gone: there is no such experiment today"]


@pytest.mark.parametrize("means", [{"val_accuracy_mean": 0.99}, {"runs": []}])
def test_a_mean_that_is_not_that_of_its_runs_is_named(means: dict[str, Any]) -> None:
    report = _report("a row", DROPOUT, val_accuracy=0.9)
    report["rows"][0] |= {"val_accuracy_mean": 0.9} | means
    assert _lines(report) == ["ablation: a row: its means are not those of its runs"]


def test_readings_depend_on_the_operating_point_and_the_ink_network(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = {name: reading_fingerprint(name) for name in ("photos", "photo", ENTRY)}
    other = OperatingPoint(min_confidence=0.95)
    monkeypatch.setattr(provenance, "load_operating_point", lambda: other)
    changed = [name for name, known in before.items() if reading_fingerprint(name) != known]
    assert changed == ["photos", "photo"]  # the point itself is fitted without it
    network = tmp_path / "ink.onnx"
    network.write_bytes(b"another one")
    monkeypatch.setattr(provenance, "INK_MODEL", network)
    assert reading_fingerprint(ENTRY) != before[ENTRY]


def test_a_row_without_a_figure_is_named() -> None:
    missing = [line for line in stale_rows(_report("a row", DROPOUT)) if "not measured" in line]
    assert missing == [f"ablation: {row.name}: not measured yet" for row in ROWS[1:]]


def test_pictures_read_by_todays_code_are_current() -> None:
    code = {"photo": reading_fingerprint("photo")}
    assert _lines(_report("a row", DROPOUT, photo_accuracy=0.9, readings=code)) == []


def test_photos_that_another_core_has_read_are_named_with_the_command() -> None:
    card = {
        "photos": {"code_sha256": "0", "command": "python -m training.photos FOLDER"},
        "simulated": {
            "code_sha256": reading_fingerprint("simulated"),
            "model_sha256": "0",
            "command": "make stress",
        },
    }
    assert list(stale_photos(card)) == [
        "model card: photos: the code or the operating point that reads photos has changed; "
        "measure it again: "
        "`python -m training.photos FOLDER`",
        "model card: simulated: the network has changed; measure it again: `make stress`",
    ]


def test_a_model_file_that_the_card_does_not_name_is_told() -> None:
    files = {ONNX_MODEL.name: {"sha256": fingerprint_of(ONNX_MODEL)}}
    assert list(stale_photos({"files": files})) == []
    files[ONNX_MODEL.name]["sha256"] = "of another one"
    (line,) = stale_photos({"files": files})
    assert "mnist_cnn.onnx is another file today" in line


def test_photos_are_keyed_to_every_file_that_makes_tile_or_answer(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, repo_root: Path
) -> None:
    for name in ("digitscope", "training", "models"):
        shutil.copytree(repo_root / name, tmp_path / name, ignore=shutil.ignore_patterns("runs"))
    monkeypatch.setattr(provenance, "REPOSITORY", tmp_path)

    def fingerprint() -> str:
        code_fingerprint.cache_clear()
        return code_fingerprint(PHOTOS_BY["photos"])

    for module in ("preprocessing/contrast", "retry", "recognition/rejection", "image_io"):
        file, before = tmp_path / "digitscope" / f"{module}.py", fingerprint()
        code = file.read_text(encoding="utf-8")
        file.write_text(f"{code}\n# A comment.\n", encoding="utf-8")
        assert fingerprint() == before
        file.write_text(f"{code}\nNEW = 1\n", encoding="utf-8")
        assert fingerprint() != before, module
    code_fingerprint.cache_clear()


def _loaded_with(module: str, repo_root: Path) -> list[str]:
    """The names of all modules that a fresh Python has loaded after importing this one."""
    code = f"import sys, {module}; print(*sys.modules)"
    return subprocess.run(
        [sys.executable, "-c", code], cwd=repo_root, capture_output=True, text=True, check=True
    ).stdout.split()


def test_every_module_that_reads_a_picture_is_in_the_fingerprint(repo_root: Path) -> None:
    loaded = _loaded_with("digitscope.reader", repo_root)
    read_by = {path for pattern in READ_BY for path in repo_root.glob(pattern)}
    modules = [name.replace(".", "/") for name in loaded if name.startswith("digitscope.")]
    paths = [repo_root / f"{name}.py" for name in modules if "/numbers/" not in name]
    others = {path.stem for path in paths if path.is_file() and path not in read_by}
    # Nothing here changes how one digit is read: words, files, the environment, explanations, and
    # whole numbers, which have figures of their own.
    assert others == {
        "errors",
        "messages",
        "model_files",
        "host_environment",
        "occlusion",
        "number_types",
    }


def test_every_module_that_judges_a_reading_is_in_the_fingerprint(repo_root: Path) -> None:
    loaded = _loaded_with("training.experiments.photo_reading", repo_root)
    judged = {path for pattern in READINGS_BY["photo"] for path in repo_root.glob(pattern)}
    modules = [name.replace(".", "/") for name in loaded if "digitscope.benchmark." in name]
    paths = [repo_root / f"{name}.py" for name in modules]
    others = {path.stem for path in paths if path.is_file() and path not in judged}
    # They count, print and store what was judged; `mnist` is part of the training's fingerprint.
    assert others == {"mnist", "report", "report_page", "run", "selective_prediction", "terminal"}


def test_every_module_that_trains_is_in_the_fingerprint(repo_root: Path) -> None:
    loaded = _loaded_with("training.train", repo_root)
    trained_by = {path for pattern in TRAINED_BY for path in repo_root.glob(pattern)}
    modules = [name.replace(".", "/") for name in loaded if name.startswith("training.")]
    paths = [repo_root / f"{name}.py" for name in modules]
    others = {path.parent.name for path in paths if path.is_file() and path not in trained_by}
    assert others == {"run_records", "tracking"}  # they write down what was trained


def test_a_source_that_was_renamed_does_not_drop_out_of_the_fingerprint() -> None:
    with pytest.raises(FileNotFoundError, match="gone"):
        code_fingerprint(("digitscope/gone.py",))
    with pytest.raises(FileNotFoundError, match=r"ink\.onnx"):
        code_fingerprint(("models/ink.onnx",))  # no source: it would be left out without a word


def test_comments_and_docstrings_are_no_code() -> None:
    told = 'def double(x):\n    """Twice."""\n    return 2 * x  # twice\n'
    assert bare_code(told) == bare_code("def double(x): return 2*x") != bare_code("x = 2")
