"""Measures a batch on this machine: ``python -m tests.batch.measure FOLDER --rows N --workers N``.

Reads a folder's pictures again and again until there are N rows. Prints wall-clock and processor
seconds, and the memory of all processes together after a twentieth of the rows and at the end.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import tempfile
import time
from functools import partial
from itertools import cycle, islice
from pathlib import Path

from digitscope.batch.local import count_cores, read_in_processes
from digitscope.batch.rows import Row, RowOptions
from digitscope.batch.run import Batch
from digitscope.batch.sources import iter_items

PAGE_MB = os.sysconf("SC_PAGE_SIZE") / 2**20


def main() -> None:
    """Read, and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder")
    parser.add_argument("--rows", type=int, default=2000)
    parser.add_argument("--workers", type=int, default=count_cores())
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        print(json.dumps(measure(Path(work), **vars(asked))))


def measure(work: Path, folder: str, rows: int, workers: int) -> dict[str, float]:
    """Read `rows` pictures with `workers` processes."""
    names = [str(Path(item.name).resolve()) for item in iter_items([folder])]
    listed = work / "list.txt"
    listed.write_text("".join(f"{name}\n" for name in islice(cycle(names), rows)))
    batch = Batch([str(listed)], work / "rows.csv", RowOptions())
    memory: dict[int, float] = {}
    times: dict[int, float] = {}
    early = max(1, rows // 20)

    def tell(_: Row) -> None:
        count = batch.statuses.total()
        if count in (early, rows):
            memory[count], times[count] = _memory_mb(), time.monotonic()

    batch.read(partial(read_in_processes, workers=workers), tell)
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return {
        "rows": rows,
        "workers": workers,
        "rows_a_second_after_start": round((rows - early) / (times[rows] - times[early]), 2),
        "cpu_ms_a_row": round(1000 * sum(one.ru_utime + one.ru_stime for one in used) / rows, 2),
        "memory_early_mb": round(memory[early], 1),
        "memory_end_mb": round(memory[rows], 1),
        "memory_ratio": round(memory[rows] / memory[early], 3),
    }


def _memory_mb() -> float:
    """Of this process and those it started."""
    own = os.getpid()
    children = Path(f"/proc/{own}/task/{own}/children").read_text().split()
    return sum(
        int(Path(f"/proc/{number}/statm").read_text().split()[1]) * PAGE_MB
        for number in (own, *children)
    )


if __name__ == "__main__":
    main()
