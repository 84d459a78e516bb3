"""Promotes a run to ``models/``: ``python -m training.export --run training/runs/first``.

Takes the run's best network, fits a temperature on the validation tiles and folds it into the
last layer. Writes both model files, compares them, and measures the result on the test set. Writes
the model card, and two pictures next to the notebook.

``--from-run`` takes a run that MLflow knows, or ``best``, and gives its network the alias
``champion`` in the Model Registry. To roll back, export an older run in this way.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
from pathlib import Path

import keras
import numpy as np
import onnxruntime

from digitscope.benchmark.mnist import DataUnavailableError
from digitscope.model_files import MODELS_DIR
from digitscope.types import TILE_PX
from training import plots
from training.data.mnist import Digits, load_train_validation
from training.evaluate import as_text, evaluate_test, predict, predict_with_tta, report
from training.evaluation.calibration import (
    answers_at,
    fit_temperature,
    fold_temperature,
    learnt_part,
)
from training.evaluation.metrics import expected_calibration_error
from training.evaluation.model_card import (
    Calibration,
    Measured,
    SeedFigures,
    build_card,
    write_card,
)
from training.run_records.run_folder import LATEST, RunFolder, RunFolderError
from training.tracking import EXPERIMENT, TrackingError, find_folder, register
from training.tracking.record import read_record

NOTEBOOKS_DIR = Path(__file__).resolve().parent / "notebooks"
STEM = "mnist_cnn"  # file name of both models that the app, the API and the command line open
CARD_NAME = "model_card.json"
PARITY = 1e-5  # largest allowed difference of a probability between the two files
PARITY_TILES = 1_000


def export_run(
    run: RunFolder,
    data: str | os.PathLike[str] | None = None,
    models_dir: Path = MODELS_DIR,
    pictures_dir: Path = NOTEBOOKS_DIR,
    stem: str = STEM,
) -> Measured:
    """Write model files, card and pictures of a run's best network.

    Args:
        run: a folder with a finished epoch.
        data: ``mnist.npz``; by default ``$MNIST_NPZ``, Keras' cache or a download.
        models_dir: where files and card go.
        pictures_dir: where training curves and confusion matrix go.
        stem: the file name of both models, without suffix.

    Raises:
        RunFolderError: the run has no finished epoch.
        DataUnavailableError: MNIST could not be found.
        ValueError: the two files differ by more than `PARITY`.
    """
    settings = run.settings()
    train, validation = load_train_validation(data, int(str(settings["validation_tiles"])))
    model = run.load_best()
    uncalibrated = evaluate_test(model, data)
    calibration = calibrate(model, validation)
    files = write_models(model, models_dir, stem)
    measured = Measured(
        train_tiles=int(str(settings["limit"])) or len(train),
        calibration=calibration,
        validation=report(predict(model, validation.tiles), validation.labels),
        uncalibrated=uncalibrated,
        test=evaluate_test(model, data),
        with_tta=(
            report(predict_with_tta(model, validation.tiles), validation.labels),
            evaluate_test(model, data, predict_with_tta),
        ),
        seeds=siblings(run),
        onnx_difference=check_parity(*files, validation),
    )
    write_card(build_card(model, run, measured, files), models_dir / CARD_NAME)
    _draw(run, measured, pictures_dir)
    return measured


def siblings(run: RunFolder) -> tuple[SeedFigures, ...]:
    """This run and those next to its folder that differ only in the seed, if measured."""
    folders = [RunFolder(path) for path in sorted(run.path.parent.iterdir()) if path.is_dir()]
    same = [one for one in folders if one.begun and _without_seed(one) == _without_seed(run)]
    return tuple(
        SeedFigures(
            seed=int(str(one.settings()["seed"])),
            val_accuracy=one.best_figures()["val_accuracy"],
            test_accuracy=one.figures()["test_accuracy"],
        )
        for one in same
        if one.figures()
    )


def _without_seed(run: RunFolder) -> dict[str, object]:
    """The settings and the code of a run; runs of other code are not averaged with it."""
    return run.settings() | {"seed": None, "code": read_record(run).facts.get("code_sha256")}


def calibrate(model: keras.Model, validation: Digits) -> Calibration:
    """Fit a temperature on validation tiles and fold it into the network, in place."""
    learnt = predict(learnt_part(model), validation.tiles)
    temperature = fit_temperature(learnt, validation.labels)
    before, after = answers_at(learnt, 1.0), answers_at(learnt, temperature)
    fold_temperature(model, temperature)
    return Calibration(
        temperature=temperature,
        validation_ece_before=expected_calibration_error(before, validation.labels),
        validation_ece_after=expected_calibration_error(after, validation.labels),
    )


def write_models(model: keras.Model, models_dir: Path, stem: str = STEM) -> tuple[Path, Path]:
    """Write the network as .keras, without optimizer, and as .onnx with any batch size."""
    models_dir.mkdir(parents=True, exist_ok=True)
    keras_path, onnx_path = models_dir / f"{stem}.keras", models_dir / f"{stem}.onnx"
    keras.saving.save_model(model, keras_path)
    model(np.zeros((1, TILE_PX, TILE_PX, 1), np.float32))  # a loaded model must run before export
    logging.getLogger("tf2onnx").setLevel(logging.ERROR)
    model.export(onnx_path, format="onnx", verbose=False)
    return keras_path, onnx_path


def check_parity(keras_path: Path, onnx_path: Path, digits: Digits) -> float:
    """The largest difference of a probability between the two files on disk.

    Raises:
        ValueError: the difference is above `PARITY`.
    """
    tiles = digits.tiles[:PARITY_TILES]
    session = onnxruntime.InferenceSession(onnx_path, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    (from_onnx,) = session.run(None, {name: tiles[..., None].astype(np.float32)})
    from_keras = predict(keras.saving.load_model(keras_path), tiles)
    difference = float(np.abs(from_onnx - from_keras).max())
    if difference > PARITY:
        raise ValueError(
            f"Both files answer within {PARITY}. Received: a difference of {difference:.2g}. "
            "Look at the versions of keras, onnx and tf2onnx before shipping either."
        )
    return difference


def _draw(run: RunFolder, measured: Measured, pictures_dir: Path) -> None:
    """Write the training curves and the confusion matrix."""
    state = run.state()
    pictures_dir.mkdir(parents=True, exist_ok=True)
    curves = plots.draw_training_curves(state.history, state.best_epoch)
    plots.save(curves, pictures_dir / "training_curves.png")
    matrix = plots.draw_confusion_matrix(measured.test.confusion_matrix)
    plots.save(matrix, pictures_dir / "confusion_matrix.png")


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m training.export", description=__doc__)
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--run", type=Path, default=LATEST, help="a folder that training made")
    source.add_argument("--from-run", help="best, or a run's folder, name or id in MLflow")
    parser.add_argument("--experiment", default=EXPERIMENT, help="where --from-run best looks")
    parser.add_argument("--data", help="mnist.npz; by default $MNIST_NPZ, the cache, a download")
    parser.add_argument("--models-dir", type=Path, default=MODELS_DIR)
    parser.add_argument("--pictures-dir", type=Path, default=NOTEBOOKS_DIR)
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> None:
    """Export as the command line says."""
    options = parse_arguments(arguments)
    named = options.from_run
    run = find_folder(named, options.experiment) if named else RunFolder(options.run)
    _print_measured(export_run(run, options.data, options.models_dir, options.pictures_dir))
    if named:
        print(f"{run.path.name} is version {register(run)} and champion in the Model Registry")


def _print_measured(measured: Measured) -> None:
    print(as_text(measured.test))
    print(f"\ntemperature {measured.calibration.temperature:.3f}", end=", validation ECE ")
    print(f"{measured.calibration.validation_ece_before:.2%}", end=" -> ")
    print(f"{measured.calibration.validation_ece_after:.2%}")
    print(f"keras and onnx differ by {measured.onnx_difference:.1g} at most")


if __name__ == "__main__":
    try:
        main()
    except (DataUnavailableError, RunFolderError, TrackingError) as error:
        sys.exit(str(error))
