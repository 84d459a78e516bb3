"""A search of seconds: it ends, it goes on after a kill, and it may be shared."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path

import pytest

pytest.importorskip("keras")
pytest.importorskip("optuna")

import optuna
from optuna.trial import TrialState
from sqlalchemy.exc import IntegrityError

from training.config import HyperParameters
from training.data.mnist import load_train_validation
from training.experiments import __main__ as command_line
from training.experiments import running
from training.experiments import search as search_module
from training.experiments import study as study_module
from training.experiments.definitions import EXPERIMENTS
from training.experiments.reports import Run, write_report
from training.experiments.search import _ends, best_row, describe
from training.experiments.study import OtherStudyError, Search, StudyUnavailableError
from training.run_records.run_folder import RunFolder

SMALL: Mapping[str, object] = {"epochs": 1, "limit": 200, "validation_tiles": 100}
ROW = EXPERIMENTS["sweep"].rows[-1]


def search(wanted: Search, data: str | None, common: Mapping[str, object]) -> optuna.Study:
    return search_module.search(wanted, ROW, data, common)


@pytest.fixture(autouse=True)
def runs_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for module in (search_module, study_module):
        monkeypatch.setattr(module, "RUNS_DIR", tmp_path / "runs")
    monkeypatch.setattr(study_module, "PAUSE_S", 0.0)
    monkeypatch.delenv(study_module.STORAGE_VARIABLE, raising=False)
    return tmp_path / "runs"


def test_a_search_ends_with_a_row_and_its_trials(
    mnist_npz: Path, runs_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = search(Search("sweep-found-search", trials=2), str(mnist_npz), SMALL)
    found = describe(study, ROW)
    assert [one["state"] for one in found["trials"]] == ["complete"] * 2
    assert found["at_an_end"] == [*found["best"]]  # of two trials, each is at an end
    assert all(one["epochs"] == 1 and 0 < one["val_accuracy"] < 1 for one in found["trials"])
    folders = [path.name for path in (runs_dir / "sweep-found-search").iterdir() if path.is_dir()]
    assert sorted(folders) == ["trial-000", "trial-001"]
    report = _report(tmp_path, monkeypatch)
    assert report["search"] == found
    assert report["rows"][-1]["changes"] == best_row(study, ROW).changes


def _report(folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict:
    """What the command writes where all trials have ended: none is trained, nothing is loaded."""
    monkeypatch.setattr(running, "RUNS_DIR", search_module.RUNS_DIR)
    monkeypatch.setattr(command_line, "run_all", _pretend)
    monkeypatch.setattr(command_line, "write_report", partial(write_report, folder=folder))
    monkeypatch.setattr(command_line, "common_settings", lambda _: SMALL)
    command_line.main(["sweep", "--trials=2", "--seeds=1", "--data=nowhere.npz"])
    assert (folder / "sweep.png").read_bytes().startswith(b"\x89PNG")
    return json.loads((folder / "sweep.json").read_text())


def _pretend(runs: list[Run], *_: object) -> None:
    """Leave in the folders what training and the test set leave."""
    for run in runs:
        run.folder.start(asdict(run.hyper), resume=False)
        epoch = {"epoch": 1, "seconds": 2.0, "val_accuracy": 0.9, "val_loss": 0.5}
        state = {"history": [epoch], "best_epoch": 1, "best_val_loss": 0.5}
        (run.folder.path / "state.json").write_text(json.dumps(state))
        run.folder.save_figures({"test_accuracy": 0.9})


def test_a_killed_trial_goes_on_with_its_folder_and_its_epochs(
    mnist_npz: Path, runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_epochs = {**SMALL, "epochs": 2}
    with monkeypatch.context() as patch:
        patch.setattr(optuna.Trial, "report", _killed)
        with pytest.raises(KeyboardInterrupt):
            search(Search("killed", trials=1), str(mnist_npz), two_epochs)
    folder = RunFolder(runs_dir / "killed" / "trial-000")
    first = folder.state().history
    assert len(first) == 1
    study = search(Search("killed", trials=1), str(mnist_npz), two_epochs)
    stopped, ended = study.trials
    assert stopped.state is TrialState.FAIL and ended.state is TrialState.COMPLETE
    assert stopped.params == ended.params
    assert folder.state().history[0] == first[0] and folder.state().epochs == 2
    assert ended.value == folder.state().best_val_loss


def _killed(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_trial_whose_process_is_gone_is_queued_again(
    runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its heartbeat has ended; a trial that still runs is left alone."""
    monkeypatch.setattr(study_module, "HEARTBEAT_S", 1)
    monkeypatch.setattr(study_module, "GRACE_S", 4)  # the living trial has so long to be asked
    study = study_module.open_study(Search("gone", trials=1))
    dead, alive = (_begun(study) for _ in range(2))
    time.sleep(5.1)  # the database counts whole seconds
    study._storage.record_heartbeat(study.trials[alive]._trial_id)
    for _ in range(2):  # a second time finds it waiting, and leaves it
        study_module.retry_stopped(study)
    assert [(trial.number, trial.state) for trial in study.trials] == [
        (dead, TrialState.FAIL),
        (alive, TrialState.RUNNING),
        (2, TrialState.WAITING),
    ]
    assert study.trials[2].user_attrs[study_module.FOLDER_ATTRIBUTE] == f"trial-{dead}"


def _begun(study: optuna.Study) -> int:
    """A trial as a process leaves it that was killed without a word."""
    trial = study.ask()
    search_module.suggest(trial, ROW.searched)
    trial.set_user_attr(study_module.FOLDER_ATTRIBUTE, f"trial-{trial.number}")
    study._storage.record_heartbeat(trial._trial_id)
    return trial.number


