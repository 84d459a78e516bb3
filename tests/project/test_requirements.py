"""The requirements files install the project and pin exactly what pyproject.toml asks for."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

EXTRAS = {
    "requirements.txt": ("app",),
    "requirements-api.txt": ("api",),
    "requirements-dev.txt": ("api", "app", "benchmark", "docs", "train", "test"),
}
MACHINES = (
    {"sys_platform": "linux", "platform_machine": "x86_64"},
    {"sys_platform": "linux", "platform_machine": "aarch64"},
    {"sys_platform": "darwin", "platform_machine": "arm64"},
)


def _project(root: Path) -> dict:
    return tomllib.loads((root / "pyproject.toml").read_text())["project"]


def _pins(path: Path) -> list[Requirement]:
    lines = (line.split("#")[0].strip() for line in path.read_text().splitlines()[1:])
    return [Requirement(line) for line in lines if line]


def _asked_for(root: Path, extras: tuple[str, ...]) -> list[Requirement]:
    project = _project(root)
    lists = [project["dependencies"], *(project["optional-dependencies"][e] for e in extras)]
    return [Requirement(text) for texts in lists for text in texts]


def _applies(marker: Marker | None, machine: dict[str, str]) -> bool:
    return marker is None or marker.evaluate(machine)


@pytest.mark.parametrize("name", EXTRAS)
def test_first_line_installs_the_project_itself(name: str, repo_root: Path) -> None:
    assert (repo_root / name).read_text().splitlines()[0] == "-e ."


@pytest.mark.parametrize("name", EXTRAS)
def test_every_pin_is_exact(name: str, repo_root: Path) -> None:
    pins = _pins(repo_root / name)
    assert len(pins) > 50
    assert [str(pin) for pin in pins if not re.fullmatch(r"==[\w.+!]+", str(pin.specifier))] == []


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: "-".join(machine.values()))
@pytest.mark.parametrize("name", EXTRAS)
def test_every_direct_dependency_is_pinned_within_its_bounds(
    name: str, machine: dict[str, str], repo_root: Path
) -> None:
    pinned = {
        canonicalize_name(pin.name): str(pin.specifier).removeprefix("==")
        for pin in _pins(repo_root / name)
        if _applies(pin.marker, machine)
    }
    for wanted in _asked_for(repo_root, EXTRAS[name]):
        if _applies(wanted.marker, machine):
            version = pinned.get(canonicalize_name(wanted.name))
            assert version is not None, f"{wanted.name} is not pinned; run `make lock`"
            assert version in wanted.specifier, f"{wanted} is pinned at {version}"


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-api.txt"])
def test_app_and_api_get_the_versions_that_are_tested(name: str, repo_root: Path) -> None:
    tested = {(pin.name, pin.specifier) for pin in _pins(repo_root / "requirements-dev.txt")}
    assert {(pin.name, pin.specifier) for pin in _pins(repo_root / name)} <= tested


def test_no_lock_file_outranks_the_requirements_on_community_cloud(repo_root: Path) -> None:
    outranking = ("uv.lock", "Pipfile", "environment.yml", "streamlit_app/requirements.txt")
    assert [name for name in outranking if (repo_root / name).exists()] == []


def test_python_versions_are_those_that_ci_runs(repo_root: Path) -> None:
    workflow = yaml.safe_load((repo_root / ".github/workflows/ci.yml").read_text())
    in_ci = workflow["jobs"]["test"]["strategy"]["matrix"]["python-version"]
    supported = SpecifierSet(_project(repo_root)["requires-python"])
    assert in_ci == [f"3.{minor}" for minor in range(30) if f"3.{minor}" in supported]
