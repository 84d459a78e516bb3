"""Step 1: what is kept, where weights are looked for, and what happens without them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pytest

from digitscope.errors import BackgroundUnavailableError
from digitscope.model_files import ONNX_MODEL
from digitscope.preprocessing import background
from digitscope.preprocessing.background import (
    LocalBackground,
    RembgBackground,
    make_remover,
    rembg_session,
    weights_on_disk,
)
from digitscope.preprocessing.background_estimation import estimate_background
from digitscope.types import Background
from tests.unit.drawn import sheet, strokes_mask, write

SEVEN = [(110, 60), (210, 60), (150, 190)]
HEAVY = ("rembg", "keras", "tensorflow", "streamlit", "matplotlib", "pandas")
# Environment, and where below the home folder the weights then lie.
HOMES = {
    "U2NET_HOME": ({"U2NET_HOME": "weights"}, "weights/u2netp.onnx"),
    "U2NET_HOME, new layout": ({"U2NET_HOME": "w"}, "w/models/u2netp/u2netp.onnx"),
    "REMBG_HOME": ({"REMBG_HOME": "w"}, "w/models/u2netp/u2netp.onnx"),
    "XDG_DATA_HOME": ({"XDG_DATA_HOME": "x"}, "x/rembg/models/u2netp/u2netp.onnx"),
    "XDG_DATA_HOME, old layout": ({"XDG_DATA_HOME": "x"}, "x/.u2net/u2netp.onnx"),
    "home": ({}, ".rembg/models/u2netp/u2netp.onnx"),
    "home, old layout": ({}, ".u2net/u2netp.onnx"),
    "U2NET_HOME outranks": ({"U2NET_HOME": "u", "REMBG_HOME": "w"}, "u/u2netp.onnx"),
}
ELSEWHERE = {
    "REMBG_HOME is not flat": ({"REMBG_HOME": "w"}, "w/u2netp.onnx"),
    "U2NET_HOME hides REMBG_HOME": (
        {"U2NET_HOME": "u", "REMBG_HOME": "w"},
        "w/models/u2netp/u2netp.onnx",
    ),
    "REMBG_HOME hides the default": ({"REMBG_HOME": "w"}, ".rembg/models/u2netp/u2netp.onnx"),
    "XDG_DATA_HOME hides the default": ({"XDG_DATA_HOME": "x"}, ".u2net/u2netp.onnx"),
    "another network": ({"U2NET_HOME": "u"}, "u/u2net.onnx"),
}


# --- The local route -----------------------------------------------------------------------------


def test_what_differs_from_the_page_is_kept() -> None:
    page, stroke = write(sheet(), SEVEN), strokes_mask(SEVEN)
    difference = page.astype(np.float32) - estimate_background(page)
    keep = LocalBackground().keep(page, difference, 1.0)
    assert (keep.shape, keep.dtype) == (page.shape[:2], np.float32)
    assert (keep.min(), keep.max()) == (0, 1)
    assert (keep[stroke] == 1).all()
    assert keep[~stroke].mean() < 0.05


def test_the_papers_grain_is_not_kept() -> None:
    grain = np.random.default_rng(0).normal(0, 8, (200, 300, 3)).astype(np.float32)
    page = np.zeros((200, 300, 3), np.uint8)
    assert LocalBackground().keep(page, grain, 8.0).mean() < 0.05
    assert LocalBackground().keep(page, grain, 1.0).mean() > 0.5


def test_one_channel_is_enough() -> None:
    difference = np.zeros((9, 9, 3), np.float32)
    difference[..., 2] = -80  # blue alone: a yellow pen
    keep = LocalBackground().keep(np.zeros((9, 9, 3), np.uint8), difference, 2.0)
    assert (keep == 1).all()


# --- The networks' route, the network itself replaced --------------------------------------------


def test_ink_counts_only_in_the_networks_region(monkeypatch: pytest.MonkeyPatch) -> None:
    rembg = pytest.importorskip("rembg", reason="rembg (extra `app`) is missing")
    near, far = [(60, 80), (60, 160)], [(250, 80), (250, 160)]
    page = write(sheet(), near, far)
    saliency = np.zeros(page.shape[:2], np.uint8)
    saliency[90:150, 50:55] = 255  # beside the stroke: such networks clip thin ones

    def remove(rgb: np.ndarray, *, session: object, only_mask: bool) -> np.ndarray:
        assert (session, only_mask) == ("session", True)
        np.testing.assert_array_equal(rgb, page)
        return saliency

    monkeypatch.setattr(background, "rembg_session", lambda _: "session")
    monkeypatch.setattr(rembg, "remove", remove)
    difference = page.astype(np.float32) - estimate_background(page)
    keep = RembgBackground(Background.U2NETP).keep(page, difference, 1.0)
    assert (keep.shape, keep.dtype) == (page.shape[:2], np.float32)
    assert keep[100:140, 60].min() > 0.9
    assert keep[:, 200:].max() < 0.01
    assert keep[120, 20] == 0  # in the region there may be page: it is not kept


@pytest.mark.parametrize("name", [name for name in Background if name is not Background.AUTO])
def test_each_name_has_its_remover(name: Background) -> None:
    assert make_remover(name).name is name


def test_auto_is_no_remover() -> None:
    with pytest.raises(ValueError, match="Received: 'auto'"):
        make_remover(Background.AUTO)


# --- Where weights are looked for ----------------------------------------------------------------


def _place(
    environment: dict[str, str], weights: str, home: Path, patch: pytest.MonkeyPatch
) -> None:
    patch.setenv("HOME", str(home))
    for name, folder in environment.items():
        patch.setenv(name, str(home / folder))
    (home / weights).parent.mkdir(parents=True)
    (home / weights).touch()


@pytest.mark.parametrize("case", HOMES)
def test_weights_are_found(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _place(*HOMES[case], tmp_path, monkeypatch)
    assert weights_on_disk(Background.U2NETP)
    assert not weights_on_disk(Background.U2NET)


@pytest.mark.parametrize("case", ELSEWHERE)
def test_weights_elsewhere_are_not(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _place(*ELSEWHERE[case], tmp_path, monkeypatch)
    assert not weights_on_disk(Background.U2NETP)


@pytest.mark.parametrize("case", [*HOMES, *ELSEWHERE])
def test_rembg_looks_in_the_same_places(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    u2netp = pytest.importorskip("rembg.sessions.u2netp", reason="rembg (extra `app`) is missing")
    _place(*{**HOMES, **ELSEWHERE}[case], tmp_path, monkeypatch)
    found = u2netp.U2netpSession.resolve_existing("u2netp.onnx") is not None
    assert found == weights_on_disk(Background.U2NETP)


def test_a_machine_without_any_has_none() -> None:
    assert not any(weights_on_disk(name) for name in background.REMBG_MODELS)


# --- What cannot run -----------------------------------------------------------------------------


@pytest.fixture
def downloads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that rembg asked for, in a world without a network."""
    pooch = pytest.importorskip("pooch", reason="rembg (extra `app`) brings it")
    asked: list[str] = []

    def retrieve(url: str, *_: Any, **__: Any) -> NoReturn:
        asked.append(url)
        raise OSError("no network")

    monkeypatch.setattr(pooch, "retrieve", retrieve)
    return asked


