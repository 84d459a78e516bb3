"""`POST /api/v1/predict`: a picture file in, a digit or the reason why there is none out."""

from __future__ import annotations

import numpy as np
import pytest
from fastapi.testclient import TestClient

from digitscope import DigitReader
from digitscope.preprocessing import background
from digitscope.types import TILE_PX, Reason, UInt8Array
from tests import pictures

PATH = "/api/v1/predict"
FIELDS = ["status", "digit", "confidence", "reason", "probabilities", "quality", "box_xyxy"]
FIELDS += ["background", "notice", "tile", "ms"]
BLANK = np.full((480, 640, 3), 255, np.uint8)
Tiles = tuple[UInt8Array, UInt8Array]


def test_an_answer_field_by_field(client: TestClient, seven: bytes, reader: DigitReader) -> None:
    answer = client.post(PATH, files={"file": ("seven.png", seven)})
    said, reading = answer.json(), reader.read(seven)
    assert answer.status_code == 200
    assert list(said) == FIELDS
    assert (said["status"], said["digit"], said["reason"]) == ("ok", 7, None)
    assert said["confidence"] == said["probabilities"][7] == pytest.approx(reading.confidence)
    assert said["probabilities"] == pytest.approx(reading.prediction.probabilities, abs=1e-6)
    assert said["quality"] == {
        "score": reading.quality.score,
        "level": str(reading.quality.level),
        "contrast": reading.quality.contrast,
        "size_px": reading.quality.size_px,
        "aspect_ratio": reading.quality.aspect_ratio,
    }
    assert tuple(said["box_xyxy"]) == reading.preprocessed.detection.box_xyxy
    assert (said["background"], said["notice"], said["tile"]) == ("opencv", "", None)
    assert said["ms"] > 0


def test_a_refusal_has_its_reason_and_no_digit(client: TestClient) -> None:
    answer = client.post(PATH, files={"file": pictures.encoded(BLANK, "PNG")})
    said = answer.json()
    assert (answer.status_code, list(said)) == (200, FIELDS)
    assert (said["status"], said["reason"]) == ("rejected", str(Reason.BLANK))
    empty = ("digit", "confidence", "probabilities", "quality", "box_xyxy", "tile")
    assert [said[name] for name in empty] == [None] * len(empty)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_form_and_bare_body_are_answered_alike(
    client: TestClient, mnist_tiles: Tiles, kind: str
) -> None:
    data = pictures.encoded(pictures.page(mnist_tiles[0][mnist_tiles[1] == 4][0]), kind)
    media_type = f"image/{kind.lower()}"
    form = client.post(PATH, files={"file": ("four", data, media_type)}).json()
    bare = client.post(PATH, content=data, headers={"content-type": media_type}).json()
    assert form["digit"] == bare["digit"] == 4
    assert form | {"ms": 0} == bare | {"ms": 0}


def test_the_tile_comes_on_request_and_can_be_asked_about(
    client: TestClient, seven: bytes, reader: DigitReader
) -> None:
    tile = client.post(PATH, params={"tile": True}, files={"file": seven}).json()["tile"]
    pixels = reader.read(seven).preprocessed.tile.pixels
    assert (np.rint(np.array(tile) * 255).reshape(TILE_PX, TILE_PX) == pixels).all()
    assert client.post("/predict", json={"image": tile}).json()["prediction"] == 7


def test_tta_is_the_readers(client: TestClient, seven: bytes, reader: DigitReader) -> None:
    plain, turned = (
        client.post(PATH, params={"tta": tta}, files={"file": seven}).json() for tta in (0, 1)
    )
    assert plain["probabilities"] != turned["probabilities"]
    expected = reader.read(seven, tta=True).prediction.probabilities
    assert turned["probabilities"] == pytest.approx(expected, abs=1e-6)


def test_no_request_starts_a_download_of_weights(
    client: TestClient, seven: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("U2NET_HOME", "/nowhere")
    monkeypatch.setattr(background, "rembg_session", lambda _: pytest.fail("it was loaded"))
    said = client.post(PATH, params={"background": "u2net"}, files={"file": seven}).json()
    assert (said["digit"], said["background"]) == (7, "opencv")
    assert "u2net" in said["notice"] and "OpenCV route" in said["notice"]


@pytest.mark.parametrize("options", [{"background": "magic"}, {"tta": "perhaps"}, {"tile": "7"}])
def test_options_that_do_not_exist_are_told(
    client: TestClient, seven: bytes, options: dict[str, str]
) -> None:
    ((name, value),) = options.items()
    answer = client.post(PATH, params=options, files={"file": seven})
    problem = answer.json()
    assert answer.status_code == 422
    assert (problem["errors"][0]["where"], problem["received"]) == (f"query.{name}", f"'{value}'")


@pytest.mark.parametrize("data", [b"", b"no picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 50])
def test_what_is_no_picture_is_told(client: TestClient, data: bytes) -> None:
    answer = client.post(PATH, content=data, headers={"content-type": "image/png"})
    problem = answer.json()
    assert answer.status_code == 422
    assert problem["type"] == "urn:digitscope:problem:not-a-picture"
    assert "Received: " in problem["detail"]
    assert problem["received"] == f"{len(data)} bytes"


def test_a_picture_of_too_many_pixels_is_told(client: TestClient) -> None:
    bomb = pictures.blank_png(30_000)
    answer = client.post(PATH, files={"file": bomb})
    assert (answer.status_code, len(bomb) < 1_000_000) == (422, True)
    assert "too large" in answer.json()["detail"]


@pytest.mark.parametrize("media_type", ["", "text/plain", "application/json", "imago/png"])
def test_other_media_types_are_told(client: TestClient, seven: bytes, media_type: str) -> None:
    answer = client.post(PATH, content=seven, headers={"content-type": media_type})
    assert answer.status_code == 415
    assert answer.json()["received"] == f"'{media_type}'"


BROKEN_FORMS = {
    "another field": ({"photo": b"x"}, None),
    "two files": ([("file", b"x"), ("file", b"y")], None),
    "no boundary": (None, "multipart/form-data"),
    "another boundary": (None, "multipart/form-data; boundary=abc"),
    "an odd boundary": (None, "multipart/form-data; boundary=\xff"),
}


@pytest.mark.parametrize("name", BROKEN_FORMS)
def test_forms_without_one_file_are_told(client: TestClient, name: str) -> None:
    files, media_type = BROKEN_FORMS[name]
    if files is not None:
        answer = client.post(PATH, files=files)
    else:
        headers = [(b"content-type", media_type.encode("latin-1"))]
        answer = client.post(PATH, content=b"--xyz\r\n", headers=headers)
    assert answer.status_code == 422
    assert answer.json()["type"] == "urn:digitscope:problem:invalid-request"
    assert "'file'" in answer.json()["detail"]


def test_a_form_field_that_is_no_file_is_told(client: TestClient) -> None:
    answer = client.post(PATH, data={"file": "seven"}, files={"other": b""})
    assert (answer.status_code, answer.json()["received"]) == (
        422,
        "the field 'file' without a file name",
    )


def test_a_large_form_never_touches_the_disk(
    client: TestClient, seven: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.TemporaryFile", lambda *_, **__: pytest.fail("on disk"))
    padded = seven + b"\0" * 3_000_000
    assert client.post(PATH, files={"file": padded}).json()["digit"] == 7
