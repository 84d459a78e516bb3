"""The notebook is its script, has its outputs, and runs from top to bottom on a small sample."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

jupytext = pytest.importorskip("jupytext", reason="jupytext (extra `train`) reads the script")
nbformat = pytest.importorskip("nbformat")
nbclient = pytest.importorskip("nbclient")

NOTEBOOKS = Path(__file__).resolve().parents[2] / "training" / "notebooks"
SCRIPT, NOTEBOOK = NOTEBOOKS / "cnn_mnist.py", NOTEBOOKS / "cnn_mnist.ipynb"
OPENS_THE_TEST_SET = re.compile(r"evaluate_test|load_test|tiles_of|draw_test_digits")
MOST_BYTES = 600_000


@pytest.mark.slow
def test_it_runs_on_a_small_sample(
    mnist_npz: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MNIST_NPZ", str(mnist_npz))
    monkeypatch.setenv("NOTEBOOK_TILES", "300")
    monkeypatch.setenv("NOTEBOOK_WORK", str(tmp_path / "work"))
    monkeypatch.setenv("PYTHONPATH", str(NOTEBOOKS.parents[1]))
    notebook = jupytext.read(SCRIPT)
    nbclient.NotebookClient(notebook, timeout=600, kernel_name="python3").execute(
        cwd=os.fspath(NOTEBOOKS)
    )
    assert sum(_is_picture(one) for cell in _code(notebook) for one in cell.outputs) >= 11
    assert not _complaints(notebook)
    assert {path.name for path in (tmp_path / "work").iterdir()} >= {"plain", "smoothed"}


def test_the_notebook_shows_what_the_script_says() -> None:
    """Cell by cell; `make notebook` brings them together again."""
    script, notebook = jupytext.read(SCRIPT), nbformat.read(NOTEBOOK, as_version=4)
    assert [cell.source for cell in notebook.cells] == [cell.source for cell in script.cells]


def test_the_notebook_was_executed_without_an_error() -> None:
    cells = _code(nbformat.read(NOTEBOOK, as_version=4))
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert not _complaints(nbformat.read(NOTEBOOK, as_version=4))
    assert NOTEBOOK.stat().st_size < MOST_BYTES


def test_one_cell_opens_the_test_set() -> None:
    cells = _code(jupytext.read(SCRIPT))
    assert sum(bool(OPENS_THE_TEST_SET.search(cell.source)) for cell in cells) == 1


def _complaints(notebook: object) -> list:
    """Errors, and whatever was said on stderr: warnings go there."""
    outputs = [one for cell in _code(notebook) for one in cell.outputs]
    return [one for one in outputs if one.output_type == "error" or one.get("name") == "stderr"]


def test_the_notebook_names_no_place_of_the_machine_it_ran_on() -> None:
    text = NOTEBOOK.read_text(encoding="utf-8")
    assert str(Path.home()) not in text and str(NOTEBOOKS.parents[1]) not in text


def test_it_defines_one_function_alone() -> None:
    code = "\n".join(cell.source for cell in _code(jupytext.read(SCRIPT)))
    assert re.findall(r"^\s*(?:def|class) (\w+)", code, re.MULTILINE) == ["learn"]
    assert "matplotlib.pyplot" not in code


def _code(notebook: object) -> list:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def _is_picture(output: object) -> bool:
    return "image/png" in output.get("data", {})
