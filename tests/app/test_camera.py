"""The camera: a photo is read, and what to do without one is said."""

from __future__ import annotations

import pytest

from streamlit_app.components.sources.camera import is_camera_allowed
from tests.app.scenes import OpenPredict, headings, needs_model, photo_jpeg, press

pytestmark = needs_model


def test_photo_is_read_and_survives_a_change_of_source(open_predict: OpenPredict) -> None:
    app = open_predict("camera")
    app.camera_input[0].set_value(("photo.jpg", photo_jpeg(2), "image/jpeg")).run()
    assert not app.exception
    assert headings(app) == ["It is a 2"]
    open_predict("upload")
    open_predict("camera")
    assert headings(app) == ["It is a 2"]


def test_a_sharp_photo_is_asked_for(open_predict: OpenPredict) -> None:
    assert open_predict("camera").camera_input[0].resolution == "720p"


def test_without_a_camera_there_is_help_and_another_way(open_predict: OpenPredict) -> None:
    app = open_predict("camera")
    assert [box.label for box in app.expander] == ["No picture from the camera?"]
    press(app, "Upload a photo instead")
    assert not app.exception
    assert app.file_uploader


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("https://digitscope.example/predict", True),
        ("http://localhost:8501/", True),
        ("http://127.0.0.1:8501/predict", True),
        ("http://192.168.1.20:8501/", False),
        (None, True),
    ],
)
def test_browsers_keep_the_camera_from_unprotected_addresses(
    address: str | None, allowed: bool
) -> None:
    assert is_camera_allowed(address) is allowed
