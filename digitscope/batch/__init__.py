"""Reads many pictures: a row each, on all cores of this machine or on a cluster.

| module | what |
| --- | --- |
| `sources` | what a user names as a source -> items, one after the other |
| `rows` | an item -> its row, by a reader |
| `local` | items -> rows in their order, in a process a core |
| `ray_engine` | the same on Ray |
| `run` | keeps the rows in a journal, goes on after a stop, writes the output |
| `outputs` | rows -> CSV, JSON lines or Parquet |
"""

from digitscope.batch.errors import BatchError

__all__ = ["BatchError"]
