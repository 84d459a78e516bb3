"""Reads on a Ray cluster: readers are actors, Ray Data moves items to them and rows back.

Items are submitted in groups, so that memory never holds all items or all rows. Ray restarts dead
actors and repeats their items. The rows of a group come in order.
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

GROUP = 20_000  # items submitted at once
BATCH = 16  # items an actor takes at once
# Cores reserved for a reader. Whole cores would leave none to the tasks that move the data, and the
# job would hang for ever. So a local cluster also gets one logical core more than there are.
CPUS_PER_READER = 0.9
SPARE_CORES = 1
# By default Ray's processes have a low priority (niceness 15) and hardly run beside other work.
NORMAL_PRIORITY = {"RAY_worker_niceness": "0"}


class RowActor:
    """One reader in a process of the cluster."""

    def __init__(self, options: RowOptions) -> None:
        """Load the network in the actor's process."""
        import cv2

        cv2.setNumThreads(1)
        self.options = options
        self._reader = RowReader(options)

    def read(self, batch: dict[str, Any]) -> list[Row]:
        """Read a batch with the columns ``number`` and ``item``."""
        jobs = zip(batch["number"].tolist(), batch["item"].tolist(), strict=True)
        # Only this program's own items are unpickled, as Ray itself does with everything it moves.
        return [self._reader.read(number, pickle.loads(item)) for number, item in jobs]  # noqa: S301

    def __call__(self, batch: dict[str, Any]) -> Any:
        """Read a batch into the column ``row``, as JSON."""
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
        jobs: index and item each; consumed one group at a time. Paths must lead to the same files
            on every machine.
        options: how items are read.
        address: address of a running cluster; None starts a local one and stops it at the end.
        workers: number of readers; None takes one for each core of the cluster at the start. With
            more, a cluster with autoscaling grows.

    Returns:
        One row for each job, in the same order.
    """
    waiting = iter(jobs)
    with connected(address, SPARE_CORES):
        while group := list(islice(waiting, GROUP)):
            for row in make_dataset(group, options, workers, RowActor).iter_rows():
                yield json.loads(row["row"])


@contextmanager
def connected(address: str | None, spare_cores: int = 0) -> Iterator[None]:
    """Connect to a Ray cluster, unless this process is connected to one already.

    Args:
        address: address of a running cluster; None starts a local one.
        spare_cores: logical cores that a local cluster has beyond those of the machine.
    """
    import ray

    if ray.is_initialized():
        yield
        return
    logging.getLogger("ray.data").setLevel(logging.WARNING)
    quiet = {"log_to_driver": False, "logging_level": logging.WARNING}
    if address is None:
        # "local": else Ray would join a cluster that already runs on this machine.
        cores = count_cores() + spare_cores
        with environment(**NORMAL_PRIORITY):
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
    """A lazy dataset with the rows of a group of items, in the items' order."""
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
    """The number of the cluster's cores that readers may use, at least 1."""
    import ray

    return max(1, int(ray.cluster_resources().get("CPU", 1) - SPARE_CORES))


def _count_blocks(items: int) -> int:
    """The number of blocks; blocks are small, so that a lost machine costs little work."""
    return max(1, min(items // BATCH, 500))
