"""Measures batches on this machine, which nothing else may use meanwhile.

| command | what | target |
| --- | --- | --- |
| ``python -m tests.batch.measure throughput FOLDER`` | two processes against one | 1.8 |
| ``python -m tests.batch.measure ray FOLDER`` | two nodes of Ray against two processes | 0.8 |
| ``python -m tests.batch.measure memory FOLDER`` | at the end against after a twentieth | 1.05 |
| ``python -m tests.batch.measure one FOLDER --rows N`` | one run | |

FOLDER holds a ``labels.csv``. Each run is a process of its own; runs that are compared alternate,
and medians are compared. Start-up is not counted: rates are of the last three quarters of the rows.
There must be hundreds of them, since Ray gives them back in blocks. The exit code is 1 where a
target is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from typing import Any

from digitscope.batch.items import Item
from digitscope.batch.local import read_in_processes
from digitscope.batch.rows import Row, RowOptions, RowReader
from digitscope.batch.run import Batch, Engine
from digitscope.benchmark import load_labels
from digitscope.host_environment import environment

PAGE_MB = os.sysconf("SC_PAGE_SIZE") / 2**20
EARLY, WARM = 20, 4  # memory is looked at after 1/20 of the rows, rates begin after 1/4
ALL_KINDS, PHOTOS = "all", "photo"
LOGICAL_CORES = 2  # a node of Ray: one for a reader, one for what moves the data
Figures = dict[str, Any]


# --- One run -------------------------------------------------------------------------------------


def write_list(folder: Path, kind: str, rows: int, path: Path) -> None:
    """List a folder's pictures of a kind again and again until there are enough rows."""
    samples = load_labels(folder)
    names = [str(one.path.resolve()) for one in samples if kind in (ALL_KINDS, one.kind)]
    path.write_text("".join(f"{name}\n" for name in islice(cycle(names), rows)))


def measure(folder: Path, *, engine: str, workers: int, rows: int, kind: str) -> Figures:
    """Read `rows` pictures; rates are a second, memory is of all processes together."""
    memory: dict[int, float] = {}
    times: dict[int, float] = {}
    early, warm = max(1, rows // EARLY), max(1, rows // WARM)
    with tempfile.TemporaryDirectory() as work, _engine(engine, workers) as read:
        listed = Path(work, "list.txt")
        write_list(folder, kind, rows, listed)
        batch = Batch([str(listed)], Path(work, "rows.csv"), RowOptions())

        def tell(_: Row) -> None:
            count = batch.statuses.total()
            if count in (early, warm, rows):
                memory[count], times[count] = _memory_mb(), time.monotonic()

        batch.read(read, tell)
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    own_s, children_s = (one.ru_utime + one.ru_stime for one in used)
    return {
        "engine": engine,
        "workers": workers,
        "rows": rows,
        "rows_a_second": round((rows - warm) / (times[rows] - times[warm]), 2),
        "first_process_cpu_ms_a_row": round(1000 * own_s / rows, 2),
        "other_processes_cpu_ms_a_row": round(1000 * children_s / rows, 2),
        "memory_early_mb": round(memory[early], 1),
        "memory_end_mb": round(memory[rows], 1),
    }


@contextmanager
def _engine(name: str, workers: int) -> Iterator[Engine]:
    """`local`, `ray` with a node a worker, or `none`: a reader in this process."""
    if name == "local":
        yield partial(read_in_processes, workers=workers)
    elif name == "none":
        yield _read_here
    else:
        from digitscope.batch.ray_engine import read_on_ray

        with ray_nodes(workers):
            yield partial(read_on_ray, workers=workers)


def _read_here(jobs: Iterable[tuple[int, Item]], options: RowOptions) -> Iterator[Row]:
    import cv2

    cv2.setNumThreads(1)
    reader = RowReader(options)
    for number, item in jobs:
        yield reader.read(number, item)


@contextmanager
def ray_nodes(count: int) -> Iterator[Any]:
    """A cluster of nodes on this machine, connected: a head that reads nothing, and others."""
    import ray
    from ray.cluster_utils import Cluster

    from digitscope.batch.ray_engine import NORMAL_PRIORITY

    with environment(**NORMAL_PRIORITY):
        cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0})
        for _ in range(count):
            cluster.add_node(num_cpus=LOGICAL_CORES)
    try:
        ray.init(address=cluster.address, log_to_driver=False)
        yield cluster
    finally:
        ray.shutdown()
        cluster.shutdown()


