"""The limits: what is too large, too much at once, too slow; and that all is well afterwards."""

from __future__ import annotations

import threading
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest
from fastapi.testclient import TestClient
from PIL import Image

from digitscope import DigitReader
from digitscope.api import create_app
from digitscope.api.runtime import PixelBudget
from digitscope.api.settings import ApiSettings, SettingsError
from digitscope.types import Reading
from tests import pictures
from tests.api.conftest import PATIENCE_S, GatedReader, MakeClient, StartServer, wait_until

PATH = "/api/v1/predict"
PNG = {"content-type": "image/png"}


def in_flight(client: TestClient) -> int:
    return client.app.state.runtime.pool.in_flight


@pytest.mark.parametrize(
    ("path", "limit"), [(PATH, 500), ("/predict", 300), ("/predict/batch", 300)]
)
def test_a_body_declared_too_large_is_refused(
    make_client: MakeClient, path: str, limit: int
) -> None:
    client = make_client(max_picture_bytes=500, max_json_bytes=300)
    headers = PNG if path == PATH else {"content-type": "application/json"}
    answer = client.post(path, content=b"0" * (limit + 1), headers=headers)
    problem = answer.json()
    assert (answer.status_code, problem["received"]) == (413, f"{limit + 1} bytes")
    assert f"{limit} bytes" in problem["detail"]
    assert client.post(path, content=b"0" * limit, headers=headers).status_code == 422


def test_a_body_without_a_declared_size_is_counted(make_client: MakeClient) -> None:
    client = make_client(max_picture_bytes=500)

    def chunks() -> Iterator[bytes]:
        for _ in range(6):
            yield b"0" * 100

    answer = client.post(PATH, content=chunks(), headers=PNG)
    assert "content-length" not in answer.request.headers
    assert answer.status_code == 413


