"""The recipe: every hyper-parameter in one place, with the reason for its value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from digitscope.errors import DigitscopeError
from digitscope.types import CLASSES
from training.data.mnist import VALIDATION_TILES

LEARNING_RATES = {  # peaks, after the warm-up; each optimizer's steps have a size of their own
    "adamw": 2e-3,  # beat 1e-3 and 14 epochs on validation, one run each
    "adam": 2e-3,  # the same steps; only the weights do not decay
    "rmsprop": 1e-3,  # Keras' default: without Adam's correction the first steps are larger
    "sgd": 5e-2,  # Nesterov's momentum of .9 makes it ten times that; more is not stable in an MLP
}
CHOICES = {  # settings that are one of a few words
    "network": ("cnn", "mlp", "mlp_784_512_10"),
    "optimizer": tuple(LEARNING_RATES),
    "augmented_by": ("shift", "affine", "affine_elastic", "all"),
    "precision": ("float32", "mixed_bfloat16", "mixed_float16"),
    "rejection": ("eleventh", "tenths"),
}
LEAST = {
    "epochs": 1,
    "batch_size": 1,
    "limit": 0,
    "validation_tiles": CLASSES,
}  # settings' bounds
ADDED_LATER: dict[str, object] = {  # what runs did that were made before these could be turned
    "network": "cnn",
    "hidden_units": 512,
    "dropout": 0.3,
    "permuted": False,
    "optimizer": "adamw",
    "augmented_by": "all",
    "rejection": "tenths",
    "hand_fraction": 0.0,
    "calm_fraction": 0.0,
}
RENAMED = {  # settings that saved runs, studies and reports hold under an older name
    "worn_share": "degraded_fraction",
    "synthetic_share": "synthetic_fraction",
    "photo_share": "photo_fraction",
    "non_digit_share": "non_digit_fraction",
}


class SettingError(DigitscopeError, ValueError):
    """A hyper-parameter has a value that it cannot have."""


@dataclass(frozen=True)
class HyperParameters:
    """All that can be turned, in one place."""

    # The network
    network: str = "cnn"  # or mlp, mlp_784_512_10: what a network without convolutions reaches
    blocks: int = 4  # of model_definition.FILTERS; three serve the ablation
    hidden_units: int = 512  # of an MLP's first layer; the CNN has none
    dropout: float = 0.3  # before the CNN's only dense layer; after each hidden layer of an MLP
    permuted: bool = False  # True: all tiles with their pixels in one fixed random order
    # The length and the steps
    epochs: int = 24  # at 16, one MNIST tile in 400 of those it learns from was still misread
    batch_size: int = 128  # about 500 steps an epoch; fills two cores
    optimizer: str = "adamw"  # or adam, sgd, rmsprop
    learning_rate: float = LEARNING_RATES["adamw"]  # with another optimizer, take that one's
    warmup_epochs: float = 1.0  # BatchNorm's statistics settle before the steps grow
    weight_decay: float = 4e-3  # AdamW's in Keras; the other optimizers have none
    ema_momentum: float = 0.99  # weights averaged over 100 steps; .998 lost three epochs
    patience: int = 12  # epochs without a lower validation loss; at high rates it stands still
    # What keeps it from learning the tiles by heart
    label_smoothing: float = 0.1  # MNIST has wrong labels: be sure of none
    augmentation: float = 1.0  # times the amounts in augment.Augmentation; 0 changes nothing
    calm_fraction: float = 0.25  # of the epochs, the last ones: half the augmentation
    augmented_by: str = "all"  # of augment.KINDS; fewer serve the experiments
    degraded_fraction: float = 0.12  # tiles with blurred or broken strokes, as in far photos
    # What MNIST lacks, as fractions of its tiles
    hand_fraction: float = 0.2  # pen strokes of European writers, and digits drawn as they write
    photo_fraction: float = 0.1  # digits written, photographed and read by our own pipeline
    non_digit_fraction: float = 0.14  # letters, shapes and the like, taught as none of the ten
    rejection: str = "eleventh"  # a class of their own; or tenths: a tenth for each digit
    # Chance, data and arithmetic
    seed: int = 0  # of weights, dropout, order and augmentation
    limit: int = 0  # training tiles to use, for a trial; 0 is all
    validation_tiles: int = VALIDATION_TILES
    precision: str = "float32"  # mixed_bfloat16: 2/3 of the time where the processor has bf16

    @property
    def outputs(self) -> int:
        """How many classes are taught: the ten digits, and for most "none of them"."""
        return CLASSES + (self.rejection == "eleventh")

    def __post_init__(self) -> None:
        """Check words and counts before anything is loaded or built.

        Raises:
            SettingError: a setting is none of its `CHOICES`, or below its `LEAST`.
        """
        for name, least in LEAST.items():
            if getattr(self, name) < least:
                raise SettingError(
                    f"{name} is at least {least}. Received: {getattr(self, name)}. Give more."
                )
        for name, choices in CHOICES.items():
            if getattr(self, name) not in choices:
                raise SettingError(
                    f"{name} is one of {', '.join(choices)}. Received: {getattr(self, name)!r}. "
                    "Name one of these."
                )


def under_todays_names(saved: Mapping[str, Any]) -> dict[str, Any]:
    """Saved settings, each under the name that it has today.

    >>> under_todays_names({"photo_share": 0.1, "seed": 1})
    {'photo_fraction': 0.1, 'seed': 1}
    """
    return {RENAMED.get(name, name): value for name, value in saved.items()}


def complete_settings(saved: Mapping[str, Any]) -> dict[str, Any]:
    """Saved settings under today's names, and the value of each setting that was added later."""
    settings = under_todays_names(saved)
    return settings | {name: ADDED_LATER[name] for name in ADDED_LATER if name not in settings}


def difference(begun: dict[str, object], wanted: dict[str, object]) -> tuple[str, str] | None:
    """What two sets of settings differ in, in words, as each has it; None where they are alike.

    >>> difference({"epochs": 5, "seed": 1}, {"epochs": 9, "seed": 1})
    ('epochs 5', 'epochs 9')
    """
    names = [name for name in wanted | begun if wanted.get(name) != begun.get(name)]
    if not names:
        return None
    first, second = (", ".join(f"{n} {one.get(n)}" for n in names) for one in (begun, wanted))
    return first, second
