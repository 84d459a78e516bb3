"""A figure that is older than what it speaks of is named."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest

pytest.importorskip("keras")

from digitscope.journal import fingerprint_code
from training.config import HyperParameters
from training.run_records.currency import stale_photos, stale_rows
from training.run_records.provenance import bare_code, code_fingerprint


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


def test_photos_that_another_core_has_read_are_named() -> None:
    card = {"photos": {"code_sha256": "0"}, "simulated": {"code_sha256": fingerprint_code()}}
    card["simulated"]["model_sha256"] = "0"
    assert [line.split(": ")[1:] for line in stale_photos(card)] == [
        ["photos", "other code today"],
        ["simulated", "another network today"],
    ]


def test_comments_and_docstrings_are_no_code() -> None:
    told = 'def double(x):\n    """Twice."""\n    return 2 * x  # twice\n'
    assert bare_code(told) == bare_code("def double(x): return 2*x") != bare_code("x = 2")
