"""What a figure depends on: the code that made it, its commit, the package versions."""

from __future__ import annotations

import ast
import hashlib
import os
import platform
import subprocess
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from pathlib import Path

from digitscope.model_files import INK_MODEL, fingerprint_of
from digitscope.recognition.operating_point import ENTRY, OperatingPoint, load_operating_point
from training.run_records.run_folder import REPOSITORY

PACKAGES = ("keras", "tensorflow-cpu", "tensorflow", "jax", "torch", "numpy", "onnx", "tf2onnx")
SUFFIXES = (".py", ".json")  # of sources; editors leave other files beside them
CODE = ("training/*.py", "training/data", "digitscope")  # what the figures depend on


TRAINED_BY = (  # the sources that make a run's data and its network
    "training/config.py",
    "training/model_definition.py",
    "training/train.py",
    "training/data/*",
    "training/evaluation/calibration.py",
    "training/evaluation/digit_accuracy.py",
    "training/evaluation/metrics.py",
    "training/evaluation/validation.py",
    "digitscope/benchmark/mnist.py",
    "digitscope/preprocessing/centring.py",
    "digitscope/preprocessing/closing.py",
    "digitscope/preprocessing/resizing.py",
    "digitscope/types.py",
)
PHOTOGRAPHED_BY = ("training/synthetic_photos/*.py",)  # the sources that simulate photos
READ_BY = (  # the sources that turn a picture into a tile and a tile into an answer
    "digitscope/image_io.py",
    "digitscope/image_metadata.py",
    "digitscope/pixel_formats.py",
    "digitscope/preprocessing/*.py",
    "digitscope/reader.py",
    "digitscope/recognition/*.py",
    "digitscope/retry.py",
    "digitscope/types.py",
    "models/ink_card.json",  # has the checksum of the ink network
)
JUDGED_BY = (  # the sources that decide which answers are right
    "digitscope/benchmark/dataset.py",
    "digitscope/benchmark/metrics.py",
    "digitscope/benchmark/results.py",
)
SIMULATED = "photo"  # prefix of a run's figures on simulated photos
REAL = ("real_photo", "real_photo_2", "real_photo_3")  # prefixes, one per labelled folder
HANDS = ("test_hands", "validation_hands")  # prefixes, by the writers of the strokes
TEST = "test"  # prefix of a run's figures on MNIST's test set
PHOTOS = (*READ_BY, *JUDGED_BY, "training/photos.py")
RUN_PHOTOS = (*READ_BY, *JUDGED_BY, "training/experiments/photo_reading.py")
SIMULATED_BY = (*PHOTOGRAPHED_BY, "training/stress.py")
WRITTEN_BY = ("training/hands.py", "training/data/strokes.py")
PHOTOS_BY: dict[str, tuple[str, ...]] = {  # entry of the model card -> sources
    "photos": PHOTOS,
    "photos_second_set": PHOTOS,
    "simulated": (*PHOTOS, *SIMULATED_BY),
    "hands": (*PHOTOS, *WRITTEN_BY),
    ENTRY: (*PHOTOS, "training/operating_point.py"),
}
READINGS_BY: dict[str, tuple[str, ...]] = {  # prefix of a run's figures -> sources
    TEST: (
        "training/evaluate.py",
        "training/evaluation/metrics.py",
        "digitscope/benchmark/metrics.py",
    ),
    SIMULATED: (*RUN_PHOTOS, *SIMULATED_BY),
    **dict.fromkeys(REAL, RUN_PHOTOS),
    **dict.fromkeys(HANDS, (*RUN_PHOTOS, *WRITTEN_BY)),
}


def reading_fingerprint(name: str) -> str:
    """SHA-256 of what decides how pictures are read: code, ink network, operating point.

    Args:
        name: a key of `PHOTOS_BY` or `READINGS_BY`; the operating point itself is fitted from its
            defaults.
    """
    code = code_fingerprint((PHOTOS_BY | READINGS_BY)[name])
    if name == TEST:  # tiles are given to the network as they are
        return code
    point = OperatingPoint() if name == ENTRY else load_operating_point()
    parts = (code, fingerprint_of(INK_MODEL), point)
    return hashlib.sha256(repr(parts).encode()).hexdigest()


@cache
def code_fingerprint(sources: tuple[str, ...] = TRAINED_BY) -> str:
    """SHA-256 of source files; comments, docstrings and layout do not change it.

    Args:
        sources: glob patterns relative to the repository's root.

    Raises:
        FileNotFoundError: a pattern matches no file.
    """
    found = {
        pattern: [path for path in REPOSITORY.glob(pattern) if path.suffix in SUFFIXES]
        for pattern in sources
    }
    if gone := [pattern for pattern, files in found.items() if not files]:
        raise FileNotFoundError(f"Source files are expected. Received: none for {gone}.")
    files = sorted({path for paths in found.values() for path in paths})
    content = hashlib.sha256()
    for path in files:
        text = path.read_text(encoding="utf-8")
        code = bare_code(text) if path.suffix == ".py" else text
        content.update(f"{path.relative_to(REPOSITORY).as_posix()}\n{code}\n".encode())
    return content.hexdigest()


def bare_code(source: str) -> str:
    """A module's syntax tree without comments and docstrings, as text; the same in every Python.

    >>> bare_code("x = 1  # one") == bare_code("x=1")
    True
    """
    tree = ast.parse(source)
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            code = [one for one in body if not _is_text(one)]
            setattr(node, "body", code or [ast.Pass()])  # noqa: B010 - not every node has one
    return _dump(tree)


def _dump(node: object) -> str:
    """A syntax tree as text; `ast.dump` and `ast.unparse` depend on the Python version."""
    if isinstance(node, list):
        return f"[{', '.join(map(_dump, node))}]"
    if not isinstance(node, ast.AST):
        return repr(node)
    filled = [(name, value) for name, value in ast.iter_fields(node) if value not in (None, [])]
    return f"{type(node).__name__}({', '.join(f'{name}={_dump(value)}' for name, value in filled)})"


def _is_text(node: ast.stmt) -> bool:
    """Whether a statement is only a string, such as a docstring."""
    if not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Constant):
        return False
    return isinstance(node.value.value, str)


def versions() -> dict[str, str]:
    """The versions of Python and of the packages in `PACKAGES` that are installed."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except ModuleNotFoundError:  # PackageNotFoundError is one
            continue
    return found


def git_commit() -> str:
    """The commit of the code, with "-dirty" if `CODE` has changes; "" outside a repository."""
    try:
        commit = _git("rev-parse", "HEAD")
        changed = _git("status", "--porcelain", "--", *CODE)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return f"{commit}-dirty" if changed else commit


def _git(*arguments: str) -> str:
    """The output of a git command, stripped."""
    done = subprocess.run(  # noqa: S603 - fixed words, see the two callers
        ["git", *arguments],  # noqa: S607 - whichever git the machine has
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def command_on(module: str, folders: Iterable[Path]) -> str:
    """The command line of a module on folders, with relative paths, for reports.

    >>> command_on("training.photos", [Path.cwd() / "photos"])
    'python -m training.photos photos'
    """
    return " ".join(["python -m", module, *map(os.path.relpath, folders)])
