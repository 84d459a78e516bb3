"""From tiles to a model file in one command: ``python -m training.pipeline cnn`` (or ``mlp``).

Loads MNIST, builds, trains and evaluates the network, draws the confusion matrix, saves everything,
and checks the accuracy of the saved file. Each step is a module of its own. To continue a killed
pipeline, run the same command again. ``--small`` does the same in minutes, for CI.

training/runs/pipeline/NAME/
├── ...               the training run's files, see training.run_records.run_folder
└── exported/         mnist_NAME.keras and .onnx, model_card.json, confusion_matrix.png,
                      training_curves.png
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import keras

from digitscope.errors import DigitscopeError
from training.config import HyperParameters
from training.data.datasets import load_datasets
from training.evaluate import as_text, evaluate_run, evaluate_test
from training.export import export_run
from training.run_records.run_folder import RUNS_DIR, RunFolder
from training.tracking import show
from training.train import add_settings, settings_of, train_tracked

NETWORKS = ("cnn", "mlp")
SMALL = {  # its figures show that the pipeline works, but say nothing about the recipe
    "limit": 6_000,
    "epochs": 3,
    "validation_tiles": 1_000,
    "ema_momentum": 0.9,  # below 200 steps: with .99 the average would still hold the first weights
}
FLOORS = {"cnn": 0.99, "mlp": 0.95}  # minimum test accuracy; a lower one is a fault, not chance
SMALL_FLOORS = {"cnn": 0.95, "mlp": 0.88}


class BelowFloorError(DigitscopeError, RuntimeError):
    """The saved network reads too few test tiles correctly."""


def run_pipeline(
    hyper: HyperParameters, folder: RunFolder, floor: float, data: str | None = None
) -> Path:
    """Load, build, train, evaluate, draw and save; continue a run that was stopped.

    Args:
        hyper: all settings, including the network.
        folder: the run's folder.
        floor: minimum test accuracy of the saved network, 0..1.
        data: ``mnist.npz``; by default ``$MNIST_NPZ``, Keras' cache or a download.

    Returns:
        The saved ``.keras`` file; the other files are in the same folder.

    Raises:
        DataUnavailableError: MNIST could not be found.
        RunFolderError: the folder holds a run with other settings.
        BelowFloorError: the saved network's test accuracy is below `floor`.
    """
    print("1/5 Load")
    datasets = load_datasets(data, hyper)
    print(f"2/5 Build and train: {hyper.network}, {len(datasets.train):,} tiles")
    train_tracked(datasets, hyper, folder, resume=True)
    print("3/5 Evaluate")
    print(as_text(evaluate_run(folder, data)))
    show(folder)
    out, stem = folder.path / "exported", f"mnist_{hyper.network}"
    print(f"4/5 Draw the confusion matrix and save: {out}")
    export_run(folder, data, models_dir=out, pictures_dir=out, stem=stem)
    print("5/5 Open what was saved")
    saved = out / f"{stem}.keras"
    check_saved(saved, floor, data)
    return saved


def check_saved(path: Path, floor: float, data: str | None = None) -> float:
    """Open a model file and measure it on the test set.

    Returns:
        The test accuracy, 0..1.

    Raises:
        BelowFloorError: the accuracy is below `floor`.
    """
    reached = evaluate_test(keras.saving.load_model(path), data).accuracy
    if reached < floor:
        raise BelowFloorError(
            f"At least {floor:.2%} of the test tiles read right are expected. "
            f"Received: {reached:.2%} from {path}. Look at training_curves.png beside it."
        )
    print(f"{path.name} reads {reached:.2%} of the test tiles; {floor:.2%} are asked for")
    return reached


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line; every hyper-parameter but the network is an option."""
    parser = argparse.ArgumentParser(
        prog="python -m training.pipeline",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_settings(parser, besides=("network",))
    parser.add_argument("network", choices=NETWORKS)
    parser.add_argument("--small", action="store_true", help="few tiles and epochs, for CI")
    parser.add_argument("--floor", type=float, help="least test accuracy, 0..1")
    parser.add_argument("--out", type=Path, help="the run's folder")
    parser.add_argument("--data", help="mnist.npz; by default $MNIST_NPZ, the cache, a download")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> None:
    """Run the pipeline as the command line says."""
    options = parse_arguments(arguments)
    hyper = settings_of(options, **(SMALL if options.small else {}))
    name = f"{hyper.network}-small" if options.small else hyper.network
    folder = RunFolder(options.out or RUNS_DIR / "pipeline" / name)
    floors = SMALL_FLOORS if options.small else FLOORS
    floor = floors[hyper.network] if options.floor is None else options.floor
    print(f"Made: {run_pipeline(hyper, folder, floor, options.data)}")


if __name__ == "__main__":
    try:
        main()
    except DigitscopeError as error:
        sys.exit(str(error))
