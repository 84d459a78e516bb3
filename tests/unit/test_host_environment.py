"""Environment variables are set for as long as a block runs, and the host's own are kept."""

from __future__ import annotations

import os

import pytest

from digitscope.host_environment import environment

NAME = "DIGITSCOPE_TEST_VARIABLE"


def test_a_variable_is_there_inside_the_block_alone() -> None:
    before = dict(os.environ)
    with environment(**{NAME: "1"}):
        assert os.environ[NAME] == "1"
    assert dict(os.environ) == before


def test_what_the_host_has_set_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, "the host's")
    with environment(**{NAME: "ours"}):
        assert os.environ[NAME] == "the host's"
    assert os.environ[NAME] == "the host's"


def test_an_error_inside_leaves_nothing_behind() -> None:
    with pytest.raises(ZeroDivisionError), environment(**{NAME: "1"}):
        _ = 1 / 0
    assert NAME not in os.environ


def test_what_the_block_itself_removes_is_no_fault() -> None:
    with environment(**{NAME: "1"}):
        del os.environ[NAME]
    assert NAME not in os.environ
