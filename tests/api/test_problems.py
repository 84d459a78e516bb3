"""Problem details: one form for everything that goes wrong."""

from __future__ import annotations

import logging
from typing import NoReturn

import pytest
from fastapi.testclient import TestClient

from digitscope.api.problems import describe_value
from tests.api.conftest import MakeClient


def test_an_unknown_address_is_a_problem(client: TestClient) -> None:
    answer = client.get("/nowhere")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "urn:digitscope:problem:not-found",
        "title": "There is nothing at this address",
        "status": 404,
        "detail": "There is nothing at this address.",
        "instance": f"urn:uuid:{answer.headers['x-request-id']}",
        "received": "GET /nowhere",
    }


def test_another_method_is_a_problem_that_names_the_right_one(client: TestClient) -> None:
    answer = client.put("/predict")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert answer.json()["received"] == "PUT /predict"


class BrokenReader:
    """A reader with a fault that nobody expected."""

    def read(self, *_: object, **__: object) -> NoReturn:
        raise RuntimeError("secret detail")


def test_a_fault_of_ours_is_logged_and_not_told(
    make_client: MakeClient, seven: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    client = make_client(BrokenReader())
    with caplog.at_level(logging.WARNING):
        answer = client.post("/api/v1/predict", files={"file": seven})
    assert (answer.status_code, answer.json()["type"]) == (500, "urn:digitscope:problem:fault")
    assert "secret" not in answer.text
    (line,) = [one for one in caplog.records if one.message == "request"]
    assert (line.status, line.levelname) == (500, "WARNING")
    assert answer.json()["instance"] == f"urn:uuid:{line.request_id}"
    assert answer.headers["X-Request-ID"] == line.request_id


def test_what_was_received_is_told_in_few_plain_characters() -> None:
    assert describe_value("\ud800é" * 1000) == ascii("\ud800é" * 1000)[:60]
    assert describe_value(None) == "nothing"
    assert describe_value(b"\xff") == "1 bytes, not sent as application/json"


def test_the_log_has_neither_pictures_nor_names(
    client: TestClient, seven: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, "digitscope.api"):
        answer = client.post("/api/v1/predict?tta=true", files={"file": ("my-name.png", seven)})
    (line,) = [one for one in caplog.records if one.message == "request"]
    assert line.request_id == answer.headers["x-request-id"]
    facts = (line.method, line.path, line.status, line.outcome)
    assert facts == ("POST", "/api/v1/predict", 200, "digit")
    assert line.body_bytes > len(seven)
    assert "my-name" not in str(vars(line)) and "PNG" not in str(vars(line))
