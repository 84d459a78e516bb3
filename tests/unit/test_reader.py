"""`DigitReader`: every answer and every refusal, rotations, routes, threads."""

from __future__ import annotations

import dataclasses
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from digitscope import Background, DigitReader, Reading, Reason
from digitscope.messages import Message
from digitscope.model_files import KERAS_MODEL, ONNX_MODEL
from digitscope.preprocessing import pipeline
from digitscope.preprocessing.state import State
from digitscope.recognition.calibration import calibrate
from digitscope.recognition.rejection import MIN_CONFIDENCE
from digitscope.recognition.test_time_augmentation import rotate_tile
from digitscope.types import Float32Array, UInt8Array
from tests.unit.drawn import sheet, write

Tiles = tuple[UInt8Array, UInt8Array]
Page = Callable[..., UInt8Array]
HEAVY = ("rembg", "keras", "tensorflow", "streamlit", "matplotlib", "pandas")
NO_SHAPE = (Reason.BLANK, Reason.NO_CONTRAST, Reason.TOO_SMALL, Reason.NOT_A_DIGIT)


class ScriptedClassifier:
    """Answers every tile with the same probabilities, and remembers what it was asked."""

    path, engine = Path("scripted"), "scripted"

    def __init__(self, digit: int = 3, confidence: float = 0.9) -> None:
        self.row = np.full(10, (1 - confidence) / 9, np.float32)
        self.row[digit] = confidence
        self.batches: list[UInt8Array] = []

    def classify(self, tiles: UInt8Array) -> Float32Array:
        self.batches.append(tiles)
        return np.tile(self.row, (len(tiles), 1))


@pytest.fixture
def pages(mnist_tiles: Tiles, page: Page) -> list[UInt8Array]:
    """The ten digits, one a page."""
    tiles, labels = mnist_tiles
    return [page(tiles[labels == digit][0]) for digit in range(10)]


def _scripted(
    reader: DigitReader, monkeypatch: pytest.MonkeyPatch, confidence: float = 0.9
) -> ScriptedClassifier:
    classifier = ScriptedClassifier(confidence=confidence)
    monkeypatch.setattr(reader, "classifier", classifier)
    return classifier


# --- Answers -------------------------------------------------------------------------------------


@pytest.mark.parametrize("tta", [False, True])
def test_each_digit_on_a_page_is_read(
    tta: bool, reader: DigitReader, pages: list[UInt8Array]
) -> None:
    readings = [reader.read(page, tta=tta) for page in pages]
    assert [reading.digit for reading in readings] == list(range(10))
    assert all(one.reason is None and len(one.steps) == 11 and one.quality for one in readings)


@pytest.mark.parametrize("dark_ink", [False, True])
def test_mnists_own_tiles_are_read_as_they_are(
    dark_ink: bool, reader: DigitReader, mnist_tiles: Tiles
) -> None:
    tiles, labels = mnist_tiles[0][::100], mnist_tiles[1][::100]
    digits = [reader.read(255 - tile if dark_ink else tile).digit for tile in tiles]
    assert np.mean([d == label for d, label in zip(digits, labels, strict=True)]) >= 0.92


def test_what_the_network_said_of_the_tile_is_the_answer(
    reader: DigitReader, pages: list[UInt8Array]
) -> None:
    reading = reader.read(pages[7])
    assert reading.preprocessed.tile is not None and reading.prediction is not None
    assert reading.quality is not None
    said = calibrate(reader.predict(reading.preprocessed.tile.pixels), reading.quality)
    np.testing.assert_allclose(said.probabilities, reading.prediction.probabilities, atol=1e-6)
    assert (reading.digit, reading.confidence) == reading.prediction.ranked[0]


def test_the_same_tile_is_read_less_surely_from_a_poorer_picture(
    reader: DigitReader, pages: list[UInt8Array], monkeypatch: pytest.MonkeyPatch
) -> None:
    _scripted(reader, monkeypatch)
    smudged = pages[3].copy()
    smudged[200:330, 380:460] = pages[3].min(axis=(0, 1))  # a blot that hangs on to the digit
    clean, poor = reader.read(pages[3]), reader.read(smudged)
    assert clean.quality is not None and poor.quality is not None
    assert poor.quality.score < clean.quality.score
    assert poor.prediction is not None and clean.prediction is not None
    assert poor.prediction.confidence < clean.prediction.confidence


