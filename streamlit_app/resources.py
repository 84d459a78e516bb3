"""What all visitors share: the network, MNIST, and what follows from them. All `st.cache_*`."""

from __future__ import annotations

import os
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

# Must stand before the first import of TensorFlow, which reads them once.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

import numpy as np
import streamlit as st

from digitscope import DigitReader
from digitscope.benchmark.mnist import find_mnist
from digitscope.model_files import KERAS_MODEL, fingerprint_of
from digitscope.recognition.classifier import KerasClassifier
from digitscope.types import Explanation, Float32Array, Reading, UInt8Array
from streamlit_app.i18n import _
from streamlit_app.mnist import Tiles, load_tiles
from streamlit_app.network import feature_maps, stage_outputs
from streamlit_app.state import Options, Picture, app_state

if TYPE_CHECKING:
    import keras

BATCH = 500  # tiles: 250 MB inside the network, and no faster with more
MAPS_KEPT = 16  # tiles whose feature maps are remembered: 200 KB each


def model_path() -> Path:
    """The network's file: ``$DIGITSCOPE_MODEL``, else the Keras one of ``models/``."""
    return Path(os.environ.get("DIGITSCOPE_MODEL") or KERAS_MODEL).expanduser()


@dataclass(frozen=True)
class Network:
    """The network that answers here, whatever becomes of its file afterwards.

    Attributes:
        reader: answers with it.
        fingerprint: of the file, as it was loaded.
    """

    reader: DigitReader
    fingerprint: str


def _load(path: Path) -> Network:
    return Network(DigitReader(path), fingerprint_of(path))


@st.cache_resource(show_spinner=False)
def _loading(path: Path) -> Future[Network]:
    """The loading of the network at `path`: begun once a server, in a thread of its own."""
    thread = ThreadPoolExecutor(1, thread_name_prefix="network")
    loading = thread.submit(_load, path)
    thread.shutdown(wait=False)
    return loading


def _loaded(path: Path) -> Network:
    """Wait for the network; where it cannot be loaded, the next one who asks tries anew."""
    try:
        return _loading(path).result()
    except Exception:
        _loading.clear(path)
        raise


def is_network_awake() -> bool:
    """Whether `reader` answers at once; begins to load the network where nobody has yet."""
    return _loading(model_path()).done()


def reader() -> DigitReader:
    """The shared reader; says so while the network is being loaded.

    Raises:
        ModelUnavailableError: the network's file is missing or broken.
    """
    if is_network_awake():
        return _loaded(model_path()).reader
    with st.spinner(loading_text()):
        return _loaded(model_path()).reader


def network_fingerprint() -> str | None:
    """Of the network that answers; while none is loaded, of its file; None where there is none."""
    loading = _loading(model_path())
    if loading.done() and not loading.exception():
        return loading.result().fingerprint
    return _fingerprint_on_disk()


def is_network_replaced() -> bool:
    """Whether the network's file has changed, or gone, since it was loaded."""
    return network_fingerprint() != _fingerprint_on_disk()


def _fingerprint_on_disk() -> str | None:
    try:
        return fingerprint_of(model_path())
    except OSError:
        return None


def loading_text() -> str:
    """What to tell visitors who wait for the network."""
    return _("The network is loading. This happens once, and takes a few seconds.")


def read_once(picture: Picture, options: Options) -> Reading:
    """Read a picture, or recall the answer where nothing has changed.

    Raises:
        InvalidImageError: the bytes are no picture; the text is fit for a person.
        ModelUnavailableError: the network's file is missing or broken.
    """

    def read() -> Reading:
        return reader().read(
            picture.data, tta=options.tta, background=options.background, force=options.force
        )

    return app_state().remembered(picture, options, read)


def explain_once(picture: Picture, options: Options, reading: Reading) -> Explanation | None:
    """What spoke for the answer to a picture, or recall it; None where there is no tile."""
    return app_state().remembered_explanation(picture, options, lambda: reader().explain(reading))


@st.cache_resource(show_spinner=False)
def _tiles_at(path: Path | None) -> Tiles:
    return load_tiles(path)


def mnist_tiles() -> Tiles:
    """MNIST's test set, or the bundled tiles where this machine has none."""
    return _tiles_at(find_mnist())


@st.cache_resource(show_spinner=False)
def _answers(model: Path, mnist: Path | None) -> Float32Array:
    classify = _loaded(model).reader.classifier.classify
    pixels = _tiles_at(mnist).pixels
    return np.concatenate([classify(pixels[i : i + BATCH]) for i in range(0, len(pixels), BATCH)])


def mnist_answers() -> Float32Array:
    """What the network says of each of `mnist_tiles`, (N, 10), given to it as they are.

    Raises:
        ModelUnavailableError: the network's file is missing or broken.
    """
    tiles = mnist_tiles()
    with st.spinner(
        _("The network reads all {count} tiles once. This takes a few seconds.").format(
            count=len(tiles)
        )
    ):
        return _answers(model_path(), find_mnist())


@st.cache_resource(show_spinner=False)
def _hardest_first(model: Path, mnist: Path | None) -> np.ndarray:
    tiles, answers = _tiles_at(mnist), _answers(model, mnist)
    return np.argsort(answers[np.arange(len(tiles)), tiles.labels], kind="stable")


def hardest_first() -> np.ndarray:
    """The numbers of `mnist_tiles`, (N,), the one whose label the network believes least first.

    Raises:
        ModelUnavailableError: the network's file is missing or broken.
    """
    mnist_answers()
    return _hardest_first(model_path(), find_mnist())


def network() -> keras.Model | None:
    """The network as a Keras model, to be looked at; None where another kind of file is in use."""
    return _model_of(model_path())


def _model_of(path: Path) -> keras.Model | None:
    classifier = _loaded(path).reader.classifier
    return classifier.model if isinstance(classifier, KerasClassifier) else None


@st.cache_resource(show_spinner=False)
def _outputs_at(path: Path) -> keras.Model:
    return stage_outputs(_model_of(path))


@st.cache_data(show_spinner=False, max_entries=MAPS_KEPT)
def _maps_of(path: Path, pixels: UInt8Array) -> list[Float32Array]:
    return feature_maps(_outputs_at(path), pixels)


def maps_of(pixels: UInt8Array) -> list[Float32Array]:
    """What each block of the network makes of a tile (28, 28): (maps, height, width) each."""
    return _maps_of(model_path(), pixels)
