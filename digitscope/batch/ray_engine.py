"""Reads on a Ray cluster: readers are actors, Ray Data moves items to them and rows back.

Items are handed over in groups, so that neither the list of items nor their rows are ever whole
in memory. Ray starts dead actors anew and repeats what they had; a group's rows come in order.
"""

from __future__ import annotations

import json
import logging
import pickle
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any

from digitscope.batch.items import Item
from digitscope.batch.local import count_cores
from digitscope.batch.rows import Row, RowOptions, RowReader
from digitscope.host_environment import environment

if TYPE_CHECKING:
    import ray

GROUP = 20_000  # items handed over at once
BATCH = 16  # items an actor takes at once
# Of a core, a reader. Whole cores would leave none to the tasks that move the data: a job then
# hangs for ever. A cluster of its own gets a logical core more than there are, for the same reason.
CPUS_PER_READER = 0.9
SPARE_CORES = 1
# Ray's processes give way to all others by default (15): beside other work they hardly move.
AS_URGENT = {"RAY_worker_niceness": "0"}


class RowActor:
    """One reader in a process of the cluster."""

    def __init__(self, options: RowOptions) -> None:
        """Load the network, on the machine that reads."""
        import cv2

        cv2.setNumThreads(1)
        self.options = options
        self._reader = RowReader(options)

    def read(self, batch: dict[str, Any]) -> list[Row]:
        """Read some items: columns ``number`` and ``item``."""
        jobs = zip(batch["number"].tolist(), batch["item"].tolist(), strict=True)
        # Only this program's own items are unpickled, as Ray itself does with everything it moves.
        return [self._reader.read(number, pickle.loads(item)) for number, item in jobs]  # noqa: S301

    def __call__(self, batch: dict[str, Any]) -> Any:
        """Read some items into a column of JSON."""
        return {"row": [json.dumps(row) for row in self.read(batch)]}


def read_on_ray(
    jobs: Iterable[tuple[int, Item]],
    options: RowOptions,
    *,
    address: str | None = None,
    workers: int | None = None,
) -> Iterator[Row]:
    """Read items on a cluster.

    Args:
        jobs: number and item each; taken a group at a time. Paths must lead to the same files on
            every machine.
        options: how they are read.
        address: of a running cluster; None starts one on this machine and ends it.
        workers: number of readers; None takes one a core that the cluster has at the start. More
            than fit make a cluster grow that may.

    Returns:
        A row for each, in their order.
    """
    waiting = iter(jobs)
    with connected(address, SPARE_CORES):
        while group := list(islice(waiting, GROUP)):
            for row in make_dataset(group, options, workers, RowActor).iter_rows():
                yield json.loads(row["row"])


@contextmanager
def connected(address: str | None, spare_cores: int = 0) -> Iterator[None]:
    """Connect to a cluster, unless this process is connected already; None starts one here.

    Args:
        address: of a running cluster, or None.
        spare_cores: logical cores that a cluster of its own has beyond those of the machine.
    """
    import ray

    if ray.is_initialized():
        yield
        return
    logging.getLogger("ray.data").setLevel(logging.WARNING)
    quiet = {"log_to_driver": False, "logging_level": logging.WARNING}
    if address is None:
        # "local": else it would join a cluster that somebody else has on this machine.
        cores = count_cores() + spare_cores
        with environment(**AS_URGENT):
            ray.init(address="local", num_cpus=cores, include_dashboard=False, **quiet)
    else:
        ray.init(address=address, **quiet)
    try:
        yield
    finally:
        ray.shutdown()


def make_dataset(
    group: Sequence[tuple[int, Item]],
    options: RowOptions,
    workers: int | None,
    actor: type[RowActor],
) -> ray.data.Dataset:
    """What a group of items is read into, in their order, once somebody asks for it."""
    import ray

    context = ray.data.DataContext.get_current()
    context.execution_options.preserve_order = True
    context.enable_progress_bars = False
    packed = [{"number": number, "item": pickle.dumps(item)} for number, item in group]
    return ray.data.from_items(packed, override_num_blocks=_count_blocks(len(packed))).map_batches(
        actor,
        fn_constructor_args=(options,),
        compute=ray.data.ActorPoolStrategy(size=workers or _count_cores()),
        num_cpus=CPUS_PER_READER,
        batch_size=BATCH,
    )


def _count_cores() -> int:
    """The cores of the cluster, at most those that readers may take."""
    import ray

    return max(1, int(ray.cluster_resources().get("CPU", 1) - SPARE_CORES))


def _count_blocks(items: int) -> int:
    """Small blocks: little is lost with a machine."""
    return max(1, min(items // BATCH, 500))
