"""A benchmark's run in a terminal: how far it is, on one line, and what is to be told after it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from digitscope.benchmark import Result, Verdict
from digitscope.benchmark.report import Report, make_report
from digitscope.benchmark.run import Run

BAR_CHARS = 24


class ProgressBar:
    """Shows how many pictures are read, what came of them and how long the rest will take.

    To be used in a ``with`` statement. Says nothing where nobody looks: into a file or a pipe.
    """

    def __init__(self, stream: TextIO, total: int) -> None:
        """Start counting; nothing is shown before the first result."""
        self._stream, self._total = stream, total
        self._verdicts: Counter[Verdict] = Counter()
        self._started = time.monotonic()

    def __enter__(self) -> ProgressBar:
        """Nothing to prepare."""
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the line as it is and go on below it."""
        if self._stream.isatty() and self._verdicts:
            self._stream.write("\n")

    def show(self, result: Result) -> None:
        """Count an result."""
        self._verdicts[result.verdict] += 1
        if self._stream.isatty():
            self._stream.write(f"\r{self.line()}\x1b[K")  # the rest of the line is cleared
            self._stream.flush()

    def line(self) -> str:
        """Say where the run is."""
        done = self._verdicts.total()
        share = done / max(self._total, 1)
        filled = round(share * BAR_CHARS)
        left_s = (time.monotonic() - self._started) * (self._total / done - 1) if done else 0.0
        counts = ", ".join(f"{n} {verdict}" for verdict, n in self._verdicts.most_common())
        return (
            f"[{'#' * filled}{'.' * (BAR_CHARS - filled)}] {done}/{self._total} pictures: "
            f"{counts}; {left_s:.0f} s left"
        )


@dataclass(frozen=True)
class FinishedRun:
    """What a run brought.

    Attributes:
        report: of the pictures read.
        files: that were written; none where there is no folder, or the run was stopped.
        is_finished: whether every picture was read.
    """

    report: Report
    files: Sequence[Path]
    is_finished: bool


def run_visibly(run: Run, stream: TextIO) -> FinishedRun:
    """Read what a run has to read, showing how far it is; Ctrl-C stops it.

    Raises:
        OSError: the run's folder cannot be written to.
    """
    with ProgressBar(stream, len(run.items)) as bar:
        is_finished = run.read(bar.show)
    report = make_report(run.results)
    return FinishedRun(report, run.write(report) if is_finished else (), is_finished)


def tell_run(run: FinishedRun, run: Run, stream: TextIO) -> None:
    """Say what a user should know of a run, and where its files are."""
    notices = sorted({one.notice for one in run.results if one.notice})
    if run.resumed:
        notices.append(f"{run.resumed} pictures were read before, by a run that was stopped.")
    missing = len(run.items) - len(run.results)
    if missing:
        then = "The same command goes on from here." if run.out else "--out DIR would keep it."
        notices.append(f"Stopped, {missing} of {len(run.items)} pictures not read. {then}")
    for line in (*notices, *(f"wrote {file}" for file in run.files)):
        print(f"digitscope: {line}", file=stream)
