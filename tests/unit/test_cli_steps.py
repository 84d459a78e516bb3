"""`digitscope steps`: the files that it writes, and what it says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from digitscope.model_files import ONNX_MODEL
from digitscope.preprocessing.pipeline import STEPS

Run = Callable[..., tuple[int, str, str]]
pytestmark = pytest.mark.skipif(
    not ONNX_MODEL.is_file(), reason="models/mnist_cnn.onnx is missing; `make train` makes it"
)


def test_steps_writes_eleven_pictures(run: Run, seven: Path, tmp_path: Path) -> None:
    code, out, _ = run("steps", seven, "--out", tmp_path / "new" / "folder")
    files = sorted((tmp_path / "new" / "folder").iterdir())
    assert code == 0
    assert [file.name for file in files] == [f"{s.number:02d}_{s.key}.png" for s in STEPS]
    sizes = [np.asarray(Image.open(file)).shape[:2] for file in files]
    assert sizes[0] == (480, 640) and sizes[-1] == (28, 28)
    *said, answer = out.splitlines()
    assert all(info.title in line for info, line in zip(STEPS, said, strict=True))
    assert answer.startswith(f"{seven}: 7  ")


def test_steps_may_show_where_it_looked_and_what_spoke(
    run: Run, seven: Path, tmp_path: Path
) -> None:
    code, out, _ = run("steps", seven, "--overlay", "--out", tmp_path / "steps")
    where, which = (
        tmp_path / "steps/where_it_looked.png",
        tmp_path / "steps/which_strokes_spoke.png",
    )
    assert code == 0
    assert np.asarray(Image.open(where)).shape == (480, 640, 3)
    assert np.asarray(Image.open(which)).shape[2] == 3
    assert f"[{where}]" in out and "What spoke for 7 (+) and for " in out


def test_overlay_of_a_blank_page_has_nothing_to_show(run: Run, blank: Path, tmp_path: Path) -> None:
    assert run("steps", blank, "--overlay", "--out", tmp_path / "steps")[0] == 0
    assert len(list((tmp_path / "steps").iterdir())) == 6


def test_steps_of_a_refusal_end_where_it_was_refused(run: Run, blank: Path, tmp_path: Path) -> None:
    code, out, _ = run("steps", blank, "--out", tmp_path / "steps")
    assert (code, len(list((tmp_path / "steps").iterdir()))) == (0, 6)
    assert out.splitlines()[-1] == f"{blank}: rejected: blank"


def test_steps_of_no_picture_leaves_nothing_behind(run: Run, text: Path, tmp_path: Path) -> None:
    code, out, err = run("steps", text, "--out", tmp_path / "steps")
    assert (code, out, (tmp_path / "steps").exists()) == (1, "", False)
    assert err.startswith("digitscope: ") and "Received: " in err
