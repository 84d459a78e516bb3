"""The Performance page: all figures from the model card, and all mistakes."""

from __future__ import annotations

import streamlit as st

from streamlit_app.boundary import error_boundary
from streamlit_app.card import ModelCard, load_card, load_predecessor, load_reports
from streamlit_app.components.measured.calibration import show_calibration
from streamlit_app.components.measured.confusion import choose_confusion
from streamlit_app.components.measured.curves import show_curves
from streamlit_app.components.measured.experiments import show_experiments
from streamlit_app.components.measured.headline import show_headline_figures
from streamlit_app.components.measured.mistakes import show_mistakes
from streamlit_app.components.measured.per_class import show_per_class
from streamlit_app.components.measured.photos import show_photos
from streamlit_app.components.measured.recipe import show_recipe
from streamlit_app.components.measured.selective_prediction import show_selective_prediction
from streamlit_app.components.measured.simulated import show_simulated
from streamlit_app.components.model_loading import tell_if_replaced
from streamlit_app.components.page_head import show_page_head
from streamlit_app.i18n import _


@st.fragment
def show_confusions(card: ModelCard) -> None:
    """Show the confusion matrix beside the mistakes; a click on a cell reruns only this part."""
    left, right = st.columns(2, gap="medium")
    pair = None
    with left, error_boundary():
        pair = choose_confusion(card)
    with right, error_boundary():
        st.subheader(_("Every mistake on MNIST's test set"), anchor=False)
        show_mistakes(card, pair)


show_page_head(_("How well it reads"))
card = load_card()
with error_boundary():
    tell_if_replaced()
    show_headline_figures(card)

st.header(_("On people's own pictures"), anchor=False)
with error_boundary():
    show_photos(card, load_predecessor())
with error_boundary():
    show_selective_prediction(card)

st.header(_("Under hard conditions"), anchor=False)
with error_boundary():
    show_simulated(card)

st.header(_("What it mixes up"), anchor=False)
show_confusions(card)

st.header(_("Digit by digit"), anchor=False)
with error_boundary():
    show_per_class(card)

st.header(_("Does its confidence mean what it says?"), anchor=False)
with error_boundary():
    show_calibration(card)

st.header(_("How it learned"), anchor=False)
with error_boundary():
    show_curves(card)

st.header(_("What each idea brought"), anchor=False)
with error_boundary():
    show_experiments(load_reports())
    show_recipe(card)
