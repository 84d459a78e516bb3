"""Who answers, its health before, without and with a network, its figures, its description."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from digitscope import DigitReader, ModelUnavailableError
from digitscope.api.schemas import PictureAnswer
from digitscope.types import Reason
from tests.api.conftest import MakeClient, wait_until

EXAMPLE_PLACES = ("TileQuestion", "TileAnswer", "TilesQuestion", "TilesAnswer", "PictureAnswer")


def test_the_root_tells_who_answers_and_what_can_be_asked(client: TestClient) -> None:
    answer = client.get("/")
    assert answer.status_code == 200
    assert list(answer.json()) == ["message", "status", "endpoints"]
    assert answer.json()["status"] == "running"


def test_every_address_that_the_root_tells_is_there(client: TestClient) -> None:
    told = {tuple(line.split()) for line in client.get("/").json()["endpoints"]}
    paths = client.get("/openapi.json").json()["paths"]
    there = {(method.upper(), path) for path, methods in paths.items() for method in methods}
    assert told == there | {("GET", "/openapi.json")}


def test_health_is_what_probes_expect(client: TestClient) -> None:
    answer = client.get("/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "healthy", "model_loaded": True})


def test_until_the_network_answers_health_is_503_and_says_so(
    make_client: MakeClient, reader: DigitReader, seven: bytes
) -> None:
    gate = threading.Event()

    def load_slowly() -> DigitReader:
        gate.wait()
        return reader

    client = make_client(load_slowly, is_loaded=False)
    try:
        assert client.get("/").status_code == 200
        waiting = client.get("/health")
        asked = client.post("/api/v1/predict", files={"file": seven})
    finally:
        gate.set()
    assert waiting.status_code == asked.status_code == 503
    assert waiting.headers["content-type"] == "application/problem+json"
    assert waiting.json()["detail"] == "The network is being loaded."
    assert waiting.json()["type"] == "urn:digitscope:problem:model-unavailable"
    assert waiting.headers["retry-after"] == "5"
    wait_until(lambda: client.get("/health").status_code == 200, "the network is loaded")
    assert client.post("/api/v1/predict", files={"file": seven}).json()["digit"] == 7


def test_a_network_that_cannot_be_loaded_is_tried_again(
    make_client: MakeClient, reader: DigitReader
) -> None:
    attempts: list[str] = []

    def load() -> DigitReader:
        attempts.append("")
        if len(attempts) < 3:
            raise ModelUnavailableError("No model file is there. Received: /srv/models/a.onnx.")
        return reader

    client = make_client(load, is_loaded=True, retry_s=0.01)
    assert (len(attempts), client.get("/health").status_code) == (3, 200)


@pytest.mark.parametrize("content", [None, b"", b"no network at all", "half"])
def test_a_missing_or_broken_model_file_is_told_without_its_folder(
    content: Any, make_client: MakeClient, reader: DigitReader, tmp_path: Path
) -> None:
    model = tmp_path / "network.onnx"
    whole = reader.classifier.path.read_bytes()
    if content is not None:
        model.write_bytes(whole[: len(whole) // 2] if content == "half" else content)
    client = make_client(lambda: DigitReader(model), is_loaded=False, retry_s=0.05)
    told = "Received: network.onnx"
    wait_until(lambda: told in client.get("/health").json().get("detail", ""), "it is told")
    answer = client.get("/health")
    assert answer.status_code == 503
    assert str(tmp_path) not in answer.text
    model.write_bytes(whole)
    wait_until(lambda: client.get("/health").status_code == 200, "the new file is taken")


def test_whatever_keeps_the_network_from_loading_is_told(make_client: MakeClient) -> None:
    def load() -> DigitReader:
        raise RuntimeError("secret")

    client = make_client(load, is_loaded=False, retry_s=0.05)
    told = "cannot be loaded (RuntimeError)"
    wait_until(lambda: told in client.get("/health").json().get("detail", ""), "it is told")
    assert "secret" not in client.get("/health").text


def test_metrics_count_what_was_answered(make_client: MakeClient, seven: bytes) -> None:
    client = make_client()
    client.post("/api/v1/predict", files={"file": seven})
    client.post("/api/v1/predict", files={"file": b"no picture"})
    client.get("/nowhere/at/all")
    client.request("INVENTED", "/")
    answer = client.get("/metrics")
    lines = set(answer.text.splitlines())
    requests = "digitscope_requests_total"
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert lines >= {
        f'{requests}{{method="POST",path="/api/v1/predict",status="200"}} 1.0',
        f'{requests}{{method="POST",path="/api/v1/predict",status="422"}} 1.0',
        f'{requests}{{method="GET",path="other",status="404"}} 1.0',
        f'{requests}{{method="other",path="/",status="405"}} 1.0',
        'digitscope_readings_total{background="opencv",outcome="digit"} 1.0',
        'digitscope_request_seconds_count{path="/api/v1/predict"} 2.0',
        "digitscope_in_flight 0.0",
        "digitscope_model_loaded 1.0",
    }
    assert "process_resident_memory_bytes" in answer.text
    assert "nowhere" not in answer.text


def test_two_apps_do_not_mix_their_figures(make_client: MakeClient) -> None:
    one, other = make_client(), make_client()
    for _ in range(3):
        one.get("/")
    counted = 'digitscope_requests_total{method="GET",path="/",status="200"}'
    assert f"{counted} 3.0" in one.get("/metrics").text
    assert counted not in other.get("/metrics").text


def test_the_description_has_an_example_of_each_body(client: TestClient) -> None:
    schemas = client.get("/openapi.json").json()["components"]["schemas"]
    assert all(schemas[name]["examples"] for name in EXAMPLE_PLACES)


def test_the_examples_are_what_is_really_asked_and_answered(client: TestClient) -> None:
    schemas = client.get("/openapi.json").json()["components"]["schemas"]
    (question,) = schemas["TileQuestion"]["examples"]
    (answer,) = schemas["TileAnswer"]["examples"]
    got = client.post("/predict", json=question).json()
    assert (got.keys(), got["prediction"]) == (answer.keys(), 1)
    answered, refused = (PictureAnswer(**one) for one in schemas["PictureAnswer"]["examples"])
    assert answered.confidence == answered.probabilities[answered.digit]
    assert (refused.digit, refused.reason) == (None, Reason.BLANK)


def test_every_problem_in_the_description_has_its_media_type(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    operations = [one for methods in document["paths"].values() for one in methods.values()]
    contents = [
        set(response["content"])
        for operation in operations
        for status, response in operation["responses"].items()
        if int(status) >= 400
    ]
    assert len(contents) > 10
    assert all(content == {"application/problem+json"} for content in contents)
