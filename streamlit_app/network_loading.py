"""Loads a network in its own thread, while no page is running.

The import of TensorFlow takes seconds and holds Python's GIL for most of them: other threads run
several times slower meanwhile. So it begins only after some idle seconds, and it pauses between two
modules while a page runs for a visitor. Optional packages of Keras that no reading uses are not
imported: measured, 740 MB become 580 MB, in two thirds of the time.
"""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from pathlib import Path
from types import ModuleType

from digitscope import DigitReader
from digitscope.model_files import fingerprint_of
from streamlit_app.visitors import VISITORS

log = logging.getLogger(__name__)

QUIET_S = 3.0  # the import begins after so many idle seconds
IDLE_BETWEEN_IMPORTS_S = 0.3  # idle seconds between two modules, as a visitor may go on
UNUSED = frozenset({"IPython", "matplotlib", "pandas", "scipy", "sklearn"})  # optional for Keras
LONGEST_PAUSE_S = 0.05  # limit of that wait; the thread holds import locks that a page may need


@dataclass(frozen=True)
class Network:
    """A loaded network; it stays the same if its file changes later.

    Attributes:
        path: its file.
        reader: the reader that uses it.
        fingerprint: SHA-256 of the file when it was loaded.
    """

    path: Path
    reader: DigitReader
    fingerprint: str

    @property
    def engine(self) -> str:
        """The library that runs the network: ``keras`` or ``onnxruntime``."""
        return self.reader.classifier.engine


class NetworkLoader:
    """Loads one file once; retries after a failure was raised in `wait` or the file has changed."""

    def __init__(self, path: Path) -> None:
        """Prepare to load `path`; loading does not start yet."""
        self._path = path
        self._lock = threading.Lock()
        self._hurry = threading.Event()
        self._loading: Future[Network] | None = None
        self._facts: tuple[int, int] | None = None  # of the file, when loading started

    @property
    def network(self) -> Network | None:
        """The network if it is loaded, else None."""
        loading = self._loading
        is_loaded = loading is not None and loading.done() and loading.exception() is None
        return loading.result() if loading is not None and is_loaded else None

    @property
    def is_settled(self) -> bool:
        """Whether loading has ended, with or without success."""
        return self._loading is not None and self._loading.done()

    def begin(self, *, when_quiet: bool = False) -> Future[Network]:
        """Start loading, unless it has started; restart if it failed and the file has changed.

        Args:
            when_quiet: wait until no page has run for `QUIET_S`.
        """
        if not when_quiet:
            self._hurry.set()
        with self._lock:
            if self._loading is None or self._is_failure_outdated(self._loading):
                self._loading, self._facts = Future(), modified_and_size(self._path)
                threading.Thread(
                    target=self._load, args=(self._loading,), name="network", daemon=True
                ).start()
            return self._loading

    def wait(self) -> Network:
        """Wait for the network; loading starts now if it has not started.

        Raises:
            ModelUnavailableError: the file is missing or broken.
        """
        loading = self.begin()
        try:
            return loading.result()
        except Exception:
            with self._lock:  # forget only this failure: others may have restarted
                if self._loading is loading:
                    self._loading = None
            raise

    def _is_failure_outdated(self, loading: Future[Network]) -> bool:
        is_failed = loading.done() and loading.exception() is not None
        return is_failed and modified_and_size(self._path) != self._facts

    def _load(self, loading: Future[Network]) -> None:
        while not self._hurry.is_set() and not VISITORS.wait_for_quiet(QUIET_S, timeout_s=1.0):
            pass
        try:
            with throttled_imports(self._hurry):
                loading.set_result(
                    Network(self._path, DigitReader(self._path), fingerprint_of(self._path))
                )
        except Exception as error:  # any error goes to those who wait
            log.warning("The network %s cannot be loaded", self._path.name, exc_info=True)
            loading.set_exception(error)


def modified_and_size(path: Path) -> tuple[int, int] | None:
    """A file's modification time, ns, and its size, bytes; None if there is no file."""
    try:
        facts = path.stat()
    except OSError:
        return None
    return facts.st_mtime_ns, facts.st_size


class ThrottledImportFinder(MetaPathFinder):
    """Import hook for one thread: blocks `UNUSED`, and delays other modules while pages run."""

    def __init__(self, thread_id: int, hurry: threading.Event) -> None:
        """Delay the imports of this thread until `hurry` is set, because somebody waits."""
        self._thread_id, self._hurry = thread_id, hurry

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,  # noqa: ARG002
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> None:
        """Wait until no page runs; the other finders then find the module.

        Raises:
            ModuleNotFoundError: the module is in `UNUSED` and was not imported before.
        """
        if threading.get_ident() != self._thread_id:
            return
        if fullname in UNUSED:
            raise ModuleNotFoundError(f"{fullname} is left out here", name=fullname)
        if not self._hurry.is_set():
            VISITORS.wait_for_quiet(IDLE_BETWEEN_IMPORTS_S, LONGEST_PAUSE_S)


@contextmanager
def throttled_imports(hurry: threading.Event) -> Iterator[None]:
    """Use a `ThrottledImportFinder` for the imports of this thread."""
    finder = ThrottledImportFinder(threading.get_ident(), hurry)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
