"""Plans experiments, does what is left of them, ends what is stopped or asked in vain."""

from __future__ import annotations

import functools
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest

pytest.importorskip("keras")


from digitscope.benchmark import BenchmarkError
from tests.training.finished_runs import finish, plan_recipe
from training.config import HyperParameters, SettingError
from training.experiments import __main__ as command_line
from training.experiments import running
from training.experiments.definitions import EXPERIMENTS, Experiment
from training.experiments.reports import Run
from training.experiments.running import Sources, estimate, plan, run_all
from training.run_records.provenance import reading_fingerprint
from training.run_records.run_folder import RunFolderError

NO_SOURCES = Sources()
pytestmark = pytest.mark.usefixtures("runs_dir")


class Process:
    """Stands in for a process that has ended at once; keeps its command."""

    def __init__(self, commands: list[list[str]], code: int, command: list[str]) -> None:
        self.args, self._code = command, code
        commands.append(command)

    def wait(self) -> int:
        return self._code


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], list[list[str]]]:
    """Let commands end at once with an exit code, and list them."""

    def ending_with(code: int) -> list[list[str]]:
        commands: list[list[str]] = []
        popen = functools.partial(Process, commands, code)
        monkeypatch.setattr(running.subprocess, "Popen", lambda command, **_: popen(command))
        return commands

    return ending_with


@pytest.fixture
def started(start: Callable[[int], list[list[str]]]) -> list[list[str]]:
    """The commands that are started, instead of starting them."""
    return start(0)


def test_a_plan_has_every_row_and_seed_in_a_folder_of_its_own() -> None:
    rows = EXPERIMENTS["ablation"].rows
    runs = plan("ablation", rows, seeds=2, common={"epochs": 5})
    assert len({run.folder.path for run in runs}) == 2 * len(rows)
    assert {run.hyper.seed for run in runs} == {1, 2}
    assert {run.hyper.epochs for run in runs} == {5}
    assert runs[0].hyper == replace(HyperParameters(), epochs=5, seed=1)
    assert runs[3].hyper == replace(HyperParameters(), blocks=3, epochs=5, seed=1)


def test_finished_runs_are_not_run_again(started: list[list[str]]) -> None:
    runs = plan_recipe(seeds=2)
    finish(runs[0], 0.9)
    run_all(runs, Sources("some.npz"), workers=1)
    assert [command[2] for command in started] == ["training.train", "training.evaluate"]
    assert all(any(str(runs[1].folder.path) in word for word in one) for one in started)
    assert "--seed=2" in started[0] and "--data=some.npz" in started[1]


def test_pictures_are_read_where_they_were_not(started: list[list[str]], tmp_path: Path) -> None:
    runs = plan_recipe(seeds=3)
    (tmp_path / "labels.csv").write_text("file,label\n")
    finish(runs[0], 0.9)
    finish(runs[1], 0.9, photo=0.5)
    finish(runs[2], 0.9, photo=0.5, validation_hands=0.5, real_photo=0.5)
    runs[2].folder.save_reading("real_photo", {}, reading_fingerprint("real_photo"), tmp_path)
    run_all(runs, Sources(None, 7, (tmp_path,), strokes=True), workers=1)
    assert [command[2] for command in started] == ["training.experiments.photo_reading"] * 2
    assert [command[4:] for command in started] == [
        ["--count=7", "--strokes", f"--real-photo={tmp_path}"],
        ["--strokes", f"--real-photo={tmp_path}"],
    ]


def test_a_folder_whose_labels_have_changed_is_read_again(
    started: list[list[str]], tmp_path: Path
) -> None:
    (run,) = plan_recipe(seeds=1)
    labels = tmp_path / "labels.csv"
    labels.write_text("file,label\n")
    finish(run, 0.9, real_photo=0.5)
    run.folder.save_reading("real_photo", {}, reading_fingerprint("real_photo"), tmp_path)
    labels.write_text("file,label\n7.png,7\n")
    run_all([run], Sources(photos=(tmp_path,)), workers=1)
    assert [command[4:] for command in started] == [[f"--real-photo={tmp_path}"]]


