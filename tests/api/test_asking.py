"""`digitscope ask`: a server asked from the terminal, and what is said where it cannot be."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx2
import numpy as np
import pytest

from digitscope.cli import main
from tests import pictures
from tests.api.conftest import Server, free_port

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `digitscope ask`: exit code, what it said, what it complained of."""

    def call(*arguments: object) -> tuple[int, str, str]:
        code = main(["ask", *(str(argument) for argument in arguments)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


@pytest.fixture
def photo(tmp_path: Path, seven: bytes) -> Path:
    (tmp_path / "seven.png").write_bytes(seven)
    return tmp_path / "seven.png"


def test_all_ten_digits_are_ranked_with_their_bars(run: Run, server: Server, photo: Path) -> None:
    code, out, err = run(server.url, photo)
    first, *bars = out.splitlines()
    ranks = [line.split()[0] for line in bars]
    shares = [float(line.split()[-1].strip("%<>")) for line in bars]
    assert (code, err) == (0, "")
    assert first.startswith(f"{photo}: 7  ") and first.endswith("% sure")
    assert ranks[0] == "7" and sorted(ranks) == [str(digit) for digit in range(10)]
    assert shares == sorted(shares, reverse=True)
    lengths = [line.count("█") for line in bars]
    assert lengths[0] > 20 and lengths == sorted(lengths, reverse=True)


def test_a_refusal_is_an_answer(run: Run, server: Server, tmp_path: Path) -> None:
    blank = tmp_path / "blank.png"
    blank.write_bytes(pictures.encoded(np.full((300, 300, 3), 255, np.uint8), "PNG"))
    assert run(server.url, blank) == (0, f"{blank}: rejected: blank\n", "")


def test_a_file_that_gets_no_answer_does_not_stop_the_others(
    run: Run, server: Server, photo: Path, tmp_path: Path
) -> None:
    text = tmp_path / "text.png"
    text.write_text("seven")
    code, out, _ = run(server.url, tmp_path / "none.png", text, photo)
    assert code == 1
    first, second, third, *_ = out.splitlines()
    assert first.endswith("none.png: error: The file cannot be opened. No such file or directory")
    assert second.startswith(f"{text}: error: The file cannot be opened as a picture. ")
    assert third.startswith(f"{photo}: 7  ")


def test_json_has_the_servers_answer_and_the_file(run: Run, server: Server, photo: Path) -> None:
    code, out, _ = run(server.url, "--json", "--tta", "--background", "opencv", photo, photo)
    one, other = (json.loads(line) for line in out.splitlines())
    assert code == 0
    assert (one["file"], one["digit"], one["background"]) == (str(photo), 7, "opencv")
    assert one | {"ms": 0} == other | {"ms": 0}


def test_numbers_are_asked_for_with_an_option(run: Run, server: Server, photo: Path) -> None:
    code, out, _ = run(server.url, "--numbers", photo)
    assert (code, out.startswith(f"{photo}: 7  ")) == (0, True)
    code, out, _ = run(server.url, "--numbers", "--json", photo)
    assert [number["text"] for number in json.loads(out)["numbers"]] == ["7"]


@pytest.mark.parametrize("url", ["http://127.0.0.1:{port}", "nowhere", "http://[", "ftp://x"])
def test_no_server_there_is_wrong_usage(run: Run, photo: Path, url: str) -> None:
    address = url.format(port=free_port())
    code, out, err = run(address, photo)
    assert (code, out) == (2, "")
    assert err.startswith("digitscope: A Digitscope server is expected") and address in err


def test_file_names_may_be_any_bytes(run: Run, server: Server, photo: Path) -> None:
    odd = photo.parent / os.fsdecode(b"s\xffven [bold].png")
    photo.rename(odd)
    (answer,) = run(server.url, "--json", odd)[1].splitlines()
    assert (json.loads(answer)["file"], json.loads(answer)["digit"]) == (str(odd), 7)


class AnotherServer(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))  # unread, it resets the connection
        time.sleep(self.server.pause_s)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.server.answer)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def another_server() -> Iterator[HTTPServer]:
    with HTTPServer(("127.0.0.1", 0), AnotherServer) as server:
        server.pause_s, server.answer = 0, b"[1, 2]"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))  # s between polls
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    "answer",
    [
        b"[1, 2]",
        b'{"digit": 7}',
        b'{"digit": 7, "confidence": "high", "probabilities": null}',
        b'{"digit": 7, "confidence": 0.9, "probabilities": [NaN, 1]}',
        b'{"digit": null}',
        b'{"numbers": [{"text": "12"}]}',
        b'{"numbers": "12"}',
        b"[" * 200_000,
    ],
)
def test_another_server_is_told(
    run: Run, another_server: HTTPServer, photo: Path, answer: bytes
) -> None:
    another_server.answer = answer
    code, out, _ = run(f"http://127.0.0.1:{another_server.server_port}", photo)
    assert (code, out.startswith(f"{photo}: error: Another server answered. ")) == (1, True)


