"""Reads many pictures, one row each, on all cores of this machine or on a cluster.

| module | what |
| --- | --- |
| `sources` | sources (folders, archives, lists, addresses) -> items, lazily |
| `rows` | an item -> its row |
| `local` | items -> rows in the same order, with one process for each core |
| `ray_engine` | the same on Ray |
| `run` | keeps the rows in a journal, continues a stopped run, writes the output |
| `outputs` | rows -> CSV, JSON lines or Parquet |
"""

from digitscope.batch.errors import BatchError

__all__ = ["BatchError"]