def _memory_mb() -> float:
    """Of this process and those it started."""
    own = os.getpid()
    children = Path(f"/proc/{own}/task/{own}/children").read_text().split()
    return sum(
        int(Path(f"/proc/{number}/statm").read_text().split()[1]) * PAGE_MB
        for number in (own, *children)
    )


# --- Runs compared -------------------------------------------------------------------------------


def run_apart(folder: Path, *, count: int = 1, **options: object) -> list[Figures]:
    """Measure in processes of their own, `count` at the same time."""
    words = [f"--{name}={value}" for name, value in options.items()]
    command = [sys.executable, "-m", "tests.batch.measure", "one", str(folder), *words]
    with ExitStack() as stack:
        running = [
            stack.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
            for _ in range(count)
        ]
        said = [process.communicate()[0] for process in running]
    return [json.loads(one.splitlines()[-1]) for one in said]


def median_rate(runs: Sequence[Sequence[Figures]]) -> float:
    """Rows a second: runs at the same time are added up, then the median is taken."""
    return round(median(sum(one["rows_a_second"] for one in run) for run in runs), 2)


def compare_throughput(folder: Path, rows: int, repeats: int) -> Figures:
    """Two processes of the engine `local` against one.

    `no_engine` is a reader in a plain process, `limit` two of them at the same time: what this
    machine would give if the engine cost nothing.
    """
    run = partial(run_apart, folder, rows=rows, kind=PHOTOS)
    kinds = {
        "one": partial(run, engine="local", workers=1),
        "two": partial(run, engine="local", workers=2),
        "no_engine": partial(run, engine="none", workers=1),
        "limit": partial(run, engine="none", workers=1, count=2),
    }
    runs: dict[str, list[list[Figures]]] = {name: [] for name in kinds}
    for _ in range(repeats):
        for name, start in kinds.items():
            runs[name].append(start())
    rates = {name: median_rate(found) for name, found in runs.items()}
    return {
        "rates": rates,
        "limit": round(rates["limit"] / rates["no_engine"], 2),
        "ratio": round(rates["two"] / rates["one"], 2),
        "target": 1.8,
        "runs": runs,
    }


def compare_ray(folder: Path, rows: int, repeats: int) -> Figures:
    """Two nodes of Ray against two processes of the engine `local`."""
    runs: dict[str, list[list[Figures]]] = {"local": [], "ray": []}
    for _ in range(repeats):
        for engine, found in runs.items():
            found.append(run_apart(folder, engine=engine, workers=2, rows=rows, kind=ALL_KINDS))
    rates = {engine: median_rate(found) for engine, found in runs.items()}
    ratio = round(rates["ray"] / rates["local"], 2)
    return {"rates": rates, "ratio": ratio, "target": 0.8, "runs": runs}


def compare_memory(folder: Path, rows: int, _: int) -> Figures:
    """Memory at the end against after a twentieth of the rows."""
    (figures,) = run_apart(folder, engine="local", workers=2, rows=rows, kind=ALL_KINDS)
    ratio = round(figures["memory_end_mb"] / figures["memory_early_mb"], 3)
    return {"ratio": ratio, "target": 1.05, "runs": figures}


COMPARISONS = {  # by name: what measures, rows, repeats
    "throughput": (compare_throughput, 733, 3),
    "ray": (compare_ray, 2_000, 2),
    "memory": (compare_memory, 20_000, 1),
}


def main() -> int:
    """Measure; exit code 1 where a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=["one", *COMPARISONS])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--engine", choices=["local", "ray", "none"], default="local")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rows", type=int)
    parser.add_argument("--kind", default=ALL_KINDS)
    parser.add_argument("--repeats", type=int)
    asked = parser.parse_args()
    if asked.command == "one":
        rows = asked.rows or 500
        one = {"engine": asked.engine, "workers": asked.workers, "kind": asked.kind}
        print(json.dumps(measure(asked.folder, rows=rows, **one)))
        return 0
    compare, rows, repeats = COMPARISONS[asked.command]
    found = compare(asked.folder, asked.rows or rows, asked.repeats or repeats)
    ratio, target = found["ratio"], found["target"]
    is_met = ratio <= target if asked.command == "memory" else ratio >= target
    print(json.dumps(found, indent=1))
    print(f"{asked.command}: {ratio}, target {target}: {'met' if is_met else 'MISSED'}")
    return 0 if is_met else 1


if __name__ == "__main__":
    raise SystemExit(main())
