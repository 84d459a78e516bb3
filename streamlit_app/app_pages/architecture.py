"""The network, opened: what it is made of, and what it makes of a digit."""

from __future__ import annotations

import streamlit as st

from streamlit_app.boundary import error_boundary
from streamlit_app.card import load_card
from streamlit_app.components.architecture import reasons, show_layers, show_reasons, show_stages
from streamlit_app.components.examples import sample_tile
from streamlit_app.components.feature_maps import show_feature_maps, show_receptive_fields
from streamlit_app.components.model_loading import tell_if_replaced
from streamlit_app.components.page_head import show_page_head
from streamlit_app.i18n import _, number
from streamlit_app.network import CONVOLUTION, describe_layers, group_stages, strongest_kernels
from streamlit_app.resources import is_model_loaded, maps_of, network, reader
from streamlit_app.state import app_state


def show_network() -> None:
    """The whole page, asked of the model object; nothing while that is being loaded."""
    if not is_model_loaded():
        return
    tell_if_replaced()
    predict = reader().predict
    model = network()
    if model is None:
        st.info(_("The network in use is no Keras file: it reads digits, but cannot be opened."))
        return
    layers = describe_layers(model)
    stages = group_stages(layers)
    blocks = [stage for stage in stages if stage.kind == CONVOLUTION]
    fields_px = [block.receptive_field_px for block in blocks]
    mine = app_state().last_tile
    pixels = sample_tile() if mine is None else mine
    card = load_card()

    st.markdown(
        _(
            "A convolutional neural network of {blocks} blocks and {count} parameters: small "
            "enough for a telephone. Everything here is read from the file that answers you."
        ).format(blocks=len(blocks), count=number(model.count_params()))
    )
    show_stages(stages)

    st.header(_("A digit on its way through"), anchor=False)
    if mine is None:
        st.markdown(_("An example. Read a digit of your own, and it is shown here."))
    else:
        st.markdown(_("The last digit you gave."))
    show_feature_maps(pixels, maps_of(pixels), strongest_kernels(model), predict(pixels))

    st.header(_("How far each block sees"), anchor=False)
    show_receptive_fields(pixels, fields_px)

    st.header(_("Why it is built so"), anchor=False)
    rates = [layer.rate for layer in model.layers if type(layer).__name__ == "Dropout"]
    smoothing = card.number("hyper_parameters.label_smoothing")
    show_reasons(reasons(stages, rates[0] if rates else None, smoothing))

    st.header(_("Layer by layer"), anchor=False)
    show_layers(layers)


show_page_head(_("The network"))
with error_boundary():
    show_network()
