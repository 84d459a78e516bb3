"""Write the generated blocks of the documents (`--check`: compare only).

The text between two markers in a file is made from the code and the model card, so that no number
and no name of a step is typed twice.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Sequence
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from api_limits import describe_limits
from batch_costs_text import describe_costs
from experiments_text import describe_experiments
from model_card_text import describe_card, describe_outcomes, seed_heads
from PIL import Image
from preprocessing_text import describe_attempts, describe_refusals, describe_steps
from sample_photo import sample_photo

from digitscope import DigitReader, Reading
from digitscope.model_files import MODEL_CARD, MODELS_DIR
from digitscope.types import Step, UInt8Array

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
REPORTS = ROOT / "training" / "reports"
PHOTO = PICTURES / "photo.jpg"
START, END = "<!-- generated:start -->", "<!-- generated:end -->"
SHOWN_PX = 420  # longest side of a step's picture in the document
PREDECESSOR = json.loads((MODELS_DIR / "predecessor.json").read_text("utf-8"))["correct_share"]
KIND_NAMES = {
    "photo": "phone photos of one digit on paper",
    "scan": "scanned or thresholded digits",
    "tablet": "digits drawn on a tablet",
    "canvas": "digits drawn in a paint program or on a web canvas",
    "printed": "printed digits (it learned from handwriting)",
    "multi": "several digits in one picture: right is to refuse",
    "negative": "letters, objects, blank paper: right is to refuse",
}


def to_shown_size(image: UInt8Array) -> UInt8Array:
    """Resize to a longest side of about SHOWN_PX; enlarging repeats whole pixels."""
    factor = SHOWN_PX / max(image.shape[:2])
    if factor >= 2:
        factor = float(int(factor))
    interpolation = cv2.INTER_NEAREST if factor > 1 else cv2.INTER_AREA
    return cv2.resize(image, None, fx=factor, fy=factor, interpolation=interpolation).astype(
        np.uint8
    )


def save_photo(photo: UInt8Array) -> None:
    """Save the (H, W, 3) RGB photo as JPEG."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    Image.fromarray(photo).save(PHOTO, quality=90)


def save_steps(steps: tuple[Step, ...]) -> None:
    """Save the picture of each step as PNG."""
    for step in steps:
        file = PICTURES / f"{step.number:02d}_{step.key}.png"
        Image.fromarray(to_shown_size(step.image)).save(file, optimize=True)


def describe_numbers(card: dict[str, Any]) -> str:
    """Write the tables of figures from the model card; photos only if they were measured."""
    test, seeds, heads = card["test"], card.get("seeds", {}), seed_heads(card)
    figures = [
        (f"right on MNIST's test set ({test['tiles']:,} tiles)", f"{test['accuracy']:.2%}"),
        ("expected calibration error on it, 15 bins", f"{test['ece']:.2%}"),
        ("parameters", f"{card['parameters']:,}"),
    ]
    means = ["", "", ""]
    if "test_accuracy_std" in seeds:
        means[0] = f"{seeds['test_accuracy_mean']:.2%} ± {100 * seeds['test_accuracy_std']:.2f}"
    network = [
        f"| the network | {' | '.join(heads)} |",
        "| --- " * (1 + len(heads)) + "|",
        *(
            f"| {' | '.join((*row, mean)[: 1 + len(heads)])} |"
            for row, mean in zip(figures, means, strict=True)
        ),
    ]
    kinds = card.get("photos", {}).get("kinds", {})
    rows = [_describe_kind(kind, kinds[kind]) for kind in KIND_NAMES if kind in kinds]
    titles = ("pictures", "n", "right (95 % interval)", "wrong", "refused", "predecessor, right")
    head = ["", f"| {' | '.join(titles)} |", "| --- " * len(titles) + "|"]
    return "\n".join(network + (head + rows if rows else []))


def _describe_kind(kind: str, counts: dict[str, Any]) -> str:
    before = f"{PREDECESSOR[kind]:.1%}" if kind in PREDECESSOR else ""
    shares = " | ".join(describe_outcomes(counts))
    return f"| {KIND_NAMES[kind]} | {counts['n']} | {shares} | {before} |"


def replace_blocks(file: Path, blocks: Sequence[str]) -> str:
    """Put each block between its pair of markers in a file; returns the new text.

    Raises:
        ValueError: there are not as many pairs of markers as blocks.
    """
    text = file.read_text(encoding="utf-8")
    between = re.split(f"{START}.*?{END}", text, flags=re.DOTALL)
    if len(between) != len(blocks) + 1:
        raise ValueError(
            f"{len(blocks)} times {START} and {END} are expected. "
            f"Received: {len(between) - 1} in {file.name}."
        )
    marked = [f"{START}\n{block}\n{END}" for block in blocks]
    return "".join(chain.from_iterable(zip_longest(between, marked, fillvalue="")))


def build(reading: Reading) -> dict[Path, str]:
    """Make the new text of each generated document."""
    card = json.loads(MODEL_CARD.read_text(encoding="utf-8"))
    blocks = {
        "PREPROCESSING.md": (describe_steps(reading), describe_attempts(), describe_refusals()),
        "docs/experiments.md": (describe_experiments(REPORTS),),
        "README.md": (describe_numbers(card),),
        "docs/api.md": (describe_limits(),),
        "docs/batch.md": (describe_costs(ROOT / "docs" / "batch_costs.json"),),
        "models/MODEL_CARD.md": (describe_card(card),),
    }
    return {ROOT / name: replace_blocks(ROOT / name, texts) for name, texts in blocks.items()}


def main() -> int:
    """Write the documents, or with `--check` only print which are out of date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if outdated")
    check = parser.parse_args().check
    if not check:
        save_photo(sample_photo())
    reading = DigitReader(background="opencv").read(PHOTO)
    texts = build(reading)
    outdated = [file for file, text in texts.items() if file.read_text("utf-8") != text]
    if not check:
        save_steps(reading.steps)
        for file in outdated:
            file.write_text(texts[file], encoding="utf-8", newline="\n")
    for file in outdated:
        print(f"{'out of date' if check else 'written'}: {file.name}")
    return 1 if check and outdated else 0


if __name__ == "__main__":
    sys.exit(main())
