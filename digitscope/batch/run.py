"""One batch; it can be stopped or killed at any time and continued later."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import TypeAlias

from digitscope.batch.errors import BatchError, require_package
from digitscope.batch.items import Item
from digitscope.batch.outputs import check_output, write_rows
from digitscope.batch.rows import Row, RowOptions
from digitscope.batch.sheet import write_sheet
from digitscope.batch.sources import check_sources, iter_items
from digitscope.journal import Journal

Engine: TypeAlias = Callable[[Iterable[tuple[int, Item]], RowOptions], Iterator[Row]]

JOURNAL_END = ".unfinished"  # suffix of the output's name
SYNC_EVERY_S = 1.0  # a power failure loses at most this; a killed process loses nothing


class Batch:
    """Reads all pictures of the sources, keeps the rows in a journal, then writes the output.

    Attributes:
        statuses: number of rows of each status so far.
        resumed: how many of them come from an earlier, stopped run.
        notices: messages to the user about the background methods used.
        is_finished: whether every picture was read and the output written.
    """

    def __init__(
        self, sources: Sequence[str], out: Path, options: RowOptions, sheet: Path | None = None
    ) -> None:
        """Check everything that can be wrong before the first picture is read.

        Args:
            sources: see `digitscope.batch.sources`.
            out: output file.
            options: how pictures are read.
            sheet: HTML page of all unsure answers, or None.

        Raises:
            BatchError: a source or a package is missing, the output cannot be written, or it has
                an unfinished run with other settings.
            ModelUnavailableError: there is no model.
        """
        self.sources, self.out, self.sheet = sources, out, sheet
        self.options = dataclasses.replace(options, with_thumbnails=sheet is not None)
        self.statuses: Counter[str] = Counter()
        self.resumed = 0
        self.notices: set[str] = set()
        self.is_finished = False
        check_sources(sources)
        check_output(out, options)
        self._check_places()
        self._settings = self.options.to_settings(sources)
        self._journal = Journal(out.with_name(out.name + JOURNAL_END), self._settings, SYNC_EVERY_S)
        self._check_journal()

    def _check_places(self) -> None:
        """Check that no output is among the sources."""
        read = [Path(source).resolve() for source in self.sources]
        if self.out.resolve() in read:
            raise BatchError(f"An output that is no source is expected. Received: {self.out}.")
        tiles = self.options.tiles_dir
        if tiles is not None:
            if any(one in (tiles.resolve(), *tiles.resolve().parents) for one in read):
                raise BatchError(f"A folder outside the sources is expected. Received: {tiles}.")
            tiles.mkdir(parents=True, exist_ok=True)
        if self.sheet is not None:
            require_package("jinja2", "The page of what is not sure")

    def _check_journal(self) -> None:
        """Raise an error rather than overwrite the journal of a run with other settings."""
        found, wanted = self._journal.read_settings(), self._settings
        if found is None or found == wanted:
            return
        others = [name for name in wanted if found.get(name) != wanted[name]]
        raise BatchError(
            f"{self._journal.path} is of an unfinished run with other settings "
            f"({', '.join(others)}). Give these again to go on, or remove the file to start anew."
        )

    def read(self, engine: Engine, tell: Callable[[Row], None] = lambda _: None) -> None:
        """Read the remaining pictures, call `tell` for each row, write the output; Ctrl-C stops it.

        Raises:
            OSError: a file cannot be written.
            BatchError: a source cannot be used.
            ModelUnavailableError: the model cannot be loaded.
        """
        try:
            with self._journal:
                for row in self._rows(engine):
                    self.statuses[row["status"]] += 1
                    self.notices.update(filter(None, [row["notice"]]))
                    tell(row)
        except KeyboardInterrupt:
            return
        write_rows(self.out, self._journal.rows(), self.options)
        if self.sheet is not None:
            write_sheet(self.sheet, self._journal.rows(), self.statuses)
        self._journal.remove()
        self.is_finished = True

    def _rows(self, engine: Engine) -> Iterator[Row]:
        """Yield the rows of an earlier run, then new ones, which are first added to the journal."""
        jobs = enumerate(iter_items(self.sources))
        for number, item in jobs:
            row = self._journal.recall({"file": item.name})
            if row is None:
                jobs_left = chain([(number, item)], jobs)
                break
            self.resumed += 1
            yield row
        else:
            return
        for row in engine(jobs_left, self.options):
            self._journal.add(row)
            yield row
