"""Our drawing pad: it reports the drawing while the pen still moves.

A component of `st.components.v2`: `pad.js` draws, and sends what becomes a `DrawingReport`.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from streamlit_app.i18n import _

FOLDER = Path(__file__).parent
PNG_ADDRESS = "data:image/png;base64,"

_mount = st.components.v2.component(
    "digitscope_pad",
    html=(FOLDER / "pad.html").read_text(encoding="utf-8"),
    css=(FOLDER / "pad.css").read_text(encoding="utf-8"),
    js=(FOLDER / "pad.js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True)
class DrawingReport:
    """The content of the pad.

    Attributes:
        strokes: one Fabric.js object for each, oldest first, as in streamlit-drawable-canvas.
        png: the pad as a PNG file.
        number: number of this report, one more than that of the report before.
        is_pen_down: whether a stroke is being drawn.
    """

    strokes: list[dict[str, Any]]
    png: bytes
    number: int
    is_pen_down: bool


def latest_report(key: str) -> DrawingReport | None:
    """The pad's latest report; None before the first stroke."""
    value = (st.session_state.get(key) or {}).get("drawing")
    if not isinstance(value, Mapping):
        return None
    png = base64.b64decode(str(value["png"]).removeprefix(PNG_ADDRESS))
    strokes = [dict(stroke) for stroke in value["objects"]]
    return DrawingReport(strokes, png, int(value["number"]), bool(value["is_pen_down"]))


def show_pad(
    key: str, strokes: Sequence[Mapping[str, Any]], *, received: int, revision: int, **look: object
) -> None:
    """Mount the pad.

    Args:
        key: key of the component in the session state.
        strokes: the strokes shown at first, and whenever `revision` changes.
        received: number of the last report received; the pad then sends the next.
        revision: a new number makes the pad show `strokes` again.
        look: ``size_px``, ``pen_px``, ``ink`` and ``paper`` (CSS colours).
    """
    texts = {"undo": _("Undo"), "clear": _("Clear"), "label": _("Drawing pad")}
    _mount(
        key=key,
        data={
            "strokes": list(strokes),
            "received": received,
            "revision": revision,
            "texts": texts,
            **look,
        },
        default={"drawing": None},
        on_drawing_change=_ignore,
        width="content",
    )


def _ignore() -> None:
    """Do nothing; Streamlit reruns the page by itself."""
