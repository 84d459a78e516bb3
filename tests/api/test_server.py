"""A real server on loopback: many clients at once, shutdown, slow and leaving clients, files."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import pytest

from digitscope.api.settings import ApiSettings
from digitscope.cli import main
from digitscope.model_files import ONNX_MODEL
from tests.api.conftest import (
    PATIENCE_S,
    Server,
    StartServer,
    wait_until,
)
from tests.api.load import load

PATH = "/api/v1/predict"
MEASURED = {"ms": 0}  # of two answers to one picture, only the time may differ


def ask(server: Server, picture: bytes, **options: Any) -> httpx2.Response:
    return server.client.post(PATH, files={"file": picture}, params=options)


@pytest.mark.slow
def test_every_client_gets_its_own_answer(server: Server, pages: list[bytes]) -> None:
    alone = [ask(server, page, tile=True).json() | MEASURED for page in pages]
    assert [one["digit"] for one in alone] == list(range(10))

    def visit(client: int) -> list[dict[str, Any]]:
        with httpx2.Client(base_url=server.url, timeout=PATIENCE_S) as own:
            answers = [
                own.post(f"{PATH}?tile=true", files={"file": pages[client % 10]}) for _ in range(2)
            ]
        return [answer.json() | MEASURED for answer in answers]

    with ThreadPoolExecutor(12) as threads:
        for client, answers in enumerate(threads.map(visit, range(12))):
            assert answers == [alone[client % 10]] * 2


@pytest.mark.slow
def test_hostile_clients_do_not_disturb_the_others(server: Server, pages: list[bytes]) -> None:
    named = {str(digit): page for digit, page in enumerate(pages)}
    tally = load(server, named, clients=20, seconds=1, hostile_too=True)
    assert tally.wrong == []
    assert tally.statuses["real 200"] >= 18 and tally.statuses["hostile 422"] > 0
    assert server.metric("digitscope_in_flight") == 0


def test_told_to_stop_it_answers_what_it_has_accepted(
    start_server: StartServer, pages: list[bytes]
) -> None:
    server = start_server(DIGITSCOPE_API_WORKERS="1")
    sent = pages * 2

    def are_all_accepted() -> bool:
        finished = server.metric(f'digitscope_request_seconds_count{{path="{PATH}"}}', default=0)
        return finished + server.metric("digitscope_in_flight") == len(sent)

    with ThreadPoolExecutor(len(sent)) as threads:
        asked = [threads.submit(ask, server, page) for page in sent]
        wait_until(are_all_accepted, "all are accepted")
        assert server.metric("digitscope_in_flight") > 1, "there was nothing left to be lost"
        log = server.stop()
        answers = [one.result() for one in asked]
    assert [one.json()["digit"] for one in answers] == list(range(10)) * 2
    assert "Application shutdown complete" in log
    with pytest.raises(httpx2.ConnectError):
        server.client.get("/")


def test_its_log_is_one_json_object_a_line(server: Server, seven: bytes) -> None:
    first, before = server.log_text().splitlines()[0], len(server.log_text())
    request_id = ask(server, seven).headers["x-request-id"]
    wait_until(lambda: request_id in server.log_text(), "the line is written")
    lines = [json.loads(line) for line in (first, *server.log_text()[before:].splitlines())]
    (line,) = [one for one in lines if one.get("request_id") == request_id]
    assert (line["level"], line["status"], line["outcome"]) == ("INFO", 200, "digit")
    assert (line["message"], line["path"]) == ("request", PATH)
    assert all({"time", "level", "logger", "message"} <= one.keys() for one in lines)
    assert not any("color_message" in one for one in lines)


def head(length: int) -> bytes:
    lines = (f"POST {PATH} HTTP/1.1", "Host: it", "Content-Type: image/png")
    return "\r\n".join((*lines, f"Content-Length: {length}", "", "")).encode()


def test_a_client_that_leaves_is_no_fault(server: Server, seven: bytes) -> None:
    counter = f'digitscope_requests_total{{method="POST",path="{PATH}",status="400"}}'
    before = server.metric(counter, default=0)
    for sent in (head(1000) + b"few", head(len(seven)) + seven, b"POST "):
        with socket.create_connection(("127.0.0.1", server.port), PATIENCE_S) as leaving:
            leaving.sendall(sent)
    wait_until(lambda: server.metric(counter, default=0) > before, "it is counted")
    wait_until(lambda: server.metric("digitscope_in_flight") == 0, "nothing is left over")
    assert ask(server, seven).json()["digit"] == 7
    log = server.log_text()
    assert "Traceback" not in log and '"status": 500' not in log


def test_what_is_no_http_does_not_stop_it(server: Server, seven: bytes) -> None:
    hostile = (
        b"\x16\x03\x01\x02",
        b"GET / HTTP\r\n\r\n",
        b"\0" * 70_000,
        head(-1),
        head(10**25),
    )
    for sent in hostile:
        with socket.create_connection(("127.0.0.1", server.port), PATIENCE_S) as client:
            client.sendall(sent)
            client.shutdown(socket.SHUT_WR)
            answer = client.recv(10_000)
            assert not answer or answer.startswith(b"HTTP/1.1 400")
    assert ask(server, seven).json()["digit"] == 7


def test_the_model_file_may_come_late_be_swapped_and_vanish(
    start_server: StartServer, seven: bytes, tmp_path: Path
) -> None:
    model = tmp_path / "network.onnx"
    server = start_server(
        is_healthy=False, DIGITSCOPE_MODEL=str(model), DIGITSCOPE_API_RETRY_S="0.1"
    )
    wait_until(lambda: "No model file" in server.client.get("/health").text, "the cause is told")
    assert ask(server, seven).status_code == 503
    assert server.metric("digitscope_model_loaded") == 0
    model.write_bytes(ONNX_MODEL.read_bytes())
    wait_until(server.is_healthy, "the model is taken")
    before = ask(server, seven).json()
    model.write_bytes(b"another file, half written")
    assert ask(server, seven).json() | MEASURED == before | MEASURED
    model.unlink()
    assert ask(server, seven).json() | MEASURED == before | MEASURED
    assert server.is_healthy()


def test_uvicorn_can_start_it_too_under_a_path_of_its_own(
    start_server: StartServer, seven: bytes
) -> None:
    factory = ("uvicorn", "--factory", "digitscope.api:create_app", "--root-path", "/x")
    server = start_server(command=factory)  # as behind a proxy that takes /x off
    more_than_json_may_have = seven + b"\0" * ApiSettings().max_json_bytes
    assert ask(server, more_than_json_may_have).json()["digit"] == 7
    assert server.client.get("/openapi.json").json()["servers"] == [{"url": "/x"}]


def test_settings_that_cannot_be_are_wrong_usage(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DIGITSCOPE_API_WORKERS", "none")
    assert main(["serve"]) == 2
    complaint = capsys.readouterr().err
    assert complaint.startswith("digitscope: DIGITSCOPE_API_WORKERS: ")
    assert "Received: 'none'." in complaint


def test_a_port_that_is_taken_is_told(server: Server) -> None:
    command = [sys.executable, "-m", "digitscope", "serve", "--port", str(server.port)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE_S)
    assert done.returncode != 0
    assert "address already in use" in done.stderr
