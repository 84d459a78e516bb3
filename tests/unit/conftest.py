"""Files to read, the command line, no weights of background networks, and no network."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest
from PIL import Image

from digitscope.cli import main
from digitscope.preprocessing.background_removers import rembg_session
from digitscope.types import UInt8Array
from tests.unit.drawn import sheet

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


@pytest.fixture
def seven(
    tmp_path: Path, mnist_tiles: tuple[UInt8Array, UInt8Array], page: Callable[..., UInt8Array]
) -> Path:
    tiles, labels = mnist_tiles
    Image.fromarray(page(tiles[labels == 7][0])).save(tmp_path / "seven.png")
    return tmp_path / "seven.png"


@pytest.fixture
def blank(tmp_path: Path) -> Path:
    Image.fromarray(sheet()).save(tmp_path / "blank.png")
    return tmp_path / "blank.png"


@pytest.fixture
def text(tmp_path: Path) -> Path:
    (tmp_path / "text.png").write_text("seven")
    return tmp_path / "text.png"


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Run the command line: exit code, what it said, what it complained of."""

    def call(*arguments: object) -> tuple[int, str, str]:
        code = main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call
