"""The table of the eleven steps, and the loop that runs them.

Each step has a file of its own, named like its key. `apply` only computes. `explain` makes a
picture and a sentence about what the step did; it is called only on demand.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from digitscope.messages import Message
from digitscope.preprocessing import (
    background,
    centring,
    closing,
    composition,
    contrast,
    denoising,
    greyscale,
    locating,
    normalisation,
    polarity,
    resizing,
)
from digitscope.preprocessing.state import Attempt, State
from digitscope.preprocessing.working_picture import WorkingPicture
from digitscope.types import Detection, Preprocessed, Step, Tile, UInt8Array


@dataclass(frozen=True)
class PipelineStep:
    """One row of the table.

    Attributes:
        number: 1 to 11.
        key: its name in code and file names.
        title: its name for people.
        purpose: why it is done, in one sentence.
        apply: computes its part of the state.
        explain: makes a picture, (h, w) or (h, w, 3) uint8, and a sentence from the states before
            and after.
    """

    number: int
    key: str
    title: str
    purpose: str
    apply: Callable[[State, Attempt], State]
    explain: Callable[[State, State], tuple[UInt8Array, Message]]


STEPS = (
    PipelineStep(
        1,
        "background",
        "Background removal",
        "Tell the digit from what it is written on.",
        background.apply,
        background.explain,
    ),
    PipelineStep(
        2,
        "composition",
        "Composition",
        "Put the digit on an even ground: white under dark ink, black under light ink.",
        composition.apply,
        composition.explain,
    ),
    PipelineStep(
        3,
        "greyscale",
        "Greyscale",
        "Turn colour into one figure a pixel: how far it is from the ground.",
        greyscale.apply,
        greyscale.explain,
    ),
    PipelineStep(
        4,
        "denoising",
        "Denoising",
        "Calm camera noise and paper grain, with a kernel that follows the image size.",
        denoising.apply,
        denoising.explain,
    ),
    PipelineStep(
        5,
        "polarity",
        "Polarity and mask",
        "Make the digit light on dark, as in MNIST, and mark ink with Otsu's threshold.",
        polarity.apply,
        polarity.explain,
    ),
    PipelineStep(
        6,
        "locating",
        "Locating",
        "Find the digit's strokes, drop lines and specks, refuse what cannot be a digit.",
        locating.apply,
        locating.explain,
    ),
    PipelineStep(
        7,
        "contrast",
        "Contrast",
        "Stretch faint ink to the full range and even it out with CLAHE.",
        contrast.apply,
        contrast.explain,
    ),
    PipelineStep(
        8,
        "resizing",
        "Proportional resize",
        "Bring the longest side to 20 px and the stroke to MNIST's width.",
        resizing.apply,
        resizing.explain,
    ),
    PipelineStep(
        9,
        "centring",
        "Centring by mass",
        "Lay the digit into 28x28 px with its centre of mass at the centre.",
        centring.apply,
        centring.explain,
    ),
    PipelineStep(
        10,
        "closing",
        "Morphological closing",
        "Close one-pixel breaks in a stroke without filling its loops.",
        closing.apply,
        closing.explain,
    ),
    PipelineStep(
        11,
        "normalisation",
        "Normalisation",
        "Scale by the mean and deviation of the training pixels (inside the network).",
        normalisation.apply,
        normalisation.explain,
    ),
)
LOCATING = 6  # the step that may refuse, and the first that uses `Attempt.skip`


def preprocess(picture: WorkingPicture, attempt: Attempt, *, force: bool = False) -> Preprocessed:
    """Run the steps on a picture; stop at a refusal.

    Args:
        picture: at working size.
        attempt: the options of this attempt.
        force: continue after a refusal if a shape was located; the reason is kept.

    Raises:
        BackgroundUnavailableError: the background route cannot run here.
    """
    states = run_steps(picture, attempt, force=force)
    end = states[-1]
    tile, detection, location = None, None, end.location
    if location.given_xyxy is not None:
        detection = Detection(location.given_xyxy, location.mask, location.confidence)
        tile = Tile(end.tile, detection) if len(states) > len(STEPS) else None
    return Preprocessed(
        tile,
        end.quality,
        location.reason,
        attempt.background,
        picture.rgb,
        detection,
        location.digits_seen,
        draw_steps=lambda: explain_steps(states),
    )


def run_steps(picture: WorkingPicture, attempt: Attempt, *, force: bool) -> tuple[State, ...]:
    """Run the steps; return the state before the first step and after each step that was run.

    Attempts that differ only in `skip` share the results of the steps before locating.
    """
    ink_options = (attempt.background, attempt.thorough, attempt.broad)
    states: list[State] = list(picture.shared.get(ink_options, [State(picture)]))
    for step in STEPS[len(states) - 1 : LOCATING - 1]:
        states.append(step.apply(states[-1], attempt))
    picture.shared[ink_options] = tuple(states)
    for step in STEPS[LOCATING - 1 :]:
        states.append(step.apply(states[-1], attempt))
        location = states[-1].location
        if location.reason is not None and (location.box_xyxy is None or not force):
            break
    return tuple(states)


def explain_steps(states: tuple[State, ...]) -> tuple[Step, ...]:
    """Draw and describe each step that was run."""
    taken = zip(STEPS, states[:-1], states[1:], strict=False)
    return tuple(_explain_step(step, before, after) for step, before, after in taken)


def _explain_step(step: PipelineStep, before: State, after: State) -> Step:
    image, sentence = step.explain(before, after)
    return Step(step.number, step.key, image, sentence)
