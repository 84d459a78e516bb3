"""The wheel: it holds the core alone, and reads a photo with nothing but what it asks for."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory, repo_root: Path) -> Path:
    """The wheel, built from the checkout without a download."""
    pytest.importorskip(
        "hatchling", reason="hatchling (extra `test`), the build backend, is missing"
    )
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder]
    subprocess.run(command, cwd=repo_root, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


def test_it_holds_the_package_alone_typed_with_its_network(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"digitscope"}
    carried = {"_models/mnist_cnn.onnx", "_models/model_card.json", "py.typed"}
    assert {f"digitscope/{name}" for name in carried} <= names
    assert not any(name.endswith(".keras") for name in names)


def test_it_reads_a_photo_with_its_dependencies_alone(
    wheel: Path, tmp_path: Path, repo_root: Path
) -> None:
    python = _install(wheel, tmp_path)
    photo = repo_root / "docs" / "pictures" / "photo.jpg"
    command = [python.with_name("digitscope"), "read", "--json", photo]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["digit"] == 7
    info = subprocess.run(
        [python.with_name("digitscope"), "info", "--json"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    facts = json.loads(info.stdout)
    assert Path(facts["model"]).is_relative_to(tmp_path) and facts["test_accuracy"] > 0.99


def _install(wheel: Path, folder: Path) -> Path:
    """Install the wheel into an empty environment, with links to what it asks for; its Python."""
    environment = folder / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    python = environment / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index"]
    subprocess.run([*pip, "--quiet", wheel], check=True)
    (packages,) = environment.glob("lib/python*/site-packages")
    for distribution in _required_by(packages):
        for file in distribution.files or ():
            top, target = file.parts[0], packages / file.parts[0]
            if top != ".." and not target.exists():
                target.symlink_to(Path(str(distribution.locate_file(top))))
    return python


def _required_by(packages: Path) -> list[metadata.Distribution]:
    """The installed distributions that the wheel asks for without extras, and theirs in turn."""
    (own,) = metadata.distributions(name="digitscope", path=[str(packages)])
    found: dict[str, metadata.Distribution] = {}
    waiting = list(own.requires or ())
    while waiting:
        wanted = Requirement(waiting.pop())
        is_asked = wanted.marker is None or wanted.marker.evaluate({"extra": ""})
        name = re.sub(r"[-_.]+", "-", wanted.name).lower()
        if is_asked and name not in found:
            found[name] = metadata.distribution(name)
            waiting += found[name].requires or ()
    return list(found.values())
