"""The real background network, with the weights in ../shared: slow, and skipped without them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from digitscope import Background, DigitReader, Reason
from digitscope.preprocessing.background_removers import rembg_session, weights_on_disk
from digitscope.types import UInt8Array
from tests.unit.drawn import sheet

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def weights(shared_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    pytest.importorskip("rembg", reason="rembg (extra `app`) is missing")
    folder = shared_dir / "data" / "u2net"
    if not (folder / "u2netp.onnx").is_file():
        pytest.skip("there is no ../shared/data/u2net/u2netp.onnx")
    monkeypatch.setenv("U2NET_HOME", str(folder))
    monkeypatch.setenv("MODEL_CHECKSUM_DISABLED", "1")
    return folder


@pytest.mark.parametrize("digit", [2, 4, 8])
def test_u2netp_reads_a_digit_on_a_page(
    digit: int,
    reader: DigitReader,
    mnist_tiles: tuple[UInt8Array, UInt8Array],
    page: Callable[..., UInt8Array],
) -> None:
    tiles, labels = mnist_tiles
    reading = reader.read(page(tiles[labels == digit][0]), background="u2netp")
    assert (reading.digit, reading.reason) == (digit, None)
    assert reading.preprocessed.background is Background.U2NETP
    assert reading.preprocessed.notice == ""
    assert "u2netp" in reading.steps[0].sentence


def test_the_session_is_shared() -> None:
    assert weights_on_disk(Background.U2NETP)
    assert rembg_session(Background.U2NETP) is rembg_session(Background.U2NETP)


def test_an_empty_page_stays_blank(reader: DigitReader) -> None:
    reading = reader.read(sheet(), background="u2netp")
    assert (reading.digit, reading.reason) == (None, Reason.BLANK)
    assert reading.preprocessed.background is Background.U2NETP
