"""The notebook is its script, has its outputs, and runs from top to bottom on a small sample."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

jupytext = pytest.importorskip("jupytext", reason="jupytext (extra `train`) reads the script")
nbformat = pytest.importorskip("nbformat")
nbclient = pytest.importorskip("nbclient")

NOTEBOOKS = Path(__file__).resolve().parents[2] / "training" / "notebooks"
SCRIPT, NOTEBOOK = NOTEBOOKS / "cnn_mnist.py", NOTEBOOKS / "cnn_mnist.ipynb"
SETTINGS = {"network": "mlp", "epochs": 1, "limit": 300, "validation_tiles": 100, "batch_size": 64}


@pytest.mark.slow
def test_it_runs_on_a_small_sample(
    mnist_npz: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MNIST_NPZ", str(mnist_npz))
    monkeypatch.setenv("NOTEBOOK_RUN", str(tmp_path / "run"))
    monkeypatch.setenv("NOTEBOOK_SETTINGS", json.dumps(SETTINGS))
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path / 'mlflow.db'}")
    notebook = jupytext.read(SCRIPT)
    nbclient.NotebookClient(notebook, timeout=600, kernel_name="python3").execute(
        cwd=os.fspath(NOTEBOOKS)
    )
    pictures = [one for cell in _code(notebook) for one in cell.outputs if _is_picture(one)]
    assert len(pictures) >= 9
    assert (tmp_path / "run" / "best.keras").is_file()


def test_the_notebook_shows_what_the_script_says() -> None:
    """Cell by cell; `make notebook` brings them together again."""
    script, notebook = jupytext.read(SCRIPT), nbformat.read(NOTEBOOK, as_version=4)
    assert [cell.source for cell in notebook.cells] == [cell.source for cell in script.cells]


def test_the_notebook_was_executed_without_an_error() -> None:
    cells = _code(nbformat.read(NOTEBOOK, as_version=4))
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert not [one for cell in cells for one in cell.outputs if one.output_type == "error"]


def test_the_notebook_names_no_place_of_the_machine_it_ran_on() -> None:
    text = NOTEBOOK.read_text(encoding="utf-8")
    assert str(Path.home()) not in text and str(NOTEBOOKS.parents[1]) not in text


def test_it_defines_nothing() -> None:
    code = "\n".join(cell.source for cell in _code(jupytext.read(SCRIPT)))
    assert "def " not in code and "class " not in code and "matplotlib.pyplot" not in code


def _code(notebook: object) -> list:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def _is_picture(output: object) -> bool:
    return "image/png" in output.get("data", {})
