"""What all visitors share: the reader with its network. The only `st.cache_*` of the app."""

from __future__ import annotations

import os
from pathlib import Path

# Must stand before the first import of TensorFlow: it reads them once.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

import streamlit as st

from digitscope import DigitReader
from digitscope.settings import KERAS_MODEL
from digitscope.types import Reading
from streamlit_app.i18n import _
from streamlit_app.state import Options, Picture, app_state


def model_path() -> Path:
    """The network's file: ``$DIGITSCOPE_MODEL``, else the Keras one of ``models/``."""
    return Path(os.environ.get("DIGITSCOPE_MODEL") or KERAS_MODEL)


@st.cache_resource(show_spinner=False)
def load_reader(path: Path) -> DigitReader:
    """The reader on the network at `path`, loaded once a server."""
    return DigitReader(model=path)


def reader() -> DigitReader:
    """The shared reader; says so while the network is being loaded.

    Raises:
        ModelUnavailableError: the network's file is missing or broken.
    """
    with st.spinner(_("Waking up the network. This happens once, and takes a few seconds.")):
        return load_reader(model_path())


def read_once(picture: Picture, options: Options) -> Reading:
    """Read a picture, or recall the answer where nothing has changed.

    Raises:
        InvalidImageError: the bytes are no picture; the text is fit for a person.
        ModelUnavailableError: the network's file is missing or broken.
    """

    def read() -> Reading:
        return reader().read(picture.data, tta=options.tta, background=options.background)

    return app_state().remembered(picture, options, read)
