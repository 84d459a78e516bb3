"""The import of Keras: it pauses for visitors, and leaves out what no reading uses."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

from streamlit_app import network_loading
from streamlit_app.network_loading import ThrottledImportFinder
from streamlit_app.visitors import VISITORS
from tests.app.scenes import ROOT, needs_model

pytestmark = needs_model


def test_an_import_pauses_while_pages_run_and_never_where_somebody_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waits: list[tuple[float, float]] = []
    monkeypatch.setattr(VISITORS, "wait_for_quiet", lambda *times: waits.append(times))
    hurry = threading.Event()
    finder = ThrottledImportFinder(threading.get_ident(), hurry)
    finder.find_spec("anything", None)
    assert waits == [(network_loading.IDLE_BETWEEN_IMPORTS_S, network_loading.LONGEST_PAUSE_S)]
    hurry.set()
    finder.find_spec("anything", None)
    assert len(waits) == 1


def test_only_the_loading_thread_goes_without_what_is_unused() -> None:
    unused = min(network_loading.UNUSED)
    with pytest.raises(ModuleNotFoundError):
        ThrottledImportFinder(threading.get_ident(), threading.Event()).find_spec(unused, None)
    ThrottledImportFinder(threading.get_ident() + 1, threading.Event()).find_spec(unused, None)


def test_what_no_reading_uses_is_not_imported_with_keras() -> None:
    code = (
        "import sys; from streamlit_app.network_loading import NetworkLoader;"
        "from digitscope.model_files import KERAS_MODEL;"
        "network = NetworkLoader(KERAS_MODEL).wait();"
        "import streamlit_app.network_loading as loading;"
        "print(network.engine, sorted(loading.UNUSED & set(sys.modules)));"
        "import pandas, sklearn"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split("\n")[0] == "keras []"
