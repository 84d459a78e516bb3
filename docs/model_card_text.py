"""Writes the model card's figures as Markdown, for models/MODEL_CARD.md."""

from __future__ import annotations

from typing import Any

from digitscope.benchmark.metrics import wilson_interval

OUTCOMES = ("correct", "wrong", "refused")
MEASURED = {  # entries of the card with photos -> their names
    "photos": "first set",
    "photos_second_set": "second set",
    "simulated": "simulated photos",
}
LEAST_RANKED = 20  # in each group of a ranking; with fewer, one picture moves it by points


def describe_card(card: dict[str, Any]) -> str:
    """Write every section of figures that the card has."""
    sections = (
        ("Figures on MNIST", _figures(card)),
        ("Digit by digit, test set", _classes(card)),
        ("On pictures of people's digits", _kinds(card, "photos", "kind", "pictures")),
        (
            "On a second set of pictures, of other hands",
            _kinds(card, "photos_second_set", "kind", "pictures"),
        ),
        ("What confidence and quality mean", _trust(card)),
        ("On simulated photos of test digits", _simulated(card)),
        ("How it was made", _origin(card)),
    )
    return "\n\n".join(f"## {title}\n\n{text}" for title, text in sections if text)


def _figures(card: dict[str, Any]) -> str:
    test, calibration, seeds = card["test"], card["calibration"], card.get("seeds", {})
    rows = [
        ("right on the test set", _with_interval(test, "accuracy"), _mean_of(seeds)),
        ("mistakes there", f"{test['errors']} of {test['tiles']:,}, {_doubted(test)}", ""),
        (
            "with test-time augmentation",
            f"{card['test_time_augmentation']['test_accuracy']:.2%}",
            "",
        ),
        (
            "expected calibration error there, 15 bins",
            f"{calibration['test_ece_before']:.2%} before calibration, "
            f"{calibration['test_ece_after']:.2%} after",
            "",
        ),
        ("parameters", f"{card['parameters']:,}", ""),
    ]
    return _table(("", *seed_heads(card)), [row[: 1 + len(seed_heads(card))] for row in rows])


def seed_heads(card: dict[str, Any]) -> tuple[str, ...]:
    """The column titles: the shipped network, and the mean if several seeds were trained."""
    seeds = card.get("seeds", {})
    shipped = f"shipped network, seed {card['hyper_parameters']['seed']}"
    if "test_accuracy_std" not in seeds:
        return (shipped,)
    return shipped, f"mean of {len(seeds['runs'])} seeds"


def _mean_of(seeds: dict[str, Any]) -> str:
    """Mean and standard deviation over the seeds; "" if fewer than two were trained."""
    if "test_accuracy_std" not in seeds:
        return ""
    value = _with_interval(seeds, "test_accuracy", "test_accuracy_mean")
    return f"{value}; standard deviation {100 * seeds['test_accuracy_std']:.2f}"


def _simulated(card: dict[str, Any]) -> str:
    """The table of simulated photos, with a note on what it cannot show."""
    table = _kinds(card, "simulated", "condition", "photos")
    note = (
        "The program that makes these photos also made the photos, of other digits, that the ink "
        "network learned from. That network knows this kind of picture: expect less of real ones."
    )
    return f"{note}\n\n{table}" if table else ""


def _with_interval(figures: dict[str, Any], name: str, value: str = "") -> str:
    low, high = figures[f"{name}_interval"]
    return f"{figures[value or name]:.2%} (95 % interval {low:.2%} to {min(high, 1):.2%})"


def _doubted(test: dict[str, Any]) -> str:
    count = sum(one["label_doubted"] for one in test["mistakes"])
    return f"{count} of them among the 15 labels that people doubt"


def _classes(card: dict[str, Any]) -> str:
    rows = [
        (
            str(one["digit"]),
            f"{one['precision']:.2%}",
            f"{one['recall']:.2%}",
            f"{one['f1']:.2%}",
            f"{one['tiles']:,}",
        )
        for one in card["test"]["per_class"]
    ]
    return _table(("digit", "precision", "recall", "F1", "tiles"), rows)


def _kinds(card: dict[str, Any], entry: str, what: str, pictures: str) -> str:
    kinds = card.get(entry, {}).get("kinds", {})
    rows = [(kind, str(one["n"]), *describe_outcomes(one)) for kind, one in kinds.items()]
    return _table((what, pictures, *OUTCOMES), rows) if rows else ""


def describe_outcomes(counts: dict[str, Any]) -> tuple[str, ...]:
    """Right, wrong and refused in percent; right with Wilson's 95 % interval."""
    right, *others = (f"{counts[what] / counts['n']:.1%}" for what in OUTCOMES)
    low, high = wilson_interval(counts["correct"], counts["n"])
    return f"{right} ({low:.1%} to {high:.1%})", *others


def _trust(card: dict[str, Any]) -> str:
    """Calibration, ranking, operating point and quality levels, if photos were measured."""
    photos = card.get("photos", {})
    if "levels" not in photos:
        return ""
    measured = [(name, card[entry]) for entry, name in MEASURED.items() if entry in card]
    point = photos["operating_points"]["in_use"]
    rows = [
        *(
            (
                f"expected calibration error of {one['calibration']['n']:,} guesses, {name}",
                f"{one['calibration']['error']:.2%}",
            )
            for name, one in measured
        ),
        *(
            (
                f"AUROC, {rank['name']} ({rank['above']:,} to {rank['below']}): {name}",
                f"{rank['confidence']:.3f} by confidence, {rank['quality']:.3f} by quality",
            )
            for name, one in measured
            for rank in one["rankings"]
            if min(rank["above"], rank["below"]) >= LEAST_RANKED
        ),
        (
            f"answers need a confidence of {point['threshold']:.0%}: first set",
            f"{point['digits_refused']:.1%} of digits refused, {point['digits_wrong']:.1%} wrong; "
            f"{point['others_refused']:.1%} of all else refused",
        ),
    ]
    levels = [
        (one["level"], str(one["n"]), *(f"{one[what] / one['n']:.1%}" for what in OUTCOMES))
        for one in photos["levels"]
        if one["n"]
    ]
    note = (
        "The operating point was fitted on the first and the second set, so their figures are "
        f"flattering. Rankings of fewer than {LEAST_RANKED} pictures are left out. The quality "
        "levels are those of the first set."
    )
    heads = ("quality", "pictures", *OUTCOMES)
    return f"{note}\n\n{_table(('', ''), rows)}\n\n{_table(heads, levels)}"


def _origin(card: dict[str, Any]) -> str:
    versions = ", ".join(f"{name} {number}" for name, number in card["versions"].items())
    rows = [
        ("date", card["date"][:10]),
        ("commit", f"`{card['git_commit']}`"),
        (
            "data",
            f"{card['data']['train_tiles']:,} MNIST tiles, "
            f"{card['data']['validation_tiles']:,} for validation",
        ),
        ("epochs", f"{card['training']['epochs']}, kept: {card['training']['best_epoch']}"),
        ("versions", versions),
    ]
    rows += [(name, f"`{file['sha256']}`") for name, file in card["files"].items()]
    commands = "\n".join(card["commands"])
    return f"{_table(('', ''), rows)}\n\n```\n{commands}\n```"


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
