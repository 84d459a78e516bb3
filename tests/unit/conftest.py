"""Unit tests find no weights of background networks on this machine and no network."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any, NoReturn

import pytest

from digitscope.preprocessing.background_removers import rembg_session

HOMES = ("U2NET_HOME", "REMBG_HOME", "XDG_DATA_HOME", "DIGITSCOPE_MODEL")


@pytest.fixture(scope="session")
def _empty_home(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tmp_path_factory.mktemp("home"))


@pytest.fixture(autouse=True)
def _no_weights_no_network(_empty_home: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def refuse(*_: Any, **__: Any) -> NoReturn:
        raise OSError("unit tests stay off the network")

    for name in HOMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", _empty_home)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    rembg_session.cache_clear()
    yield
    rembg_session.cache_clear()
