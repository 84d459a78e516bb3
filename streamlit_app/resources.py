"""Resources that all visitors share through `st.cache_*`: networks, MNIST, derived data."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile

import numpy as np
import streamlit as st

from digitscope import DigitReader, model_files
from digitscope.benchmark.mnist import find_mnist
from digitscope.errors import ModelUnavailableError
from digitscope.recognition.classifier import KerasClassifier
from digitscope.types import Float32Array, UInt8Array
from streamlit_app.i18n import _
from streamlit_app.mnist import Tiles, load_tiles
from streamlit_app.network import Architecture, feature_maps, read_architecture, stage_outputs
from streamlit_app.network_loading import Network, NetworkLoader, modified_and_size
from streamlit_app.settings import load_settings

if TYPE_CHECKING:
    import keras

log = logging.getLogger(__name__)

BATCH = 500  # tiles: 250 MB inside the network; more are not faster
MAPS_KEPT = 16  # tiles whose feature maps are cached: 200 KB each
FILES_KEPT = 8  # whose fingerprints are cached


def model_path() -> Path:
    """The network's file: ``$DIGITSCOPE_MODEL``, else the Keras file in ``models/``."""
    return load_settings().model_path


# --- Which network answers -----------------------------------------------------------------------


@st.cache_resource(show_spinner=False)
def loader_of(path: Path) -> NetworkLoader:
    """The loader of a file, the same for the whole server."""
    return NetworkLoader(path)


def twin_path() -> Path | None:
    """The ONNX file of the same network as `model_path`, by the model card; None without one.

    It loads in a fraction of a second and answers until the Keras network is loaded.
    """
    path, twin = model_path(), model_files.ONNX_MODEL
    if path.suffix != ".keras":
        return None
    prints = fingerprint_on_disk(path), fingerprint_on_disk(twin)
    if None in prints:
        return None
    card = model_files.load_card_of(str(prints[0]))
    known = {facts["sha256"] for facts in card.get("files", {}).values()}
    return twin if known.issuperset(prints) else None


def answering_network() -> Network:
    """The network that answers now: that of `model_path` if it is loaded, else its ONNX twin.

    Raises:
        ModelUnavailableError: the network's file is missing or broken.
    """
    main = loader_of(model_path())
    if (network := main.network) is not None:
        return network
    if (network := _twin()) is not None:
        main.begin(when_quiet=True)
        return network
    if main.is_settled:
        return main.wait()
    with st.spinner(loading_text()):
        return main.wait()


def _twin() -> Network | None:
    path = twin_path()
    try:
        return None if path is None else loader_of(path).wait()
    except ModelUnavailableError:  # visitors then wait for the Keras network
        log.exception("The ONNX twin cannot be loaded")
        return None


def reader() -> DigitReader:
    """The reader of the network that answers now.

    Raises:
        ModelUnavailableError: the network's file is missing or broken.
    """
    return answering_network().reader


def explaining_reader() -> DigitReader:
    """The reader for explanations: the ONNX twin if there is one, since it needs less memory.

    Raises:
        ModelUnavailableError: the network's file is missing or broken.
    """
    twin = _twin()
    return reader() if twin is None else twin.reader


def is_model_loaded() -> bool:
    """Whether pictures are answered at once; starts to load the twin, else the network."""
    main = loader_of(model_path())
    if main.network is not None:
        return True
    if (twin := twin_path()) is not None:
        loader_of(twin).begin()
        return True
    main.begin()
    return main.is_settled


def is_keras_loaded() -> bool:
    """Whether feature maps are available at once; starts to load the network."""
    main = loader_of(model_path())
    main.begin()
    return main.is_settled


def loaded_network() -> Network | None:
    """The network of `model_path` if it is loaded, else its twin if loaded, else None."""
    twin = twin_path()
    twin_network = None if twin is None else loader_of(twin).network
    return loader_of(model_path()).network or twin_network


def network_fingerprint() -> str | None:
    """SHA-256 of the network that answers, or of its file while none is loaded; else None."""
    network = loaded_network()
    return fingerprint_on_disk(model_path()) if network is None else network.fingerprint


def is_network_replaced() -> bool:
    """Whether the file of the network that answers was changed or removed since loading."""
    network = loaded_network()
    return network is not None and network.fingerprint != fingerprint_on_disk(network.path)


