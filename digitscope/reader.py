"""The entry point of the core: `DigitReader` turns a picture into a reading."""

from __future__ import annotations

import dataclasses
import os
import time

import numpy as np

from digitscope.explanation.occlusion import explain_tile
from digitscope.image_io import ImageSource, load_picture
from digitscope.model_files import resolve_model_path
from digitscope.number_types import NumberReading
from digitscope.numbers.ink import to_numbers_size
from digitscope.numbers.reading import needs_another_look, prefer_one_digit, read_picture
from digitscope.preprocessing.working_picture import to_working_size
from digitscope.recognition.calibration import calibrate
from digitscope.recognition.classifier import load_classifier
from digitscope.recognition.rejection import decide
from digitscope.recognition.test_time_augmentation import rotate_tile
from digitscope.retry import read_with_retries
from digitscope.types import (
    Background,
    Explanation,
    Prediction,
    Preprocessed,
    Reading,
    UInt8Array,
)


class DigitReader:
    """Reads one handwritten digit from a picture.

    Threads can share a reader: it does not change after it is made.

    >>> import numpy as np
    >>> reader = DigitReader()
    >>> reader.read(np.full((200, 200), 255, np.uint8)).reason
    <Reason.BLANK: 'blank'>
    """

    def __init__(
        self,
        model: str | os.PathLike[str] | None = None,
        background: Background | str = Background.AUTO,
    ) -> None:
        """Load the network.

        Args:
            model: a `.keras` or `.onnx` file; by default ``$DIGITSCOPE_MODEL``, else the ONNX
                model in ``models/``.
            background: the background route that is used when `read` gets none.

        Raises:
            ModelUnavailableError: the model cannot be loaded.
            ValueError: there is no background route of that name.
        """
        self.background = Background(background)
        self.classifier = load_classifier(resolve_model_path(model))

    def read(
        self,
        image: ImageSource,
        *,
        tta: bool = False,
        background: Background | str | None = None,
        force: bool = False,
    ) -> Reading:
        """Read the digit in a picture, or say why there is none.

        Args:
            image: a path, the bytes of an image file, a PIL image, or an array (H, W), (H, W, 3)
                or (H, W, 4), uint8 or float 0..1.
            tta: classify five slightly rotated tiles, as one batch, and take the mean.
            background: overrides the reader's background route.
            force: classify a shape even if step 6 refuses it. The reading stays a refusal; its
                `prediction` holds the best guess.

        Returns:
            The reading. For a refused picture, `digit` is None and `reason` says why.
            `prediction` is set whenever there is a tile, refused or not.

        Raises:
            InvalidImageError: `image` is not a picture that can be opened.
            ValueError: there is no background route of that name.
        """
        started = time.perf_counter()
        loaded = load_picture(image)
        picture = to_working_size(loaded.rgb, loaded.original_size_wh)
        route = Background(background) if background is not None else self.background
        reading = read_with_retries(
            picture, route, lambda found: self._answer(found, tta=tta), force=force
        )
        return dataclasses.replace(reading, ms=(time.perf_counter() - started) * 1000)

    def read_numbers(
        self, image: ImageSource, *, background: Background | str | None = None
    ) -> NumberReading:
        """Read the numbers in all rows of a picture; each digit has its own confidence.

        Args:
            image: as in `read`.
            background: overrides the reader's background route.

        Returns:
            The numbers in reading order; an uncertain digit is None, "?" in the text. If there is
            no number, `reason` says why.

        Raises:
            InvalidImageError: `image` is not a picture that can be opened.
            ValueError: there is no background route of that name.
        """
        started = time.perf_counter()
        loaded = load_picture(image)
        picture = to_numbers_size(loaded.rgb, loaded.original_size_wh)
        route = Background(background) if background is not None else self.background
        reading = read_picture(picture, route, self.classifier.classify)
        if needs_another_look(reading.numbers):
            # One digit or dirt: `read` is better at locating one digit among other marks.
            small = to_working_size(loaded.rgb, loaded.original_size_wh)
            reading = prefer_one_digit(
                read_with_retries(small, route, lambda found: self._answer(found, tta=False)),
                reading,
            )
        return dataclasses.replace(reading, ms=(time.perf_counter() - started) * 1000)

    def _answer(self, found: Preprocessed, *, tta: bool) -> Reading:
        """Classify the tile of one attempt, and decide whether the prediction is an answer."""
        if found.tile is None or found.quality is None:
            return Reading(None, found.reason, None, found, ms=0.0)
        prediction = calibrate(self.predict(found.tile.pixels, tta=tta), found.quality)
        reason = found.reason or decide(prediction, found.digits_seen)
        digit = prediction.digit if reason is None else None
        return Reading(digit, reason, prediction, found, ms=0.0)

    def predict(self, pixels: UInt8Array, *, tta: bool = False) -> Prediction:
        """Classify one tile, (28, 28) uint8, light on black. The quality has no influence."""
        tiles = rotate_tile(pixels) if tta else pixels[np.newaxis]
        return Prediction(self.classifier.classify(tiles).mean(axis=0))

    def explain(self, reading: Reading, *, contrast_class: int | None = None) -> Explanation | None:
        """Show which strokes of a reading's tile support its answer, or its best guess.

        It classifies one batch of about fifty tiles. `read` leaves it out, to stay fast.

        Args:
            reading: made by this reader.
            contrast_class: the digit to compare with; by default the second most probable.

        Returns:
            The explanation; None if there is no tile.
        """
        tile = reading.preprocessed.tile
        if tile is None:
            return None
        return explain_tile(self.classifier.classify, tile.pixels, contrast_class)
