"""Kills batches and takes machines away: ``python -m tests.batch.faults FOLDER --rows 600``.

FOLDER holds a ``labels.csv``. A batch is killed ten times at random and then finished; another one
runs on Ray and loses two of three nodes. It counts the rows that are lost, doubled, or different
from those of `digitscope read --json`; the exit code is 1 where there is any.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from digitscope.batch.rows import Row, RowOptions
from digitscope.batch.run import JOURNAL_END, Batch
from digitscope.cli import main as command_line
from tests.batch.measure import ALL_KINDS, ray_nodes, write_list

KILLS, NODES, REMOVED = 10, 3, 2
LOOK_S, LIMIT_S = 0.01, 600.0
CHANGING = ("ms", "error")  # differs from run to run; `read` has no such key


def comparable(lines: Sequence[str]) -> list[str]:
    """Rows as text, without what differs from run to run."""
    rows = [json.loads(line) for line in lines]
    kept = [{name: value for name, value in row.items() if name not in CHANGING} for row in rows]
    return [json.dumps(row, sort_keys=True) for row in kept]


def read_expected(listed: Path) -> list[str]:
    """The rows of `digitscope read --json`."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        command_line(["read", "--json", *listed.read_text().splitlines()])
    return comparable(printed.getvalue().splitlines())


def judge(found: Sequence[str], expected: Sequence[str]) -> dict[str, int]:
    """How many rows are lost, doubled (or more than that), and in another place.

    >>> judge(["a", "a", "c"], ["a", "b", "c"])
    {'lost': 1, 'doubled_or_different': 1, 'out_of_place': 1}
    """
    lost, doubled = Counter(expected) - Counter(found), Counter(found) - Counter(expected)
    moved = sum(one != other for one, other in zip(found, expected, strict=False))
    return {"lost": lost.total(), "doubled_or_different": doubled.total(), "out_of_place": moved}


def kill_again_and_again(listed: Path, out: Path, rows: int, chance: random.Random) -> list[str]:
    """Kill a batch at random, `KILLS` times, and finish it; returns its rows."""
    journal = out.with_name(out.name + JOURNAL_END)
    command = [sys.executable, "-m", "digitscope", "batch", str(listed), "--out", str(out)]
    for number in range(KILLS):
        until = _count_lines(journal) + chance.randint(1, rows // (KILLS + 2))
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as running:
            _wait_for_lines(journal, until)
            time.sleep(chance.random() / 10)
            running.kill()
        print(f"kill {number + 1} after {_count_lines(journal)} rows", flush=True)
        if out.exists():
            raise SystemExit("The batch was quicker than the kills. Give more --rows.")
    subprocess.run(command, check=False, stderr=subprocess.DEVNULL)
    return comparable(out.read_text().splitlines())


def _count_lines(path: Path) -> int:
    return path.read_bytes().count(b"\n") if path.exists() else 0


def _wait_for_lines(path: Path, count: int) -> None:
    ends = time.monotonic() + LIMIT_S
    while _count_lines(path) < count:
        if time.monotonic() > ends:
            raise SystemExit(f"{path} has not grown for {LIMIT_S:.0f} s.")
        time.sleep(LOOK_S)


def take_nodes_away(listed: Path, out: Path, rows: int, chance: random.Random) -> list[str]:
    """Read on Ray and remove `REMOVED` of its nodes at random rows; returns the rows."""
    from digitscope.batch.ray_engine import read_on_ray

    moments = chance.sample(range(rows // 10, rows * 8 // 10), REMOVED)
    with ray_nodes(NODES) as cluster:
        batch = Batch([str(listed)], out, RowOptions())

        def tell(_: Row) -> None:
            if batch.statuses.total() in moments:
                cluster.remove_node(next(iter(cluster.worker_nodes)), allow_graceful=False)
                print(f"node removed after {batch.statuses.total()} rows", flush=True)

        batch.read(partial(read_on_ray, workers=NODES), tell)
        assert len(cluster.worker_nodes) == NODES - REMOVED
    return comparable(out.read_text().splitlines())


def main() -> int:
    """Kill, count; exit code 1 where a row is lost, doubled or different."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=600)
    parser.add_argument("--seed", type=int, default=0, help="of the moments")
    asked = parser.parse_args()
    chance = random.Random(asked.seed)  # noqa: S311 - nothing here is secret
    with tempfile.TemporaryDirectory() as work:
        listed = Path(work, "list.txt")
        write_list(asked.folder, ALL_KINDS, asked.rows, listed)
        expected = read_expected(listed)
        verdicts = {
            "killed": judge(
                kill_again_and_again(listed, Path(work, "killed.jsonl"), asked.rows, chance),
                expected,
            ),
            "nodes removed": judge(
                take_nodes_away(listed, Path(work, "ray.jsonl"), asked.rows, chance), expected
            ),
        }
    print(json.dumps(verdicts, indent=1))
    return int(any(count for one in verdicts.values() for count in one.values()))


if __name__ == "__main__":
    raise SystemExit(main())