def test_a_body_that_trickles_in_is_given_up() -> None:
    app = create_app(ApiSettings(body_timeout_s=0.05))

    async def trickle() -> AsyncIterator[bytes]:
        yield b"few"
        await anyio.sleep(10)

    async def ask() -> httpx2.Response:
        transport = httpx2.ASGITransport(app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://it") as client:
            return await client.post("/predict", content=trickle())

    with ThreadPoolExecutor() as threads:  # in this one a browser test's loop may run
        answer = threads.submit(anyio.run, ask).result()
    assert (answer.status_code, answer.json()["received"]) == (408, "3 bytes by then")


def test_bodies_are_held_up_to_a_sum(
    make_client: MakeClient, gated: GatedReader, seven: bytes
) -> None:
    client = make_client(gated, max_held_bytes=round(1.5 * len(seven)))
    with ThreadPoolExecutor() as threads:
        first = threads.submit(client.post, PATH, content=seven, headers=PNG)
        wait_until(lambda: in_flight(client) == 1, "the first waits")
        assert client.post(PATH, content=seven, headers=PNG).status_code == 429
        gated.gate.set()
        assert first.result().status_code == 200
    assert client.post(PATH, content=seven, headers=PNG).status_code == 200


def test_more_than_may_wait_are_told_to_come_back(
    make_client: MakeClient, gated: GatedReader, seven: bytes
) -> None:
    client = make_client(gated, workers=1, max_in_flight=2)
    with ThreadPoolExecutor() as threads:
        accepted = [threads.submit(client.post, PATH, files={"file": seven}) for _ in range(2)]
        wait_until(lambda: in_flight(client) == 2, "two are in flight")
        refused = client.post(PATH, files={"file": seven})
        tile = client.post("/predict", json={"image": [0] * 784})
        assert client.get("/health").status_code == 200
        gated.gate.set()
        answers = [one.result() for one in accepted]
    assert refused.status_code == tile.status_code == 429
    assert refused.headers["retry-after"] == "1"
    assert refused.json()["type"] == "urn:digitscope:problem:busy"
    assert [one.json()["digit"] for one in answers] == [7, 7]
    assert client.post(PATH, files={"file": seven}).json()["digit"] == 7


def test_an_answer_that_takes_too_long_is_given_up(
    make_client: MakeClient, gated: GatedReader, seven: bytes
) -> None:
    client = make_client(gated, workers=1, max_in_flight=2, answer_timeout_s=0.1)
    with ThreadPoolExecutor() as threads:
        asked = [threads.submit(client.post, PATH, files={"file": seven}) for _ in range(2)]
        answers = [one.result() for one in asked]
    assert [one.status_code for one in answers] == [503, 503]
    assert answers[0].json()["type"] == "urn:digitscope:problem:too-slow"
    assert answers[0].headers["retry-after"] == "5"
    assert in_flight(client) == 1, "what waited was dropped, what is being read keeps its place"
    gated.gate.set()
    wait_until(lambda: in_flight(client) == 0, "the place is free again")


class CountingReader:
    """The real reader; counts how many pictures it reads at one time."""

    def __init__(self, reader: DigitReader) -> None:
        self._reader, self._lock = reader, threading.Lock()
        self.reading = self.most = 0

    def read(self, *arguments: Any, **options: Any) -> Reading:
        with self._lock:
            self.reading += 1
            self.most = max(self.most, self.reading)
        time.sleep(0.05)
        try:
            return self._reader.read(*arguments, **options)
        finally:
            with self._lock:
                self.reading -= 1


@pytest.mark.parametrize(("pictures_at_once", "most"), [(2.5, 2), (0.1, 1)])
def test_pictures_wait_until_their_pixels_fit(
    make_client: MakeClient,
    reader: DigitReader,
    seven: bytes,
    pictures_at_once: float,
    most: int,
) -> None:
    counting, (width, height) = CountingReader(reader), pictures.PAGE_WH
    budget = round(pictures_at_once * width * height)
    client = make_client(lambda: counting, workers=4, max_decoded_pixels=budget)
    with ThreadPoolExecutor(8) as threads:
        asked = [threads.submit(client.post, PATH, files={"file": seven}) for _ in range(8)]
        answers = [one.result().json() for one in asked]
    assert [answer["digit"] for answer in answers] == [7] * 8
    assert counting.most == most


def test_small_pictures_do_not_overtake_a_large_one_that_waits() -> None:
    budget, order = PixelBudget(10), []

    def hold(pixels: int) -> None:
        with budget.hold(pixels):
            order.append(pixels)

    with ThreadPoolExecutor(2) as threads, budget.hold(5):
        threads.submit(hold, 10)
        wait_until(budget._turn.locked, "the large one waits")
        threads.submit(hold, 1)
        time.sleep(0.05)
        assert order == []
    assert order == [10, 1]


@pytest.mark.slow
def test_large_pictures_at_once_are_answered_within_700_mb(
    start_server: StartServer,
) -> None:
    """Two kinds that compress to a few hundred bytes and cost the most to decode."""
    if not Path("/proc/self/status").is_file():
        pytest.skip("the peak of a process's memory is read from /proc")
    server = start_server(
        DIGITSCOPE_API_WORKERS="4",
        DIGITSCOPE_API_ANSWER_TIMEOUT_S=str(PATIENCE_S),  # other work may run beside the tests
    )
    blank = pictures.encoded(Image.new("RGB", (5000, 4000), "white"), "WEBP", lossless=True)
    clear = pictures.encoded(Image.new("RGBA", (5000, 4000), (0, 0, 0, 9)), "WEBP", lossless=True)
    assert max(len(blank), len(clear)) < 10_000
    with ThreadPoolExecutor(4) as threads:
        asked = [
            threads.submit(server.client.post, PATH, content=picture, headers=PNG)
            for picture in (blank, clear) * 2
        ]
        statuses = [one.result().status_code for one in asked]
    assert statuses == [200] * 4
    assert server.peak_mb() < 700


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGITSCOPE_API_BODY_TIMEOUT_S", "2.5")
    monkeypatch.setenv("DIGITSCOPE_API_WORKERS", "3")
    monkeypatch.setenv("DIGITSCOPE_API_MAX_IN_FLIGHT", "")  # as Compose passes on an unset one
    settings = ApiSettings.from_environment()
    assert (settings.body_timeout_s, settings.workers) == (2.5, 3)
    assert settings.max_in_flight == ApiSettings.model_fields["max_in_flight"].default


@pytest.mark.parametrize(
    ("name", "value"),
    [("WORKERS", "0"), ("WORKERS", "many"), ("ANSWER_TIMEOUT_S", "-1"), ("RETRY_S", "nan")],
)
def test_a_setting_that_cannot_be_is_told_at_once(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"DIGITSCOPE_API_{name}", value)
    with pytest.raises(SettingsError, match=f"DIGITSCOPE_API_{name}: .*Received: '{value}'"):
        create_app()


def test_a_name_that_is_no_setting_is_told_and_left_alone(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("DIGITSCOPE_API_PORT", "tcp://10.0.0.1:80")  # as Kubernetes makes them up
    ApiSettings.from_environment()
    assert caplog.messages == ["No such setting: DIGITSCOPE_API_PORT"]
