"""The recipe: every hyper-parameter in one place, with the reason for its value."""

from __future__ import annotations

from dataclasses import dataclass

from training.data import VALIDATION_TILES


@dataclass(frozen=True)
class HyperParameters:
    """All that can be turned, in one place."""

    # The network
    blocks: int = 4  # of model_definition.FILTERS; three serve the ablation
    # The length and the steps
    epochs: int = 24  # less than a minute each on two idle cores; the last steps are all but 0
    batch_size: int = 128  # about 500 steps an epoch; fills two cores
    learning_rate: float = 2e-3  # peak; beat 1e-3 and 14 epochs on validation, one run each
    warmup_epochs: float = 1.0  # BatchNorm's statistics settle before the steps grow
    weight_decay: float = 4e-3  # AdamW's in Keras
    ema_momentum: float = 0.99  # weights averaged over 100 steps; .998 lost three epochs
    patience: int = 8  # epochs without a lower validation loss
    # What keeps it from learning the tiles by heart
    label_smoothing: float = 0.1  # MNIST has wrong labels: be sure of none
    augmentation: float = 1.0  # times the amounts in augment.Augmentation; 0 changes nothing
    worn_share: float = 0.12  # tiles whose strokes are blurred or broken, as far photos leave them
    # What MNIST lacks, as shares of its tiles
    synthetic_share: float = 0.04  # drawn 1s, 4s and 7s: an eighth of what MNIST has of them
    photo_share: float = 0.10  # digits written, photographed and read by our own pipeline
    non_digit_share: float = 0.08  # letters, scribbles and the like, taught as none of the ten
    # Chance, data and arithmetic
    seed: int = 0  # of weights, dropout, order and augmentation
    limit: int = 0  # training tiles to use, for a trial; 0 is all
    validation_tiles: int = VALIDATION_TILES
    precision: str = "float32"  # mixed_bfloat16: 2/3 of the time where the processor has bf16
