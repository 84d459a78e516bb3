"""The API in this process, the API as a server of its own, and pictures to send."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient

from digitscope import DigitReader
from digitscope.api import create_app
from digitscope.api.settings import ApiSettings
from digitscope.types import Reading, UInt8Array
from tests import pictures

PATIENCE_S = 60  # other work may run beside the tests
MakeClient = Callable[..., TestClient]
StartServer = Callable[..., "Server"]


def wait_until(happens: Callable[[], Any], what: str) -> None:
    """Wait for something that has to happen."""
    deadline = time.monotonic() + PATIENCE_S
    while not happens():
        assert time.monotonic() < deadline, f"never happened: {what}"
        time.sleep(0.02)


class GatedReader:
    """The real reader behind a gate: requests wait in it until the gate is opened."""

    def __init__(self, reader: DigitReader) -> None:
        self._reader, self.gate = reader, threading.Event()
        self.classifier = reader.classifier

    def read(self, *arguments: Any, **options: Any) -> Reading:
        assert self.gate.wait(PATIENCE_S)
        return self._reader.read(*arguments, **options)


@pytest.fixture
def gated(reader: DigitReader) -> Iterator[GatedReader]:
    one = GatedReader(reader)
    yield one
    one.gate.set()


@contextmanager
def started(make_reader: Callable[[], Any], *, is_loaded: bool = True, **settings: Any) -> Any:
    """Start an app in this process, with settings by name."""
    app = create_app(ApiSettings(**settings), make_reader)
    with TestClient(app, raise_server_exceptions=False) as client:
        if is_loaded:
            wait_until(lambda: app.state.runtime.loader.is_loaded, "the network is loaded")
        yield client


@pytest.fixture
def make_client(reader: DigitReader) -> Iterator[MakeClient]:
    """Start apps in this process: settings by name, or another reader than the real one."""
    with ExitStack() as stack:

        def make(answering: Any = reader, **options: Any) -> TestClient:
            make_reader = answering if callable(answering) else lambda: answering
            return stack.enter_context(started(make_reader, **options))

        yield make


@pytest.fixture(scope="session")
def client(reader: DigitReader) -> Iterator[TestClient]:
    """One app in this process for all tests that change nothing in it."""
    with started(lambda: reader) as one:
        yield one


@pytest.fixture(scope="session")
def pages(mnist_tiles: tuple[UInt8Array, UInt8Array]) -> list[bytes]:
    """A photo-like PNG of each digit, 0 to 9."""
    tiles, labels = mnist_tiles
    firsts = (tiles[labels == digit][0] for digit in range(10))
    return [pictures.encoded(pictures.page(tile), "PNG") for tile in firsts]


@pytest.fixture(scope="session")
def seven(pages: list[bytes]) -> bytes:
    return pages[7]


@dataclass
class Server:
    """`digitscope serve` as a process of its own."""

    url: str
    port: int
    process: subprocess.Popen[str]
    log: Path
    client: httpx2.Client = field(repr=False)

    def metric(self, line_start: str, default: float | None = None) -> float:
        """One figure of /metrics; `default` where it is not there yet."""
        lines = self.client.get("/metrics").text.splitlines()
        found = [line.split()[-1] for line in lines if line.startswith(line_start)]
        if not found and default is not None:
            return default
        return float(found[0])

    def is_healthy(self) -> bool:
        """Whether it answers, and its network does."""
        try:
            return self.client.get("/health").status_code == 200
        except httpx2.TransportError:
            return False

    def is_listening(self) -> bool:
        """Whether it answers at all."""
        try:
            return self.client.get("/").status_code == 200
        except httpx2.TransportError:
            return False

    def log_text(self) -> str:
        """What it has logged so far."""
        return self.log.read_text(encoding="utf-8")

    def peak_mb(self) -> float:
        """The most memory that it has had so far."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        return int(status.partition("VmHWM:")[2].split()[0]) / 1024

    def stop(self) -> str:
        """Tell it to stop, wait until it has, and return its log."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(PATIENCE_S)
        return self.log_text()


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def serving(
    folder: Path,
    *,
    is_healthy: bool = True,
    command: Sequence[str] = ("digitscope", "serve"),
    **environment: str,
) -> Iterator[Server]:
    """Start a server; it is gone when the block ends.

    Args:
        folder: for its log.
        is_healthy: wait until its network is loaded, not only until it listens.
        command: the module to run and its arguments.
        environment: variables by name.
    """
    port, log = free_port(), folder / "server.log"
    url = f"http://127.0.0.1:{port}"
    with (
        log.open("w") as stream,
        httpx2.Client(base_url=url, timeout=PATIENCE_S) as client,
    ):
        process = subprocess.Popen(
            [sys.executable, "-m", *command, "--port", str(port)],
            stderr=stream,
            text=True,
            env={**os.environ, **environment},
        )
        server = Server(url, port, process, log, client)
        try:
            wait_until(server.is_healthy if is_healthy else server.is_listening, "it answers")
            yield server
        finally:
            process.kill()
            process.wait(PATIENCE_S)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, reader: DigitReader) -> Iterator[Server]:
    """One server with its default settings, for all tests that change nothing in it."""
    with serving(tmp_path_factory.mktemp("server")) as one:
        yield one


@pytest.fixture
def start_server(tmp_path: Path, reader: DigitReader) -> Iterator[StartServer]:
    """Start a server of one's own, with environment variables by name."""
    with ExitStack() as stack:
        yield lambda **settings: stack.enter_context(serving(tmp_path, **settings))
