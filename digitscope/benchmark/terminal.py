"""A benchmark run in a terminal: a progress bar, then notices to the user."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from digitscope.benchmark.dataset import BenchmarkError
from digitscope.benchmark.results import Result, Verdict
from digitscope.benchmark.run import Run

TERMINAL_PACKAGES = ("rich",)
PAGE_PACKAGES = ("altair", "jinja2", "vl_convert")


def read_in_terminal(run: Run) -> None:
    """Read the pictures of a run, with a progress bar on stderr, and write its files.

    Ctrl-C stops it: `run.is_finished` is False then, and no file is written. The bar is not shown
    if stderr is not a terminal.

    Raises:
        OSError: the run's folder cannot be written to.
        BenchmarkError: a package of the extra ``benchmark`` is missing; no picture is read then.
    """
    _check_packages((*TERMINAL_PACKAGES, *(PAGE_PACKAGES if run.out else ())))
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, TimeRemainingColumn

    console = Console(stderr=True, soft_wrap=True)
    verdicts: Counter[Verdict] = Counter()
    columns = (*Progress.get_default_columns()[:2], MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=len(run.samples))

        def advance(result: Result) -> None:
            verdicts[result.verdict] += 1
            counts = ", ".join(f"{n} {verdict}" for verdict, n in verdicts.most_common())
            progress.update(task, advance=1, description=counts)

        run.read(advance)
    files = run.write() if run.is_finished else ()
    for line in _notices(run, files):
        console.out(f"digitscope: {line}", highlight=False)


def _check_packages(names: tuple[str, ...]) -> None:
    """Check for missing packages before the first picture is read."""
    for name in names:
        if find_spec(name) is None:
            raise BenchmarkError(
                f"A benchmark needs the package {name}, which is not installed. "
                '`pip install "digitscope[benchmark]"` brings it.'
            )


def _notices(run: Run, files: tuple[Path, ...]) -> Iterator[str]:
    yield from sorted({str(one.notice) for one in run.results if one.notice})
    if run.resumed:
        yield f"{run.resumed} pictures were read before, by a run that was stopped."
    if not run.is_finished:
        missing = len(run.samples) - len(run.results)
        then = "The same command goes on from here." if run.out else "--out DIR would keep it."
        yield f"Stopped, {missing} of {len(run.samples)} pictures not read. {then}"
    yield from (f"wrote {file}" for file in files)
