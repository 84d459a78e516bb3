"""The answer in words: how sure it is, why there is none, what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from digitscope.types import Prediction, Reading, Reason
from streamlit_app.i18n import _

SURE, LIKELY = 0.95, 0.75  # confidences from which on the answer is called so

Colour = Literal["green", "blue", "orange", "gray"]


@dataclass(frozen=True)
class Certainty:
    """How sure an answer is: a word, a symbol and a colour, never the colour alone."""

    word: str
    icon: str
    colour: Colour


@dataclass(frozen=True)
class Refusal:
    """What to say of a picture that was not answered.

    Attributes:
        heading: in place of the answer.
        why: what was seen.
        advice: what to try next.
    """

    heading: str
    why: str
    advice: str


def certainty(confidence: float) -> Certainty:
    """A calibrated confidence, 0..1, in a word."""
    if confidence >= SURE:
        return Certainty(_("Sure"), ":material/verified:", "green")
    if confidence >= LIKELY:
        return Certainty(_("Likely"), ":material/check_circle:", "blue")
    return Certainty(_("Unsure"), ":material/help:", "orange")


def verdict(prediction: Prediction) -> str:
    """The answer as a heading."""
    digit, eight = prediction.digit, prediction.digit == 8
    if prediction.confidence < LIKELY:
        return (_("Perhaps an {digit}") if eight else _("Perhaps a {digit}")).format(digit=digit)
    return (_("It is an {digit}") if eight else _("It is a {digit}")).format(digit=digit)


def refusal_texts(reading: Reading) -> Refusal:
    """What to say of a refused picture, by its reason."""
    if reading.reason is Reason.UNCERTAIN and reading.prediction is not None:
        return _between_two(reading.prediction)
    return {
        Reason.BLANK: Refusal(
            _("Nothing to read"),
            _("There is nothing on this picture."),
            _("Write one digit on plain paper, with a pen that can be seen from a distance."),
        ),
        Reason.NO_CONTRAST: Refusal(
            _("Too faint to read"),
            _("The writing hardly stands out from its ground."),
            _("Take the photo in more light, or write with a darker pen."),
        ),
        Reason.TOO_SMALL: Refusal(
            _("Too small to read"),
            _("The writing takes up too little of the picture."),
            _("Go closer, or crop the photo, so that the digit fills about half of it."),
        ),
        Reason.SEVERAL_DIGITS: Refusal(
            _("More than one digit"),
            _("About {count} shapes look like digits of their own.").format(
                count=max(2, reading.preprocessed.digits_seen)
            ),
            _("Crop the photo so that a single digit is left."),
        ),
        Reason.NOT_A_DIGIT: Refusal(
            _("Not a digit"),
            _("What was found does not look like a digit from 0 to 9."),
            _("Write one digit, large, with nothing else beside it."),
        ),
        Reason.UNCERTAIN: Refusal(
            _("Unsure"),
            _("It could be one digit or another."),
            _("Write it a little clearer: close the loops of a 0, 6, 8 or 9."),
        ),
    }[reading.reason or Reason.NOT_A_DIGIT]


def _between_two(prediction: Prediction) -> Refusal:
    """Name the two digits that it could be."""
    (first, _share), (second, _other) = prediction.ranked[:2]
    return Refusal(
        _("Unsure: {first} or {second}?").format(first=first, second=second),
        _("It could be either: neither of the two is likely enough for an answer."),
        _("Write it a little clearer: close the loops of a 0, 6, 8 or 9."),
    )
