"""A batch on Ray whose readers write their rows to Parquet files, the parts.

No row passes through the machine that starts the run. The parts are in a folder that every machine
can access: ``s3://``, ``gs://``, or a shared one. A group of items is done when its file in
``done`` is written; a stopped run continues with the groups that have none.

| path in the folder | what |
| --- | --- |
| ``settings.json`` | what the rows depend on |
| ``rows/group-000000/`` | the parts of the first group; ``rows`` is one data set |
| ``done/000000.json`` | the first group is done: hash of its items, number of rows of each status |
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
CPUS_PER_WRITER = 0.1  # of a core: what a reader leaves free, so that writers can always run


class TableActor(RowActor):
    """One reader in a process of the cluster, which returns pyarrow tables."""

    def __call__(self, batch: dict[str, Any]) -> Any:
        """Read a batch into a pyarrow table."""
        return to_table(self.read(batch), self.options)


class Parts:
    """The output folder of a run."""

    def __init__(self, address: str, settings: Mapping[str, Any]) -> None:
        """Open the folder, or create it.

        Raises:
            BatchError: the folder has a run with other settings.
            OSError: the folder cannot be written to.
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
        """The number of a group's rows of each status; None if the group is not done."""
        mark = self._load(f"done/{number:06}.json")
        return Counter(mark["statuses"]) if mark and mark["names"] == names else None

    def prepare(self, number: int) -> str:
        """Create an empty folder for the parts of a group."""
        folder = f"{self.root}/rows/group-{number:06}"
        self.files.create_dir(folder)
        self.files.delete_dir_contents(folder)
        return folder

    def mark_done(self, number: int, names: str) -> Counter[str]:
        """Count a group's rows by status, and mark the group as done."""
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
        parts: output folder.
        options: how items are read.
        address: address of a running cluster; None starts a local one and stops it at the end.
        workers: number of readers; None takes one for each core of the cluster.

    Returns:
        For each group, the number of its rows of each status.
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
