"""`POST /api/v1/predict`: a picture file in, a digit or the reason why there is none out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient
from PIL import JpegImagePlugin

from digitscope import DigitReader
from digitscope.api.schemas import MAX_FILES
from digitscope.preprocessing import background_removers
from digitscope.serialization import reading_to_dict
from digitscope.types import TILE_PX, Reason, UInt8Array
from tests import pictures
from tests.api.conftest import MakeClient

PATH = "/api/v1/predict"
BLANK = np.full((480, 640, 3), 255, np.uint8)
Tiles = tuple[UInt8Array, UInt8Array]
MANY = 5_000  # EXIF blocks: ten times what is let through


def without_time(row: dict[str, Any]) -> dict[str, Any]:
    """A row without the one value that differs between two readings."""
    return {name: value for name, value in row.items() if name != "ms"}


def test_an_answer_is_the_readers_row_and_the_tile(
    client: TestClient, seven: bytes, reader: DigitReader
) -> None:
    answer = client.post(PATH, files={"file": ("seven.png", seven)})
    row = reading_to_dict(reader.read(seven))
    row["top"] = [list(pair) for pair in row["top"]]
    assert answer.status_code == 200
    assert without_time(answer.json()) == without_time(row) | {"tile": None}
    assert (answer.json()["status"], answer.json()["digit"]) == ("ok", 7)
    assert answer.json()["ms"] > 0


def test_a_refusal_has_its_reason_and_no_digit(client: TestClient) -> None:
    answer = client.post(PATH, files={"file": pictures.encoded(BLANK, "PNG")})
    said = answer.json()
    assert answer.status_code == 200
    assert (said["status"], said["reason"], said["top"]) == ("rejected", str(Reason.BLANK), [])
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
    monkeypatch.setattr(
        background_removers, "rembg_session", lambda _: pytest.fail("it was loaded")
    )
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


def test_very_many_exif_blocks_do_not_stop_the_server(
    client: TestClient, mnist_tiles: Tiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pillow copies all earlier blocks for each further one, so none of them may reach it."""
    joined_bytes = []

    def read_block(image: JpegImagePlugin.JpegImageFile, marker: int) -> None:
        JpegImagePlugin.APP(image, marker)
        joined_bytes.append(len(image.info.get("exif", b"")))

    monkeypatch.setitem(JpegImagePlugin.MARKER, 0xFFE1, ("APP1", "", read_block))
    page = pictures.page(mnist_tiles[0][mnist_tiles[1] == 7][0])
    data = pictures.encoded(page, "JPEG")
    block = b"\xff\xe1\x00\x10Exif\0\0abcdefgh"
    answer = client.post(PATH, files={"file": data[:2] + block * MANY + data[2:]})
    assert answer.json()["digit"] == 7
    assert len(joined_bytes) >= MANY and max(joined_bytes) == 0


@pytest.mark.parametrize("media_type", ["", "text/plain", "application/json", "imago/png"])
def test_other_media_types_are_told(client: TestClient, seven: bytes, media_type: str) -> None:
    answer = client.post(PATH, content=seven, headers={"content-type": media_type})
    assert answer.status_code == 415
    assert answer.json()["received"] == f"'{media_type}'"


FORM = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nx\r\n--b--\r\n'
BROKEN_FORMS = {
    "another field": ({"photo": b"x"}, None),
    "two files": ([("file", b"x"), ("file", b"y")], None),
    "no boundary": (None, "multipart/form-data"),
    "another boundary": (None, "multipart/form-data; boundary=abc"),
    "an odd boundary": (None, "multipart/form-data; boundary=\xff"),
    "a charset that decodes nothing": (None, "multipart/form-data; boundary=b; charset=undefined"),
    "a charset with a null": (None, 'multipart/form-data; boundary=b; charset="\\\0"'),
}


@pytest.mark.parametrize("name", BROKEN_FORMS)
def test_forms_without_one_file_are_told(client: TestClient, name: str) -> None:
    files, media_type = BROKEN_FORMS[name]
    if files is not None:
        answer = client.post(PATH, files=files)
    else:
        headers = [(b"content-type", media_type.encode("latin-1"))]
        answer = client.post(PATH, content=FORM, headers=headers)
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


BATCH = "/api/v1/batch"


def test_a_batch_has_the_readers_row_of_each_file_and_an_error_row_of_a_bad_one(
    client: TestClient, pages: list[bytes], reader: DigitReader
) -> None:
    files = [("file", (f"{digit}.png", page)) for digit, page in enumerate(pages)]
    files.insert(3, ("file", ("text.png", b"no picture")))
    answer = client.post(BATCH, files=files, params={"background": "opencv"})
    rows = answer.json()
    assert answer.status_code == 200
    assert [row["file"] for row in rows] == [name for _, (name, _) in files]
    bad = rows.pop(3)
    assert (bad["status"], bad["digit"], bad["background"]) == ("error", None, "opencv")
    assert "Received: " in bad["reason"]
    for digit, (row, page) in enumerate(zip(rows, pages, strict=True)):
        expected = reading_to_dict(reader.read(page, background="opencv"))
        expected["top"] = [list(pair) for pair in expected["top"]]
        assert without_time(row) == without_time(expected) | {"file": f"{digit}.png"}
        assert row["digit"] == digit


def test_a_batch_has_a_limit_of_files_and_of_bytes(make_client: MakeClient, seven: bytes) -> None:
    client = make_client(max_batch_bytes=len(seven) * MAX_FILES)
    too_many = client.post(BATCH, files=[("file", ("a", b""))] * (MAX_FILES + 1))
    too_large = client.post(BATCH, files=[("file", ("a", seven))] * MAX_FILES)
    assert (too_many.status_code, too_large.status_code) == (422, 413)
    assert f"1 to {MAX_FILES} files" in too_many.json()["detail"]
    assert client.post(BATCH, files=[("other", ("a", seven))]).status_code == 422
    assert client.post(BATCH, content=seven).status_code == 415
