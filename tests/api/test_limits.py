"""The limits: what is too large, too much at once, too slow; and that all is well afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi.testclient import TestClient

from digitscope.api.settings import ApiSettings, SettingsError
from tests.api.conftest import GatedReader, MakeClient, wait_until

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


def test_bodies_are_held_up_to_a_sum(make_client: MakeClient, gated: GatedReader) -> None:
    client = make_client(gated, max_held_bytes=1500)
    with ThreadPoolExecutor() as threads:
        first = threads.submit(client.post, PATH, content=b"0" * 1000, headers=PNG)
        wait_until(lambda: in_flight(client) == 1, "the first waits")
        assert client.post(PATH, content=b"0" * 1000, headers=PNG).status_code == 429
        gated.gate.set()
        assert first.result().status_code == 422
    assert client.post(PATH, content=b"0" * 1000, headers=PNG).status_code == 422


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


def test_settings_come_from_the_environment() -> None:
    settings = ApiSettings.from_environment(
        {"DIGITSCOPE_API_BODY_TIMEOUT_S": "2.5", "DIGITSCOPE_API_WORKERS": "3", "PATH": "/bin"}
    )
    assert (settings.body_timeout_s, settings.workers) == (2.5, 3)
    assert settings.max_picture_bytes == ApiSettings().max_picture_bytes


@pytest.mark.parametrize(
    ("name", "value"),
    [("WORKERS", "0"), ("WORKERS", "many"), ("ANSWER_TIMEOUT_S", "-1"), ("RETRY_S", "nan")],
)
def test_a_setting_that_cannot_be_is_told_at_once(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"DIGITSCOPE_API_{name}: .*Received: '{value}'"):
        ApiSettings.from_environment({f"DIGITSCOPE_API_{name}": value})


def test_an_empty_value_is_none_at_all() -> None:
    """Compose and shells hand them on where a variable is not set."""
    given = {"DIGITSCOPE_API_MODEL": "", "DIGITSCOPE_API_WORKERS": ""}
    assert ApiSettings.from_environment(given) == ApiSettings()


def test_a_name_that_is_no_setting_is_told_and_left_alone(caplog: pytest.LogCaptureFixture) -> None:
    given = {"DIGITSCOPE_API_PORT": "tcp://10.0.0.1:80"}  # as Kubernetes makes them up
    assert ApiSettings.from_environment(given) == ApiSettings()
    assert caplog.messages == ["No such setting: DIGITSCOPE_API_PORT"]
