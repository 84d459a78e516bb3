"""Load a server of its own with many clients: python -m tests.api.load.

First with the pictures alone, whose throughput compares with the reader's without any server; then
with hostile clients among the others. Says what was wrong, lost or slow.
"""

from __future__ import annotations

import argparse
import itertools
import random
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import httpx2

from digitscope import DigitReader
from digitscope.api.settings import ApiSettings
from tests.api.conftest import PATIENCE_S, Server, serving
from tests.api.mutations import mutated

PATH = "/api/v1/predict"
EXPECTED_OF_HOSTILE = {200, 413, 422, 429}
MEGABYTE = 2**20


@dataclass
class Tally:
    """What came back."""

    ms: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def add(self, name: str, answer: httpx2.Response, seconds: float, expected: object) -> None:
        """Count an answer; `expected` are ten probabilities, or None from a hostile client."""
        self.statuses[f"{'hostile' if expected is None else 'real'} {answer.status_code}"] += 1
        if expected is None:
            if answer.status_code not in EXPECTED_OF_HOSTILE:
                self.wrong.append(f"{name}: {answer.status_code} {answer.text[:200]}")
            return
        self.ms.append(seconds * 1000)
        if answer.status_code != 200 or answer.json()["probabilities"] != expected:
            self.wrong.append(f"{name}: {answer.status_code} {answer.text[:200]}")


def visit(
    number: int,
    server: Server,
    pictures: dict[str, bytes],
    expected: dict[str, Any],
    until: float,
    *,
    hostile_too: bool,
) -> Tally:
    """Be one client until the time is over; every tenth may be one who sends mutated pictures."""
    tally, chance = Tally(), random.Random(number)  # noqa: S311  # nothing here is secret
    hostile = mutated(list(pictures.values()), 10**9, seed=number)
    is_hostile = hostile_too and number % 10 == 9
    with httpx2.Client(base_url=server.url, timeout=PATIENCE_S) as client:
        while not tally.statuses or time.monotonic() < until:
            name = chance.choice(list(pictures))
            data = next(hostile) if is_hostile else pictures[name]
            started = time.perf_counter()
            answer = client.post(PATH, content=data, headers={"content-type": "image/png"})
            wanted = None if is_hostile else expected[name]
            tally.add(name, answer, time.perf_counter() - started, wanted)
    return tally


def merge(tallies: Sequence[Tally]) -> Tally:
    """Put the clients' tallies together."""
    return Tally(
        [ms for tally in tallies for ms in tally.ms],
        sum((tally.statuses for tally in tallies), Counter()),
        [line for tally in tallies for line in tally.wrong],
    )


def rate_alone(pictures: dict[str, bytes], threads: int, seconds: float) -> float:
    """Pictures a second that the reader reads without any server, in as many threads."""
    reader = DigitReader()
    until = time.monotonic() + seconds

    def work(first: int) -> int:
        ring = itertools.islice(itertools.cycle(pictures.values()), first, None)
        counted = itertools.takewhile(lambda _: time.monotonic() < until, ring)
        return sum(1 for data in counted if reader.read(data) is not None)

    with ThreadPoolExecutor(threads) as pool:
        return sum(pool.map(work, range(threads))) / seconds


def measure(ask: Callable[[], httpx2.Response], times: int) -> str:
    """Ask one after the other: median and 95th percentile, in milliseconds."""
    took = []
    for _ in range(times):
        started = time.perf_counter()
        assert ask().status_code == 200
        took.append((time.perf_counter() - started) * 1000)
    return describe(took)


def describe(ms: Sequence[float]) -> str:
    """Median and 95th percentile in words."""
    return f"p50 {statistics.median(ms):.1f} ms, p95 {statistics.quantiles(ms, n=20)[-1]:.1f} ms"


def resident_mb(server: Server) -> float:
    """The server's memory."""
    return server.metric("process_resident_memory_bytes") / MEGABYTE


def send(server: Server, picture: bytes) -> httpx2.Response:
    """Send a picture as it is."""
    return server.client.post(PATH, content=picture, headers={"content-type": "image/png"})


def expect(server: Server, pictures: dict[str, bytes]) -> dict[str, Any]:
    """What the server says of each picture while nobody else asks."""
    return {name: send(server, data).json()["probabilities"] for name, data in pictures.items()}


def load(
    server: Server, pictures: dict[str, bytes], clients: int, seconds: float, *, hostile_too: bool
) -> Tally:
    """Let many clients ask at once."""
    one = partial(
        visit,
        server=server,
        pictures=pictures,
        expected=expect(server, pictures),
        until=time.monotonic() + seconds,
        hostile_too=hostile_too,
    )
    with ThreadPoolExecutor(clients) as pool:
        return merge(list(pool.map(one, range(clients))))


def report(
    server: Server, pictures: dict[str, bytes], clients: int, seconds: float, alone: float
) -> Tally:
    """Print what one client sees, what many see beside the reader alone, and what it costs."""
    tile = partial(server.client.post, "/predict", json={"image": [0.5] * 784})
    print("one client, a tile:", measure(tile, 300))
    first = next(iter(pictures.values()))
    print("one client, a picture:", measure(partial(send, server, first), 50))
    before, tallies = resident_mb(server), []
    for hostile_too in (False, True):
        tally = load(server, pictures, clients, seconds, hostile_too=hostile_too)
        tallies.append(tally)
        rate = tally.statuses.total() / seconds
        share = "" if hostile_too else f", {rate / alone:.0%} of the reader's"
        print(f"{clients} clients{', hostile ones among them' * hostile_too}:", describe(tally.ms))
        print(f"  {rate:.1f} a second{share}; {dict(tally.statuses)}")
    tally = merge(tallies)
    print(f"memory: {before:.0f} MB before, {resident_mb(server):.0f} MB after")
    print("\n".join((f"{len(tally.wrong)} wrong", *tally.wrong[:10])))
    return tally


def main() -> int:
    """Run the load; exit code 1 where anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pictures", nargs="+", type=Path, help="pictures to send")
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60, help="each of the two times")
    options = parser.parse_args()
    pictures = {file.name: file.read_bytes() for file in options.pictures}
    threads = ApiSettings().workers
    alone = rate_alone(pictures, threads, min(20, options.seconds))
    print(f"the reader alone, {threads} threads: {alone:.1f} a second")
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as server:
        tally = report(server, pictures, options.clients, options.seconds, alone)
    return 1 if tally.wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
