"""How far a long run is, on one line of a terminal."""

from __future__ import annotations

import time
from collections import Counter
from typing import TextIO

from digitscope.benchmark import Outcome, Verdict

BAR_CHARS = 24


class ProgressBar:
    """Shows how many pictures are read, what came of them and how long the rest will take.

    To be used in a ``with`` statement. Says nothing where nobody looks: into a file or a pipe.
    """

    def __init__(self, stream: TextIO, total: int) -> None:
        """Start counting; nothing is shown before the first outcome."""
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

    def show(self, outcome: Outcome) -> None:
        """Count an outcome."""
        self._verdicts[outcome.verdict] += 1
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
