"""The eleven steps: their numbers, names and purposes, in order. The only place they stand."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class StepInfo:
    """What one step is called and why it is there.

    Attributes:
        number: 1 to 11.
        key: its name in code and file names.
        title: its name for people.
        purpose: one sentence: why it is done.
    """

    number: int
    key: str
    title: str
    purpose: str


STEPS: tuple[StepInfo, ...] = tuple(
    StepInfo(number, key, title, purpose)
    for number, (key, title, purpose) in enumerate(
        (
            (
                "background",
                "Background removal",
                "Tell the digit from what it is written on.",
            ),
            (
                "composition",
                "Composition",
                "Put the digit on an even ground: white under dark ink, black under light ink.",
            ),
            (
                "greyscale",
                "Greyscale",
                "Turn colour into one figure a pixel: how far it is from the ground.",
            ),
            (
                "denoising",
                "Denoising",
                "Calm camera noise and paper grain, with a kernel that follows the image size.",
            ),
            (
                "polarity",
                "Polarity and mask",
                "Make the digit light on dark, as in MNIST, and mark ink with Otsu's threshold.",
            ),
            (
                "locating",
                "Locating",
                "Find the digit's strokes, drop lines and specks, refuse what cannot be a digit.",
            ),
            (
                "contrast",
                "Contrast",
                "Stretch faint ink to the full range and even it out with CLAHE.",
            ),
            (
                "resizing",
                "Proportional resize",
                "Bring the longest side to 20 px and the stroke to MNIST's width.",
            ),
            (
                "centring",
                "Centring by mass",
                "Lay the digit into 28x28 px with its centre of mass at the centre.",
            ),
            (
                "closing",
                "Morphological closing",
                "Close one-pixel breaks in a stroke without filling its loops.",
            ),
            (
                "normalisation",
                "Normalisation",
                "Scale by the mean and deviation of the training pixels (inside the network).",
            ),
        ),
        start=1,
    )
)

STEP_BY_KEY = {step.key: step for step in STEPS}
