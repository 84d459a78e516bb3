"""Trains the network: ``python -m training.train --out training/runs/first``.

The loop stands open to be read: shuffle, change the tiles, one optimizer step a batch, validate
with averaged weights, keep the best. Runs on any Keras backend. After a kill, the same command
with ``--resume`` goes on from the last complete epoch. The test set has no part in it.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import keras
import numpy as np

from digitscope.types import CLASSES, Float32Array, UInt8Array
from training.augment import augment
from training.data import (
    VALIDATION_TILES,
    DataUnavailableError,
    Digits,
    load_train_validation,
)
from training.digit_accuracy import digit_accuracy
from training.model_definition import build_model
from training.non_digits import draw_non_digits
from training.run_folder import LATEST, RunFolder, RunFolderError, RunState
from training.synthetic_strokes import draw_digits


@dataclass(frozen=True)
class HyperParameters:
    """All that can be turned, in one place."""

    epochs: int = 13  # about a minute each on two idle cores; the cosine ends at 0 with the last
    batch_size: int = 128  # 477 steps an epoch; fills two cores
    learning_rate: float = 2e-3  # peak; beat 1e-3 and 14 epochs on validation, one run each
    warmup_epochs: float = 1.0  # BatchNorm's statistics settle before the steps grow
    weight_decay: float = 4e-3  # AdamW's in Keras
    label_smoothing: float = 0.1  # MNIST has wrong labels: be sure of none
    ema_momentum: float = 0.99  # weights averaged over 100 steps; .998 lost three epochs
    patience: int = 8  # epochs without a lower validation loss
    synthetic_share: float = 0.03  # drawn 1s and 7s: a seventh of what MNIST has of them
    non_digit_share: float = 0.08  # letters, scribbles and the like, taught as none of the ten
    seed: int = 0  # of weights, dropout, order and augmentation
    limit: int = 0  # training tiles to use, for a trial; 0 is all
    validation_tiles: int = VALIDATION_TILES


VALIDATION_BATCH = 500  # divides 5,000; larger gains nothing
DROPOUT_STEP_BITS = 20  # epochs begin a million draws apart
XLA = keras.backend.backend() == "jax"  # on TensorFlow's CPU, XLA took twice the time


def train(
    digits: tuple[Digits, Digits], hyper: HyperParameters, folder: RunFolder, resume: bool = False
) -> RunState:
    """Train until the epochs are done or patience ends; the best network is in the folder.

    Args:
        digits: training tiles and validation tiles.
        hyper: all settings.
        folder: where checkpoints and history go.
        resume: go on with the run in the folder, if there is one.

    Raises:
        RunFolderError: the folder holds a run and `resume` is off, or its settings were others.
    """
    folder.start(asdict(hyper), resume)
    train_digits, validation = digits
    state = folder.state()
    keras.utils.set_random_seed(hyper.seed)
    model = folder.load_checkpoint() or compile_model(hyper, len(train_digits))
    while state.epochs < hyper.epochs and state.epochs - state.best_epoch < hyper.patience:
        started = time.perf_counter()
        print(f"Epoch {state.epochs + 1}/{hyper.epochs}")
        figures = _train_epoch(model, train_digits, hyper, state.epochs)
        with averaged_weights(model):
            figures |= _validate(model, validation)
            figures["seconds"] = round(time.perf_counter() - started, 1)
            state = state.after(figures)
            if state.improved:
                folder.save_best(model)
        folder.save(model, state)
        _print_figures(state)
    return state


def compile_model(hyper: HyperParameters, train_tiles: int) -> keras.Model:
    """Build the network with its optimizer, schedule and loss."""
    steps = _steps(train_tiles, hyper)
    warmup_steps = round(hyper.warmup_epochs * steps)
    schedule = keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=hyper.learning_rate / 100,
        warmup_target=hyper.learning_rate,
        warmup_steps=warmup_steps,
        decay_steps=max(1, steps * hyper.epochs - warmup_steps),
    )
    optimizer = keras.optimizers.AdamW(
        schedule,
        weight_decay=hyper.weight_decay,
        use_ema=True,
        ema_momentum=hyper.ema_momentum,
    )
    model = build_model()
    loss = keras.losses.CategoricalCrossentropy(label_smoothing=hyper.label_smoothing)
    model.compile(
        optimizer,
        loss=loss,
        metrics=[keras.metrics.MeanMetricWrapper(digit_accuracy, name="accuracy")],
        jit_compile=XLA,
    )
    return model


def epoch_batches(
    digits: Digits, hyper: HyperParameters, epoch: int
) -> Iterator[tuple[Float32Array, Float32Array]]:
    """One epoch's batches, the same for the same seed and epoch.

    Yields:
        tiles (B, 28, 28, 1) float32 0..255, and labels (B, 10) float32: one-hot, or a tenth each
        for what is no digit.
    """
    rng = np.random.default_rng((hyper.seed, epoch))
    drawn = draw_digits(round(len(digits) * hyper.synthetic_share), rng)
    others = draw_non_digits(round(len(digits) * hyper.non_digit_share), digits, rng)
    tiles = np.concatenate([digits.tiles, drawn.tiles, others])
    labels = np.concatenate(
        [one_hot(digits.labels), one_hot(drawn.labels), no_digit(len(others))]  # (N, 10)
    )
    order = rng.permutation(len(tiles))
    for start in range(0, len(order), hyper.batch_size):
        batch = order[start : start + hyper.batch_size]
        yield as_input(augment(tiles[batch], rng)), labels[batch]


def as_input(tiles: UInt8Array) -> Float32Array:
    """(N, 28, 28) uint8 to what the network takes, (N, 28, 28, 1) float32, 0..255."""
    return tiles[..., None].astype(np.float32)


def one_hot(labels: UInt8Array) -> Float32Array:
    """(N,) 0..9 to (N, 10) float32 with a single 1 a row."""
    return np.eye(CLASSES, dtype=np.float32)[labels]


def no_digit(count: int) -> Float32Array:
    """(count, 10) float32: the label of what is no digit, a tenth for each."""
    return np.full((count, CLASSES), 1 / CLASSES, np.float32)


@contextmanager
def averaged_weights(model: keras.Model) -> Iterator[None]:
    """Inside, the network has its averaged weights; afterwards its own again."""
    swap = keras.callbacks.SwapEMAWeights()
    swap.set_model(model)
    swap.on_test_begin()
    try:
        yield
    finally:
        swap.on_test_end()


def _steps(train_tiles: int, hyper: HyperParameters) -> int:
    """Batches in an epoch."""
    shares = (hyper.synthetic_share, hyper.non_digit_share)
    tiles = train_tiles + sum(round(train_tiles * share) for share in shares)
    return -(-tiles // hyper.batch_size)


def _train_epoch(
    model: keras.Model, digits: Digits, hyper: HyperParameters, epoch: int
) -> dict[str, float]:
    """One pass over the tiles; returns the epoch's number, learning rate, loss and accuracy."""
    _reseed_dropout(model, hyper.seed, epoch)
    progress = keras.utils.Progbar(_steps(len(digits), hyper))
    sums = {"loss": 0.0, "accuracy": 0.0}
    tiles_seen = 0
    for tiles, labels in epoch_batches(digits, hyper, epoch):
        logs = model.train_on_batch(tiles, labels, return_dict=True)  # of this batch alone
        tiles_seen += len(tiles)
        for name in sums:
            sums[name] += float(logs[name]) * len(tiles)
        progress.add(1, [(name, float(logs[name])) for name in sums])
    rate = float(keras.ops.convert_to_numpy(model.optimizer.learning_rate))
    means = {name: value / tiles_seen for name, value in sums.items()}
    return {"epoch": epoch + 1, "learning_rate": rate} | means


