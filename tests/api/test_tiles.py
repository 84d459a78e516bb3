"""`POST /predict` and `/predict/batch`: 784 values in, what the network says out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient

from digitscope import DigitReader
from digitscope.api.schemas import MAX_TILES, TileAnswer
from digitscope.types import Prediction, UInt8Array

Tiles = tuple[UInt8Array, UInt8Array]


def values(tile: UInt8Array) -> list[float]:
    return (tile.reshape(-1) / 255).tolist()


def test_an_answer_field_by_field(
    client: TestClient, mnist_tiles: Tiles, reader: DigitReader
) -> None:
    tile = mnist_tiles[0][mnist_tiles[1] == 7][0]
    answer = client.post("/predict", json={"image": values(tile)})
    said = answer.json()
    assert answer.status_code == 200
    assert list(said) == ["prediction", "confidence", "probabilities"]
    assert said["prediction"] == 7
    assert said["confidence"] == max(said["probabilities"]) == said["probabilities"][7]
    assert said["probabilities"] == pytest.approx(reader.predict(tile).probabilities, abs=1e-6)


def test_a_batch_is_answered_in_order(client: TestClient, mnist_tiles: Tiles) -> None:
    tiles = [mnist_tiles[0][mnist_tiles[1] == digit][0] for digit in (3, 1, 4, 1, 5)]
    answer = client.post("/predict/batch", json={"images": [values(tile) for tile in tiles]})
    said = answer.json()["predictions"]
    alone = [client.post("/predict", json={"image": values(tile)}).json() for tile in tiles]
    assert [one["prediction"] for one in said] == [3, 1, 4, 1, 5]
    for one, other in zip(said, alone, strict=True):
        assert one["probabilities"] == pytest.approx(other["probabilities"], abs=2e-6)


def test_a_full_batch_fits_into_the_limit_of_its_body(
    client: TestClient, mnist_tiles: Tiles
) -> None:
    noise = np.random.default_rng(0).random((MAX_TILES, 784)).tolist()
    answer = client.post("/predict/batch", json={"images": noise})
    assert (answer.status_code, len(answer.json()["predictions"])) == (200, MAX_TILES)


def test_whole_numbers_are_values_too(client: TestClient) -> None:
    assert client.post("/predict", json={"image": [0, 1] * 392}).status_code == 200


BLANK: list[Any] = [0.0] * 784
WRONG: dict[str, tuple[Any, str, str]] = {
    "too few": ({"image": BLANK[1:]}, "body.image", "a list of 783"),
    "too many": ({"image": [*BLANK, 0]}, "body.image", "a list of 785"),
    "above 1": ({"image": [*BLANK[1:], 1.5]}, "body.image.783", "1.5"),
    "below 0": ({"image": [-0.1, *BLANK[1:]]}, "body.image.0", "-0.1"),
    "0..255": ({"image": [255] * 784}, "body.image.0", "255"),
    "text": ({"image": ["0.5", *BLANK[1:]]}, "body.image.0", "'0.5'"),
    "true": ({"image": [True, *BLANK[1:]]}, "body.image.0", "True"),
    "null": ({"image": [None, *BLANK[1:]]}, "body.image.0", "nothing"),
    "rows": ({"image": [[0.0] * 28] * 28}, "body.image.0", "a list of 28"),
    "no image": ({}, "body.image", "an object with 0 keys"),
    "a list": ([1, 2], "body", "a list of 2"),
    "nothing": (None, "body", "nothing"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_tile_is_told_with_what_was_received(client: TestClient, name: str) -> None:
    body, where, received = WRONG[name]
    answer = client.post("/predict", json=body)
    problem = answer.json()
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["type"] == "urn:digitscope:problem:invalid-request"
    assert problem["errors"][0]["where"] == where
    assert problem["received"] == problem["errors"][0]["received"] == received


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"{", 422),
        (b'{"image": [NaN]}', 422),
        (b'{"image": [Infinity]}', 422),
        (b'{"image": [1e999]}', 422),
        (b'{"image": ["\\ud800"]}', 422),
        (b'{"image": [' + b"9" * 5000 + b"]}", 400),
        (b"\xff\xfe\x00", 400),
        (b'"\xff"', 400),
        (b"[" * 100_000, 400),
    ],
)
def test_bodies_that_are_hardly_json_are_no_fault_of_ours(
    client: TestClient, body: bytes, status: int
) -> None:
    answer = client.post("/predict", content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["status"]) == (status, status)


def test_a_batch_has_a_least_and_a_most(client: TestClient) -> None:
    for count in (0, MAX_TILES + 1):
        answer = client.post("/predict/batch", json={"images": [[0] * 784] * count})
        assert answer.status_code == 422
        assert answer.json()["received"] == f"a list of {count}"


def test_a_probability_that_float32_rounds_above_one_is_one() -> None:
    rounded = np.array([np.nextafter(np.float32(1), np.float32(2)), *[0] * 9], np.float32)
    answer = TileAnswer.of(Prediction(rounded))
    assert (answer.confidence, answer.probabilities[0]) == (1, 1)
