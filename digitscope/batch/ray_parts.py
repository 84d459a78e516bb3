"""A batch on Ray whose rows go from the readers into Parquet files in parts.

No row passes through the machine that starts the run. The parts lie in a folder that every machine
sees: ``s3://``, ``gs://``, or a shared one. A group of items is done when its mark is written; a
run that was stopped goes on with the first group that has none.

| path in the folder | what |
| --- | --- |
| ``settings.json`` | what the rows depend on |
| ``rows/group-000000/`` | the rows of the first group, in parts; ``rows`` is one data set |
| ``done/000000.json`` | the group is done: its items and how many rows of each status |
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digitscope.batch.errors import BatchError
from digitscope.batch.items import Item
from digitscope.batch.outputs import to_table
from digitscope.batch.ray_engine import GROUP, SPARE_CORES, RowActor, connected, make_dataset
from digitscope.batch.remote import without_secrets
from digitscope.batch.rows import RowOptions
from digitscope.batch.sources import iter_items

if TYPE_CHECKING:
    from pyarrow import fs

ROWS_PER_PART = 5_000
CPUS_PER_WRITER = 0.1  # of a core: what a reader leaves, so that writing never waits for ever


class TableActor(RowActor):
    """One reader in a process of the cluster, which gives tables."""

    def __call__(self, batch: dict[str, Any]) -> Any:
        """Read some items into a table of pyarrow."""
        return to_table(self.read(batch), self.options)


class Parts:
    """The folder of a run."""

    def __init__(self, address: str, settings: Mapping[str, Any]) -> None:
        """Open the folder, or make it.

        Raises:
            BatchError: it holds a run of other settings.
            OSError: it cannot be written to.
        """
        from pyarrow import fs

        is_address = "://" in address
        uri = address if is_address else Path(address).absolute().as_uri()
        found = fs.FileSystem.from_uri(uri)
        self.files: fs.FileSystem = found[0]
        self.root = found[1].rstrip("/")
        for folder in ("rows", "done"):
            self.files.create_dir(f"{self.root}/{folder}")
        if self._load("settings.json") not in (None, dict(settings)):
            raise BatchError(
                f"{without_secrets(address)} is of a run with other settings. "
                "Give these again, or another folder."
            )
        self._save("settings.json", settings)

    def count_done(self, number: int, names: str) -> Counter[str] | None:
        """How many rows of each status a group has; None where it is not done."""
        mark = self._load(f"done/{number:06}.json")
        return Counter(mark["statuses"]) if mark and mark["names"] == names else None

    def prepare(self, number: int) -> str:
        """An empty folder for the parts of a group."""
        folder = f"{self.root}/rows/group-{number:06}"
        self.files.create_dir(folder)
        self.files.delete_dir_contents(folder)
        return folder

    def mark_done(self, number: int, names: str) -> Counter[str]:
        """Count a group's rows by their status, and mark it."""
        from pyarrow import dataset

        rows = dataset.dataset(f"{self.root}/rows/group-{number:06}", filesystem=self.files)
        statuses = Counter(rows.to_table(["status"])["status"].to_pylist())
        self._save(f"done/{number:06}.json", {"names": names, "statuses": statuses})
        return statuses

    def _load(self, name: str) -> dict[str, Any] | None:
        from pyarrow import fs

        path = f"{self.root}/{name}"
        if self.files.get_file_info(path).type != fs.FileType.File:
            return None
        with self.files.open_input_stream(path) as stream:
            content: dict[str, Any] = json.loads(stream.read())
            return content

    def _save(self, name: str, content: Mapping[str, Any]) -> None:
        with self.files.open_output_stream(f"{self.root}/{name}") as stream:
            stream.write(json.dumps(content).encode())


def read_into_parts(
    sources: Sequence[str],
    parts: Parts,
    options: RowOptions,
    *,
    address: str | None = None,
    workers: int | None = None,
) -> Iterator[Counter[str]]:
    """Read all items of the sources into parts.

    Args:
        sources: see `digitscope.batch.sources`.
        parts: where the rows go.
        options: how items are read.
        address: of a running cluster; None starts one on this machine and ends it.
        workers: number of readers; None takes one a core that the cluster has.

    Returns:
        For each group, how many of its rows have each status.
    """
    jobs = enumerate(iter_items(sources))
    with connected(address, SPARE_CORES):
        groups = iter(lambda: list(islice(jobs, GROUP)), [])
        for number, group in enumerate(groups):
            names = _fingerprint(group)
            statuses = parts.count_done(number, names)
            if statuses is None:
                rows = make_dataset(group, options, workers, TableActor)
                rows.write_parquet(
                    parts.prepare(number),
                    filesystem=parts.files,
                    min_rows_per_file=ROWS_PER_PART,
                    ray_remote_args={"num_cpus": CPUS_PER_WRITER},
                )
                statuses = parts.mark_done(number, names)
            yield statuses


def _fingerprint(group: Sequence[tuple[int, Item]]) -> str:
    names = json.dumps([item.name for _, item in group])
    return hashlib.sha256(names.encode()).hexdigest()
