"""Shows the network: a diagram of its stages, a table of its layers, reasons for its design."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from digitscope.types import CLASSES, TILE_PX
from streamlit_app.components.illustrations import volume
from streamlit_app.i18n import _, number
from streamlit_app.network import CONVOLUTION, Layer, Stage
from streamlit_app.theme import theme

CARD_PX = 120  # eight in a row on a laptop, two on a phone
REASON_PX = 300  # three in a row on a laptop


def stage_names(stages: Sequence[Stage]) -> list[str]:
    """The name of each stage; blocks are numbered."""
    names, block = [], 0
    for stage in stages:
        if stage.kind == CONVOLUTION:
            block += 1
            names.append(_("Block {number}").format(number=block))
        elif stage.kind == "Dense" and stage.shape[-1] > CLASSES:
            names.append(_("Digits, none"))
        else:
            names.append(
                {
                    "InputLayer": _("Input"),
                    "GlobalAveragePooling2D": _("Average"),
                    "Dense": _("Digits"),
                }.get(stage.kind, stage.kind)
            )
    return names


def shape_text(shape: tuple[int, ...]) -> str:
    """Format a shape as ``28 × 28 × 32``, without line breaks."""
    return "\u00a0×\u00a0".join(map(str, shape))


def show_stages(stages: Sequence[Stage]) -> None:
    """Show the diagram: a card for each stage, drawn to scale."""
    with st.grid("auto", min_column_width=CARD_PX, border=True) as grid:
        for stage, name in zip(stages, stage_names(stages), strict=True):
            with grid.cell():
                picture = volume(_drawn_shape(stage.shape), theme().accent)
                st.image(picture, width="stretch", alt=f"{name}: {shape_text(stage.shape)}")
                st.markdown(f"**{name}**  \n{shape_text(stage.shape)}")
                st.caption(
                    _("{count} parameters").format(count=number(stage.parameters))
                    + "  \n"
                    + _("sees {px} × {px} px").format(px=stage.receptive_field_px)
                )


def _drawn_shape(shape: tuple[int, ...]) -> tuple[int, int]:
    """Side and number of the feature maps, for the diagram."""
    return (shape[0], shape[-1]) if len(shape) == 3 else (1, shape[0])


def show_layers(layers: Sequence[Layer]) -> None:
    """Show every layer of the network, as a table."""
    rows = [
        (x.name, x.kind, shape_text(x.shape), x.parameters, x.receptive_field_px) for x in layers
    ]
    names = [_("Layer"), _("Kind"), _("Hands on"), _("Parameters"), _("Sees, px")]
    st.dataframe(
        pd.DataFrame(rows, columns=names),
        hide_index=True,
        height="content",
        column_config={_("Parameters"): st.column_config.NumberColumn(format="localized")},
        alt=_("Every layer with its shape and its parameters"),
    )


def reasons(stages: Sequence[Stage], dropout: float | None, smoothing: float | None) -> list[str]:
    """The reasons for the design: a title and a sentence each, with this network's figures."""
    blocks = [stage for stage in stages if stage.kind == CONVOLUTION]
    filters, last = [block.shape[-1] for block in blocks], blocks[-1]
    flattened = math.prod(last.shape) * CLASSES
    texts = [
        _(
            "**Small windows.** Each convolution looks at 3 × 3 values. Stacked, they see ever "
            "more: {fields} pixels of {side}, with far fewer weights than one large window."
        ).format(fields=", ".join(str(b.receptive_field_px) for b in blocks), side=TILE_PX),
        _(
            "**More filters, smaller maps.** {filters}: the further in, the fewer places and the "
            "more different things to tell apart."
        ).format(filters=" → ".join(map(str, filters))),
        _(
            "**Pooling twice, not more.** {small} keeps the loops of an 8 apart; half of that "
            "would not."
        ).format(small=shape_text(last.shape[:2])),
        _(
            "**Batch normalisation.** It keeps every block's values in the same range, so that "
            "learning is quick and steady."
        ),
        _(
            "**An average instead of a wall of weights.** The average over each map gives {mean} "
            "values. Connecting every value to the ten digits would take {flat} weights alone."
        ).format(mean=number(filters[-1]), flat=number(flattened)),
        _(
            "**Normalisation inside.** The file takes pixels as they are: nobody can feed it the "
            "wrong range."
        ),
    ]
    if dropout:
        texts.append(
            _(
                "**Dropout.** While learning, {share} of the averages are left out at random, so "
                "that no single one is relied on."
            ).format(share=number(dropout, ".0%"))
        )
    if smoothing:
        texts.append(
            _(
                "**Label smoothing.** It learned to be {share} sure, not 100: mislabelled tiles "
                "then do less harm. Its confidence was set right again afterwards."
            ).format(share=number(1 - smoothing, ".0%"))
        )
    return texts


def show_reasons(texts: Sequence[str]) -> None:
    """Show a card for each reason."""
    with st.grid("auto", min_column_width=REASON_PX, border=True) as grid:
        for text in texts:
            with grid.cell():
                st.markdown(text)
