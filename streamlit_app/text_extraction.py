"""Collects the core's texts for the catalogues; Babel calls it, see ``locale/babel.cfg``.

The core hands out English templates and knows no languages. Its step table and its pipeline hold
them as plain strings: every one that begins with a capital or with a field is for people.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping
from typing import IO


def extract_core(
    file: IO[bytes],
    keywords: Collection[str],  # noqa: ARG001 - Babel's way of calling
    comment_tags: Collection[str],  # noqa: ARG001
    options: Mapping[str, str],  # noqa: ARG001
) -> Iterator[tuple[int, str, str, list[str]]]:
    """Yield line, function ("" here), text and comments of each text for people."""
    tree = ast.parse(file.read())
    apart = set(map(id, _docstrings_and_parts(tree)))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in apart:
            text = node.value
            if text[:1].isupper() or text.startswith("{"):
                yield node.lineno, "", text, []


def _docstrings_and_parts(tree: ast.Module) -> Iterator[ast.AST]:
    """Strings that are no texts of their own: docstrings, and what f-strings are made of."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            yield from ast.walk(node)
