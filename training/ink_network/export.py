"""Writes ``models/ink.onnx`` and its card: ``python -m training.ink_network.export``."""

from __future__ import annotations

import argparse
import logging
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import keras
import numpy as np
import onnxruntime

from digitscope.model_files import MODELS_DIR
from digitscope.types import Float32Array, UInt8Array
from training.evaluation.model_card import describe_file, write_card
from training.ink_network.data import SIDE_PX
from training.ink_network.evaluate import COUNT, evaluate
from training.ink_network.train import COMMAND_FILE, MODEL_FILE
from training.run_records.provenance import git_commit, versions
from training.run_records.run_folder import RUNS_DIR

STEM = "ink"
PARITY = 1e-4  # largest difference of a probability between both files
TIMING_RUNS = 30  # pictures
MAX_EXPORT_ATTEMPTS = (
    3  # maximum attempts: tf2onnx 1.17 once wrote an output with one axis too many
)


def export(
    run: Path, models_dir: Path = MODELS_DIR, data: str | None = None, count: int = COUNT
) -> dict[str, Any]:
    """Write a run's network as ONNX, measure it, and write the card beside it.

    Raises:
        ValueError: the two files differ by more than `PARITY`, or in the shape of their outputs.
    """
    model = keras.saving.load_model(run / MODEL_FILE)
    onnx_path = models_dir / f"{STEM}.onnx"
    probe = np.random.default_rng(0).integers(0, 256, (1, SIDE_PX, SIDE_PX, 3)).astype(np.float32)
    expected = np.asarray(model(probe))  # a loaded model must run once first
    network = write_onnx(model, onnx_path, expected.shape)
    difference = float(np.abs(network.mark(probe.astype(np.uint8)) - expected).max())
    if difference > PARITY:
        raise ValueError(f"Both files answer within {PARITY}. Received: {difference:.2g}.")
    figures = evaluate(network.mark, RUNS_DIR / "ink-validation", data, count)
    card = {
        "name": model.name,
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "git_commit": git_commit(),
        "commands": (run / COMMAND_FILE).read_text(encoding="utf-8").splitlines(),
        "file": describe_file(onnx_path),
        "parameters": model.count_params(),
        "validation_iou": figures,
        "milliseconds": network.time_ms(),
        "onnx_max_difference": difference,
        "versions": versions(),
    }
    write_card(card, models_dir / f"{STEM}_card.json")
    return card


def write_onnx(model: keras.Model, path: Path, shape: tuple[int, ...]) -> OnnxNetwork:
    """Write the network as ONNX and open it; try again if its output has another shape.

    Args:
        model: a network that has run once.
        path: of the file.
        shape: of the output for one square picture of full size.

    Raises:
        ValueError: the output still has another shape after `MAX_EXPORT_ATTEMPTS` attempts.
    """
    logging.getLogger("tf2onnx").setLevel(logging.ERROR)
    found: tuple[int, ...] = ()
    for _ in range(MAX_EXPORT_ATTEMPTS):
        model.export(path, format="onnx", verbose=False)
        network = OnnxNetwork(path)
        found = network.mark(np.zeros((1, SIDE_PX, SIDE_PX, 3), np.uint8)).shape
        if found == shape:
            return network
    raise ValueError(f"The ONNX file is expected to answer with {shape}. Received: {found}.")


class OnnxNetwork:
    """The exported network, run with one thread as in the reader."""

    def __init__(self, path: Path) -> None:
        """Open the file."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(path, options, ["CPUExecutionProvider"])

    def mark(self, photos: UInt8Array) -> Float32Array:
        """Ink probabilities (N, H, W, 1) float32 of photos (N, H, W, 3) uint8, one at a time."""
        name = self._session.get_inputs()[0].name
        marked = [
            self._session.run(None, {name: one[np.newaxis].astype(np.float32)})[0] for one in photos
        ]
        return np.concatenate(marked).astype(np.float32)

    def time_ms(self) -> float:
        """Median time of a square picture of full size, ms."""
        photo = np.zeros((1, SIDE_PX, SIDE_PX, 3), np.uint8)
        seconds = []
        for _ in range(TIMING_RUNS):
            started = time.perf_counter()
            self.mark(photo)
            seconds.append(time.perf_counter() - started)
        return round(float(np.median(seconds)) * 1000, 2)


def main(arguments: list[str] | None = None) -> None:
    """Export as the command line says."""
    parser = argparse.ArgumentParser(
        prog="python -m training.ink_network.export", description=__doc__
    )
    parser.add_argument("--run", type=Path, default=RUNS_DIR / "ink")
    parser.add_argument("--models-dir", type=Path, default=MODELS_DIR)
    parser.add_argument("--data", help="mnist.npz; by default $MNIST_NPZ, the cache, a download")
    options = parser.parse_args(arguments)
    card = export(options.run, options.models_dir, options.data)
    print("\n".join(f"{name:20} {value:.3f}" for name, value in card["validation_iou"].items()))
    print(f"{card['parameters']} parameters, {card['milliseconds']} ms a picture")


if __name__ == "__main__":
    main()
