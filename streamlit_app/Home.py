"""The app's entry: ``streamlit run streamlit_app/Home.py``. Routes to the pages, nothing else."""

# ruff: noqa: N999 (people start the app by this name)

from __future__ import annotations

import streamlit as st

from streamlit_app.i18n import _
from streamlit_app.memory import limit_arenas
from streamlit_app.visitors import VISITORS

PAGE_WIDTH_PX = 1080  # a line of text and two columns still read well

limit_arenas()
st.set_page_config(page_title="Digitscope", page_icon="🔎", layout="wide")

page = st.navigation(
    [
        st.Page("app_pages/home.py", title=_("Home"), icon=":material/home:", default=True),
        st.Page(
            "app_pages/predict.py",
            title=_("Read a digit"),
            icon=":material/draw:",
            url_path="predict",
        ),
        st.Page(
            "app_pages/architecture.py",
            title=_("The network"),
            icon=":material/account_tree:",
            url_path="architecture",
        ),
        st.Page(
            "app_pages/performance.py",
            title=_("How well it reads"),
            icon=":material/monitoring:",
            url_path="performance",
        ),
    ],
    position="top",
)

with (
    VISITORS.served(),
    st.container(horizontal_alignment="center"),
    st.container(width=PAGE_WIDTH_PX, gap="medium"),
):
    page.run()
