"""The journal of benchmark and batch: what a run that was stopped finds again."""

from __future__ import annotations

from pathlib import Path

import pytest

from digitscope.journal import Journal

SETTINGS = {"model": "one"}
ROWS = [{"file": name, "digit": digit} for digit, name in enumerate("abc")]


def _keep(path: Path, rows: list[dict], settings: dict[str, str] = SETTINGS) -> Journal:
    with Journal(path, settings) as journal:
        for row in rows:
            if journal.recall({"file": row["file"]}) is None:
                journal.add(row)
    return journal


def _recalled(path: Path, names: str = "abc", settings: dict[str, str] = SETTINGS) -> list:
    with Journal(path, settings) as journal:
        return [journal.recall({"file": name}) for name in names]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new" / "unfinished.jsonl"


def test_a_journal_recalls_what_was_added(path: Path) -> None:
    _keep(path, ROWS[:2])
    assert _recalled(path) == [*ROWS[:2], None]
    assert Journal(path, SETTINGS).read_settings() == SETTINGS


def test_taken_up_again_it_keeps_what_it_knew(path: Path) -> None:
    _keep(path, ROWS[:2])
    journal = _keep(path, ROWS)
    assert _recalled(path) == ROWS
    assert list(journal.rows()) == ROWS


def test_only_rows_of_this_run_are_given_back(path: Path) -> None:
    _keep(path, ROWS)
    with Journal(path, SETTINGS) as journal:
        journal.recall({"file": "a"})
        assert list(journal.rows()) == ROWS[:1]


def test_from_another_row_on_all_are_made_again(path: Path) -> None:
    _keep(path, ROWS)
    changed = [ROWS[0], {"file": "new", "digit": 9}, *ROWS[1:]]
    assert list(_keep(path, changed).rows()) == changed
    assert _recalled(path, "bc") == [None, None]


def test_one_file_may_stand_in_several_rows(path: Path) -> None:
    twice = [{"file": "a", "label": "3"}, {"file": "a", "label": "8"}]
    _keep(path, twice[:1])
    with Journal(path, SETTINGS) as journal:
        assert journal.recall(twice[1]) is None
    assert list(_keep(path, twice[1:]).rows()) == twice[:1]


def test_other_settings_start_anew(path: Path) -> None:
    _keep(path, ROWS)
    assert list(_keep(path, ROWS[:1], {"model": "another"}).rows()) == ROWS[:1]


@pytest.mark.parametrize("cut", [1, 2, 5, 21])
def test_a_line_cut_short_is_made_again(cut: int, path: Path) -> None:
    _keep(path, ROWS)
    path.write_bytes(path.read_bytes()[:-cut])
    assert _recalled(path) == [*ROWS[:2], None]
    assert list(_keep(path, ROWS).rows()) == ROWS


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"[]\n",
        b'{"model": "one"}',
        b'{"model": "one"}\n7\n',
        b'{"model": "one"}\n\xff\n',
    ],
)
def test_a_journal_that_is_none_is_begun_anew(content: bytes, path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    assert list(_keep(path, ROWS).rows()) == ROWS
    assert _recalled(path) == ROWS


def test_a_finished_run_leaves_no_journal(path: Path) -> None:
    journal = _keep(path, ROWS)
    assert path.is_file()
    journal.remove()
    assert not path.exists()


def test_a_row_is_on_the_disk_when_it_is_called_saved(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    monkeypatch.setattr(
        "os.fsync", lambda number: synced.append(Path(f"/proc/self/fd/{number}").stat().st_size)
    )
    with Journal(path, SETTINGS) as journal:
        for row in ROWS:
            journal.add(row)
            assert synced[-1] == path.stat().st_size


def test_rows_may_reach_the_disk_in_groups(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    monkeypatch.setattr("os.fsync", synced.append)
    with Journal(path, SETTINGS, sync_every_s=3600) as journal:
        for row in ROWS:
            journal.add(row)
        assert len(synced) <= 1
    assert len(synced) <= 2
    assert list(journal.rows()) == ROWS


def test_a_stop_while_rows_are_recalled_forgets_none(path: Path) -> None:
    _keep(path, ROWS)
    assert _recalled(path, "a") == ROWS[:1]
    assert _recalled(path) == ROWS
