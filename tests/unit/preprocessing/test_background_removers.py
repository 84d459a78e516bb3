"""The routes to the digit's region: what is marked, where weights are, what cannot run."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

import numpy as np
import pytest

from digitscope.errors import BackgroundUnavailableError
from digitscope.preprocessing import background_removers
from digitscope.preprocessing.background_removers import (
    REMBG_MODELS,
    REMOVERS,
    rembg_session,
    weights_on_disk,
)
from digitscope.types import Background
from tests.unit.drawn import sheet

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


# --- The regions, the network itself replaced ----------------------------------------------------


def test_every_route_but_auto_has_its_remover() -> None:
    assert set(REMOVERS) == set(Background) - {Background.AUTO}


def test_to_the_opencv_route_the_whole_picture_is_the_region() -> None:
    assert REMOVERS[Background.OPENCV].find_region(sheet()) is None


def test_a_networks_region_is_widened_with_a_soft_edge(monkeypatch: pytest.MonkeyPatch) -> None:
    rembg = ModuleType("rembg")
    saliency = np.zeros((240, 320), np.uint8)
    saliency[90:150, 50:55] = 255
    saliency[90:150, 250:255] = 60  # too faint

    def remove(rgb: np.ndarray, *, session: object, only_mask: bool) -> np.ndarray:
        assert (session, only_mask) == (f"session of {Background.U2NET}", True)
        np.testing.assert_array_equal(rgb, sheet())
        return saliency

    monkeypatch.setattr(background_removers, "rembg_session", "session of {}".format)
    monkeypatch.setattr(rembg, "remove", remove, raising=False)
    monkeypatch.setitem(sys.modules, "rembg", rembg)
    region = REMOVERS[Background.U2NET].find_region(sheet())
    assert region is not None
    assert (region.shape, region.dtype) == ((240, 320), np.float32)
    assert region[100:140, 45:60].min() > 0.9  # such networks clip thin strokes
    assert 0.1 < region[120, 37] < 0.9
    assert region[:, 100:].max() == 0 == region.min()


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
    assert not any(weights_on_disk(name) for name in REMBG_MODELS)


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
    made: list[str] = []
    rembg = ModuleType("rembg")
    rembg.new_session = lambda name, **_: made.append(name) or object()  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "rembg", rembg)
    sessions = {rembg_session(name) for _ in range(3) for name in REMBG_MODELS}
    assert made == ["u2netp", "u2net", "isnet-general-use"]
    assert len(sessions) == 3


def test_what_rembg_reads_of_the_environment_is_set_for_its_import_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = ("NUMBA_DISABLE_JIT", "ORT_DISABLE_TELEMETRY")
    seen: list[str | None] = []

    class Rembg(ModuleType):
        @property
        def new_session(self) -> Any:
            seen.extend(os.environ.get(name) for name in names)
            return lambda *_, **__: "session"

    monkeypatch.setitem(sys.modules, "rembg", Rembg("rembg"))
    for name in names:
        monkeypatch.delenv(name, raising=False)
    assert rembg_session(Background.U2NETP) == "session"
    assert seen == ["1", "1"]
    assert not os.environ.keys() & set(names)
