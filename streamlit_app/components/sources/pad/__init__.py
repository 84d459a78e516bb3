"""The drawing pad of ours: it reports the drawing while the pen still moves.

A component on `st.components.v2`; `pad.js` draws, `DrawingReport` is what it says.
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
    """What the pad shows.

    Attributes:
        strokes: one object of Fabric.js each, oldest first, as streamlit-drawable-canvas has them.
        png: the pad as a PNG file.
        number: of this report; each is one more than the one before.
        is_pen_down: a stroke is being drawn.
    """

    strokes: list[dict[str, Any]]
    png: bytes
    number: int
    is_pen_down: bool


def latest_report(key: str) -> DrawingReport | None:
    """What the pad reported last; None before its first stroke."""
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
        key: of the component in the session.
        strokes: what it shows at first, and whenever `revision` changes.
        received: number of the last report that was taken: the pad then sends the next.
        revision: another number makes the pad take `strokes` anew.
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
    """The page runs anew by itself."""
