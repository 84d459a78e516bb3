"""Loads a network in a thread of its own, in a moment in which that disturbs nobody.

The import of TensorFlow takes seconds and holds Python's lock for most of them: other threads run
several times slower meanwhile. So it begins only after some quiet seconds, and it stops between two
modules while a page runs for a visitor. Packages that Keras takes where they are installed, and no
reading uses, are left out: measured, 740 MB become 580 MB, in two thirds of the time.
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

QUIET_S = 3.0  # nobody is served for so long: the import may begin
BREATH_S = 0.3  # a page has just been run: its visitor may go on
UNUSED = frozenset({"IPython", "matplotlib", "pandas", "scipy", "sklearn"})  # optional for Keras
LONGEST_PAUSE_S = 0.05  # at one module: an importing thread holds locks that a page may need


@dataclass(frozen=True)
class Network:
    """A network that is loaded, whatever becomes of its file afterwards.

    Attributes:
        path: its file.
        reader: answers with it.
        fingerprint: of the file, as it was loaded.
    """

    path: Path
    reader: DigitReader
    fingerprint: str

    @property
    def engine(self) -> str:
        """Which library computes: ``keras`` or ``onnxruntime``."""
        return self.reader.classifier.engine


class NetworkLoader:
    """Loads one file, once a server; a failure lasts until it was told, or the file has changed."""

    def __init__(self, path: Path) -> None:
        """Prepare to load `path`; nothing is begun."""
        self._path = path
        self._lock = threading.Lock()
        self._hurry = threading.Event()
        self._loading: Future[Network] | None = None
        self._facts: tuple[int, int] | None = None  # of the file, when the loading began

    @property
    def network(self) -> Network | None:
        """The network where it is loaded, else None."""
        loading = self._loading
        is_loaded = loading is not None and loading.done() and loading.exception() is None
        return loading.result() if loading is not None and is_loaded else None

    @property
    def is_settled(self) -> bool:
        """Whether the loading has ended, well or badly."""
        return self._loading is not None and self._loading.done()

    def begin(self, *, when_quiet: bool = False) -> Future[Network]:
        """Begin to load, unless that has begun; anew where another file has come since it failed.

        Args:
            when_quiet: not before visitors leave the server alone for `QUIET_S`.
        """
        if not when_quiet:
            self._hurry.set()
        with self._lock:
            if self._loading is None or self._is_failure_outdated(self._loading):
                self._loading, self._facts = Future(), facts_of(self._path)
                threading.Thread(
                    target=self._load, args=(self._loading,), name="network", daemon=True
                ).start()
            return self._loading

    def wait(self) -> Network:
        """The network, loaded now where it is not yet.

        Raises:
            ModelUnavailableError: the file is missing or broken.
        """
        loading = self.begin()
        try:
            return loading.result()
        except Exception:
            with self._lock:  # others may have begun anew: only this failure is forgotten
                if self._loading is loading:
                    self._loading = None
            raise

    def _is_failure_outdated(self, loading: Future[Network]) -> bool:
        is_failed = loading.done() and loading.exception() is not None
        return is_failed and facts_of(self._path) != self._facts

    def _load(self, loading: Future[Network]) -> None:
        while not self._hurry.is_set() and not VISITORS.wait_for_quiet(QUIET_S, timeout_s=1.0):
            pass
        try:
            with sparing_imports(self._hurry):
                loading.set_result(
                    Network(self._path, DigitReader(self._path), fingerprint_of(self._path))
                )
        except Exception as error:  # whatever it is: those who wait are told
            log.warning("The network %s cannot be loaded", self._path.name, exc_info=True)
            loading.set_exception(error)


def facts_of(path: Path) -> tuple[int, int] | None:
    """When a file was changed, nanoseconds, and its size, bytes; None where there is none."""
    try:
        facts = path.stat()
    except OSError:
        return None
    return facts.st_mtime_ns, facts.st_size


class SparingFinder(MetaPathFinder):
    """Finds nothing; refuses one thread what is unused, and holds it back while pages run."""

    def __init__(self, thread_id: int, hurry: threading.Event) -> None:
        """Hold back the imports of this thread until there is a `hurry`: somebody waits."""
        self._thread_id, self._hurry = thread_id, hurry

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,  # noqa: ARG002
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> None:
        """Wait for a quiet moment, and leave the finding to others.

        Raises:
            ModuleNotFoundError: the module is among `UNUSED`, and nobody has imported it before.
        """
        if threading.get_ident() != self._thread_id:
            return
        if fullname in UNUSED:
            raise ModuleNotFoundError(f"{fullname} is left out here", name=fullname)
        if not self._hurry.is_set():
            VISITORS.wait_for_quiet(BREATH_S, LONGEST_PAUSE_S)


@contextmanager
def sparing_imports(hurry: threading.Event) -> Iterator[None]:
    """Let this thread import no more than needed; see `SparingFinder`."""
    finder = SparingFinder(threading.get_ident(), hurry)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
