"""The import rules of pyproject.toml are kept, and every package that is imported is declared."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

PACKAGES = ("digitscope", "streamlit_app", "training")
# What each package may import beyond the core's dependencies.
EXTRAS = {
    "digitscope": ("api", "app", "batch", "benchmark", "ray", "train"),
    "streamlit_app": ("app",),
    "training": ("ray", "train"),
}
DISTRIBUTION_OF_MODULE = {
    "PIL": "pillow",
    "cv2": "opencv-python-headless",
    "fontTools": "fonttools",
    "prometheus_client": "prometheus-client",
    "pydantic_settings": "pydantic-settings",
    "pythonjsonlogger": "python-json-logger",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "streamlit_drawable_canvas": "streamlit-drawable-canvas",
}


def test_layers_are_kept(repo_root: Path) -> None:
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command as main; main()",
    ]
    done = subprocess.run(
        [*command, "--no-logo", "--no-cache"],
        cwd=repo_root,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("package", PACKAGES)
def test_what_is_imported_is_declared(package: str, repo_root: Path) -> None:
    project = tomllib.loads((repo_root / "pyproject.toml").read_text())["project"]
    requirements = list(project["dependencies"])
    for extra in EXTRAS[package]:
        requirements += project["optional-dependencies"][extra]
    declared = {re.match(r"[\w.-]+", requirement)[0] for requirement in requirements}
    imported = _third_party(repo_root / package)
    assert imported, "no import was found: the test looks in the wrong place"
    assert imported <= declared


def _third_party(folder: Path) -> set[str]:
    modules = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                modules |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                modules.add(node.module.split(".")[0])
    foreign = modules - set(sys.stdlib_module_names) - set(PACKAGES)
    return {DISTRIBUTION_OF_MODULE.get(module, module) for module in foreign}


HEAVY = ["tensorflow", "keras", "rembg", "streamlit", "matplotlib", "mlflow", "fastapi", "rich"]
HEAVY += ["jinja2", "altair"]


@pytest.mark.parametrize(
    ("code", "absent"),
    [
        ("from digitscope import DigitReader; import digitscope.benchmark", HEAVY),
        ("import digitscope.cli", [*HEAVY, "cv2", "onnxruntime", "PIL"]),
    ],
    ids=["the core", "the command line"],
)
def test_it_starts_without_heavy_packages(code: str, absent: list[str], repo_root: Path) -> None:
    code = f"{code}; import sys; print([name for name in {absent} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=repo_root, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
