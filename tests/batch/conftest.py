"""Folders of pictures, good and bad, and an engine that reads in this process."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from digitscope.batch.items import Item
from digitscope.batch.rows import Row, RowOptions, RowReader
from digitscope.batch.run import Batch
from digitscope.model_files import ONNX_MODEL
from digitscope.types import UInt8Array
from tests import pictures

Engine = Callable[[Iterable[tuple[int, Item]], RowOptions], Iterator[Row]]


def read_batch(
    engine: Engine, source: Path, out: Path, sheet: Path | None = None, **options: object
) -> Batch:
    batch = Batch([str(source)], out, RowOptions(**options), sheet)
    batch.read(engine)
    assert batch.is_finished
    return batch


def read_rows(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def without_ms(rows: list[Row]) -> list[Row]:
    return [row | {"ms": 0} for row in rows]


@pytest.fixture(scope="session")
def digit_pages(mnist_tiles: tuple[UInt8Array, UInt8Array]) -> list[Image.Image]:
    """The digits 0 to 9, each on a page of 320 x 240 px."""
    tiles, labels = mnist_tiles
    return [
        Image.fromarray(pictures.page(tiles[labels == n][0], size_wh=(320, 240), digit_px=160))
        for n in range(10)
    ]


@pytest.fixture
def scans(tmp_path: Path, digit_pages: list[Image.Image]) -> Path:
    """Three digits, an empty page, and files that are wrong, each in its way."""
    folder = tmp_path / "scans"
    (folder / "class b").mkdir(parents=True)
    for digit in (3, 7):
        digit_pages[digit].save(folder / f"{digit}.png")
    digit_pages[5].save(folder / "class b" / "5.jpg")
    Image.new("RGB", (200, 200), "white").save(folder / "empty.png")
    whole = pictures.encoded(digit_pages[3], "PNG")
    bad = {
        "cut.png": whole[: len(whole) // 2],
        "nothing.png": b"",
        "phone.heic": b"\0\0\0\x18ftypheic" + bytes(40),
        "text.png": b"three",
        "bomb.png": pictures.blank_png(30_000),
    }
    for name, content in bad.items():
        (folder / name).write_bytes(content)
    (folder / "notes.txt").write_text("no picture by its name")
    return folder


@pytest.fixture
def here() -> Engine:
    """Reads in this process; where a test is not about processes."""
    if not ONNX_MODEL.is_file():
        pytest.skip("models/mnist_cnn.onnx is missing; `make train` makes it")

    def engine(jobs: Iterable[tuple[int, Item]], options: RowOptions) -> Iterator[Row]:
        reader = RowReader(options)
        for number, item in jobs:
            yield reader.read(number, item)

    return engine


@pytest.fixture
def pdf_bytes(digit_pages: list[Image.Image]) -> bytes:
    """Two pages: 4, 8."""
    buffer = BytesIO()
    digit_pages[4].save(buffer, "PDF", save_all=True, append_images=[digit_pages[8]])
    return buffer.getvalue()
