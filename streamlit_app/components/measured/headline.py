"""The most important figures."""

from __future__ import annotations

import streamlit as st

from streamlit_app.card import ModelCard
from streamlit_app.i18n import _, number, percent

CARD_PX = 220  # four in a row on a laptop, one on a phone
CERTAINTY = 0.95  # of the interval in the card
TEST_DECIMALS = 2  # of 10,000 tiles one is 0.01 %


def headline_figures(card: ModelCard) -> list[tuple[str, str, str]]:
    """The figures that are recorded: label, figure and note of each."""
    known = []
    test, ece = card.number("test.accuracy"), card.number("test.ece")
    photo, parameters = ModelCard(card.get("photos.kinds.photo")), card.number("parameters")
    share = photo.number("correct_share")
    if test is not None:
        known.append(
            (_("Right on MNIST's test set"), percent(test, TEST_DECIMALS), _interval_text(card))
        )
    if share is not None:
        text = _("of {count} photos; thresholds were chosen on them").format(
            count=number(int(photo.number("n") or 0))
        )
        known.append((_("Right on development photos"), percent(share), text))
    if ece is not None:
        text = _("on average: how sure it is, against how often it is right")
        known.append((_("Confidence is off by"), percent(ece, TEST_DECIMALS), text))
    if parameters is not None:
        text = _("weights and statistics in the network")
        known.append((_("Parameters"), number(int(parameters)), text))
    return known


def _interval_text(card: ModelCard) -> str:
    """The test accuracy's confidence interval as text; "" if it is not recorded."""
    count, interval = card.number("test.tiles"), card.interval("test.accuracy_interval")
    if count is None or interval is None:
        return ""
    low, high = (percent(end, TEST_DECIMALS) for end in interval)
    return _("of {count} tiles; {share} interval: {low} to {high}").format(
        share=number(CERTAINTY, ".0%"), count=number(int(count)), low=low, high=high
    )


def show_headline_figures(card: ModelCard) -> None:
    """Show a card for each figure, and the mean over the seeds."""
    with st.grid("auto", min_column_width=CARD_PX, border=True) as grid:
        for label, value, note in headline_figures(card):
            with grid.cell(), st.container(gap="xsmall"):
                st.metric(label, value)
                st.caption(note)
    runs = card.rows("seeds.runs", "test_accuracy")
    mean, deviation = (card.number(f"seeds.test_accuracy_{one}") for one in ("mean", "std"))
    seed, test = card.number("hyper_parameters.seed"), card.number("test.accuracy")
    if None in (mean, deviation, seed, test):
        return
    st.caption(
        _(
            "Right on MNIST's test set: {shipped} with seed {seed}, which is shipped; {mean} ± "
            "{deviation} on average over {count} seeds, which differ in nothing but chance."
        ).format(
            shipped=percent(test or 0, TEST_DECIMALS),
            seed=number(int(seed or 0)),
            mean=percent(mean or 0, TEST_DECIMALS),
            deviation=percent(deviation or 0, TEST_DECIMALS),
            count=number(len(runs)),
        )
    )
