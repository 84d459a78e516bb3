"""What the images are made of is there; what the deployment page names is in the code."""

from __future__ import annotations

import fnmatch
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from digitscope.api.settings import ApiSettings

VARIABLE = re.compile(r"\$\{(\w+):-")
SECOND = re.compile(r"(\d+)s")


@pytest.fixture
def dockerfile(repo_root: Path) -> str:
    """The instructions, one a line, without comments."""
    text = (repo_root / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    return "\n".join(line for line in text.splitlines() if not line.startswith("#"))


@pytest.fixture
def services(repo_root: Path) -> dict[str, dict[str, Any]]:
    """The services of compose.yaml by their names."""
    return yaml.safe_load((repo_root / "compose.yaml").read_text(encoding="utf-8"))["services"]


def _stages(dockerfile: str) -> dict[str, tuple[str, str]]:
    """Every stage's base and instructions, by its name."""
    found = re.findall(r"^FROM (\S+) AS (\S+)\n(.*?)(?=^FROM |\Z)", dockerfile, re.M | re.S)
    return {name: (base, body) for base, name, body in found}


def test_everything_that_is_copied_is_there_and_not_ignored(
    dockerfile: str, repo_root: Path
) -> None:
    lines = (repo_root / ".dockerignore").read_text(encoding="utf-8").splitlines()
    let_in = [line[1:] for line in lines if line.startswith("!")]
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", dockerfile, re.MULTILINE)
    sources = [name for names in copied for name in names.split()]
    assert {"requirements.txt", "requirements-api.txt", "digitscope", "models"} <= set(sources)
    assert [name for name in sources if not (repo_root / name).exists()] == []
    assert [n for n in sources if not any(fnmatch.fnmatch(n, pattern) for pattern in let_in)] == []


def test_every_image_has_a_tag_and_every_service_a_plain_user(dockerfile: str) -> None:
    stages = _stages(dockerfile)
    assert [base for base, _ in stages.values() if base not in stages and ":" not in base] == []
    running = {name: body for name, (_, body) in stages.items() if "\nCMD " in body}
    assert set(running) == {"app", "api", "mlflow"}
    for name, body in running.items():
        assert re.search(r"^USER [1-9]\d*", body, re.MULTILINE), name
        assert "\nHEALTHCHECK " in body and "curl" not in body, name


def test_what_runs_stands_on_no_stage_that_builds(dockerfile: str) -> None:
    stages = _stages(dockerfile)
    for name in ("app", "api", "mlflow"):
        bases = [name]
        while bases[-1] in stages:
            bases.append(stages[bases[-1]][0])
        assert [base for base in bases if "build" in base] == []


def test_compose_builds_stages_that_are_there_and_pins_the_rest(
    services: dict[str, dict[str, Any]], dockerfile: str
) -> None:
    built = {name: one["build"]["target"] for name, one in services.items() if "build" in one}
    assert set(built.values()) == {"app", "api", "mlflow"} <= set(_stages(dockerfile))
    pulled = [one["image"] for one in services.values() if "build" not in one]
    assert pulled and all(re.search(r":\d+\.\d+", image) for image in pulled)


def test_every_service_is_shut_in(services: dict[str, dict[str, Any]]) -> None:
    for name, one in services.items():
        assert one["read_only"] and one["cap_drop"] == ["ALL"], name
        assert "/tmp" in one["tmpfs"], name  # noqa: S108 - the containers', not ours
        assert one["security_opt"] == ["no-new-privileges:true"], name
        assert all(str(port).startswith("127.0.0.1:") for port in one.get("ports", [])), name
    assert "ports" not in services["database"]


def test_compose_waits_for_what_has_a_health_check(
    services: dict[str, dict[str, Any]], dockerfile: str
) -> None:
    assert services["mlflow"]["depends_on"]["database"]["condition"] == "service_healthy"
    checked = {name for name, (_, body) in _stages(dockerfile).items() if "HEALTHCHECK" in body}
    for name, one in services.items():
        assert "healthcheck" in one or one.get("build", {}).get("target") in checked, name


def test_the_api_may_finish_what_it_accepted(
    services: dict[str, dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    api = services["api"]
    for name, value in api["environment"].items():
        monkeypatch.setenv(name, str(value))
    settings = ApiSettings.from_environment()
    given = SECOND.fullmatch(api["stop_grace_period"])
    assert given is not None and int(given[1]) >= settings.shutdown_timeout_s + 5


def test_every_published_port_is_the_one_that_the_image_opens(
    services: dict[str, dict[str, Any]], dockerfile: str
) -> None:
    for name in ("app", "mlflow"):
        (port,) = services[name]["ports"]
        assert port.endswith(f":{_exposed(dockerfile, services[name])}")


def _exposed(dockerfile: str, service: dict[str, Any]) -> str:
    _, body = _stages(dockerfile)[service["build"]["target"]]
    found = re.search(r"^EXPOSE (\d+)", body, re.MULTILINE)
    assert found is not None and body.count(found[1]) >= 2
    return found[1]


def test_the_api_is_reached_through_the_proxy_however_many_there_are(
    services: dict[str, dict[str, Any]], dockerfile: str, repo_root: Path
) -> None:
    (volume,) = services["proxy"]["volumes"]
    source, target, mode = volume.split(":")
    text = (repo_root / source).read_text(encoding="utf-8")
    assert target in services["proxy"]["command"] and mode == "ro"
    assert f"server api:{_exposed(dockerfile, services['api'])} resolve" in text
    (port,) = services["proxy"]["ports"]
    assert f"listen {port.rpartition(':')[2]};" in text
    assert "ports" not in services["api"] and "container_name" not in services["api"]


def test_no_password_but_the_one_that_says_what_it_is_for(
    services: dict[str, dict[str, Any]],
) -> None:
    given = services["database"]["environment"]["POSTGRES_PASSWORD"]
    assert given == "${MLFLOW_DB_PASSWORD:-for-local-use-only}"
    assert f":{given}@" in services["mlflow"]["environment"]["MLFLOW_BACKEND_STORE_URI"]


def test_every_variable_of_the_deployment_page_is_listened_to(repo_root: Path) -> None:
    page = (repo_root / "docs" / "deployment.md").read_text(encoding="utf-8")
    told = set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE))
    of_compose = set(VARIABLE.findall((repo_root / "compose.yaml").read_text(encoding="utf-8")))
    services = {"app", "api", "proxy", "mlflow", "database"}  # a table of their own
    code = _code(repo_root, "digitscope", "streamlit_app", "training")
    unheard = [name for name in told - of_compose - services if not _is_named(name, code)]
    assert len(told) > 10 and of_compose <= told and unheard == []
    asks = re.compile(r'environ(?:\.get|\.setdefault)?[\[(]"(\w+)"')
    assert set(asks.findall(_code(repo_root, "digitscope", "streamlit_app"))) <= told


def _is_named(variable: str, code: str) -> bool:
    """Read by its name, or set as an argument of `host_environment.environment`."""
    return f'"{variable}"' in code or f"{variable}=" in code


def _code(repo_root: Path, *folders: str) -> str:
    """All code of some folders, without the examples in docstrings."""
    paths = [path for folder in folders for path in (repo_root / folder).rglob("*.py")]
    lines = "\n".join(path.read_text(encoding="utf-8") for path in paths).splitlines()
    return "\n".join(line for line in lines if not line.lstrip().startswith((">>>", "...")))


@pytest.mark.parametrize(
    "code",
    ["from digitscope import DigitReader; DigitReader()", "import training, onnxruntime"],
    ids=["digitscope", "training"],
)
def test_onnxruntime_keeps_no_device_id(code: str, tmp_path: Path, repo_root: Path) -> None:
    """It writes one under the home folder when it is first imported, unless told not to."""
    # Little else: it also keeps still where CI's own variables are set.
    environment = {name: os.environ.get(name, "") for name in ("PATH", "PYTHONPATH")}
    subprocess.run(
        [sys.executable, "-c", code],
        env=environment | {"HOME": str(tmp_path)},
        cwd=repo_root,
        check=True,
    )
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == []


def test_ci_runs_the_containers_and_the_pipeline(repo_root: Path) -> None:
    """What a workflow calls is there, and the full pipeline is left to people."""
    folder = repo_root / ".github" / "workflows"
    texts = {path.stem: path.read_text(encoding="utf-8") for path in folder.glob("*.yml")}
    assert "run: .ci/containers" in texts["containers"]
    assert (repo_root / ".ci" / "containers").stat().st_mode & 0o111
    called = set(re.findall(r"python -m (\S+)", texts["pipeline"]))
    assert called == {"training.pipeline"}
    assert (repo_root / "training" / "pipeline.py").is_file()
    triggers = yaml.safe_load(texts["pipeline"])[True]  # YAML 1.1 reads `on` as true
    assert {"push", "workflow_dispatch"} <= triggers.keys()
    smoke = (repo_root / ".ci" / "containers").read_text(encoding="utf-8")
    for name in re.findall(r"^photo=(\S+)", smoke, re.MULTILINE):
        assert (repo_root / name).is_file()
