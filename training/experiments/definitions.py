"""The experiments: the rows of each, its small size for two cores, and what it teaches.

These texts contain no measured figures; `training.experiments.reports` adds them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from training.config import LEARNING_RATES

Settings = dict[str, Any]  # hyper-parameters by name

MNIST_ALONE: Settings = {  # no added data: networks are compared on what everyone knows
    "degraded_fraction": 0.0,
    "hand_fraction": 0.0,
    "rejection": "tenths",
    "non_digit_fraction": 0.0,
}
FEW_TILES: Settings = {  # few tiles give few steps: smaller batches, and averages over fewer steps
    "batch_size": 64,
    "ema_momentum": 0.95,
}
MLP: Settings = MNIST_ALONE | {"network": "mlp"}
SWEPT: Settings = MNIST_ALONE | {"network": "mlp_784_512_10"}


@dataclass(frozen=True)
class Range:
    """The range in which a search varies one setting, including both ends.

    Attributes:
        low: the minimum; an int if the setting is an int.
        high: the maximum.
        step: distance between two values; None allows any value.
        log: whether values are drawn on a logarithmic scale.
    """

    low: float
    high: float
    step: float | None = None
    log: bool = False


def _around(rate: float) -> Range:
    """The range from a tenth of a learning rate to ten times the rate."""
    return Range(rate / 10, rate * 10, log=True)


UNITS = Range(64, 4096, log=True)  # the best of the first search was near 1,024, its upper end
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
        name: the row's title in the table.
        changes: the settings that differ from the recipe.
        folder: prefix of the names of its runs' folders; by default the row's number.
        searched: settings to search before the row is trained, with their ranges.
    """

    name: str
    changes: Mapping[str, Any]
    folder: str = ""
    searched: Mapping[str, Range] = field(default_factory=dict)


@dataclass(frozen=True)
class Experiment:
    """What is compared, and why.

    Attributes:
        title: the title of the figure.
        rows: the rows of the table, in order; every row is compared with the first one.
        teaches: a paragraph for people; no figures in it.
        small: the settings with which two cores need less than an hour; empty if there is only
            one size.
        photos: whether each network also reads photos.
        strokes: whether each network also reads pen strokes of writers that no network learns from.
        trials: number of trials of each search; a third of the number with `--full`.
    """

    title: str
    rows: tuple[Row, ...]
    teaches: str
    small: Mapping[str, Any] = field(default_factory=dict)
    photos: bool = False
    strokes: bool = False
    trials: int = 20


def _optimizer(row: str, *, name: str) -> Row:
    """The row of one optimizer; its learning rate is searched."""
    rates = {"learning_rate": _around(LEARNING_RATES[name])}
    return Row(row, MNIST_ALONE | {"optimizer": name}, folder=name, searched=rates)


def _augmented_by(kind: str) -> Settings:
    """MNIST alone, with one of the kinds of augmentation."""
    return MNIST_ALONE | {"augmented_by": kind}


ABLATION = Experiment(
    "What each part of the recipe brings",
    (
        Row("the recipe", {}),
        Row("- augmentation", {"augmentation": 0.0}),
        Row("- degraded strokes", {"degraded_fraction": 0.0}),
        Row("- fourth block", {"blocks": 3}),
        Row("- label smoothing", {"label_smoothing": 0.0}),
        Row("- pen strokes and other hands", {"hand_fraction": 0.0}),
        Row(
            "- non-digits and the eleventh class",
            {"non_digit_fraction": 0.0, "rejection": "tenths"},
        ),
        Row("- averaged weights (EMA)", {"ema_momentum": 0.0}),
    ),
    "The first row is the whole recipe. Each other row leaves out one part and has the same "
    "seeds, so its difference from the first row is what the part adds to the other parts. AUROC: "
    "how often the confidence ranks a picture of one digit above a picture of none or of several. "
    "The runs are short. Parts that need a long training, such as augmentation, may bring more to "
    "the recipe itself. Weights are averaged over more than one epoch here, over a sixth of an "
    "epoch there. Rows without pen strokes or non-digits have fewer tiles, so an epoch has fewer "
    "steps. All rows read nearly all strokes, so that column shows little.",
    small={"limit": 4_000, "epochs": 10, "batch_size": 64},
    photos=True,
    strokes=True,
)

