"""The experiments: which rows each compares, how it is cut to two cores, and what it teaches.

No figure stands in these texts: `training.experiments.reports` sets what was measured beside them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from training.config import LEARNING_RATES

Settings = dict[str, Any]  # hyper-parameters by name

PLAIN: Settings = {  # what the ablation starts from: MNIST's tiles as they are, three blocks
    "blocks": 3,
    "augmentation": 0.0,
    "label_smoothing": 0.0,
    "degraded_fraction": 0.0,
    "hand_fraction": 0.0,
    "rejection": "tenths",
    "photo_fraction": 0.0,
    "non_digit_fraction": 0.0,
}
MNIST_ALONE: Settings = {  # nothing that MNIST lacks: the networks compare on what everyone knows
    "degraded_fraction": 0.0,
    "hand_fraction": 0.0,
    "rejection": "tenths",
    "photo_fraction": 0.0,
    "non_digit_fraction": 0.0,
}
WITH_PHOTOS: Settings = {
    name: none for name, none in MNIST_ALONE.items() if name != "photo_fraction"
}
FEW_TILES: Settings = {  # a few thousand tiles make few steps: take more, average over fewer
    "batch_size": 64,
    "ema_momentum": 0.95,
}
MLP: Settings = {"network": "mlp"}
SWEPT: Settings = MNIST_ALONE | {
    "network": "mlp_784_512_10"
}  # fixed while units and dropout are searched


@dataclass(frozen=True)
class Row:
    """One line of an experiment's table.

    Attributes:
        name: as people read it.
        changes: the settings that differ from the recipe.
        folder: what the folders of its runs begin with; by default the row's number.
    """

    name: str
    changes: Mapping[str, Any]
    folder: str = ""


@dataclass(frozen=True)
class Experiment:
    """What is compared, and why.

    Attributes:
        title: over the figure.
        rows: of the table, in their order.
        teaches: a paragraph for people; no figures in it.
        small: the settings that cut it to what two cores do in less than an hour; empty where it
            has but one size.
        photos: whether each network reads photos, too.
    """

    title: str
    rows: tuple[Row, ...]
    teaches: str
    small: Mapping[str, Any] = field(default_factory=dict)
    photos: bool = False


def _without(*names: str) -> Settings:
    """The plain settings, except those that this row has as the recipe has them."""
    return {name: value for name, value in PLAIN.items() if name not in names}


def _optimizer(name: str) -> Settings:
    """One optimizer at the rate that suits it."""
    return MNIST_ALONE | {"optimizer": name, "learning_rate": LEARNING_RATES[name]}


def _augmented_by(kind: str) -> Settings:
    """MNIST alone, changed by this much and no more."""
    return MNIST_ALONE | {"augmented_by": kind}


ABLATION = Experiment(
    "What each part of the recipe brings",
    (
        Row("three blocks", PLAIN),
        Row("+ augmentation", _without("augmentation")),
        Row("+ fourth block", _without("augmentation", "blocks")),
        Row("+ label smoothing", _without("augmentation", "blocks", "label_smoothing")),
        Row("+ other hands and non-digits", {"degraded_fraction": 0.0, "photo_fraction": 0.0}),
        Row("+ simulated photos and worn strokes", {}),
    ),
    "Each row is the one above it and one change more. The first four are about MNIST; the last "
    "two teach what MNIST never shows, which its own test tiles cannot reward.",
)

RECIPE = Experiment(
    "The recipe",
    (Row("the recipe", {}),),
    "The same settings with other chance: how far two runs differ that differ in nothing. A gap "
    "between two recipes that is smaller than this says nothing.",
)

ARCHITECTURES = Experiment(
    "Linear layers against convolutions",
    (
        Row("MLP, three linear layers", MNIST_ALONE | MLP),
        Row("MLP, 784-512-10", SWEPT),
        Row("CNN, four blocks", MNIST_ALONE),
    ),
    "A linear layer has a weight of its own for every pixel, so a stroke learnt at one place is "
    "unknown a pixel beside it. A convolution slides the same few weights over the whole tile: "
    "what it learns once it knows everywhere. All networks here see the same tiles in the same "
    "order, with the same augmentation, so what differs is that alone, at the price of far more "
    "arithmetic a tile.",
    small=FEW_TILES | {"limit": 6_000, "epochs": 12},
)

PERMUTED = Experiment(
    "The same pixels in another order",
    (
        Row("MLP", MNIST_ALONE | MLP),
        Row("MLP, permuted", MNIST_ALONE | MLP | {"permuted": True}),
        Row("CNN", MNIST_ALONE),
        Row("CNN, permuted", MNIST_ALONE | {"permuted": True}),
    ),
    "One fixed random order of the 784 pixels, the same for every tile, takes nothing away: it "
    "can be undone. To linear layers it is a renumbering of their inputs, so they should learn "
    "as well as before. A convolution lives on neighbours, and there are none any more. The gap "
    "between the CNN's two rows is what it owes to the layout of a picture; whether it falls "
    "behind the MLP shows that its lead was knowledge of pictures, not sheer size.",
    small=FEW_TILES | {"limit": 6_000, "epochs": 12},
)

OPTIMIZERS = Experiment(
    "Four optimizers on one network",
    (
        Row("SGD with momentum", _optimizer("sgd")),
        Row("RMSprop", _optimizer("rmsprop")),
        Row("Adam", _optimizer("adam")),
        Row("AdamW, as the recipe has it", _optimizer("adamw")),
    ),
    "The network, the tiles and their order are the same; each optimizer steps at a rate that is "
    "usual for it, since one rate for all would only tell whom it suits. With a warm-up, a rate "
    "that falls to nothing and averaged weights, little is left for the choice to decide: where "
    "the rows lie within each other's spread, it does not matter here.",
    small=FEW_TILES | {"limit": 4_000, "epochs": 10},
)

AUGMENTATION = Experiment(
    "What augmentation brings, on MNIST and on photos",
    (
        Row("none", MNIST_ALONE | {"augmentation": 0.0}),
        Row("shift", _augmented_by("shift")),
        Row("affine", _augmented_by("affine")),
        Row("affine + elastic", _augmented_by("affine_elastic")),
        Row("+ simulated photos", WITH_PHOTOS | {"augmented_by": "affine_elastic"}),
    ),
    "Augmentation shows a network more than the tiles it has: digits shifted, turned, sheared and "
    "bent a little, as MNIST's own test tiles are, too. A photo's tile has been through the "
    "pipeline, which centred it, sized it and brought its strokes to MNIST's width: much of what "
    "augmentation imitates is gone by then. So the columns are to be read against each other: what "
    "helps on MNIST need not help on photos. And these rows show networks that saw few tiles for a "
    "few epochs; a long training may judge otherwise.",
    small=FEW_TILES | {"limit": 3_000, "epochs": 10},
    photos=True,
)

SWEEP = Experiment(
    "Hidden units and dropout, searched",
    (Row("as the recipe has it", SWEPT),),
    "The search trains many networks of one hidden layer, gives up early on those that lag "
    "behind the median, and looks more closely where the good ones were. The best of many is the "
    "best partly by luck, so it is trained anew with fresh seeds beside the settings it should "
    "beat: only the second figure is worth believing.",
    small=FEW_TILES | {"limit": 6_000, "epochs": 8},
)

EXPERIMENTS: dict[str, Experiment] = {
    "ablation": ABLATION,
    "recipe": RECIPE,
    "architectures": ARCHITECTURES,
    "permuted": PERMUTED,
    "optimizers": OPTIMIZERS,
    "augmentation": AUGMENTATION,
    "sweep": SWEEP,
}
COMPARED = tuple(name for name in EXPERIMENTS if name != "recipe")  # in the order to be told
