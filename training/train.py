"""Trains the network: ``python -m training.train --out training/runs/first``.

Keras' `fit` neither shuffles nor saves here: `training.data.batches` draws each epoch's tiles, and
`KeepRun` validates the averaged weights and saves the best. Runs on any Keras backend. After a
kill, the same command with ``--resume`` continues after the last complete epoch. Training does not
use the test set.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, fields, replace
from functools import partial
from pathlib import Path
from typing import Any

import keras

from digitscope.errors import DigitscopeError
from digitscope.types import Float32Array
from training.config import CHOICES, LEARNING_RATES, HyperParameters
from training.data.batches import epoch_batches, steps_in_epoch
from training.data.datasets import Datasets, load_datasets
from training.evaluation.digit_accuracy import digit_accuracy
from training.evaluation.validation import validate
from training.model_definition import build_network
from training.run_records.run_folder import LATEST, RunFolder, RunState
from training.run_records.training_fingerprint import fingerprint_of
from training.tracking import experiment_of, follow, run_facts

SGD_MOMENTUM = 0.9  # the rate in LEARNING_RATES was chosen for it
DROPOUT_STEP_BITS = 20  # the random states of two epochs begin a million draws apart
DROPOUT_LAYER_BITS = 16  # two layers never share a random state while seeds stay below 2**16
XLA = keras.backend.backend() == "jax"  # with TensorFlow on the CPU, XLA took twice the time


def train(
    datasets: Datasets,
    hyper: HyperParameters,
    folder: RunFolder,
    resume: bool = False,
    on_epoch: Callable[[], None] | None = None,
) -> RunState:
    """Train until the epochs are done or patience ends; the best network is in the folder.

    Args:
        datasets: training and validation data.
        hyper: all settings.
        folder: where checkpoints and history go.
        resume: continue the run in the folder, if there is one.
        on_epoch: called after each epoch, when it is saved.

    Raises:
        RunFolderError: the folder holds a run, and `resume` is off or its settings differ.
    """
    folder.start(asdict(hyper), resume)
    state = folder.state()
    if _is_over(state, hyper):
        return state
    keras.utils.set_random_seed(hyper.seed)
    steps = steps_in_epoch(len(datasets.train), hyper)
    model = folder.load_checkpoint() or compile_model(hyper, steps)
    model.fit(
        _batches(datasets, hyper, state.epochs),
        steps_per_epoch=steps,
        initial_epoch=state.epochs,
        epochs=hyper.epochs,
        shuffle=False,  # the batches are already in random order
        callbacks=[KeepRun(datasets, hyper, folder, on_epoch)],
    )
    return folder.state()


class KeepRun(keras.callbacks.Callback):  # type: ignore[misc]
    """Validates the averaged weights after each epoch, and saves all that resuming needs.

    Keras' BackupAndRestore, ModelCheckpoint, CSVLogger and EarlyStopping do parts of this. But they
    overwrite files in place, and a resumed run forgets the best loss and the patience. Here
    `state.json` is replaced last and atomically, so a kill costs one epoch at most.
    """

    def __init__(
        self,
        datasets: Datasets,
        hyper: HyperParameters,
        folder: RunFolder,
        on_epoch: Callable[[], None] | None = None,
    ) -> None:
        """See `train` for the arguments."""
        super().__init__()
        self._datasets, self._hyper, self._folder = datasets, hyper, folder
        self._on_epoch = on_epoch

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:  # noqa: ARG002
        """Start the clock, and set dropout's random state from seed and epoch."""
        self._started = time.perf_counter()
        reseed_dropout(self.model, self._hyper.seed, epoch)

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        """Validate, save, and stop if patience has ended; add validation figures to `logs`."""
        rate = float(keras.ops.convert_to_numpy(self.model.optimizer.learning_rate))
        with averaged_weights(self.model):
            logs |= validate(self.model, self._datasets)
            figures = {name: float(value) for name, value in logs.items()}
            figures["seconds"] = round(time.perf_counter() - self._started, 1)
            about = {"epoch": epoch + 1, "learning_rate": rate}
            state = self._folder.state().after(about | figures)
            if state.improved:
                self._folder.save_best(self.model)
        self._folder.save(self.model, state)
        self.model.stop_training = _is_over(state, self._hyper)
        if self._on_epoch:
            self._on_epoch()


def _is_over(state: RunState, hyper: HyperParameters) -> bool:
    """Whether all epochs are done, or the loss has not fallen for `patience` epochs."""
    return state.epochs >= hyper.epochs or state.epochs - state.best_epoch >= hyper.patience


def _batches(
    datasets: Datasets, hyper: HyperParameters, first_epoch: int
) -> Iterator[tuple[Float32Array, Float32Array]]:
    """The batches of all epochs from `first_epoch`, counted from 0."""
    for epoch in range(first_epoch, hyper.epochs):
        yield from epoch_batches(datasets.train, hyper, epoch, datasets.drawn)


def train_tracked(
    datasets: Datasets, hyper: HyperParameters, folder: RunFolder, resume: bool = False
) -> RunState:
    """Run `train` and show its progress in MLflow."""
    facts = run_facts(len(datasets.train), len(datasets.validation))
    if not folder.begun:  # a resumed run keeps the facts of its beginning
        facts["training_sha256"] = fingerprint_training(datasets, hyper)
    with follow(folder, experiment_of(folder), parameters=asdict(hyper), facts=facts) as tracked:
        return train(datasets, hyper, folder, resume, tracked.epoch)


