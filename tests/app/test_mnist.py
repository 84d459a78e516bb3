"""MNIST's tiles: any, one digit's, the hard ones; the label beside the answer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from digitscope.benchmark.mnist import find_mnist
from streamlit_app import mnist, resources
from streamlit_app.components.sources import mnist as picker
from tests.app.scenes import OpenPredict, headings, mnist_tile, needs_model, press, texts

pytestmark = needs_model
TILES = 40  # of the little test set


@pytest.fixture(autouse=True)
def no_mnist(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine without the test set."""
    monkeypatch.delenv("MNIST_NPZ", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))


@pytest.fixture
def test_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine with a little test set; its first tile is a 7 labelled 1."""
    labels = np.arange(TILES, dtype=np.uint8) % 10
    pixels = np.stack([mnist_tile(int(label), 5) for label in labels])
    pixels[0], labels[0] = mnist_tile(7), 1
    path = tmp_path / "little.npz"
    np.savez(path, x_test=pixels, y_test=labels)
    monkeypatch.setenv("MNIST_NPZ", str(path))
    return path


def label_shown(app: AppTest) -> int:
    return int(next(metric.value for metric in app.metric if metric.label == "Labelled"))


def test_a_tile_is_read_at_once_with_its_label_beside(open_predict: OpenPredict) -> None:
    app = open_predict("mnist")
    assert not app.exception
    label = label_shown(app)
    assert headings(app) == [f"It is an {label}" if label == 8 else f"It is a {label}"]
    assert f"Right: labelled {label}" in texts(app)


def test_the_bundled_tiles_say_what_they_are(open_predict: OpenPredict) -> None:
    app = open_predict("mnist")
    assert "5,000 of MNIST's training tiles, which come with the app." in texts(app)
    assert "Download the test set (11 MB)" in [button.label for button in app.button]


def test_a_digit_can_be_chosen_and_walked_through(open_predict: OpenPredict) -> None:
    app = open_predict("mnist")
    app.pills(key="mnist_digit").set_value("3").run()
    first = texts(app)
    assert label_shown(app) == 3
    press(app, "Next")
    assert label_shown(app) == 3
    assert texts(app) != first
    press(app, "Previous")
    assert next(c for c in app.caption if c.value.startswith("Tile")).value in first
    assert label_shown(press(app, "Random")) == 3


def test_the_whole_test_set_is_taken_where_it_is(open_predict: OpenPredict, test_set: Path) -> None:
    app = open_predict("mnist")
    assert not app.exception
    assert f"MNIST's test set: {TILES} tiles" in texts(app)


def test_the_hardest_tile_comes_first(open_predict: OpenPredict, test_set: Path) -> None:
    app = open_predict("mnist")
    app.toggle(key="mnist_hard").set_value(True).run()
    assert not app.exception
    assert label_shown(app) == 1
    assert headings(app) == ["It is a 7"]
    assert "Wrong: labelled 1" in texts(app)
    assert "Given to the network as it is: 7" in texts(app)
    assert app.button(key="hard_0").label == "1 → 7"


def test_a_hard_tile_is_chosen_by_its_button(open_predict: OpenPredict, test_set: Path) -> None:
    app = open_predict("mnist")
    app.toggle(key="mnist_hard").set_value(True).run()
    app.button(key="hard_3").click().run()
    assert not app.exception
    assert "Hard one no. 4." in texts(app)


def test_a_broken_file_falls_back_to_the_bundled_tiles(tmp_path: Path) -> None:
    broken = tmp_path / "mnist.npz"
    broken.write_bytes(b"PK nothing")
    assert not mnist.load_tiles(broken).is_test_set


def test_keras_cache_is_found(tmp_path: Path) -> None:
    assert find_mnist() is None
    cached = tmp_path / "datasets" / "mnist.npz"
    cached.parent.mkdir()
    cached.touch()
    assert find_mnist() == cached


def test_nothing_is_downloaded_unasked_and_a_failure_is_told(
    open_predict: OpenPredict, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []
    monkeypatch.setattr(picker, "fetch_mnist", lambda: bool(asked.append(True)))
    app = open_predict("mnist")
    assert not asked
    press(app, "Download the test set (11 MB)")
    assert not app.exception
    assert len(asked) == 1
    assert "did not work" in app.error[0].value
    assert headings(app)


def test_tiles_are_ordered_by_the_label_s_probability(test_set: Path) -> None:
    order = resources.hardest_first()
    shares = resources.mnist_answers()[np.arange(TILES), resources.mnist_tiles().labels]
    assert sorted(order.tolist()) == list(range(TILES))
    assert (np.diff(shares[order]) >= 0).all()
