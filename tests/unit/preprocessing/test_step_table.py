"""The table of the eleven steps."""

from __future__ import annotations

from digitscope.preprocessing.steps import STEP_BY_KEY, STEPS

KEYS = (
    "background composition greyscale denoising polarity locating "
    "contrast resizing centring closing normalisation"
)


def test_eleven_steps_stand_in_their_order() -> None:
    assert [step.number for step in STEPS] == list(range(1, 12))
    assert " ".join(step.key for step in STEPS) == KEYS


def test_each_step_is_found_by_its_key() -> None:
    assert [STEP_BY_KEY[step.key] for step in STEPS] == list(STEPS)
    assert len(STEP_BY_KEY) == 11


def test_each_step_says_why_in_a_sentence() -> None:
    assert all(step.purpose.endswith(".") and step.title for step in STEPS)
    assert len({step.title for step in STEPS}) == 11