def _reseed_dropout(model: keras.Model, seed: int, epoch: int) -> None:
    """Tie dropout's chance to seed and epoch: checkpoints do not keep it (Keras 3.15)."""
    for layer in model.layers:
        if isinstance(layer, keras.layers.Dropout):
            state = layer.seed_generator.state
            state.assign(keras.ops.cast([seed, epoch << DROPOUT_STEP_BITS], state.dtype))


def _validate(model: keras.Model, validation: Digits) -> dict[str, float]:
    """Loss and accuracy on tiles that are neither learnt from nor changed."""
    logs = model.evaluate(
        as_input(validation.tiles),
        one_hot(validation.labels),
        batch_size=VALIDATION_BATCH,
        verbose=0,
        return_dict=True,
    )
    return {f"val_{name}": float(logs[name]) for name in ("loss", "accuracy")}


def _print_figures(state: RunState) -> None:
    last = state.history[-1]
    print(
        f"  validation {last['val_accuracy']:.2%}, loss {last['val_loss']:.4f} "
        f"(least {state.best_val_loss:.4f} in epoch {state.best_epoch}), {last['seconds']:.0f} s",
        flush=True,
    )


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line; every hyper-parameter is an option."""
    parser = argparse.ArgumentParser(prog="python -m training.train", description=__doc__)
    parser.add_argument("--out", type=Path, default=LATEST, help="the run's folder")
    parser.add_argument("--data", help="mnist.npz; by default $MNIST_NPZ, the cache, a download")
    parser.add_argument("--resume", action="store_true", help="go on with the run in --out, if any")
    for setting in fields(HyperParameters):
        option = "--" + setting.name.replace("_", "-")
        parser.add_argument(option, type=type(setting.default), default=setting.default)
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> None:
    """Train as the command line says."""
    options = parse_arguments(arguments)
    names = (setting.name for setting in fields(HyperParameters))
    hyper = HyperParameters(**{name: getattr(options, name) for name in names})
    train_digits, validation = load_train_validation(options.data, hyper.validation_tiles)
    if hyper.limit:
        train_digits = train_digits.take(np.arange(min(hyper.limit, len(train_digits))))
    state = train((train_digits, validation), hyper, RunFolder(options.out), options.resume)
    print(f"Best: epoch {state.best_epoch}, validation loss {state.best_val_loss:.4f}")
    print(f"Next: python -m training.export --run {options.out}")


if __name__ == "__main__":
    try:
        main()
    except (DataUnavailableError, RunFolderError) as error:
        sys.exit(str(error))