def test_without_weights_and_network_the_error_says_what_to_do(downloads: list[str]) -> None:
    with pytest.raises(BackgroundUnavailableError, match=r"u2netp.*OSError.*U2NET_HOME"):
        rembg_session(Background.U2NETP)
    assert len(downloads) == 1


def test_a_failure_is_not_remembered(downloads: list[str]) -> None:
    for _ in range(2):
        with pytest.raises(BackgroundUnavailableError):
            rembg_session(Background.U2NETP)
    assert len(downloads) == 2


def test_a_broken_weights_file_is_unavailable(
    downloads: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _place(*HOMES["U2NET_HOME"], tmp_path, monkeypatch)  # 0 bytes
    with pytest.raises(BackgroundUnavailableError, match="could not be loaded"):
        rembg_session(Background.U2NETP)
    assert downloads == []


def test_without_rembg_the_error_names_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rembg", None)
    with pytest.raises(BackgroundUnavailableError, match=r"rembg .*not installed.*pip install"):
        rembg_session(Background.U2NETP)


def test_a_session_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    rembg = pytest.importorskip("rembg", reason="rembg (extra `app`) is missing")
    made: list[str] = []
    monkeypatch.setattr(rembg, "new_session", lambda name, **_: made.append(name) or object())
    sessions = {rembg_session(name) for _ in range(3) for name in background.REMBG_MODELS}
    assert made == ["u2netp", "u2net", "isnet-general-use"]
    assert len(sessions) == 3


def test_the_core_reads_without_loading_anything_heavy(repo_root: Path) -> None:
    if not ONNX_MODEL.is_file():
        pytest.skip("models/mnist_cnn.onnx is missing; `make train` makes it")
    script = (
        "import sys, numpy as np; from digitscope import DigitReader; "
        "page = np.full((240, 320), 255, np.uint8); page[60:180, 155:165] = 0; "
        "assert DigitReader().read(page).steps[10]; "
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=repo_root)
    assert done.stdout.strip() == "[]"