RECIPE = Experiment(
    "The recipe",
    (Row("the recipe", {}),),
    "The same settings with other seeds: how much two runs differ by chance alone. A smaller gap "
    "between two recipes means nothing.",
)

ARCHITECTURES = Experiment(
    "Linear layers against convolutions",
    (
        Row("MLP, two hidden layers", MLP, folder="mlp", searched=OF_AN_MLP),
        Row("MLP, one hidden layer", SWEPT, folder="linear", searched=OF_AN_MLP),
        Row("CNN, four blocks", MNIST_ALONE, folder="cnn", searched=OF_ANY_NETWORK),
    ),
    "A linear layer has its own weight for every pixel, so a stroke that it learned at one place "
    "is unknown one pixel away. A convolution applies the same few weights everywhere on the "
    "tile: what it learns at one place, it knows everywhere. So it needs far fewer parameters, but "
    "more arithmetic per tile. Each network has the best settings of its own search: eight random "
    "draws, on tiles that no figure here is measured on. The rows differ in network and settings.",
    small=FEW_TILES | {"limit": 4_000, "epochs": 10},
    trials=8,
)

PERMUTED = Experiment(
    "The same pixels in another order",
    (
        Row("MLP", MLP),
        Row("MLP, permuted", MLP | {"permuted": True}),
        Row("CNN", MNIST_ALONE),
        Row("CNN, permuted", MNIST_ALONE | {"permuted": True}),
    ),
    "One fixed random order of the 784 pixels, the same for every tile, loses no information: it "
    "can be undone. For linear layers it only renumbers their inputs, so they should learn as "
    "well as before. A convolution relies on neighbouring pixels, which are now scattered. The "
    "gap between the CNN's two rows is what it owes to the layout of a picture. If the permuted "
    "CNN falls behind the MLP, then the CNN's lead came from the layout.",
    small=FEW_TILES | {"limit": 6_000, "epochs": 12},
)

OPTIMIZERS = Experiment(
    "Four optimizers on one network",
    (
        _optimizer("AdamW", name="adamw"),
        _optimizer("Adam", name="adam"),
        _optimizer("RMSprop", name="rmsprop"),
        _optimizer("SGD with momentum", name="sgd"),
    ),
    "The network and the tiles are the same. Each optimizer has the best of eight random learning "
    "rates of its own; one rate for all would only show which optimizer it suits. All have a "
    "warm-up, a rate that falls to zero and averaged weights, so we expect small differences.",
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
    ),
    "Augmentation shows a network more than the tiles it has: digits that are shifted, rotated, "
    "sheared and bent a little, as MNIST's test tiles are. A photo's tile has already been "
    "through the pipeline, which centred it, scaled it and brought its strokes to MNIST's width. "
    "This removes much of what augmentation imitates. So compare the columns with each other: "
    "what helps on MNIST need not help on photos. These networks saw few tiles for a few epochs; "
    "a long training may give another result.",
    small=FEW_TILES | {"limit": 3_000, "epochs": 10},
    photos=True,
)

SWEEP = Experiment(
    "Hidden units and dropout, searched",
    (
        Row("as the recipe has it", SWEPT),
        Row("best found", SWEPT, folder="found", searched=OF_A_LAYER),
    ),
    "The search trains many networks with one hidden layer. It stops those that are worse than "
    "the median early, and tries more settings near the good ones. The best of many is the best "
    "partly by luck. So it is trained again with new seeds, beside the settings that it should "
    "beat, and judged on tiles that the search has not seen. Only this second figure can be "
    "trusted.",
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
COMPARED = tuple(name for name in EXPERIMENTS if name != "recipe")  # in the order of the document
