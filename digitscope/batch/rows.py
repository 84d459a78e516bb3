"""An item's row: the output of `digitscope read --json`, and ``error``.

| key | value |
| --- | --- |
| ``file`` | the item's name |
| the keys of `digitscope.serialization` | the reading, of one digit or of whole numbers |
| ``error`` | why the file cannot be read, or null |
| ``fields`` | with boxes, instead of an answer: the reading of each field by name |
| ``thumbnail`` | if asked for and not ``ok``: a base64 JPEG; not written to outputs |

A form is ``ok`` if all of its fields are, else ``rejected``.
"""

from __future__ import annotations

import base64
import dataclasses
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any, TypeAlias

from PIL import Image

from digitscope.batch.fields import CROP, Box, cut_fields
from digitscope.batch.items import Item
from digitscope.batch.remote import without_secrets
from digitscope.errors import DigitscopeError, InvalidImageError
from digitscope.image_io import ImageSource, load_picture
from digitscope.journal import fingerprint_code
from digitscope.model_files import fingerprint_of, resolve_model_path
from digitscope.reader import DigitReader
from digitscope.serialization import (
    MS_DECIMALS,
    error_to_dict,
    number_reading_to_dict,
    numbers_error_to_dict,
    reading_to_dict,
)
from digitscope.types import UInt8Array

Row: TypeAlias = dict[str, Any]

THUMBNAIL_PX = 220
OK, REJECTED, ERROR = "ok", "rejected", "error"
OUTSIDE = "The box lies outside the page."


@dataclass(frozen=True)
class RowOptions:
    """How items are read; can be pickled for another process.

    Attributes:
        model: the network's file, or None for the default.
        background: method of background removal.
        tta: whether tiles are read at five rotations.
        force: whether refused shapes get a best guess.
        numbers: whether whole numbers are read; `tta` and `force` apply to single digits only.
        boxes: the fields of a form by name; a box named `CROP` is a crop that is read instead of
            the page.
        tiles_dir: folder for the 28 x 28 tiles, or None.
        with_thumbnails: whether rows that are not ``ok`` get a thumbnail.
    """

    model: Path | None = None
    background: str = "auto"
    tta: bool = False
    force: bool = False
    numbers: bool = False
    boxes: Mapping[str, Box] = field(default_factory=dict)
    tiles_dir: Path | None = None
    with_thumbnails: bool = False

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of a form's fields; empty if each item has one answer."""
        return tuple(name for name in self.boxes if name != CROP)

    def to_settings(self, sources: Sequence[str]) -> dict[str, Any]:
        """Everything that the rows of these sources depend on, as JSON-serialisable values.

        Raises:
            ModelUnavailableError: there is no model.
        """
        paths = {"model": self.model, "tiles_dir": self.tiles_dir}
        return {
            **dataclasses.asdict(self),
            **{name: None if path is None else str(path) for name, path in paths.items()},
            "boxes": {name: list(box) for name, box in self.boxes.items()},
            "sources": [without_secrets(source) for source in sources],
            "model_sha256": fingerprint_of(resolve_model_path(self.model)),
            "code_sha256": fingerprint_code(),
        }


class RowReader:
    """Turns items into rows with its own reader; each process has one."""

    def __init__(self, options: RowOptions) -> None:
        """Load the network.

        Raises:
            ModelUnavailableError: the model cannot be loaded.
        """
        self._options = options
        self._reader = DigitReader(options.model, options.background)

    def read(self, number: int, item: Item) -> Row:
        """Make the row of an item; an error of the file is part of its row.

        Args:
            number: index of the item among all, from 0; part of its tiles' file names.
            item: the item to read.
        """
        try:
            source = item.load()
            return {"file": item.name} | self._read(number, item.name, source)
        except InvalidImageError as error:
            return make_error_row(item.name, str(error), self._options)
        except DigitscopeError:
            raise
        except Exception as error:  # noqa: BLE001 - one file must not end a run over millions
            fault = f"A fault of Digitscope on this file: {type(error).__name__}: {error}"
            return make_error_row(item.name, fault, self._options)

    def _read(self, number: int, name: str, source: ImageSource) -> Row:
        boxes = self._options.boxes
        if not boxes:
            return self._read_one(source, _tile_name(number, name)) | {"error": None}
        rows = {
            field_name: _outside(self._options)
            if picture is None
            else self._read_one(picture, _tile_name(number, name, field_name))
            for field_name, picture in cut_fields(source, boxes)
        }
        row = rows[CROP] if CROP in rows else _form_row(rows, self._options)
        return row | {"error": None}

    def _read_one(self, picture: ImageSource, tile_name: str) -> Row:
        row, tiles = self._answer(picture)
        folder = self._options.tiles_dir
        for count, tile in enumerate(tiles if folder is not None else ()):
            end = f"-{count:02}" if self._options.numbers else ""
            Image.fromarray(tile).save(Path(str(folder), f"{tile_name}{end}.png"))
        if self._options.with_thumbnails and row["status"] != OK:
            row["thumbnail"] = _thumbnail(picture)
        return row

    def _answer(self, picture: ImageSource) -> tuple[Row, list[UInt8Array]]:
        """The answer to a picture, and the tiles that the network read."""
        options = self._options
        if options.numbers:
            found = self._reader.read_numbers(picture)
            tiles = [digit.tile for number in found.numbers for digit in number.digits]
            return number_reading_to_dict(found), tiles
        reading = self._reader.read(picture, tta=options.tta, force=options.force)
        tile = reading.preprocessed.tile
        return reading_to_dict(reading), [] if tile is None else [tile.pixels]


def make_error_row(name: str, why: str, options: RowOptions) -> Row:
    """The row of a file that cannot be read."""
    row: Row = {"file": name} | _no_answer(why, options)
    if options.fields:
        row["fields"] = {}
    return row | {"error": why}


def _no_answer(why: str, options: RowOptions) -> Row:
    to_dict = numbers_error_to_dict if options.numbers else error_to_dict
    return to_dict(ValueError(why), options.background)


def _outside(options: RowOptions) -> Row:
    return _no_answer(OUTSIDE, options) | {"status": REJECTED}


def _form_row(rows: Mapping[str, Row], options: RowOptions) -> Row:
    """Combine the fields' rows into the row of a form; keys of a single answer stay empty."""
    unsure = [name for name, row in rows.items() if row["status"] != OK]
    notices = dict.fromkeys(row["notice"] for row in rows.values() if row["notice"])
    return _no_answer("", options) | {
        "status": REJECTED if unsure else OK,
        "reason": f"not sure: {', '.join(unsure)}" if unsure else None,
        "ms": round(sum(row["ms"] for row in rows.values()), MS_DECIMALS),
        "notice": " ".join(notices),
        "fields": dict(rows),
    }


def _tile_name(number: int, name: str, field_name: str = CROP) -> str:
    """A safe file name for any item's name: ``00000012-a-mark``."""
    words = (Path(name).stem, field_name)
    safe = "-".join(re.sub(r"[^\w-]+", "_", word)[:40] for word in words if word)
    return f"{number:08}-{safe}"


def _thumbnail(picture: ImageSource) -> str:
    """A small JPEG in base64."""
    small = Image.fromarray(load_picture(picture).rgb)
    small.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX))
    buffer = BytesIO()
    small.save(buffer, "JPEG", quality=70)
    return base64.b64encode(buffer.getvalue()).decode("ascii")
