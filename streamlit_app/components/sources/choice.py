"""The choice between the sources of pictures. A new source needs a module and an entry here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from streamlit_app.components.address_choice import choose_by_address
from streamlit_app.components.sources.camera import camera_field
from streamlit_app.components.sources.draw import draw_pad
from streamlit_app.components.sources.mnist import mnist_picker
from streamlit_app.components.sources.upload import upload_field
from streamlit_app.i18n import _
from streamlit_app.state import Picture


@dataclass(frozen=True)
class Source:
    """One way to give a picture.

    Attributes:
        key: its name in the URL: ``?source=draw``.
        icon: a Material symbol.
        label: returns its name in the visitor's language.
        invitation: returns the same as an action, such as "Upload a photo".
        render: shows the input, for numbers (True) or one digit; returns the pictures given.
        prompt: returns what to do, shown in place of an answer while there is no picture.
        numbers_prompt: the same for numbers; None if the source never has numbers.
        shows_picture: whether the input itself shows the picture.
        is_live: whether the answer follows while the visitor draws or browses; it must not move
            the input.
    """

    key: str
    icon: str
    label: Callable[[], str]
    invitation: Callable[[], str]
    render: Callable[[bool], Sequence[Picture]]
    prompt: Callable[[], str]
    numbers_prompt: Callable[[], str] | None
    shows_picture: bool
    is_live: bool = False

    def prompts(self, *, numbers: bool) -> tuple[str, str]:
        """Title and text to show while there is no picture."""
        if numbers and self.numbers_prompt is not None:
            return _("Numbers"), self.numbers_prompt()
        return self.invitation(), self.prompt()


SOURCES: tuple[Source, ...] = (
    Source(
        key="upload",
        icon=":material/upload:",
        invitation=lambda: _("Upload a photo"),
        label=lambda: _("Upload"),
        render=upload_field,
        prompt=lambda: _("One handwritten digit. The answer appears here."),
        numbers_prompt=lambda: _("A phone number, marks, a date: every digit is read, row by row."),
        shows_picture=False,
    ),
    Source(
        key="camera",
        icon=":material/photo_camera:",
        invitation=lambda: _("Take a photo"),
        label=lambda: _("Camera"),
        render=camera_field,
        prompt=lambda: _("Hold one handwritten digit before the camera."),
        numbers_prompt=lambda: _("Hold the numbers before the camera, close and upright."),
        shows_picture=True,
    ),
    Source(
        key="draw",
        icon=":material/draw:",
        invitation=lambda: _("Draw a digit"),
        label=lambda: _("Draw"),
        render=draw_pad,
        prompt=lambda: _("Large, in the middle of the pad."),
        numbers_prompt=lambda: _("Write as many digits as fit, in rows."),
        shows_picture=True,
        is_live=True,
    ),
    Source(
        key="mnist",
        icon=":material/grid_on:",
        invitation=lambda: _("Browse MNIST"),
        label=lambda: _("MNIST"),
        render=lambda _numbers: mnist_picker(),
        prompt=lambda: _("Choose a tile."),
        numbers_prompt=None,
        shows_picture=True,
        is_live=True,
    ),
)
SOURCE_BY_KEY = {source.key: source for source in SOURCES}
PARAMETER = "source"  # in the URL
CHOICE_KEY = "source_choice"


def choose_source() -> Source:
    """Let the visitor choose a source (``?source=draw``)."""
    labels = {source.key: source.label for source in SOURCES}
    return SOURCE_BY_KEY[
        choose_by_address(PARAMETER, CHOICE_KEY, _("How to give the picture"), labels)
    ]
