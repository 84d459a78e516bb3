"""One run over a labelled folder: it may be stopped at any time and taken up again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from digitscope.benchmark.journal import Journal, fingerprint_code
from digitscope.benchmark.labelled import Labelled
from digitscope.benchmark.outcomes import Outcome, read_labelled
from digitscope.benchmark.report import Report, describe_report
from digitscope.benchmark.sheet import make_read, write_sheet
from digitscope.model_files import fingerprint_of
from digitscope.reader import DigitReader

RESULTS_FILE, SHEET_FILE = "results.json", "mistakes.html"


class Session:
    """Reads labelled pictures and keeps what came of them.

    Attributes:
        outcomes: of the pictures read so far, in order.
        resumed: how many of them an earlier, stopped run had read.
    """

    def __init__(
        self,
        reader: DigitReader,
        items: Sequence[Labelled],
        *,
        tta: bool = False,
        out: Path | None = None,
    ) -> None:
        """Make ready.

        Args:
            reader: reads every picture, by its own background route.
            items: what to read.
            tta: whether tiles are read at five rotations.
            out: the folder for results and for what is read so far; None keeps nothing.

        Raises:
            OSError: `out` cannot be written to.
        """
        self.reader, self.items, self.tta, self.out = reader, items, tta, out
        self.outcomes: list[Outcome] = []
        self._journal = None if out is None else Journal(out, self.settings())
        self.resumed = 0

    def settings(self) -> dict[str, Any]:
        """All that the outcomes depend on."""
        model = self.reader.classifier.path
        labels = json.dumps([[str(item.path), item.label] for item in self.items])
        return {
            "pictures": len(self.items),
            "labels_sha256": hashlib.sha256(labels.encode()).hexdigest(),
            "model": str(model),
            "model_sha256": fingerprint_of(model),
            "background": str(self.reader.background),
            "tta": self.tta,
            "code_sha256": fingerprint_code(),
        }

    def read(self, tell: Callable[[Outcome], None] = lambda _: None) -> bool:
        """Read what is not yet read, telling of each; Ctrl-C stops after the picture before.

        Returns:
            Whether every picture is read.
        """
        try:
            with self._journal or nullcontext():
                for item in self.items[len(self.outcomes) :]:
                    self.outcomes.append(self._read_one(item))
                    tell(self.outcomes[-1])
        except KeyboardInterrupt:
            return False
        return True

    def _read_one(self, item: Labelled) -> Outcome:
        known = None if self._journal is None else self._journal.recall(item)
        if known is not None:
            self.resumed += 1
            return known
        outcome = read_labelled(self.reader, item, tta=self.tta)
        if self._journal is not None:
            self._journal.add(outcome)
        return outcome

    def write(self, report: Report) -> tuple[Path, ...]:
        """Write the results and the page of mistakes, where there is a folder for them.

        Returns:
            The files.

        Raises:
            OSError: one of them cannot be written.
        """
        if self.out is None or self._journal is None:
            return ()
        results, sheet = self.out / RESULTS_FILE, self.out / SHEET_FILE
        described = describe_report(report, self.outcomes, self.settings())
        results.write_text(json.dumps(described, indent=1), encoding="utf-8")
        made_of = f"{len(self.outcomes)} pictures, read by {self.reader.classifier.path.name}"
        read = make_read(self.reader, tta=self.tta, background=None)
        write_sheet(sheet, self.outcomes, report, made_of, read)
        self._journal.remove()
        return results, sheet
