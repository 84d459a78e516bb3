"""The error that ends a batch, and a check for missing packages."""

from __future__ import annotations

from importlib.util import find_spec

from digitscope.errors import DigitscopeError


class BatchError(DigitscopeError, ValueError):
    """A source, an output or a package that a batch needs is missing or unusable."""


def require_package(module: str, purpose: str, extra: str = "batch") -> None:
    """Check that a package can be imported, before the first picture is read.

    Raises:
        BatchError: the package is missing.
    """
    if find_spec(module) is None:
        raise BatchError(
            f"{purpose} needs the package {module}, which is not installed. "
            f'`pip install "digitscope[{extra}]"` brings it.'
        )
