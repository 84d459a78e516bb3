"""The experiments: which rows each compares, how it is cut to two cores, and what it teaches.

No figure stands in these texts: `training.experiments.reports` sets what was measured beside them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from training.config import LEARNING_RATES

Settings = dict[str, Any]  # hyper-parameters by name

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
MLP: Settings = MNIST_ALONE | {"network": "mlp"}
SWEPT: Settings = MNIST_ALONE | {"network": "mlp_784_512_10"}


@dataclass(frozen=True)
class Range:
    """Where a search looks for one setting; both ends belong to it.

    Attributes:
        low: the least; a whole number where the setting is one.
        high: the most.
        step: between two values; None: any value between.
        log: whether a factor counts, not a difference.
    """

    low: float
    high: float
    step: float | None = None
    log: bool = False


def _around(rate: float) -> Range:
    """A factor of ten to either side of a learning rate."""
    return Range(rate / 10, rate * 10, log=True)


UNITS = Range(64, 4096, log=True)  # the first search ended near 1,024, its end
DROPOUT = Range(0.0, 0.8, step=0.05)
OF_ANY_NETWORK = {
    "learning_rate": _around(LEARNING_RATES["adamw"]),
    "dropout": DROPOUT,
    "augmentation": Range(0.0, 1.5, step=0.25),
}
OF_A_LAYER = {"hidden_units": UNITS, "dropout": DROPOUT}
OF_AN_MLP = OF_ANY_NETWORK | OF_A_LAYER


@dataclass(frozen=True)
class Row:
    """One line of an experiment's table.

    Attributes:
        name: as people read it.
        changes: the settings that differ from the recipe.
        folder: what the folders of its runs begin with; by default the row's number.
        searched: settings whose best values are searched before the row is trained.
    """

    name: str
    changes: Mapping[str, Any]
    folder: str = ""
    searched: Mapping[str, Range] = field(default_factory=dict)


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
        strokes: whether each network reads pen strokes of writers that no network learns from.
        paired: whether every row is compared with the first one, seed by seed.
        trials: of each search; a third of what `--full` takes.
    """

    title: str
    rows: tuple[Row, ...]
    teaches: str
    small: Mapping[str, Any] = field(default_factory=dict)
    photos: bool = False
    strokes: bool = False
    paired: bool = False
    trials: int = 20


def _optimizer(row: str, *, name: str) -> Row:
    """One optimizer, whose rate is searched."""
    rates = {"learning_rate": _around(LEARNING_RATES[name])}
    return Row(row, MNIST_ALONE | {"optimizer": name}, folder=name, searched=rates)


def _augmented_by(kind: str) -> Settings:
    """MNIST alone, changed by this much and no more."""
    return MNIST_ALONE | {"augmented_by": kind}


ABLATION = Experiment(
    "What each part of the recipe brings",
    (
        Row("the recipe", {}),
        Row("- augmentation", {"augmentation": 0.0}),
        Row("- worn strokes", {"degraded_fraction": 0.0}),
        Row("- fourth block", {"blocks": 3}),
        Row("- label smoothing", {"label_smoothing": 0.0}),
        Row("- pen strokes and other hands", {"hand_fraction": 0.0}),
        Row("- simulated photos", {"photo_fraction": 0.0}),
        Row(
            "- non-digits and the eleventh class",
            {"non_digit_fraction": 0.0, "rejection": "tenths"},
        ),
        Row("- calm last epochs", {"calm_fraction": 0.0}),
        Row("- averaged weights (EMA)", {"ema_momentum": 0.0}),
    ),
    "The first row is the whole recipe; each other row leaves one part of it out and has the same "
    "seeds. What a part brings is what its row lacks. A star marks a figure that differs from the "
    "recipe's by more than the seeds do. The simulated photos come from the program that "
    "also makes photos to learn from: what that part brings there, it need not bring on real ones.",
    small={"limit": 6_000, "epochs": 12, "batch_size": 64},
    photos=True,
    strokes=True,
    paired=True,
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
        Row("MLP, three linear layers", MLP, folder="mlp", searched=OF_AN_MLP),
        Row("MLP, 784-512-10", SWEPT, folder="linear", searched=OF_AN_MLP),
        Row("CNN, four blocks", MNIST_ALONE, folder="cnn", searched=OF_ANY_NETWORK),
    ),
    "A linear layer has a weight of its own for every pixel, so a stroke learnt at one place is "
    "unknown a pixel beside it. A convolution slides the same few weights over the whole tile: "
    "what it learns once it knows everywhere. Each network has the settings that a search of its "
    "own has found for it, as long as the others' and on tiles that no figure here is measured "
    "on. So what differs is the network, at the price of far more arithmetic a tile.",
    small=FEW_TILES | {"limit": 4_000, "epochs": 10},
    trials=12,
)

PERMUTED = Experiment(
    "The same pixels in another order",
    (
        Row("MLP", MLP),
        Row("MLP, permuted", MLP | {"permuted": True}),
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
        _optimizer("SGD with momentum", name="sgd"),
        _optimizer("RMSprop", name="rmsprop"),
        _optimizer("Adam", name="adam"),
        _optimizer("AdamW", name="adamw"),
    ),
    "The network and the tiles are the same; each optimizer steps at the rate that a small search "
    "has found for it, since one rate for all would only tell whom it suits. With a warm-up, a "
    "rate that falls to nothing and averaged weights, little is left for the choice to decide: "
    "where the rows lie within each other's spread, it does not matter here.",
    small=FEW_TILES | {"limit": 4_000, "epochs": 10},
    trials=8,
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
    (
        Row("as the recipe has it", SWEPT),
        Row("best found", SWEPT, folder="found", searched=OF_A_LAYER),
    ),
    "The search trains many networks of one hidden layer, gives up early on those that lag "
    "behind the median, and looks more closely where the good ones were. The best of many is the "
    "best partly by luck, so it is trained anew with fresh seeds beside the settings it should "
    "beat, and judged by tiles that the search has not seen: only the second figure is worth "
    "believing.",
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