def test_a_trial_that_lags_is_given_up(
    mnist_npz: Path, runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(optuna.Trial, "should_prune", lambda _: True)
    study = search(Search("lags", trials=1), str(mnist_npz), {**SMALL, "epochs": 3})
    (trial,) = study.trials
    assert trial.state is TrialState.PRUNED
    assert RunFolder(runs_dir / "lags" / "trial-000").state().epochs == 1
    assert describe_pruned(study) == ["pruned"]


def describe_pruned(study: optuna.Study) -> list[str]:
    study.enqueue_trial({"hidden_units": 64, "dropout": 0.1})
    ended = study.ask()
    search_module.suggest(ended, ROW.searched)
    study.tell(ended, 0.5)
    return [one["state"] for one in describe(study, ROW)["trials"] if one["value"] != 0.5]


def test_machines_share_a_study_by_a_url(
    tmp_path: Path, runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'shared.db'}"
    here = study_module.open_study(Search("shared", trials=1, storage=url))
    here.tell(here.ask(), 0.5)
    monkeypatch.setenv(study_module.STORAGE_VARIABLE, url)
    there = study_module.open_study(Search("shared", trials=1))
    assert [trial.value for trial in there.trials] == [0.5]
    assert not (runs_dir / "optuna.db").exists()


def test_a_machine_that_makes_the_tables_a_moment_later_finds_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin, told = optuna.storages.RDBStorage.__init__, []

    def begin_second(storage: optuna.storages.RDBStorage, url: str, **more: object) -> None:
        if not told:
            told.append(url)
            raise IntegrityError("CREATE TYPE studydirection", None, Exception("already exists"))
        begin(storage, url, **more)

    monkeypatch.setattr(optuna.storages.RDBStorage, "__init__", begin_second)
    url = f"sqlite:///{tmp_path / 'shared.db'}"
    assert study_module.open_study(Search("shared", 1, storage=url)).study_name == "shared"
    assert told == [url]


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:////nowhere/at/all.db",
        "no address",
        "postgresql+nodriver://me:secret@127.0.0.1/study",
        "postgresql+psycopg2://me:secret@127.0.0.1:1/study",  # driver or server is missing
    ],
)
def test_a_database_that_does_not_answer_is_told_in_a_line(url: str) -> None:
    with pytest.raises(StudyUnavailableError, match="Look at --storage") as caught:
        search(Search("away", 1, storage=url), None, SMALL)
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_database_that_goes_away_is_told_and_what_ended_is_kept(
    mnist_npz: Path, runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object) -> None:
        raise optuna.exceptions.StorageInternalError("server closed the connection\nunexpectedly")

    search(Search("kept", trials=1), str(mnist_npz), SMALL)
    with monkeypatch.context() as patch:
        patch.setattr(optuna.Trial, "report", gone)
        with pytest.raises(StudyUnavailableError, match="server closed the connection"):
            search(Search("kept", trials=2), str(mnist_npz), SMALL)
    study = search(Search("kept", trials=2), str(mnist_npz), SMALL)
    assert [one["state"] for one in describe(study, ROW)["trials"]] == ["complete"] * 2


def test_trials_of_another_size_are_another_study(mnist_npz: Path) -> None:
    search(Search("sized", trials=1), str(mnist_npz), SMALL)
    with pytest.raises(OtherStudyError, match=r"epochs 1\. Received: epochs 2"):
        search(Search("sized", trials=2), str(mnist_npz), {**SMALL, "epochs": 2})


def test_no_search_sees_a_tile_that_rows_are_judged_by(mnist_npz: Path) -> None:
    hyper = HyperParameters(**(dict(SMALL) | dict(ROW.changes)))
    _, validation = load_train_validation(mnist_npz, hyper.validation_tiles)
    seen = search_module.load_search_datasets(str(mnist_npz), hyper)
    assert len(seen.train) == 200 and len(seen.validation) == 100
    learnt, judged = (
        {one.tobytes() for one in part.tiles} for part in (seen.train, seen.validation)
    )
    assert not judged & learnt
    assert not (learnt | judged) & {one.tobytes() for one in validation.tiles}


def test_a_value_is_at_an_end_of_what_was_not_pruned() -> None:
    trials = [{"state": "complete", "dropout": value} for value in (0.3, 0.1, 0.2)]
    assert _ends([*trials, {"state": "pruned", "dropout": 0.8}], "dropout") == (0.1, 0.3)


def test_several_searches_stand_beside_their_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mnist_npz: Path
) -> None:
    monkeypatch.setattr(running, "RUNS_DIR", search_module.RUNS_DIR)
    monkeypatch.setattr(command_line, "run_all", _pretend)
    monkeypatch.setattr(command_line, "write_report", partial(write_report, folder=tmp_path))
    monkeypatch.setattr(command_line, "common_settings", lambda _: SMALL)
    rows = EXPERIMENTS["architectures"].rows[1:]
    monkeypatch.setitem(
        EXPERIMENTS, "architectures", replace(EXPERIMENTS["architectures"], rows=rows)
    )
    command_line.main(["architectures", "--trials=1", "--seeds=1", f"--data={mnist_npz}"])
    report = json.loads((tmp_path / "architectures.json").read_text())
    for row in report["rows"]:
        assert row["search"]["best"].items() <= row["changes"].items()
        assert len(row["search"]["trials"]) == 1
    assert "search" not in report
