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

from training.config import HyperParameters
from training.run_records import provenance
from training.run_records.currency import stale_photos, stale_rows
from training.run_records.provenance import PHOTOS_BY, READ_BY, bare_code, code_fingerprint


def _report(changes: dict[str, object], **of_run: Any) -> dict[str, Any]:
    settings = asdict(HyperParameters()) | {"dropout": 0.5, "seed": 3, "epochs": 1}
    run = {"settings": settings, "code_sha256": code_fingerprint()} | of_run
    return {"name": "ablation", "rows": [{"name": "a row", "changes": changes, "runs": [run]}]}


def test_a_row_of_todays_code_and_recipe_is_current() -> None:
    assert list(stale_rows(_report({"dropout": 0.5}))) == []


@pytest.mark.parametrize(
    ("report", "reason"),
    [
        (_report({}), "other settings today (dropout)"),
        (_report({"dropout": 0.5}, code_sha256="0"), "other code today"),
        (_report({"dropout": 0.5}, code_sha256=""), "its settings or its code were not kept"),
    ],
)
def test_an_old_row_is_named_with_its_reason(report: dict[str, Any], reason: str) -> None:
    (line,) = stale_rows(report)
    assert line == f"ablation: a row: {reason}"


def test_photos_that_another_core_has_read_are_named_with_the_command() -> None:
    card = {
        "photos": {"code_sha256": "0", "command": "python -m training.photos FOLDER"},
        "simulated": {
            "code_sha256": code_fingerprint(PHOTOS_BY["simulated"]),
            "model_sha256": "0",
            "command": "make stress",
        },
    }
    assert list(stale_photos(card)) == [
        "model card: photos: the code that reads photos has changed; measure it again: "
        "`python -m training.photos FOLDER`",
        "model card: simulated: the network has changed; measure it again: `make stress`",
    ]


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


def test_every_module_that_reads_a_picture_is_in_the_fingerprint(repo_root: Path) -> None:
    code = "import sys, digitscope.reader; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=repo_root, capture_output=True, text=True, check=True
    ).stdout.split()
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


def test_a_source_that_was_renamed_does_not_drop_out_of_the_fingerprint() -> None:
    with pytest.raises(FileNotFoundError, match="gone"):
        code_fingerprint(("digitscope/gone.py",))


def test_comments_and_docstrings_are_no_code() -> None:
    told = 'def double(x):\n    """Twice."""\n    return 2 * x  # twice\n'
    assert bare_code(told) == bare_code("def double(x): return 2*x") != bare_code("x = 2")
