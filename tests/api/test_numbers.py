"""`POST /api/v1/numbers`: the numbers in a picture."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from digitscope import DigitReader
from digitscope.serialization import number_reading_to_dict

PATH = "/api/v1/numbers"


def test_the_answer_is_the_readers(client: TestClient, seven: bytes, reader: DigitReader) -> None:
    answer = client.post(PATH, files={"file": seven})
    assert answer.status_code == 200
    expected = number_reading_to_dict(reader.read_numbers(seven))
    assert answer.json() | {"ms": 0} == expected | {"ms": 0}
    assert [number["text"] for number in answer.json()["numbers"]] == ["7"]


def test_a_picture_may_be_the_body_itself(client: TestClient, seven: bytes) -> None:
    answer = client.post(PATH, content=seven, headers={"content-type": "image/png"})
    assert answer.json()["status"] == "ok"


def test_what_is_no_picture_is_told(client: TestClient) -> None:
    problem = client.post(PATH, files={"file": b"no picture"})
    assert problem.status_code == 422
    assert problem.json()["type"] == "urn:digitscope:problem:not-a-picture"


@pytest.mark.parametrize("options", [{"background": "magic"}])
def test_options_that_do_not_exist_are_told(
    client: TestClient, seven: bytes, options: dict[str, str]
) -> None:
    assert client.post(PATH, params=options, files={"file": seven}).status_code == 422


def test_readings_of_numbers_are_counted(client: TestClient, seven: bytes) -> None:
    client.post(PATH, files={"file": seven})
    counted = 'digitscope_readings_total{background="opencv",outcome="numbers"}'
    assert counted in client.get("/metrics").text
