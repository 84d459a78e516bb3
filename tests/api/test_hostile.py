"""What nobody means well by: mutated pictures, and all that the description does not forbid."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from digitscope.types import UInt8Array
from tests import pictures
from tests.api.conftest import Server
from tests.api.mutations import mutated

pytestmark = pytest.mark.slow
PATH = "/api/v1/predict"
MUTATED = int(os.environ.get("MUTATED_PICTURES", "100"))  # more than that by hand
SMALL_WH, SMALL_DIGIT_PX = (120, 100), 84  # small pages: hostility is in the bytes, not the pixels
GENERATED = 5  # requests a route and phase; schemathesis's own default is a hundred


def files_of_every_kind(tile: UInt8Array) -> list[bytes]:
    """The digit as a file of each format and of the odd modes."""
    page = pictures.page(tile, size_wh=SMALL_WH, digit_px=SMALL_DIGIT_PX)
    kinds = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
    plain = [pictures.encoded(page, kind) for kind in kinds]
    odd = [
        pictures.encoded(pictures.transparent(tile, (0, 0, 0)), "PNG"),
        pictures.encoded(page, "JPEG", progressive=True),
        pictures.encoded(page, "TIFF", compression="tiff_lzw"),
        pictures.photographed_sideways(page),
    ]
    return [*plain, *odd]


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow's, on every broken TIFF
def test_mutated_pictures_are_answered_or_refused(
    client: TestClient, mnist_tiles: tuple[UInt8Array, UInt8Array]
) -> None:
    files = files_of_every_kind(mnist_tiles[0][mnist_tiles[1] == 5][0])
    statuses: Counter[int] = Counter()
    for number, data in enumerate(mutated(files, MUTATED, seed=MUTATED)):
        answer = client.post(PATH, content=data, headers={"content-type": "image/png"})
        statuses[answer.status_code] += 1
        assert answer.status_code in (200, 422), f"picture {number}: {answer.text}"
        assert "digit" in answer.json() or "detail" in answer.json()
    assert min(statuses[200], statuses[422]) > MUTATED / 10, "both must be met to say anything"
    assert client.post(PATH, files={"file": files[0]}).json()["digit"] == 5
    print(dict(statuses))  # noqa: T201  # for those who run many by hand


def test_schemathesis_finds_nothing(server: Server, repo_root: Path, tmp_path: Path) -> None:
    module = [sys.executable, "-m", "schemathesis.cli", "run", f"{server.url}/openapi.json"]
    options = ["--max-examples", str(GENERATED), "--seed", "1", "--no-color"]
    hooks = {"SCHEMATHESIS_HOOKS": "tests.api.schemathesis_hooks", "PYTHONPATH": str(repo_root)}
    done = subprocess.run(
        [*module, *options],
        cwd=tmp_path,
        env={**os.environ, **hooks},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Tested: 8" in done.stdout
