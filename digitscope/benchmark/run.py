"""One run over a labelled folder; it can be stopped at any time and continued later."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from digitscope.benchmark.dataset import Sample
from digitscope.benchmark.report import Report, make_report, report_to_dict
from digitscope.benchmark.report_page import write_page
from digitscope.benchmark.results import (
    Result,
    read_sample,
    result_from_row,
    result_to_row,
    sample_to_row,
)
from digitscope.journal import Journal, fingerprint_code
from digitscope.model_files import fingerprint_of
from digitscope.reader import DigitReader

RESULTS_FILE, PAGE_FILE = "results.json", "mistakes.html"
JOURNAL_FILE = "unfinished.jsonl"


class Run:
    """Reads labelled pictures and keeps the results.

    Attributes:
        settings: everything that the results depend on, as of the start of the run.
        results: results of the pictures read so far, in order.
        resumed: how many of them come from an earlier, stopped run.
    """

    def __init__(
        self,
        reader: DigitReader,
        samples: Sequence[Sample],
        *,
        tta: bool = False,
        out: Path | None = None,
    ) -> None:
        """Prepare the run.

        Args:
            reader: reads every picture, with its own background method.
            samples: the labelled pictures to read.
            tta: whether tiles are read at five rotations.
            out: folder for the results and the journal of the run; None writes nothing.

        Raises:
            OSError: `out` cannot be written to.
        """
        self.reader, self.samples, self.tta, self.out = reader, samples, tta, out
        self.settings = self._describe_settings()
        self.results: list[Result] = []
        self.resumed = 0
        self._journal = None if out is None else Journal(out / JOURNAL_FILE, self.settings)

    def _describe_settings(self) -> dict[str, Any]:
        model = self.reader.classifier.path
        labels = json.dumps([[str(one.path), one.label] for one in self.samples])
        return {
            "pictures": len(self.samples),
            "labels_sha256": hashlib.sha256(labels.encode()).hexdigest(),
            "model": str(model),
            "model_sha256": fingerprint_of(model),
            "background": str(self.reader.background),
            "tta": self.tta,
            "code_sha256": fingerprint_code(),
        }

    @property
    def is_finished(self) -> bool:
        """Whether every picture was read."""
        return len(self.results) == len(self.samples)

    def read(self, on_result: Callable[[Result], None] = lambda _: None) -> None:
        """Read the remaining pictures and call `on_result` for each; Ctrl-C stops the run."""
        try:
            with self._journal or nullcontext():
                for sample in self.samples[len(self.results) :]:
                    self.results.append(self._read_one(sample))
                    on_result(self.results[-1])
        except KeyboardInterrupt:
            return

    def _read_one(self, sample: Sample) -> Result:
        if self._journal is None:
            return read_sample(self.reader, sample, tta=self.tta)
        known = self._journal.recall(sample_to_row(sample))
        if known is not None:
            self.resumed += 1
            return result_from_row(known, sample)
        result = read_sample(self.reader, sample, tta=self.tta)
        self._journal.add(result_to_row(result))
        return result

    def report(self) -> Report:
        """Compute the metrics of the pictures read so far."""
        return make_report(self.results)

    def to_dict(self) -> dict[str, Any]:
        """Convert the run into one JSON-serialisable object: settings, metrics, every picture."""
        return report_to_dict(self.report(), self.results, self.settings)

    def write(self) -> tuple[Path, ...]:
        """Write the results and the page of mistakes; nothing if `out` is None.

        Returns:
            The files written.

        Raises:
            OSError: one of them cannot be written.
        """
        if self.out is None or self._journal is None:
            return ()
        results, page = self.out / RESULTS_FILE, self.out / PAGE_FILE
        results.write_text(json.dumps(self.to_dict(), indent=1), encoding="utf-8")
        write_page(page, self.results, self.report(), self.reader, tta=self.tta)
        self._journal.remove()
        return results, page
