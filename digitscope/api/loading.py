"""The one reader: made at start-up off the event loop, and tried again where that fails."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable

from digitscope.api.problems import MODEL_UNAVAILABLE, ProblemError
from digitscope.errors import ModelUnavailableError
from digitscope.reader import DigitReader

log = logging.getLogger(__name__)
LOADING = "The network is being loaded."
FOLDERS = re.compile(r"/\S*/")  # of a path: all but the file's name


class ReaderKeeper:
    """Holds the reader once the network has answered, and until then the cause why not."""

    def __init__(self, make_reader: Callable[[], DigitReader], retry_s: float) -> None:
        """Hold nothing yet.

        Args:
            make_reader: loads the network and lets it answer once.
            retry_s: between two attempts.
        """
        self._make_reader, self._retry_s = make_reader, retry_s
        self._reader: DigitReader | None = None
        self._cause = LOADING

    @property
    def is_loaded(self) -> bool:
        """Whether the network answers."""
        return self._reader is not None

    async def load(self) -> None:
        """Make the reader, again and again until it can be made."""
        while not self.is_loaded:
            try:
                self._reader = await asyncio.to_thread(self._make_reader)
                log.info("The network answers", extra={"model": self._reader.classifier.path.name})
            except (ModelUnavailableError, OSError) as error:
                self._cause = _without_folders(str(error))
                log.warning("The network cannot be loaded", extra={"cause": str(error)})
                await asyncio.sleep(self._retry_s)

    def reader(self) -> DigitReader:
        """The reader.

        Raises:
            ProblemError: MODEL_UNAVAILABLE, with the cause.
        """
        if self._reader is None:
            raise ProblemError(MODEL_UNAVAILABLE, self._cause)
        return self._reader


def _without_folders(cause: str) -> str:
    """Leave file names and take the folders away: they are for the log, not for clients.

    >>> _without_folders("No model file is there. Received: /srv/models/a.onnx. See `make train`.")
    'No model file is there. Received: a.onnx. See `make train`.'
    """
    return FOLDERS.sub("", cause)
