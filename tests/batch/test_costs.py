"""The costs that docs/batch.md tells are of today's code and follow from what was measured."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("keras")  # the fingerprints are those of training

from digitscope.model_files import ONNX_MODEL, fingerprint_of
from tests.batch.costs import COSTS
from training.run_records.provenance import READ_BY, code_fingerprint

MEASURED = {
    "measured_on": "2026-01-02",
    "pictures": 100,
    "cores": 2,
    "machine": "a processor",
    "pictures_a_second": {"local": 20.0, "ray": 10.0},
    "dollars_a_core_hour": 0.5,
    "first_process_mb": 100,
    "worker_mb": 200,
    "picture": {"bytes": 250_000, "decoding_ms": 30.0, "steps_ms": 60.0, "network_ms": 10.0},
}


@pytest.fixture
def text(repo_root: Path) -> Any:
    found = importlib.util.spec_from_file_location("costs", repo_root / "docs/batch_costs_text.py")
    assert found is not None and found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def test_costs_follow_from_what_was_measured(text: Any, tmp_path: Path) -> None:
    path = tmp_path / "costs.json"
    path.write_text(json.dumps(MEASURED))
    said = text.describe_costs(path)
    rows = [line.strip("| ").split(" | ") for line in said.splitlines() if line.startswith("| 1,")]
    assert rows == [
        ["1,000", "`local`", "0.03", "50 s", "2", "500.0 MB", "250.0 MB", "0.01"],
        ["1,000,000", "`ray`", "56", "1 days", "3", "700.0 MB", "250.0 GB", "27.78"],
        [
            "1,000,000,000",
            "`ray`",
            "55,556",
            "1,157 days",
            "2,315",
            "463.1 GB",
            "250.0 TB",
            "27,777.78",
        ],
    ]
    assert "steps take 60%" in said and "feeds 50 cores" in said


def test_costs_that_are_not_measured_are_not_told(text: Any, tmp_path: Path) -> None:
    assert "Not measured yet" in text.describe_costs(tmp_path / "absent.json")


@pytest.mark.skipif(not COSTS.is_file(), reason="docs/batch_costs.json was not measured yet")
def test_costs_are_of_todays_code() -> None:
    costs = json.loads(COSTS.read_text(encoding="utf-8"))
    today = {"code_sha256": code_fingerprint(READ_BY), "model_sha256": fingerprint_of(ONNX_MODEL)}
    assert {name: costs[name] for name in today} == today, f"measure again: {costs['command']}"