def test_what_a_server_says_neither_steers_the_terminal_nor_renames_the_file(
    run: Run, another_server: HTTPServer, photo: Path
) -> None:
    another_server.answer = b'{"title": "\\u001b[2JNo", "file": "other.png"}'
    code, out, _ = run(f"http://127.0.0.1:{another_server.server_port}", photo)
    assert (code, out) == (1, f"{photo}: error:  [2JNo. \n")


def test_a_server_that_goes_away_is_told_for_each_file_that_is_left(
    run: Run, server: Server, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    post, answered = httpx2.Client.post, []

    def once(client: httpx2.Client, *path: str, **options: Any) -> httpx2.Response:
        if answered:
            raise httpx2.ConnectError("Connection refused")
        answered.append(post(client, *path, **options))
        return answered[0]

    monkeypatch.setattr(httpx2.Client, "post", once)
    code, out, _ = run(server.url, "--json", photo, photo, photo)
    lines = [json.loads(line) for line in out.splitlines()]
    assert (code, len(lines), lines[0]["digit"]) == (1, 3, 7)
    assert {line["title"] for line in lines[1:]} == {"The server does not answer any more"}


def test_a_file_that_is_not_there_says_nothing_of_the_server(
    run: Run, photo: Path, tmp_path: Path
) -> None:
    code, _, complaint = run(f"http://127.0.0.1:{free_port()}", tmp_path / "none.png", photo)
    assert code == 2
    assert "A Digitscope server is expected" in complaint


def test_a_pipe_is_no_picture_and_nobody_waits_for_it(
    run: Run, server: Server, photo: Path, tmp_path: Path
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    code, out, _ = run(server.url, pipe, photo)
    assert code == 1
    assert out.startswith(f"{pipe}: error: The file cannot be opened. It is no regular file")


def test_nobody_who_stops_reading_is_told_of_a_failure(server: Server, photo: Path) -> None:
    """As with `digitscope ask ... | head -1`."""
    command = [sys.executable, "-m", "digitscope", "ask", server.url, *[str(photo)] * 3]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.wait() == 0


def test_a_server_that_takes_too_long_is_told_for_each_file(
    run: Run, another_server: HTTPServer, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    another_server.pause_s = 0.3
    monkeypatch.setattr("digitscope.cli.client.TIMEOUT_S", 0.1)
    code, out, _ = run(f"http://127.0.0.1:{another_server.server_port}", photo, photo)
    assert code == 1
    assert out.splitlines() == [f"{photo}: error: No answer in time. The server had 0.1 s."] * 2


@pytest.mark.parametrize(("command", "package"), [("ask", "httpx2"), ("serve", "uvicorn")])
def test_a_missing_package_is_told_with_the_remedy(
    command: str, package: str, photo: Path, monkeypatch: pytest.MonkeyPatch, capsys: object
) -> None:
    for name in [name for name in sys.modules if name.startswith("digitscope.api")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    code = main([command, *(["http://127.0.0.1:1", str(photo)] if command == "ask" else [])])
    err = capsys.readouterr().err
    assert code == 2
    assert f"the package {package}" in err and '`pip install "digitscope[api]"` brings it.' in err
