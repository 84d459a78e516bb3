"""What a figure depends on: the commit of the code, the versions of the packages."""

from __future__ import annotations

import platform
import subprocess
from importlib.metadata import version

from training.run_records.run_folder import REPOSITORY

PACKAGES = ("keras", "tensorflow-cpu", "tensorflow", "jax", "torch", "numpy", "onnx", "tf2onnx")
CODE = ("training/*.py", "digitscope")  # what the figures depend on


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
