"""Collects the core's texts for the catalogues; Babel calls it, see ``locale/babel.cfg``.

The core has English templates as plain strings and knows no other language. A string is for people
if it begins with a capital or with a field. In files marked ``only = sentences``, which also have
names of formats and the like, it is for people if it ends with a full stop. In files marked
``calls = Row, Experiment``, it is for people if it is a positional argument of such a call.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping
from typing import IO


def extract_core(
    file: IO[bytes],
    keywords: Collection[str],  # noqa: ARG001 - Babel's way of calling
    comment_tags: Collection[str],  # noqa: ARG001
    options: Mapping[str, str],
) -> Iterator[tuple[int, str, str, list[str]]]:
    """Yield line, function ("" here), text and comments of each text for people."""
    is_text = _is_sentence if options.get("only") == "sentences" else _is_capitalised
    tree = ast.parse(file.read())
    if calls := options.get("calls"):
        yield from _arguments_of(tree, calls.split(", "))
        return
    apart = set(map(id, _docstrings_and_parts(tree)))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in apart:
            yield from [(node.lineno, "", node.value, [])] if is_text(node.value) else ()


def _arguments_of(
    tree: ast.Module, names: Collection[str]
) -> Iterator[tuple[int, str, str, list[str]]]:
    """Yield the strings that are positional arguments of calls of these names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in names:
            for given in node.args:
                if isinstance(given, ast.Constant) and isinstance(given.value, str):
                    yield given.lineno, "", given.value, []


def _is_capitalised(text: str) -> bool:
    return text[:1].isupper() or text.startswith("{")


def _is_sentence(text: str) -> bool:
    return text.endswith(".") and " " in text


def _docstrings_and_parts(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield strings that are not for people: docstrings, parts of f-strings, `ValueError`s."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            yield node.value
        elif isinstance(node, ast.JoinedStr) or _is_for_programmers(node):
            yield from ast.walk(node)


def _is_for_programmers(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "ValueError"