# --- Refusals ------------------------------------------------------------------------------------


def _drawn(reason: Reason, pages: list[UInt8Array]) -> UInt8Array:
    block = sheet()
    block[70:170, 90:220] = (20, 20, 40)
    return {
        Reason.BLANK: sheet(),
        Reason.NO_CONTRAST: np.random.default_rng(0).integers(0, 256, (240, 320, 3), np.uint8),
        Reason.TOO_SMALL: write(sheet(), [(160, 120), (162, 120)], width_px=3),
        Reason.SEVERAL_DIGITS: np.concatenate([pages[3], pages[7]], axis=1),
        Reason.NOT_A_DIGIT: block,
    }[reason]


@pytest.mark.parametrize("reason", NO_SHAPE)
def test_what_has_no_digit_never_reaches_the_network(
    reason: Reason,
    reader: DigitReader,
    pages: list[UInt8Array],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    classifier = _scripted(reader, monkeypatch)
    reading = reader.read(_drawn(reason, pages))
    assert (reading.digit, reading.reason, reading.confidence) == (None, reason, None)
    assert reading.prediction is None and classifier.batches == []


def test_force_asks_the_network_of_a_refused_shape_too(
    reader: DigitReader, pages: list[UInt8Array]
) -> None:
    block = _drawn(Reason.NOT_A_DIGIT, pages)
    reading = reader.read(block, force=True)
    assert (reading.digit, reading.reason, reading.confidence) == (None, Reason.NOT_A_DIGIT, None)
    assert reading.prediction is not None and len(reading.steps) == 11


@pytest.mark.parametrize("reason", [Reason.BLANK, Reason.NO_CONTRAST])
def test_force_there_is_no_guess_where_there_is_no_ink(
    reason: Reason, reader: DigitReader, pages: list[UInt8Array]
) -> None:
    reading = reader.read(_drawn(reason, pages), force=True)
    assert (reading.prediction, reading.reason) == (None, reason)
    assert reading.preprocessed.detection is None


def test_force_changes_no_answer(reader: DigitReader, pages: list[UInt8Array]) -> None:
    readings = [reader.read(pages[3], force=force) for force in (False, True)]
    assert [_answer(reading) for reading in readings] == [_answer(readings[0])] * 2


@pytest.mark.parametrize("confidence", [0.1, 0.99])
def test_several_digits_are_refused_however_sure_the_network_is(
    confidence: float,
    reader: DigitReader,
    pages: list[UInt8Array],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _scripted(reader, monkeypatch, confidence)
    reading = reader.read(_drawn(Reason.SEVERAL_DIGITS, pages))
    assert (reading.digit, reading.reason) == (None, Reason.SEVERAL_DIGITS)
    assert reading.preprocessed.digits_seen == 2
    assert (reading.prediction is not None, reading.confidence) == (True, None)


@pytest.mark.parametrize(
    ("confidence", "reason"),
    [(0.5, Reason.NOT_A_DIGIT), (MIN_CONFIDENCE + 0.05, None)],
)
def test_a_guess_is_no_answer(
    confidence: float,
    reason: Reason | None,
    reader: DigitReader,
    pages: list[UInt8Array],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _scripted(reader, monkeypatch, confidence)
    reading = reader.read(pages[3])
    assert (reading.reason, reading.digit) == (reason, 3 if reason is None else None)
    assert reading.prediction is not None and len(reading.steps) == 11


def test_the_network_itself_is_unsure_of_some_shapes(
    reader: DigitReader, mnist_tiles: Tiles, page: Page
) -> None:
    tiles = mnist_tiles[0][np.random.default_rng(0).permutation(5000)]
    mixed = np.maximum(tiles[:800], tiles[800:1600])  # two digits, one on the other
    order = np.argsort(reader.classifier.classify(mixed).max(axis=1))
    reasons = (reader.read(page(tile)).reason for tile in mixed[order[:60]])
    assert any(reason in (Reason.UNCERTAIN, Reason.NOT_A_DIGIT) for reason in reasons)


# --- Rotations -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("tta", "tiles"), [(False, 1), (True, 5)])
def test_the_network_is_asked_once(
    tta: bool,
    tiles: int,
    reader: DigitReader,
    pages: list[UInt8Array],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    classifier = _scripted(reader, monkeypatch, confidence=0.99)
    reading = reader.read(pages[3], tta=tta)
    assert [batch.shape for batch in classifier.batches] == [(tiles, 28, 28)]
    assert reading.preprocessed.tile is not None
    assert any((tile == reading.preprocessed.tile.pixels).all() for tile in classifier.batches[0])


def test_with_rotations_the_mean_is_the_answer(reader: DigitReader, mnist_tiles: Tiles) -> None:
    tile = mnist_tiles[0][1185]
    mean = reader.classifier.classify(rotate_tile(tile)).mean(axis=0)
    np.testing.assert_array_equal(reader.predict(tile, tta=True).probabilities, mean)
    assert (reader.predict(tile).probabilities != mean).any()


# --- Explanations --------------------------------------------------------------------------------


def test_a_reading_is_explained_in_one_batch(
    reader: DigitReader, pages: list[UInt8Array], monkeypatch: pytest.MonkeyPatch
) -> None:
    reading = reader.read(pages[7])
    classifier = _scripted(reader, monkeypatch)
    explanation = reader.explain(reading, contrast_class=1)
    assert explanation is not None
    assert (explanation.answer, explanation.contrast_class) == (
        3,
        1,
    )  # what the classifier said: its answer
    assert len(classifier.batches) == 1
    assert not explanation.heat.any()  # it says the same of every tile


def test_what_has_no_tile_has_no_explanation(reader: DigitReader) -> None:
    assert reader.explain(reader.read(sheet())) is None


# --- Steps ---------------------------------------------------------------------------------------


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each step has explained itself."""
    times: Counter[str] = Counter()

    def counted(step: pipeline.PipelineStep) -> pipeline.PipelineStep:
        def explain(before: State, after: State) -> tuple[UInt8Array, Message]:
            times[step.key] += 1
            return step.explain(before, after)

        return dataclasses.replace(step, explain=explain)

    monkeypatch.setattr(pipeline, "STEPS", tuple(counted(step) for step in pipeline.STEPS))
    return times


def test_steps_are_drawn_only_when_somebody_looks_and_then_once(
    reader: DigitReader, pages: list[UInt8Array], drawn: Counter[str]
) -> None:
    reading = reader.read(pages[3])
    refused = [reader.read(_drawn(reason, pages)) for reason in NO_SHAPE]
    assert all(one.preprocessed.notice == "" and one.digit is None for one in refused)
    assert not drawn
    assert reading.steps is reading.steps
    assert drawn == {step.key: 1 for step in pipeline.STEPS}
    assert len(refused[0].steps) == pipeline.LOCATING
    assert sum(drawn.values()) == len(pipeline.STEPS) + pipeline.LOCATING


# --- Routes --------------------------------------------------------------------------------------


def test_a_reader_may_have_its_own_route_and_read_may_override_it(
    pages: list[UInt8Array], reader: DigitReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    routes: list[Background] = []

    def attempts(_: object, route: Background, *__: object, **___: object) -> None:
        routes.append(route)
        raise InterruptedError

    monkeypatch.setattr("digitscope.reader.read_with_retries", attempts)
    own = DigitReader(reader.classifier.path, background="u2net")
    for asked in (None, "opencv", Background.AUTO):
        with pytest.raises(InterruptedError):
            own.read(pages[3], background=asked)
    assert routes == [Background.U2NET, Background.OPENCV, Background.AUTO]


def test_by_default_the_route_is_auto(reader: DigitReader, pages: list[UInt8Array]) -> None:
    assert reader.background is Background.AUTO
    assert reader.read(pages[3]).preprocessed.background is Background.OPENCV


@pytest.mark.parametrize("name", ["u2netp", "u2net", "isnet-general-use"])
def test_without_weights_and_network_the_opencv_route_answers_with_a_notice(
    name: str, reader: DigitReader, pages: list[UInt8Array], monkeypatch: pytest.MonkeyPatch
) -> None:
    pooch = pytest.importorskip("pooch", reason="rembg (extra `app`) brings it")

    def retrieve(*_: object, **__: object) -> None:
        raise OSError("no network")

    monkeypatch.setattr(pooch, "retrieve", retrieve)
    reading = reader.read(pages[3], background=name)
    assert (reading.digit, reading.preprocessed.background) == (3, Background.OPENCV)
    assert re.search(f"'{name}'.*The OpenCV route answered", reading.preprocessed.notice)
    assert reader.read(pages[3]).preprocessed.notice == ""


@pytest.mark.parametrize("name", ["", "magic", "OPENCV"])
def test_an_unknown_route_is_refused(
    name: str, reader: DigitReader, pages: list[UInt8Array]
) -> None:
    with pytest.raises(ValueError, match="is not a valid Background"):
        reader.read(pages[3], background=name)
    with pytest.raises(ValueError, match="is not a valid Background"):
        DigitReader(reader.classifier.path, background=name)


# --- What a reading costs its host ---------------------------------------------------------------


def test_a_reading_leaves_the_hosts_environment_as_it_was(repo_root: Path) -> None:
    if not ONNX_MODEL.is_file():
        pytest.skip("models/mnist_cnn.onnx is missing; `make train` makes it")
    script = (
        "import os, cv2; before = dict(os.environ); "  # OpenCV itself sets LD_LIBRARY_PATH
        "import numpy as np; import digitscope; "
        "digitscope.DigitReader().read(np.full((240, 320), 255, np.uint8)); "
        "assert dict(os.environ) == before, set(os.environ) - set(before)"
    )
    clean = {name: value for name, value in os.environ.items() if "TELEMETRY" not in name}
    subprocess.run([sys.executable, "-c", script], check=True, cwd=repo_root, env=clean)


@pytest.mark.slow
def test_nor_does_keras_leave_anything_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("keras", reason="keras (extra `app`) is missing")
    if not KERAS_MODEL.is_file():
        pytest.skip("models/mnist_cnn.keras is missing; `make train` makes it")
    ours = ("TF_CPP_MIN_LOG_LEVEL", "TF_ENABLE_ONEDNN_OPTS")
    for name in ours:
        monkeypatch.delenv(name, raising=False)
    DigitReader(KERAS_MODEL)
    assert not os.environ.keys() & set(ours)


def test_the_core_reads_without_loading_anything_heavy(repo_root: Path) -> None:
    if not ONNX_MODEL.is_file():
        pytest.skip("models/mnist_cnn.onnx is missing; `make train` makes it")
    script = (
        "import sys, numpy as np; from digitscope import DigitReader; "
        "page = np.full((240, 320), 255, np.uint8); page[60:180, 155:165] = 0; "
        "assert DigitReader().read(page).steps[10]; "
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=repo_root)
    assert done.stdout.strip() == "[]"


# --- Threads -------------------------------------------------------------------------------------


def _answer(reading: Reading) -> tuple[object, ...]:
    tile, prediction = reading.preprocessed.tile, reading.prediction
    return (
        reading.digit,
        reading.reason,
        None if tile is None else tile.pixels.tobytes(),
        None if prediction is None else prediction.probabilities.tobytes(),
    )


def test_eight_threads_get_the_answers_that_one_gets(
    reader: DigitReader, pages: list[UInt8Array]
) -> None:
    pictures = [*pages, sheet(), _drawn(Reason.NOT_A_DIGIT, pages)] * 2
    alone = [_answer(reader.read(picture)) for picture in pictures]
    with ThreadPoolExecutor(max_workers=8) as pool:
        together = [_answer(reading) for reading in pool.map(reader.read, pictures)]
    assert together == alone
