"""Temporary environment variables, for packages that read them only once."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def environment(**variables: str) -> Iterator[None]:
    """Set environment variables inside the `with` block. Variables that already exist are kept.

    >>> with environment(DIGITSCOPE_EXAMPLE="1"):
    ...     os.environ["DIGITSCOPE_EXAMPLE"]
    '1'
    >>> "DIGITSCOPE_EXAMPLE" in os.environ
    False
    """
    added = {name: value for name, value in variables.items() if name not in os.environ}
    os.environ.update(added)
    try:
        yield
    finally:
        for name in added:
            os.environ.pop(name, None)
