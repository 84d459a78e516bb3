"""How the picture is to be read: options behind one button, as most visitors never need them."""

from __future__ import annotations

import streamlit as st

from digitscope.types import Background
from streamlit_app.i18n import _
from streamlit_app.settings import load_settings
from streamlit_app.state import Options


def background_texts() -> dict[Background, tuple[str, str]]:
    """Name and explanation of each method of background removal."""
    download = _("Downloads its weights the first time it is used.")
    return {
        Background.AUTO: (
            _("Automatic"),
            _("Takes the way that suits the picture. Needs no download."),
        ),
        Background.OPENCV: (
            _("Classical (OpenCV)"),
            _("Fast and sharp on thin strokes; hard shadow edges can confuse it."),
        ),
        Background.INK: (
            _("Ink network"),
            _("Marks strokes in hard light and faint pencil; may lose a long straight stroke."),
        ),
        Background.U2NETP: (
            _("Neural, small (U²-Netp)"),
            _("Good at finding the digit in a cluttered photo.") + " " + download,
        ),
        Background.U2NET: (
            _("Neural, large (U²-Net)"),
            _("As the small one, slower and finer.") + " " + download,
        ),
        Background.ISNET: (
            _("Neural, general (IS-Net)"),
            _("The newest of the three, and the slowest.") + " " + download,
        ),
    }


def choose_options(*, numbers: bool) -> Options:
    """Show the button with the options for numbers or one digit; they last for the session."""
    with st.popover(_("Options"), icon=":material/tune:"):
        tta = not numbers and _choose_tta()
        texts = background_texts()
        allowed = load_settings().backgrounds
        background = st.selectbox(
            _("Background removal"),
            [way for way in texts if way in allowed],
            format_func=lambda way: texts[way][0],
            key="background",
            persist_state="session",
        )
        st.caption(texts[background][1])
    return Options(tta=tta, background=background, numbers=numbers)


def _choose_tta() -> bool:
    return st.toggle(
        _("Look five times"),
        key="tta",
        persist_state="session",
        help=_(
            "Reads five slightly turned copies (−5° to 5°) and takes the mean. Steadier on "
            "slanted digits, a little slower. What it changed stands under the answer."
        ),
    )
