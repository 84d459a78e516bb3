"""Reads pictures with a run's network: ``python -m training.experiments.photo_reading --run RUN``.

There are three kinds of pictures: photos simulated from validation digits, pen strokes drawn on a
page, and labelled folders. No run learns from these digits and writers. The network is calibrated
as before shipping. A picture counts as read if the right digit is the most probable one, refused
or not: the threshold for refusing is chosen separately from the training.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import keras

from digitscope.benchmark import BenchmarkError, Result, Sample, Verdict, load_labels, read_sample
from digitscope.benchmark.metrics import auroc, none_or_several, one_digit
from digitscope.benchmark.mnist import DataUnavailableError
from digitscope.reader import DigitReader
from digitscope.types import Background
from training.data.mnist import Digits, load_train_validation
from training.data.strokes import TEST_WRITERS, VALIDATION_WRITERS, load_writers
from training.evaluate import predict
from training.evaluation.calibration import fit_temperature, fold_temperature
from training.hands import PENS, write_all
from training.run_records.provenance import HANDS, REAL, SIMULATED, reading_fingerprint
from training.run_records.run_folder import RunFolder, RunFolderError
from training.stress import SEED, simulate
from training.synthetic_photos import EVERYDAY
from training.tracking import show

COUNT = 200  # simulated photos: one is half a percentage point; half a minute on two idle cores
WORKERS = 2  # threads: OpenCV and the network release Python's GIL while they work


def everyday_photos(validation: Digits, count: int) -> list[Sample]:
    """Simulated everyday photos of `count` validation digits, the same for every run."""
    seed = SEED["validation"]
    return list(simulate(validation.draw(count, seed), [EVERYDAY], seed))


def pen_strokes() -> tuple[str, list[Sample]]:
    """The prefix of the figures, and digits of test writers, else of validation writers.

    Raises:
        DataUnavailableError: there is no file with strokes.
    """
    try:
        return HANDS[0], list(write_all(load_writers(TEST_WRITERS), PENS))
    except DataUnavailableError:
        return HANDS[1], list(write_all(load_writers(VALIDATION_WRITERS), PENS))


@contextmanager
def calibrated_reader(run: RunFolder, validation: Digits) -> Iterator[DigitReader]:
    """A reader with a run's best network, calibrated on validation tiles.

    Raises:
        RunFolderError: the run has no finished epoch.
    """
    model = run.load_best()
    fold_temperature(model, fit_temperature(predict(model, validation.tiles), validation.labels))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "calibrated.keras"
        keras.saving.save_model(model, path)
        yield DigitReader(path, Background.AUTO)


def summarise(results: Sequence[Result], prefix: str) -> dict[str, float]:
    """Figures of pictures that show one digit: how many, and the fractions read, wrong, refused.

    If there are other pictures, also the AUROC of one digit against the others: a network that
    answers on every picture has no disadvantage in the other figures.

    Raises:
        BenchmarkError: no picture shows one digit.
    """
    asked = [one for one in results if one.sample.is_one_digit]
    if not asked:
        raise BenchmarkError(
            f"Photos of single digits are expected. Received: {len(results)} others. "
            "Name a folder whose labels.csv has some."
        )
    verdicts = [one.verdict for one in asked]
    figures = {
        f"{prefix}_count": len(asked),
        f"{prefix}_accuracy": sum(one.is_guess_right for one in asked) / len(asked),
        f"{prefix}_wrong": verdicts.count(Verdict.WRONG) / len(asked),
        f"{prefix}_refused": verdicts.count(Verdict.REFUSED) / len(asked),
    }
    others = [one.score for one in none_or_several(results)]
    ranked = auroc([one.score for one in one_digit(results)], others)
    return figures if ranked is None else figures | {f"{prefix}_none_auroc": ranked}


def read_all(
    run: RunFolder,
    pictures: Mapping[str, Sequence[Sample]],
    validation: Digits,
    folders: Mapping[str, Path],
) -> None:
    """Read pictures with a run's network; save the figures of each kind when it is read."""
    with calibrated_reader(run, validation) as reader, ThreadPoolExecutor(WORKERS) as pool:
        for name, samples in pictures.items():
            code = reading_fingerprint(name)  # before reading: code may be edited then
            figures = summarise(list(pool.map(partial(read_sample, reader), samples)), name)
            run.save_reading(name, figures, code, folders.get(name))
            print(figures, flush=True)


def main(arguments: list[str] | None = None) -> None:
    """Read the pictures and add the figures to those in the run's folder."""
    parser = argparse.ArgumentParser(
        prog="python -m training.experiments.photo_reading", description=__doc__
    )
    parser.add_argument("--run", type=Path, required=True, help="a folder that training made")
    parser.add_argument("--count", type=int, help=f"simulated photos; alone, {COUNT} are read")
    parser.add_argument("--strokes", action="store_true", help="pen strokes ($UJI_STROKES)")
    for name in REAL:
        option = f"--{name.replace('_', '-')}"
        parser.add_argument(option, type=Path, help="a labelled folder, of a column of its own")
    parser.add_argument("--data", help="mnist.npz; by default $MNIST_NPZ, the cache, a download")
    options = parser.parse_args(arguments)
    run = RunFolder(options.run)
    tiles = int(str(run.settings()["validation_tiles"]))
    _, validation = load_train_validation(options.data, tiles)
    folders = {name: path for name in REAL if (path := getattr(options, name))}
    read_all(run, _pictures(options, validation, folders), validation, folders)
    show(run)


def _pictures(
    options: argparse.Namespace, validation: Digits, folders: Mapping[str, Path]
) -> dict[str, list[Sample]]:
    """The pictures that the command line asks for: prefix of the figures -> samples."""
    pictures = {name: load_labels(path, headline_only=True) for name, path in folders.items()}
    if options.strokes:
        pictures |= dict([pen_strokes()])
    if count := options.count or (0 if pictures else COUNT):
        pictures[SIMULATED] = everyday_photos(validation, count)
    return pictures


if __name__ == "__main__":
    try:
        main()
    except (BenchmarkError, DataUnavailableError, RunFolderError) as error:
        sys.exit(str(error))