def test_pictures_that_older_code_has_read_are_read_again(started: list[list[str]]) -> None:
    (run,) = plan_recipe(seeds=1)
    finish(run, 0.9, photo=0.5)
    run.folder.save_reading("photo", {}, "an older core")
    run_all([run], Sources(simulated_photos=7), workers=1)
    assert [command[4:] for command in started] == [["--count=7"]]


def test_a_failed_run_is_told_and_ends_the_experiment(
    start: Callable[[int], list[list[str]]],
) -> None:
    started = start(1)
    with pytest.raises(subprocess.CalledProcessError):
        run_all(plan_recipe(seeds=3), NO_SOURCES, workers=1)
    assert len(started) == 1


def test_runs_with_other_settings_are_not_taken_for_these(started: list[list[str]]) -> None:
    for run in plan_recipe(seeds=2, limit=256, epochs=1):
        finish(run, 0.9)
    with pytest.raises(RunFolderError, match=r"epochs 1, limit 256.*epochs 9, limit 5000"):
        run_all(plan_recipe(seeds=2, limit=5000, epochs=9), NO_SOURCES, workers=1)
    assert started == []


def test_ctrl_c_ends_what_runs_and_begins_nothing_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """As from an editor's stop button, which reaches this process alone."""
    begun: list[Popen] = []

    def pressed(*_: object) -> None:
        while not begun:
            time.sleep(0.01)
        raise KeyboardInterrupt

    def kept(command: list[str], **options: Any) -> Popen:
        begun.append(Popen(command, **options))
        return begun[-1]

    forever = [["timeit", "-n1", "-r1", "import time; time.sleep(600)"]]
    monkeypatch.setattr(running, "missing_steps", lambda *_: forever)
    monkeypatch.setattr(running, "wait", pressed)
    monkeypatch.setattr(running.subprocess, "Popen", kept)
    with pytest.raises(KeyboardInterrupt):
        run_all(plan_recipe(seeds=3), NO_SOURCES, workers=1)
    assert [process.poll() for process in begun] == [-signal.SIGTERM]


@pytest.mark.parametrize("option", ["--seeds", "--workers", "--trials", "--limit", "--epochs"])
@pytest.mark.parametrize("number", ["0", "-1", "many"])
def test_numbers_that_mean_nothing_are_wrong_usage(
    option: str, number: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        command_line.main(["recipe", f"{option}={number}"])
    assert ended.value.code == 2
    assert option in capsys.readouterr().err


def test_the_estimate_counts_what_is_left() -> None:
    runs = plan_recipe(seeds=2, epochs=1)
    assert "2 epochs to go" in estimate(runs)
    finish(runs[0], 0.9)
    assert "1 epochs to go" in estimate(runs)


def test_the_two_sizes_of_an_experiment_share_no_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    planned: list[Run] = []
    commands: list[str] = []

    def keep(name: str, _: Experiment, runs: list[Run], command: str, **more: object) -> str:
        planned.extend(runs)
        commands.append(command)
        return name

    monkeypatch.setattr(command_line, "run_all", lambda *_: None)
    monkeypatch.setattr(command_line, "write_report", keep)
    command_line.main(["permuted", "--seeds=1"])
    command_line.main(["permuted", "--seeds=1", "--full", "--epochs=9"])
    assert {run.folder.path.parent.name for run in planned} == {"permuted", "permuted-full"}
    assert {run.hyper.limit for run in planned} == {EXPERIMENTS["permuted"].small["limit"], 0}
    assert planned[-1].hyper.epochs == 9
    assert "--full --epochs 9" in commands[1] and "--full" not in commands[0]


def test_photos_are_looked_at_before_anything_is_trained(
    started: list[list[str]], tmp_path: Path
) -> None:
    with pytest.raises(BenchmarkError, match=r"labels\.csv"):
        command_line.main(["augmentation", f"--photos={tmp_path}"])
    assert started == []


@pytest.mark.parametrize(
    "setting",
    [{"epochs": 0}, {"batch_size": 0}, {"limit": -5}, {"validation_tiles": 5}, {"precision": "f"}],
)
def test_settings_that_cannot_be_are_told(setting: dict[str, Any]) -> None:
    with pytest.raises(SettingError, match=f"{next(iter(setting))} is .* Received: "):
        HyperParameters(**setting)
