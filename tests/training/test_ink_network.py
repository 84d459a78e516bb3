"""The ink network: labelled photos, how they are kept and changed; the network, run and file."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import cv2
import keras
import numpy as np
import onnxruntime
import pytest

from digitscope.types import UInt8Array
from training.data.mnist import Digits
from training.data.strokes import TRAIN_WRITERS, load_writers
from training.ink_network import data, export, pages
from training.ink_network import train as training
from training.ink_network.evaluate import score, validation_sets
from training.ink_network.model import MAX_PARAMETERS, build_model, ink_loss, iou
from training.ink_network.writing import Writers, framed, hand_of_drawing, write_one, write_rows
from training.synthetic_photos import CONDITIONS

SETTINGS = training.Settings(photos=8, epochs=1, batch_size=4, side_px=64)


@pytest.fixture(scope="module")
def writers(digits: Digits, strokes_file: Path) -> Writers:
    return Writers(digits, load_writers(TRAIN_WRITERS, strokes_file))


@pytest.fixture(scope="module")
def photos(writers: Writers, tmp_path_factory: pytest.TempPathFactory) -> list[UInt8Array]:
    return data.labelled_photos(writers, 8, 0, tmp_path_factory.mktemp("photos"))


@pytest.fixture(scope="module")
def run(photos: list[UInt8Array], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run of two steps."""
    folder = tmp_path_factory.mktemp("run")
    training.train(photos, SETTINGS, folder)
    return folder


# --- Labelled photos -----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", validation_sets())
def test_a_page_of_each_kind(kind: str, writers: Writers) -> None:
    draw = validation_sets()[kind]
    page, again = (draw(writers, np.random.default_rng(4)) for _ in range(2))
    assert (page.rgb.shape[2], page.rgb.dtype.name) == (3, "uint8")
    assert (page.ink.shape, page.ink.dtype.name) == (page.rgb.shape[:2], "float32")
    assert page.ink.min() >= 0 and page.ink.max() <= 1
    assert page.ink.any() == (kind != "nothing")
    assert np.array_equal(page.rgb, again.rgb) and np.array_equal(page.ink, again.ink)


def test_ink_is_marked_where_it_is_seen(writers: Writers) -> None:
    for seed in range(5):
        page = pages.photograph(
            write_one(writers, np.random.default_rng(seed)),
            replace(CONDITIONS["plain"]),
            np.random.default_rng(seed),
        )
        ink = cv2.erode((page.ink > 0.9).astype(np.uint8), np.ones((3, 3))) > 0
        far = cv2.dilate((page.ink > 0).astype(np.uint8), np.ones((9, 9))) == 0
        grey = page.rgb.mean(axis=2)
        assert abs(float(np.median(grey[ink])) - float(np.median(grey[far]))) > 25


def test_a_frame_is_drawn_and_not_marked(writers: Writers) -> None:
    rng = np.random.default_rng(1)
    alone = write_one(writers, rng)
    (digit, frame) = framed(alone, rng)
    assert digit.is_ink and not frame.is_ink
    inner, outer = np.ptp(digit.points_xy, axis=0), np.ptp(frame.points_xy, axis=0)
    assert (outer > inner).any() and float(np.ptp(frame.points_xy, axis=0).max()) <= 1.0001


def test_rows_stand_side_by_side(writers: Writers) -> None:
    for seed in range(5):
        parts = write_rows(writers, np.random.default_rng(seed))
        everywhere = np.concatenate([one.points_xy for one in parts])
        assert len(parts) >= 2
        assert np.ptp(everywhere, axis=0).max() == pytest.approx(1, abs=1e-3)


def test_an_empty_drawing_is_no_hand() -> None:
    assert hand_of_drawing(np.zeros((40, 40), np.uint8)) is None


# --- What is kept, and what an epoch makes of it -------------------------------------------------


def test_a_letterboxed_photo_keeps_its_ink_in_place() -> None:
    rgb = np.full((480, 640, 3), 200, np.uint8)
    ink = np.zeros((480, 640), np.float32)
    ink[100:200, 300:340] = 1
    rgb[ink > 0] = 30
    boxed = data.letterbox(rgb, ink)
    assert (boxed.shape, boxed.dtype.name) == ((320, 320, 4), "uint8")
    assert (boxed[52:98, 152:168, 3] == 255).all() and (boxed[52:98, 152:168, 0] == 30).all()
    assert boxed[:48, :, 3].max() == 0 and boxed[:, 172:, 3].max() == 0


def test_photos_are_drawn_once(writers: Writers, tmp_path: Path) -> None:
    alone = data.labelled_photos(writers, 3, 7, tmp_path, workers=1)

    def never(_: Writers, __: np.random.Generator) -> pages.Page:
        raise AssertionError("a photo was drawn")

    again = data.labelled_photos(writers, 3, 7, tmp_path, never)
    together = data.labelled_photos(writers, 3, 7, tmp_path / "other", workers=2)
    assert np.array_equal(alone, again) and np.array_equal(alone, together)


