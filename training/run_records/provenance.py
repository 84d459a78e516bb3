"""What a figure depends on: the code that made it, its commit, the versions of the packages."""

from __future__ import annotations

import ast
import hashlib
import platform
import subprocess
from functools import cache
from importlib.metadata import version

from training.run_records.run_folder import REPOSITORY

PACKAGES = ("keras", "tensorflow-cpu", "tensorflow", "jax", "torch", "numpy", "onnx", "tf2onnx")
CODE = ("training/*.py", "digitscope")  # what the figures depend on


MADE_BY = (  # the sources that make a run's data and its network
    "training/config.py",
    "training/model_definition.py",
    "training/train.py",
    "training/data/*",
    "training/synthetic_photos/*.py",
    "digitscope/image_io.py",
    "digitscope/preprocessing/*.py",
)


@cache
def code_fingerprint() -> str:
    """SHA-256 of all code that makes data and network; comments, docstrings, layout change nothing.

    Python's version does not matter either, as far as `ast.unparse` writes alike in all of them.
    """
    files = sorted({path for pattern in MADE_BY for path in REPOSITORY.glob(pattern)})
    content = hashlib.sha256()
    for path in (path for path in files if path.is_file()):
        is_code = path.suffix == ".py"
        text = path.read_text(encoding="utf-8")
        content.update(f"{path.name}\n{bare_code(text) if is_code else text}\n".encode())
    return content.hexdigest()


def bare_code(source: str) -> str:
    """A module's code without comments and docstrings.

    >>> bare_code("x = 1  # one")
    'x = 1'
    """
    tree = ast.parse(source)
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            code = [one for one in body if not _is_text(one)]
            setattr(node, "body", code or [ast.Pass()])  # noqa: B010 - not every node has one
    return ast.unparse(tree)


def _is_text(node: ast.stmt) -> bool:
    """Whether a statement is a text alone, as docstrings are."""
    if not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Constant):
        return False
    return isinstance(node.value.value, str)


def versions() -> dict[str, str]:
    """Python's version and those of the packages that made the files, where installed."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except ModuleNotFoundError:  # PackageNotFoundError is one
            continue
    return found


def git_commit() -> str:
    """The commit of the code, or "" outside a repository; with "-dirty" where it was changed."""
    try:
        commit = _git("rev-parse", "HEAD")
        changed = _git("status", "--porcelain", "--", *CODE)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return f"{commit}-dirty" if changed else commit


def _git(*arguments: str) -> str:
    """What git answers, stripped."""
    done = subprocess.run(  # noqa: S603 - fixed words, see the two callers
        ["git", *arguments],  # noqa: S607 - whichever git the machine has
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()