def fingerprint_on_disk(path: Path) -> str | None:
    """SHA-256 of a file as it is now; None if there is no file."""
    facts = modified_and_size(path)
    try:
        return None if facts is None else _fingerprint(path, *facts)
    except OSError:  # the file was just removed
        return None


@st.cache_data(show_spinner=False, max_entries=FILES_KEPT)
def _fingerprint(path: Path, changed_ns: int, size: int) -> str:  # noqa: ARG001 - part of the key
    return model_files.fingerprint_of(path)


def loading_text() -> str:
    """The text for visitors who wait for the network."""
    return _("The network is loading. This happens once, and takes a few seconds.")


# --- MNIST ---------------------------------------------------------------------------------------


@st.cache_resource(show_spinner=False)
def _tiles_at(path: Path | None) -> Tiles:
    return load_tiles(path)


def mnist_tiles() -> Tiles:
    """MNIST's test set, or the bundled tiles if this machine has no test set."""
    return _tiles_at(find_mnist())


@st.cache_resource(show_spinner=False)
def _answers(
    fingerprint: str,  # noqa: ARG001 - of the network: part of the key
    mnist: Path | None,
    _classify: Callable[[UInt8Array], Float32Array],
) -> Float32Array:
    pixels = _tiles_at(mnist).pixels
    return np.concatenate([_classify(pixels[i : i + BATCH]) for i in range(0, len(pixels), BATCH)])


def mnist_answers() -> Float32Array:
    """The network's probabilities for each of `mnist_tiles`, (N, 10), without preprocessing.

    Raises:
        ModelUnavailableError: the network's file is missing or broken.
    """
    tiles, network = mnist_tiles(), answering_network()
    with st.spinner(
        _("The network reads all {count} tiles once. This takes a few seconds.").format(
            count=len(tiles)
        )
    ):
        classify = network.reader.classifier.classify
        return _answers(_name_of_network(), find_mnist(), classify)


def _name_of_network() -> str:
    """A cache key, the same for a network and its twin, because their answers are the same."""
    return str(fingerprint_on_disk(model_path()))


@st.cache_resource(show_spinner=False)
def _hardest_first(
    fingerprint: str,  # noqa: ARG001 - of the network: part of the key
    mnist: Path | None,
    _answers: Float32Array,
) -> np.ndarray:
    labels = _tiles_at(mnist).labels
    return np.argsort(_answers[np.arange(len(labels)), labels], kind="stable")


def hardest_first() -> np.ndarray:
    """The indices of `mnist_tiles`, (N,) ints, by their label's probability, the lowest first.

    Raises:
        ModelUnavailableError: the network's file is missing or broken.
    """
    return _hardest_first(_name_of_network(), find_mnist(), mnist_answers())


# --- Architecture and feature maps ---------------------------------------------------------------


@st.cache_resource(show_spinner=False)
def _architecture_at(path: Path) -> Architecture:
    return read_architecture(path)


def architecture() -> Architecture | None:
    """The network's architecture; None if its file is no Keras file of a sequence of layers."""
    try:
        return _architecture_at(model_path()) if model_path().suffix == ".keras" else None
    except (OSError, KeyError, ValueError, TypeError, BadZipFile):
        log.exception("The architecture cannot be read from %s", model_path().name)
        return None


@st.cache_resource(show_spinner=False)
def _stage_outputs_of(path: Path) -> keras.Model:
    classifier = loader_of(path).wait().reader.classifier
    if not isinstance(classifier, KerasClassifier):
        raise TypeError(f"Expected a Keras model. Received: {path.suffix}.")
    return stage_outputs(classifier.model, _architecture_at(path).layers)


@st.cache_data(show_spinner=False, max_entries=MAPS_KEPT)
def _maps_of(path: Path, pixels: UInt8Array) -> list[Float32Array]:
    return feature_maps(_stage_outputs_of(path), pixels)


def maps_of(pixels: UInt8Array) -> list[Float32Array]:
    """Each block's feature maps of a tile (28, 28): (maps, height, width).

    Raises:
        ModelUnavailableError: the network's file is missing or broken.
    """
    return _maps_of(model_path(), pixels)