def fingerprint_training(datasets: Datasets, hyper: HyperParameters) -> str:
    """SHA-256 of what a training with these settings begins with."""
    keras.utils.clear_session()  # otherwise names count on from the networks before
    keras.utils.set_random_seed(hyper.seed)
    model = compile_model(hyper, steps_in_epoch(len(datasets.train), hyper))
    return fingerprint_of(model, datasets, hyper)


def compile_model(hyper: HyperParameters, steps: int) -> keras.Model:
    """Build and compile the network; its learning-rate schedule has `steps` steps per epoch."""
    warmup_steps = round(hyper.warmup_epochs * steps)
    schedule = keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=hyper.learning_rate / 100,
        warmup_target=hyper.learning_rate,
        warmup_steps=warmup_steps,
        decay_steps=max(1, steps * hyper.epochs - warmup_steps),
    )
    model = build_network(hyper)
    loss = keras.losses.CategoricalCrossentropy(label_smoothing=hyper.label_smoothing)
    model.compile(
        _build_optimizer(hyper, schedule),
        loss=loss,
        metrics=[keras.metrics.MeanMetricWrapper(digit_accuracy, name="accuracy")],
        jit_compile=XLA,
    )
    return model


def _build_optimizer(
    hyper: HyperParameters, schedule: keras.optimizers.schedules.LearningRateSchedule
) -> keras.Optimizer:
    """The optimizer that the settings name; it also keeps averaged weights (EMA)."""
    kinds = {
        "adamw": partial(keras.optimizers.AdamW, weight_decay=hyper.weight_decay),
        "adam": keras.optimizers.Adam,
        "sgd": partial(keras.optimizers.SGD, momentum=SGD_MOMENTUM, nesterov=True),
        "rmsprop": keras.optimizers.RMSprop,
    }
    return kinds[hyper.optimizer](schedule, use_ema=True, ema_momentum=hyper.ema_momentum)


@contextmanager
def averaged_weights(model: keras.Model) -> Iterator[None]:
    """In the `with` block, the network has its averaged weights; afterwards its own again."""
    swap = keras.callbacks.SwapEMAWeights()
    swap.set_model(model)
    swap.on_test_begin()
    try:
        yield
    finally:
        swap.on_test_end()


def reseed_dropout(model: keras.Model, seed: int, epoch: int) -> None:
    """Set dropout's random state from seed and epoch: checkpoints lack it (Keras 3.15)."""
    dropouts = [layer for layer in model.layers if isinstance(layer, keras.layers.Dropout)]
    for number, layer in enumerate(one for one in dropouts if one.rate):  # rate 0 has no generator
        state = layer.seed_generator.state
        chance = [seed + (number << DROPOUT_LAYER_BITS), epoch << DROPOUT_STEP_BITS]
        state.assign(keras.ops.cast(chance, state.dtype))


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line; every hyper-parameter is an option."""
    parser = argparse.ArgumentParser(prog="python -m training.train", description=__doc__)
    parser.add_argument("--out", type=Path, default=LATEST, help="the run's folder")
    parser.add_argument("--data", help="mnist.npz; by default $MNIST_NPZ, the cache, a download")
    parser.add_argument("--resume", action="store_true", help="go on with the run in --out, if any")
    add_settings(parser)
    return parser.parse_args(arguments)


def add_settings(parser: argparse.ArgumentParser, besides: tuple[str, ...] = ()) -> None:
    """Add an option for each hyper-parameter not in `besides`; unused options are not stored."""
    for setting in fields(HyperParameters):
        if setting.name in besides:
            continue
        option, kind = f"--{setting.name.replace('_', '-')}", type(setting.default)
        choices = CHOICES.get(setting.name)
        reads = _as_bool if kind is bool else kind
        parser.add_argument(option, type=reads, choices=choices, default=argparse.SUPPRESS)


def settings_of(options: argparse.Namespace, **changes: Any) -> HyperParameters:
    """The recipe, overridden by `changes`, and both by the options on the command line.

    If neither sets a learning rate, the optimizer's own rate is used.
    """
    names = {setting.name for setting in fields(HyperParameters)}
    given = changes | {name: value for name, value in vars(options).items() if name in names}
    optimizer = str(given.get("optimizer", HyperParameters.optimizer))
    return replace(HyperParameters(), **{"learning_rate": LEARNING_RATES[optimizer]} | given)


def _as_bool(text: str) -> bool:
    """Parse "True" or "False" in any case; other text is an error."""
    try:
        return {"true": True, "false": False}[text.lower()]
    except KeyError as error:
        raise argparse.ArgumentTypeError(f"True or False is expected. Received: {text}") from error


def main(arguments: list[str] | None = None) -> None:
    """Train as the command line says."""
    options = parse_arguments(arguments)
    hyper, folder = settings_of(options), RunFolder(options.out)
    state = train_tracked(load_datasets(options.data, hyper), hyper, folder, options.resume)
    print(f"Best: epoch {state.best_epoch}, validation loss {state.best_val_loss:.4f}")
    print(f"Next: python -m training.export --run {options.out}")


if __name__ == "__main__":
    try:
        main()
    except DigitscopeError as error:
        sys.exit(str(error))
