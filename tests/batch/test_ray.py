"""Batches on Ray: the same rows as on this machine alone, also where a machine goes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from digitscope.batch import BatchError
from digitscope.batch.rows import Row, RowOptions
from digitscope.batch.run import Batch
from digitscope.model_files import ONNX_MODEL
from tests.batch.measure import ray_nodes

LENGTH = 400  # of the list where a machine goes
GROUP = 100
NODES, READERS = 3, 3
REMOVED_AT = (30, 230)  # rows
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not ONNX_MODEL.is_file(), reason="models/mnist_cnn.onnx is missing"),
]


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch, repo_root: Path) -> Iterator[Any]:
    """Nodes on this machine: a head, which reads nothing, and others, over which readers spread."""
    pytest.importorskip("ray", reason="ray (extra `ray`) is not installed")
    monkeypatch.setenv("PYTHONPATH", str(repo_root))
    with ray_nodes(NODES) as nodes:
        yield nodes


def _rows(path: Path) -> list[Row]:
    return [json.loads(line) | {"ms": 0} for line in path.read_text().splitlines()]


def test_the_rows_are_those_of_this_machine_though_nodes_go(
    cluster: Any, scans: Path, tmp_path: Path, here: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from digitscope.batch import ray_engine

    monkeypatch.setattr(ray_engine, "GROUP", GROUP)
    files = [str(scans / name) for name in ("3.png", "7.png", "cut.png", "class b/5.jpg")]
    listed = tmp_path / "list.txt"
    listed.write_text("\n".join((files * LENGTH)[:LENGTH]))

    def remove_a_node(_: Row) -> None:
        if batch.statuses.total() in REMOVED_AT:
            cluster.remove_node(next(iter(cluster.worker_nodes)), allow_graceful=False)

    batch = Batch([str(listed)], tmp_path / "ray.jsonl", RowOptions())
    batch.read(partial(ray_engine.read_on_ray, workers=READERS), remove_a_node)
    assert len(cluster.worker_nodes) == NODES - len(REMOVED_AT)
    alone = Batch([str(listed)], tmp_path / "alone.jsonl", RowOptions())
    alone.read(here)
    assert _rows(tmp_path / "ray.jsonl") == _rows(tmp_path / "alone.jsonl")


def test_parts_hold_the_rows_and_a_stopped_run_goes_on(
    cluster: Any, scans: Path, tmp_path: Path, here: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pyarrow import parquet

    from digitscope.batch import ray_parts

    monkeypatch.setattr(ray_parts, "GROUP", 30)
    files = [str(scans / name) for name in ("3.png", "7.png", "cut.png", "class b/5.jpg")]
    listed, out = tmp_path / "list.txt", tmp_path / "parts"
    listed.write_text("\n".join((files * 70)[:70]))
    options = RowOptions()

    def read() -> Iterator[Any]:
        parts = ray_parts.Parts(str(out), options.to_settings([str(listed)]))
        return ray_parts.read_into_parts([str(listed)], parts, options, workers=READERS)

    stopped = read()
    assert next(stopped).total() == 30
    stopped.close()
    (out / "rows" / "group-000001").mkdir()
    (out / "rows" / "group-000001" / "left_by_a_stopped_run.parquet").write_bytes(b"half")
    first = [path.stat().st_mtime_ns for path in (out / "rows" / "group-000000").iterdir()]
    assert sum(read(), Counter()) == {"ok": 53, "error": 17}
    assert first == [path.stat().st_mtime_ns for path in (out / "rows" / "group-000000").iterdir()]
    alone = Batch([str(listed)], tmp_path / "alone.parquet", options)
    alone.read(here)
    assert _table(parquet.read_table(out / "rows")) == _table(
        parquet.read_table(tmp_path / "alone.parquet")
    )
    with pytest.raises(BatchError, match="other settings"):
        ray_parts.Parts(str(out), RowOptions(tta=True).to_settings([str(listed)]))


def test_without_an_address_it_joins_nobody_elses_cluster(cluster: Any) -> None:
    import ray

    from digitscope.batch.ray_engine import connected

    ray.shutdown()  # the other cluster goes on; this process has left it
    with connected(None):
        assert len(ray.nodes()) == 1


def _table(table: Any) -> list[Row]:
    """Rows in any order of the parts, without what differs from run to run."""
    rows = [row | {"ms": 0} for row in table.to_pylist()]
    return sorted(rows, key=lambda row: row["file"])
