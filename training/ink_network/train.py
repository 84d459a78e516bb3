"""Trains the ink network: ``python -m training.ink_network.train --out training/runs/ink``.

The photos are drawn once, before training, and stored in the folder of `--photos-dir`. After an
interruption, the same command uses these photos and continues after the last complete epoch.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np

from digitscope.benchmark.mnist import DataUnavailableError
from digitscope.types import Float32Array, UInt8Array
from training.data.mnist import load_train_validation
from training.data.strokes import TRAIN_WRITERS, load_writers
from training.ink_network.data import WORKERS, labelled_photos, vary
from training.ink_network.model import build_model, ink_loss, iou
from training.ink_network.writing import Writers
from training.run_records.run_folder import RUNS_DIR

MODEL_FILE, COMMAND_FILE = "ink.keras", "command.txt"
EMA_MOMENTUM = 0.995  # weights averaged over 200 steps


@dataclass(frozen=True)
class Settings:
    """The hyper-parameters of a run."""

    photos: int = 12_000  # drawn once; augmented in every epoch
    epochs: int = 6
    batch_size: int = 24
    side_px: int = 224  # of a crop from a photo of 320 px: takes half of the time
    zoom_min: float = 0.62  # of a photo, before it is cropped
    zoom_max: float = 1.5
    learning_rate: float = 3e-3  # peak of a cosine schedule, after a warm-up
    weight_decay: float = 2e-3
    seed: int = 0


class Batches(keras.utils.PyDataset):  # type: ignore[misc]
    """The batches of every epoch: photos in random order, each augmented at random."""

    def __init__(self, photos: Sequence[UInt8Array], settings: Settings, first_epoch: int = 0):
        """Take labelled photos, (320, 320, 4) uint8 each."""
        super().__init__(workers=1)
        self._photos, self._settings, self._epoch = photos, settings, first_epoch
        self._pool = ThreadPoolExecutor(WORKERS)

    def __len__(self) -> int:
        """Batches in an epoch."""
        return len(self._photos) // self._settings.batch_size

    def __getitem__(self, number: int) -> tuple[Float32Array, Float32Array]:
        """Photos (N, side, side, 3) float32, 0..255, and their ink (N, side, side, 1), 0..1."""
        seed = (self._settings.seed, self._epoch)
        order = np.random.default_rng(seed).permutation(len(self._photos))
        size = self._settings.batch_size
        chosen = order[number * size : (number + 1) * size].tolist()

        def one(index: int) -> UInt8Array:
            rng = np.random.default_rng((*seed, index))
            zoom = (self._settings.zoom_min, self._settings.zoom_max)
            return vary(self._photos[index], self._settings.side_px, zoom, rng)

        batch = np.stack(list(self._pool.map(one, chosen))).astype(np.float32)
        return batch[..., :3], batch[..., 3:] / np.float32(255)

    def on_epoch_end(self) -> None:
        """Count the epoch, which changes the order and the augmentation."""
        self._epoch += 1


def train(
    photos: Sequence[UInt8Array], settings: Settings, out: Path, start: Path | None = None
) -> keras.Model:
    """Fit the network, or resume the run in the folder `out`, and write ``ink.keras`` there.

    A finished run is not trained again.

    Args:
        photos: labelled photos, see `data.labelled_photos`.
        settings: the hyper-parameters.
        out: a folder for the run's state, its history and its network.
        start: the folder of a run whose network is trained further; None starts a new network.
    """
    if (out / MODEL_FILE).is_file():
        return keras.saving.load_model(out / MODEL_FILE)
    out.mkdir(parents=True, exist_ok=True)
    keras.utils.set_random_seed(settings.seed)
    log = out / "history.csv"
    done = max(0, len(log.read_text().splitlines()) - 1) if log.is_file() else 0
    batches = Batches(photos, settings, done)
    steps = len(batches) * settings.epochs
    schedule = keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=settings.learning_rate / 50,
        warmup_target=settings.learning_rate,
        warmup_steps=max(1, steps // 40),
        decay_steps=max(1, steps - steps // 40),
    )
    model = keras.saving.load_model(start / MODEL_FILE) if start else build_model()
    optimizer = keras.optimizers.AdamW(
        schedule, weight_decay=settings.weight_decay, use_ema=True, ema_momentum=EMA_MOMENTUM
    )
    model.compile(
        optimizer, loss=ink_loss, metrics=[keras.metrics.MeanMetricWrapper(iou, name="iou")]
    )
    model.fit(
        batches,
        epochs=settings.epochs,
        shuffle=False,  # `Batches` shuffles
        callbacks=[
            keras.callbacks.BackupAndRestore(out / "backup"),
            keras.callbacks.CSVLogger(log, append=True),
            keras.callbacks.ModelCheckpoint(out / "latest.weights.h5", save_weights_only=True),
        ],
    )  # at the end of `fit`, Keras sets the averaged weights
    bare = build_model()
    bare.set_weights(model.get_weights())  # without optimizer and loss: it loads anywhere
    keras.saving.save_model(bare, out / MODEL_FILE)
    return bare


def load_training_writers(data: str | None) -> Writers:
    """MNIST's training tiles and the training writers' strokes."""
    digits, _ = load_train_validation(data)
    return Writers(digits, load_writers(TRAIN_WRITERS))


def main(arguments: list[str] | None = None) -> None:
    """Draw and train as the command line says."""
    parser = argparse.ArgumentParser(
        prog="python -m training.ink_network.train", description=__doc__
    )
    parser.add_argument("--out", type=Path, default=RUNS_DIR / "ink")
    parser.add_argument("--photos-dir", type=Path, default=RUNS_DIR / "ink-photos")
    parser.add_argument("--start", type=Path, help="a run whose network is taught further")
    parser.add_argument("--data", help="mnist.npz; by default $MNIST_NPZ, the cache, a download")
    usual = Settings()
    for name, value in vars(usual).items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(value), default=value)
    options = parser.parse_args(arguments)
    settings = Settings(**{name: getattr(options, name) for name in vars(usual)})
    writers = load_training_writers(options.data)
    options.out.mkdir(parents=True, exist_ok=True)
    before = (options.start / COMMAND_FILE).read_text(encoding="utf-8") if options.start else ""
    words = sys.argv[1:] if arguments is None else arguments
    command = " ".join(["python -m training.ink_network.train", *words])
    (options.out / COMMAND_FILE).write_text(f"{before}{command}\n", encoding="utf-8")
    photos = labelled_photos(writers, settings.photos, settings.seed, options.photos_dir)
    train(photos, settings, options.out, options.start)


if __name__ == "__main__":
    try:
        main()
    except DataUnavailableError as error:
        sys.exit(str(error))
