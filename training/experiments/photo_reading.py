"""Reads photos with a run's network: ``python -m training.experiments.photo_reading --run FOLDER``.

The photos are simulated from validation digits, which no run learns from, or lie in a labelled
folder. The network is calibrated as it would be before it is shipped. A photo counts as read where
the right digit is the network's likeliest, refused or not: how often to refuse is another choice
than how to train.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import keras

from digitscope.benchmark import (
    BenchmarkError,
    Result,
    Sample,
    Verdict,
    load_labels,
    read_sample,
)
from digitscope.benchmark.mnist import DataUnavailableError
from digitscope.reader import DigitReader
from digitscope.types import Background
from training.data.mnist import Digits, load_train_validation
from training.evaluate import predict
from training.evaluation.calibration import fit_temperature, fold_temperature
from training.run_records.run_folder import RunFolder, RunFolderError
from training.stress import SEED, simulate
from training.synthetic_photos import EVERYDAY
from training.tracking import show

COUNT = 200  # simulated photos: one of them is half a point; half a minute on two idle cores
WORKERS = 2  # threads: OpenCV and the network leave Python's lock alone while they work
SIMULATED, REAL = "photo", "real_photo"  # what the figures' names begin with


def everyday_photos(validation: Digits, count: int) -> list[Sample]:
    """`count` validation digits as phones bring them, the same for every run."""
    seed = SEED["validation"]
    return list(simulate(validation.draw(count, seed), [EVERYDAY], seed))


def read_photos(run: RunFolder, photos: Sequence[Sample], validation: Digits) -> list[Result]:
    """Read photos with a run's best network, calibrated on validation tiles.

    Raises:
        RunFolderError: the run has no finished epoch.
    """
    model = run.load_best()
    fold_temperature(model, fit_temperature(predict(model, validation.tiles), validation.labels))
    with TemporaryDirectory() as folder, ThreadPoolExecutor(WORKERS) as pool:
        path = Path(folder) / "calibrated.keras"
        keras.saving.save_model(model, path)
        reader = DigitReader(path, Background.AUTO)
        return list(pool.map(partial(read_sample, reader), photos))


def summarise(results: Sequence[Result], prefix: str) -> dict[str, float]:
    """Figures of the photos that show one digit: how many, and the fractions read, wrong, refused.

    Raises:
        BenchmarkError: none of them shows one digit.
    """
    asked = [one for one in results if one.sample.is_one_digit]
    if not asked:
        raise BenchmarkError(
            f"Photos of single digits are expected. Received: {len(results)} others. "
            "Name a folder whose labels.csv has some."
        )
    verdicts = [one.verdict for one in asked]
    return {
        f"{prefix}_count": len(asked),
        f"{prefix}_accuracy": sum(one.is_guess_right for one in asked) / len(asked),
        f"{prefix}_wrong": verdicts.count(Verdict.WRONG) / len(asked),
        f"{prefix}_refused": verdicts.count(Verdict.REFUSED) / len(asked),
    }


def main(arguments: list[str] | None = None) -> None:
    """Read, and add the figures to those in the run's folder."""
    parser = argparse.ArgumentParser(
        prog="python -m training.experiments.photo_reading", description=__doc__
    )
    parser.add_argument("--run", type=Path, required=True, help="a folder that training made")
    parser.add_argument("--count", type=int, default=COUNT, help="simulated photos")
    parser.add_argument("--photos", type=Path, help="a labelled folder instead of simulated ones")
    parser.add_argument("--data", help="mnist.npz; by default $MNIST_NPZ, the cache, a download")
    options = parser.parse_args(arguments)
    run = RunFolder(options.run)
    _, validation = load_train_validation(
        options.data, int(str(run.settings()["validation_tiles"]))
    )
    if options.photos:
        photos, prefix = load_labels(options.photos, headline_only=True), REAL
    else:
        photos, prefix = everyday_photos(validation, options.count), SIMULATED
    figures = summarise(read_photos(run, photos, validation), prefix)
    run.save_figures(run.figures() | figures)
    show(run)
    print(figures)


if __name__ == "__main__":
    try:
        main()
    except (BenchmarkError, DataUnavailableError, RunFolderError) as error:
        sys.exit(str(error))
