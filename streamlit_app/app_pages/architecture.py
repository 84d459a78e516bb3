"""The Architecture page: the network's layers, and its feature maps of a digit."""

from __future__ import annotations

import streamlit as st

from digitscope.types import UInt8Array
from streamlit_app.boundary import error_boundary
from streamlit_app.card import load_card
from streamlit_app.components.architecture import reasons, show_layers, show_reasons, show_stages
from streamlit_app.components.examples import sample_tile
from streamlit_app.components.feature_maps import show_feature_maps, show_receptive_fields
from streamlit_app.components.model_loading import show_model_loading, tell_if_replaced
from streamlit_app.components.page_head import show_page_head
from streamlit_app.i18n import _, number
from streamlit_app.network import CONVOLUTION, Architecture, group_stages, strongest_kernels
from streamlit_app.resources import architecture, is_keras_loaded, is_model_loaded, maps_of, reader
from streamlit_app.state import app_state


def show_network() -> None:
    """Show the page, read from the network's file; only the feature maps need Keras."""
    tell_if_replaced()
    network = architecture()
    if network is None:
        if is_model_loaded():
            reader()  # raises if it cannot be loaded
            st.info(
                _("The network in use is no Keras file: it reads digits, but cannot be opened.")
            )
        return
    stages = group_stages(network.layers)
    blocks = [stage for stage in stages if stage.kind == CONVOLUTION]
    mine = app_state().last_tile
    pixels = sample_tile() if mine is None else mine

    st.markdown(
        _(
            "A convolutional neural network of {blocks} blocks and {count} parameters: small "
            "enough for a telephone. Everything here is read from the file that answers you."
        ).format(blocks=len(blocks), count=number(network.parameters))
    )
    show_stages(stages)

    st.header(_("A digit on its way through"), anchor=False)
    if mine is None:
        st.markdown(_("An example. Read a digit of your own, and it is shown here."))
    else:
        st.markdown(_("The last digit you gave."))
    with st.container(), error_boundary():
        show_maps(network, pixels)

    st.header(_("How far each block sees"), anchor=False)
    show_receptive_fields(pixels, [block.receptive_field_px for block in blocks])

    st.header(_("Why it is built so"), anchor=False)
    smoothing = load_card().number("hyper_parameters.label_smoothing")
    show_reasons(reasons(stages, network.dropout, smoothing))

    st.header(_("Layer by layer"), anchor=False)
    show_layers(network.layers)


def show_maps(network: Architecture, pixels: UInt8Array) -> None:
    """Show each block's feature maps of a digit; a note while Keras is being loaded."""
    show_model_loading(is_keras_loaded)
    if is_keras_loaded():
        kernels = [strongest_kernels(each) for each in network.kernels]
        show_feature_maps(pixels, maps_of(pixels), kernels, reader().predict(pixels))


show_page_head(_("The network"))
with error_boundary():
    show_network()
