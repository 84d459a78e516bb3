"""Pen strokes: read from UCI's form, checked, and test writers only where they are named."""

from __future__ import annotations

from pathlib import Path

import pytest

from training.data.mnist import DataUnavailableError
from training.data.strokes import (
    REPETITIONS,
    TEST_WRITERS,
    TRAIN_WRITERS,
    VALIDATION_WRITERS,
    load_writers,
    parse,
)

TEXT = """WORD 7 trn_UJI_W03-02
  NUMSTROKES 2
  POINTS 3 # 10 20 30 40 50 60
  POINTS 1 # 5 5
WORD A tst_UJI_W03-01
  NUMSTROKES 1
  POINTS 2 # 1 2 3 4
WORD 1 tst_UJI_W41-01
  NUMSTROKES 1
  POINTS 2 # 1 2 3 4
"""


def test_digits_are_read_and_letters_passed_over() -> None:
    seven, one = parse(TEXT)
    assert (seven.digit, seven.writer) == (7, 3) and (one.digit, one.writer) == (1, 41)
    assert [line.tolist() for line in seven.lines] == [[[10, 20], [30, 40], [50, 60]], [[5, 5]]]


def test_training_has_its_writers_alone() -> None:
    found = load_writers()
    assert {one.writer for one in found} == set(TRAIN_WRITERS)
    assert len(found) == len(TRAIN_WRITERS) * 10 * REPETITIONS


def test_no_writer_is_in_two_sets() -> None:
    sets = (set(TRAIN_WRITERS), set(VALIDATION_WRITERS), set(TEST_WRITERS))
    assert sorted(set.union(*sets)) == list(range(1, 61))
    assert sum(map(len, sets)) == 60


def test_a_file_without_some_writers_is_told(strokes_file: Path, tmp_path: Path) -> None:
    whole = strokes_file.read_text()
    part = tmp_path / "part.txt"
    part.write_text(whole[: whole.index("WORD a trn_UJI_W36")])
    assert load_writers(VALIDATION_WRITERS, part)
    with pytest.raises(DataUnavailableError, match="writers 36, 37"):
        load_writers(TEST_WRITERS, part)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataUnavailableError, match="Received"):
        load_writers(path=tmp_path / "nowhere.txt")
