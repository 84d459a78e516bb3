"""The one reader: made at start-up off the event loop, and tried again where that fails."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

from digitscope.api.problems import MODEL_UNAVAILABLE, ProblemError
from digitscope.errors import ModelUnavailableError
from digitscope.messages import Message
from digitscope.reader import DigitReader

log = logging.getLogger(__name__)
LOADING = "The network is being loaded."


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
            except (ModelUnavailableError, OSError) as error:
                self._cause = _told_to_clients(error)
                log.warning("The network cannot be loaded", extra={"cause": str(error)})
            except Exception as error:  # whatever it is, nobody must wait for it in vain
                self._cause = _told_to_clients(error)
                log.exception("The network cannot be loaded")
            else:
                log.info("The network answers", extra={"model": self._reader.classifier.path.name})
                return
            await asyncio.sleep(self._retry_s)

    def reader(self) -> DigitReader:
        """The reader.

        Raises:
            ProblemError: MODEL_UNAVAILABLE, with the cause.
        """
        if self._reader is None:
            raise ProblemError(MODEL_UNAVAILABLE, self._cause)
        return self._reader


def _told_to_clients(error: Exception) -> str:
    """Say why there is no network; of paths the file names, the folders are for the log.

    >>> _told_to_clients(ModelUnavailableError("No {model}.", model=Path("/srv/my models/a.onnx")))
    'No a.onnx.'
    """
    if not isinstance(error, ModelUnavailableError):
        return f"The network cannot be loaded ({type(error).__name__})."
    facts = {
        name: fact.name if isinstance(fact, Path) else fact
        for name, fact in error.message.facts.items()
    }
    return str(Message(*error.message.templates, **facts))