def test_a_changed_photo_keeps_its_ink_in_place() -> None:
    y, x = np.mgrid[:320, :320]
    ink = (np.hypot(x - 160, y - 150) < 60).astype(np.uint8) * 255
    photo = np.dstack([ink, ink, ink, ink])
    for seed in range(20):
        changed = data.vary(photo, 128, (0.6, 1.5), np.random.default_rng(seed))
        assert (changed.shape, changed.dtype.name) == ((128, 128, 4), "uint8")
        if 0.05 < (changed[..., 3] > 127).mean() < 0.95:
            seen = np.corrcoef(changed[..., 0].ravel(), changed[..., 3].ravel())[0, 1]
            assert abs(seen) > 0.85


# --- The network ---------------------------------------------------------------------------------


def test_it_is_small_and_marks_pictures_of_any_size() -> None:
    model = build_model()
    assert model.count_params() <= MAX_PARAMETERS
    marked = np.asarray(model(np.zeros((2, 64, 96, 3), np.float32)))
    assert (marked.shape, marked.dtype.name) == ((2, 64, 96, 1), "float32")
    assert marked.min() >= 0 and marked.max() <= 1


def test_more_parameters_are_refused() -> None:
    with pytest.raises(ValueError, match="At most 300000"):
        build_model((64, 128, 256, 256, 256))


def test_the_loss_falls_as_more_ink_is_marked() -> None:
    truth = np.zeros((1, 32, 32, 1), np.float32)
    truth[:, 8:16, 8:16] = 1
    half = truth * 0.5
    losses = [float(np.asarray(ink_loss(truth, one + 1e-6))[0]) for one in (truth, half, 0 * truth)]
    assert losses == sorted(losses) and losses[0] < 0.01
    empty = np.zeros_like(truth)
    assert float(np.asarray(ink_loss(empty, empty))[0]) < 0.01


def test_intersection_over_union() -> None:
    truth, marked = np.zeros((2, 4, 4, 1), np.float32), np.zeros((2, 4, 4, 1), np.float32)
    truth[0, :2], marked[0, 1:3] = 1, 1  # 8 and 8 pixels, 4 of them the same; then two empty pages
    assert np.asarray(iou(truth, marked)).tolist() == pytest.approx([4 / 12, 1])
    both = truth[..., 0] > 0, marked[..., 0] > 0
    assert score(both[1], both[0]) == pytest.approx(4 / 12)
    assert score(both[1][1:], both[0][1:]) == 1


# --- The run and its files -----------------------------------------------------------------------


def test_a_run_leaves_a_network_that_opens_without_our_code(run: Path) -> None:
    model = keras.saving.load_model(run / training.MODEL_FILE)
    assert model.output_shape == (None, None, None, 1)
    assert not hasattr(model, "optimizer") or model.optimizer is None


def test_a_finished_run_is_not_trained_again(
    run: Path, photos: list[UInt8Array], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "Batches", None)
    before = keras.saving.load_model(run / training.MODEL_FILE).get_weights()
    after = training.train(photos, SETTINGS, run).get_weights()
    assert all(np.array_equal(one, other) for one, other in zip(before, after, strict=True))


def test_batches_are_the_same_each_time_and_differ_between_epochs(
    photos: list[UInt8Array],
) -> None:
    batches, again = (training.Batches(photos, SETTINGS) for _ in range(2))
    assert np.array_equal(batches[0][0], again[0][0])
    batches.on_epoch_end()
    assert not np.array_equal(batches[0][0], again[0][0])
    assert np.array_equal(batches[0][0], training.Batches(photos, SETTINGS, first_epoch=1)[0][0])


def test_the_exported_network_has_a_card(
    run: Path, mnist_npz: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "training.ink_network.evaluate.load_train_validation",
        lambda _: (None, Digits(*_tiles(mnist_npz))),
    )
    monkeypatch.setattr(export, "RUNS_DIR", tmp_path)
    (run / training.COMMAND_FILE).write_text("python -m training.ink_network.train\n")
    card = export.export(run, tmp_path, count=1)
    assert json.loads((tmp_path / "ink_card.json").read_text()) == card
    assert card["validation_iou"].keys() == validation_sets().keys()
    assert all(0 <= value <= 1 for value in card["validation_iou"].values())
    session = onnxruntime.InferenceSession(tmp_path / "ink.onnx")
    (marked,) = session.run(None, {"rgb": np.zeros((1, 64, 96, 3), np.float32)})
    assert marked.shape == (1, 64, 96, 1)


def _tiles(mnist_npz: Path) -> tuple[UInt8Array, UInt8Array]:
    with np.load(mnist_npz) as archive:
        return archive["x_test"], archive["y_test"]
