"""The recipe: every hyper-parameter in one place, with the reason for its value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from digitscope.errors import DigitscopeError
from digitscope.types import CLASSES
from training.data.mnist import VALIDATION_TILES

LEARNING_RATES = {  # the peak, reached after the warm-up; each optimizer needs its own
    "adamw": 2e-3,  # better on validation than 1e-3 with 14 epochs, one run each
    "adam": 2e-3,  # as AdamW; only the weights do not decay
    "rmsprop": 1e-3,  # Keras' default; without Adam's bias correction the first steps are larger
    "sgd": 5e-2,  # Nesterov momentum of .9 makes steps ten times larger; more is unstable in an MLP
}
CHOICES = {  # allowed values of settings that are words
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
}  # smallest allowed values
REMOVED: dict[str, object] = {  # settings of older recipes -> the value that means: without it
    "photo_fraction": 0.0,  # tiles read from simulated photos, see docs/preprocessing_log.md
}


class SettingError(DigitscopeError, ValueError):
    """A hyper-parameter has an invalid value."""


@dataclass(frozen=True)
class HyperParameters:
    """All hyper-parameters of a training run."""

    # The network
    network: str = "cnn"  # or mlp, mlp_784_512_10: without convolutions, for comparison
    blocks: int = 4  # convolution blocks, see model_definition.FILTERS; 3 is for the ablation
    hidden_units: int = 512  # in an MLP's first layer; the CNN has none
    dropout: float = 0.3  # before the CNN's only dense layer; after each hidden layer of an MLP
    permuted: bool = False  # True: all tiles with their pixels in one fixed random order
    # Length of the training, and its optimizer
    epochs: int = 24  # after 16, one MNIST training tile in 400 was still misread
    batch_size: int = 128  # about 580 steps per epoch; keeps two cores busy
    optimizer: str = "adamw"  # or adam, sgd, rmsprop
    learning_rate: float = LEARNING_RATES["adamw"]  # for another optimizer, use that one's rate
    warmup_epochs: float = 1.0  # BatchNorm's statistics settle before the steps grow
    weight_decay: float = 4e-3  # of AdamW in Keras; the other optimizers have none
    ema_momentum: float = 0.99  # weights averaged over 100 steps; .998 cost three epochs
    patience: int = 12  # epochs without a lower validation loss, which stalls at high rates
    # Against overfitting
    label_smoothing: float = 0.1  # MNIST has wrong labels, so no label is certain
    augmentation: float = 1.0  # factor on the amounts in augment.Augmentation; 0 changes nothing
    calm_fraction: float = 0.25  # this last part of the epochs has half the augmentation
    augmented_by: str = "all"  # of augment.KINDS; the others are for experiments
    degraded_fraction: float = 0.12  # tiles with blurred or broken strokes, as in photos from afar
    # Added data that MNIST lacks, as fractions of the number of MNIST tiles
    hand_fraction: float = 0.2  # pen strokes of European writers, and digits drawn in their style
    non_digit_fraction: float = 0.14  # letters, shapes and similar, labelled as no digit
    rejection: str = "eleventh"  # non-digits are an eleventh class; or tenths: 0.1 for each digit
    # Random numbers, data and arithmetic
    seed: int = 0  # of initial weights, dropout, tile order and augmentation
    limit: int = 0  # number of training tiles, for trials; 0 is all
    validation_tiles: int = VALIDATION_TILES
    precision: str = "float32"  # mixed_bfloat16 takes 2/3 of the time if the processor has bf16

    @property
    def outputs(self) -> int:
        """Number of classes: the ten digits, and "no digit" if `rejection` is "eleventh"."""
        return CLASSES + (self.rejection == "eleventh")

    def __post_init__(self) -> None:
        """Check the settings before anything is loaded or built.

        Raises:
            SettingError: a setting is not in `CHOICES`, or is below its minimum in `LEAST`.
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


def without_removed(saved: Mapping[str, Any]) -> dict[str, Any]:
    """Saved settings without those of removed parts that the run did not use.

    >>> without_removed({"seed": 1, "photo_fraction": 0.0})
    {'seed': 1}
    >>> without_removed({"seed": 1, "photo_fraction": 0.1})  # another recipe than today's
    {'seed': 1, 'photo_fraction': 0.1}
    """
    return {
        name: value
        for name, value in saved.items()
        if name not in REMOVED or value != REMOVED[name]
    }


def difference(begun: dict[str, object], wanted: dict[str, object]) -> tuple[str, str] | None:
    """The settings that differ, as text for each side; None if there is no difference.

    >>> difference({"epochs": 5, "seed": 1}, {"epochs": 9, "seed": 1})
    ('epochs 5', 'epochs 9')
    """
    names = [name for name in wanted | begun if wanted.get(name) != begun.get(name)]
    if not names:
        return None
    first, second = (", ".join(f"{n} {one.get(n)}" for n in names) for one in (begun, wanted))
    return first, second
