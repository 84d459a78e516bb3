"""The answer in words: how sure it is, why there is none, what to do about it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from digitscope.types import Prediction, Reading, Reason
from streamlit_app.i18n import _

SURE = 0.95  # confidence from which an answer is called sure; below it, it is called likely
LIKELY = 0.8  # lowest confidence of a number's digits; below it, the number should be checked

Colour = Literal["green", "blue", "orange"]


@dataclass(frozen=True)
class Certainty:
    """How sure an answer is: a word, an icon and a colour; the colour is never the only sign."""

    word: str
    icon: str
    colour: Colour


@dataclass(frozen=True)
class Refusal:
    """The texts for a picture that was not answered.

    Attributes:
        heading: shown in place of the answer.
        why: what was found in the picture.
        advice: what to try next.
    """

    heading: str
    why: str
    advice: str


@dataclass(frozen=True)
class Finding:
    """The facts that decide the text of a refusal.

    Attributes:
        reason: why there is no answer.
        rivals: the two most probable digits, or None if the network did not run.
        digits_seen: number of separate digits that the picture seems to show.
    """

    reason: Reason
    rivals: tuple[int, int] | None
    digits_seen: int

    @classmethod
    def of(cls, reading: Reading) -> Finding | None:
        """The facts of a refused picture; None if there is an answer."""
        if reading.reason is None:
            return None
        ranked = () if reading.prediction is None else reading.prediction.ranked
        rivals = (ranked[0][0], ranked[1][0]) if ranked else None
        return cls(reading.reason, rivals, reading.preprocessed.digits_seen)


def certainty(confidence: float) -> Certainty:
    """The word for a calibrated confidence; a low confidence is refused, so it has no word."""
    if confidence >= SURE:
        return Certainty(_("Sure"), ":material/verified:", "green")
    return Certainty(_("Likely"), ":material/check_circle:", "blue")


def number_certainty(confidence: float) -> Certainty:
    """The word for the lowest confidence of a number, which may be low without a question mark."""
    if confidence < LIKELY:
        return Certainty(_("Better check"), ":material/help:", "orange")
    return certainty(confidence)


def verdict(prediction: Prediction) -> str:
    """The answer as a heading."""
    digit = prediction.digit
    return (_("It is an {digit}") if digit == 8 else _("It is a {digit}")).format(digit=digit)


def why_refused(finding: Finding) -> str:
    """Why there is no answer, in a sentence."""
    return refusal_texts(finding).why


def refusal_texts(finding: Finding) -> Refusal:
    """The texts for a refused picture."""
    if finding.reason is Reason.UNCERTAIN and finding.rivals is not None:
        return _between_two(*finding.rivals)
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
                count=max(2, finding.digits_seen)
            ),
            _("Read them all, or crop the photo so that a single digit is left."),
        ),
        Reason.NOT_A_DIGIT: Refusal(
            _("Not a digit"),
            _("What was found does not look like a digit from 0 to 9."),
            _("Write one digit, large, with nothing else beside it."),
        ),
        Reason.UNCERTAIN: Refusal(
            _("Unsure"),
            _("It could be one digit or another."),
            _("Write it a little larger and clearer."),
        ),
    }[finding.reason]


def number_refusal(reason: Reason) -> Refusal:
    """The texts for a picture in which no number was found."""
    refusal = refusal_texts(Finding(reason, None, 0))
    advice = {
        Reason.BLANK: _("Write on plain paper, with a pen that can be seen from a distance."),
        Reason.NOT_A_DIGIT: _("Write the digits apart from each other, with nothing beside them."),
    }
    return replace(refusal, advice=advice.get(reason, refusal.advice))


def _between_two(first: int, second: int) -> Refusal:
    """The texts for a picture that could be either of two digits."""
    return Refusal(
        _("Unsure: {first} or {second}?").format(first=first, second=second),
        _("It could be either: neither of the two is likely enough for an answer."),
        _advice_between({first, second}),
    )


def _advice_between(rivals: set[int]) -> str:
    """What to write more clearly, by what distinguishes the two digits."""
    by_pair = {
        (1, 7): _("Cross the 7, or keep the flag of the 1 short."),
        (4, 9): _("Leave the 4 open at the top, or close the loop of the 9."),
        (5, 6): _("Give the 5 its straight top, or close the loop of the 6."),
        (3, 5): _("Give the 5 its straight top, or the 3 its two round bows."),
        (2, 7): _("Give the 2 its foot, or leave the 7 without one."),
    }
    looped = sorted(rivals & {0, 6, 8, 9})
    if advice := by_pair.get((min(rivals), max(rivals))):
        return advice
    if len(looped) == 1:
        return _("Close every loop of the {digit}, and leave no gap.").format(digit=looped[0])
    if looped:
        return _("Close the loops of {first} and {second}, each where it belongs.").format(
            first=looped[0], second=looped[1]
        )
    return _("Write it a little larger and clearer.")
