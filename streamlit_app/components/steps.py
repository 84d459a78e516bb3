"""The eleven steps from the picture to the network's tile, on demand."""

from __future__ import annotations

import streamlit as st

from digitscope.preprocessing.pipeline import STEPS
from digitscope.types import Reading, Step
from streamlit_app.boundary import error_boundary
from streamlit_app.components.pictures import as_data_url, for_display, pad_to_square
from streamlit_app.i18n import _, translate

STEP_PX = 420  # 15 times a tile
CARD_PX = 230  # four cards in a row on a laptop, one on a phone


@st.fragment
@error_boundary()
def show_steps(reading: Reading) -> None:
    """Show a switch and, if it is on, every step with its picture; only this part reruns."""
    asked = st.toggle(
        _("Show the {total} steps behind this answer").format(total=len(STEPS)),
        key="show_steps",
        persist_state="session",
    )
    if not asked:
        return
    if len(reading.steps) < len(STEPS):
        st.caption(
            _("The picture was refused after step {done} of {total}.").format(
                done=len(reading.steps), total=len(STEPS)
            )
        )
    with st.grid(4, min_column_width=CARD_PX, border=True) as grid:
        for step in reading.steps:
            with grid.cell():
                _show_step(step)


def _show_step(step: Step) -> None:
    info = STEPS[step.number - 1]
    title = _(info.title)
    st.markdown(f"**{step.number} · {title}**")
    shown = pad_to_square(for_display(step.image, STEP_PX), STEP_PX)
    st.image(as_data_url(shown), width="stretch", alt=title)
    st.markdown(translate(step.sentence))
    st.caption(_(info.purpose))
