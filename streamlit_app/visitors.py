"""Whether visitors are being served at this moment, so that slow work can wait for a quiet one."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Visitors:
    """Counts the page runs in progress, of all sessions of this server."""

    def __init__(self) -> None:
        """Begin with a server that nobody has visited."""
        self._changed = threading.Condition()
        self._runs = 0
        self._quiet_since = time.monotonic()

    @contextmanager
    def served(self) -> Iterator[None]:
        """Mark the time in which a page, or a part of it, runs for a visitor."""
        with self._changed:
            self._runs += 1
        try:
            yield
        finally:
            with self._changed:
                self._runs -= 1
                self._quiet_since = time.monotonic()
                self._changed.notify_all()

    def wait_for_quiet(self, quiet_s: float, timeout_s: float) -> bool:
        """Wait until no page has run for `quiet_s`.

        Args:
            quiet_s: how long nothing may have run, seconds.
            timeout_s: give up after so many seconds.

        Returns:
            Whether it became quiet in time.
        """
        deadline = time.monotonic() + timeout_s
        with self._changed:
            while (left_s := self._until_quiet(quiet_s)) > 0:
                remaining_s = deadline - time.monotonic()
                if remaining_s <= 0:
                    return False
                self._changed.wait(min(left_s, remaining_s))
        return True

    def _until_quiet(self, quiet_s: float) -> float:
        """Seconds until it can have been quiet for long enough; 0 where it has been."""
        if self._runs:
            return quiet_s or float("inf")
        return max(0.0, self._quiet_since + quiet_s - time.monotonic())


VISITORS = Visitors()  # one for the server
