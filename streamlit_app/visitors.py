"""Tracks whether pages are running, so that slow work can wait until none is."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Visitors:
    """Counts the page runs in progress, in all sessions of this server."""

    def __init__(self) -> None:
        """Start without any page run."""
        self._changed = threading.Condition()
        self._runs = 0
        self._quiet_since = time.monotonic()

    @contextmanager
    def served(self) -> Iterator[None]:
        """Mark the time in which a page, or a fragment of it, runs for a visitor."""
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
            quiet_s: how long no page may have run, seconds.
            timeout_s: give up after this time, seconds.

        Returns:
            Whether no page ran for `quiet_s` before the timeout.
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
        """Seconds until no page may have run for `quiet_s`; 0 if that is so already."""
        if self._runs:
            return quiet_s or float("inf")
        return max(0.0, self._quiet_since + quiet_s - time.monotonic())


VISITORS = Visitors()  # one for the server
