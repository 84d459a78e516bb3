"""Trains the network: ``python -m training.train --out training/runs/first``.

Keras' `fit` shuffles nothing and keeps nothing here: `training.data.batches` draws each epoch's
tiles, and `KeepRun` validates with averaged weights and keeps the best. Runs on any Keras backend.
After a kill, the same command with ``--resume`` goes on from the last complete epoch. The test set
has no part in it.
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
from training.config import CHOICES, LEARNING_RATES, RENAMED, HyperParameters
from training.data.batches import epoch_batches, steps_in_epoch
from training.data.datasets import Datasets, load_datasets
from training.evaluation.digit_accuracy import digit_accuracy
from training.evaluation.validation import validate
from training.model_definition import build_network
from training.run_records.run_folder import LATEST, RunFolder, RunState
from training.tracking import experiment_of, follow, run_facts

SGD_MOMENTUM = 0.9  # LEARNING_RATES counts on it
DROPOUT_STEP_BITS = 20  # epochs begin a million draws apart
DROPOUT_LAYER_BITS = 16  # two layers never share their chance; seeds stay below
XLA = keras.backend.backend() == "jax"  # on TensorFlow's CPU, XLA took twice the time


def train(
    datasets: Datasets,
    hyper: HyperParameters,
    folder: RunFolder,
    resume: bool = False,
    on_epoch: Callable[[], None] | None = None,
) -> RunState:
    """Train until the epochs are done or patience ends; the best network is in the folder.

    Args:
        datasets: what to learn from and to be judged by.
        hyper: all settings.
        folder: where checkpoints and history go.
        resume: go on with the run in the folder, if there is one.
        on_epoch: called after each epoch, once the folder holds it.

    Raises:
        RunFolderError: the folder holds a run and `resume` is off, or its settings were others.
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
        shuffle=False,  # each epoch's batches come in random order
        callbacks=[KeepRun(datasets, hyper, folder, on_epoch)],
    )
    return folder.state()


class KeepRun(keras.callbacks.Callback):  # type: ignore[misc]
    """Validates with averaged weights after each epoch, and keeps all that the run needs to go on.

    Keras' BackupAndRestore, ModelCheckpoint, CSVLogger and EarlyStopping do parts of this. They
    write several files in place and forget the best loss and the patience when a run goes on. Here
    `state.json` is replaced last and in one move, so a kill at any moment costs an epoch at most.
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
        """Start the clock, and tie dropout's chance to seed and epoch."""
        self._started = time.perf_counter()
        reseed_dropout(self.model, self._hyper.seed, epoch)

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        """Validate, save, and stop where patience ends; `logs` gets the validation figures."""
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
    """Whether all epochs are done, or the loss has not fallen for as many as patience allows."""
    return state.epochs >= hyper.epochs or state.epochs - state.best_epoch >= hyper.patience


def _batches(
    datasets: Datasets, hyper: HyperParameters, first_epoch: int
) -> Iterator[tuple[Float32Array, Float32Array]]:
    """The batches of all epochs from `first_epoch`, counted from 0; each has its own chance."""
    for epoch in range(first_epoch, hyper.epochs):
        yield from epoch_batches(
            datasets.train, hyper, epoch, datasets.photographed, datasets.drawn
        )


def train_tracked(
    datasets: Datasets, hyper: HyperParameters, folder: RunFolder, resume: bool = False
) -> RunState:
    """`train`, shown in MLflow while it goes on."""
    facts = run_facts(len(datasets.train), len(datasets.validation))
    with follow(folder, experiment_of(folder), parameters=asdict(hyper), facts=facts) as tracked:
        return train(datasets, hyper, folder, resume, tracked.epoch)


def compile_model(hyper: HyperParameters, steps: int) -> keras.Model:
    """Build the network with its optimizer, schedule for epochs of `steps` steps, and loss."""
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
    """The optimizer that the settings name; each keeps averaged weights beside its own."""
    kinds = {
        "adamw": partial(keras.optimizers.AdamW, weight_decay=hyper.weight_decay),
        "adam": keras.optimizers.Adam,
        "sgd": partial(keras.optimizers.SGD, momentum=SGD_MOMENTUM, nesterov=True),
        "rmsprop": keras.optimizers.RMSprop,
    }
    return kinds[hyper.optimizer](schedule, use_ema=True, ema_momentum=hyper.ema_momentum)


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


def reseed_dropout(model: keras.Model, seed: int, epoch: int) -> None:
    """Tie dropout's chance to seed and epoch: checkpoints do not keep it (Keras 3.15)."""
    dropouts = [layer for layer in model.layers if isinstance(layer, keras.layers.Dropout)]
    for number, layer in enumerate(one for one in dropouts if one.rate):  # at 0, there is none
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
    """Make every hyper-parameter an option but `besides`; what is not given leaves no trace."""
    for setting in fields(HyperParameters):
        if setting.name in besides:
            continue
        names = [setting.name, *(old for old, new in RENAMED.items() if new == setting.name)]
        options, kind = (f"--{name.replace('_', '-')}" for name in names), type(setting.default)
        choices = CHOICES.get(setting.name)
        reads = _as_bool if kind is bool else kind
        parser.add_argument(*options, type=reads, choices=choices, default=argparse.SUPPRESS)


def settings_of(options: argparse.Namespace, **changes: Any) -> HyperParameters:
    """The hyper-parameters of a command line: the recipe, then `changes`, then what was given.

    Where neither names a learning rate, it is the optimizer's own.
    """
    names = {setting.name for setting in fields(HyperParameters)}
    given = changes | {name: value for name, value in vars(options).items() if name in names}
    optimizer = str(given.get("optimizer", HyperParameters.optimizer))
    return replace(HyperParameters(), **{"learning_rate": LEARNING_RATES[optimizer]} | given)


def _as_bool(text: str) -> bool:
    """True or False, as settings are printed; anything else is refused."""
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
