"""A search of seconds: it ends, it goes on after a kill, and it may be shared."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

pytest.importorskip("keras")
pytest.importorskip("optuna")

from optuna.trial import TrialState

from training.experiments import sweep
from training.experiments.sweep import Search, best_row, describe, search
from training.run_folder import RunFolder

SMALL: Mapping[str, object] = {"epochs": 1, "limit": 200, "validation_tiles": 100}


@pytest.fixture(autouse=True)
def runs_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sweep, "RUNS_DIR", tmp_path / "runs")
    monkeypatch.delenv(sweep.STORAGE_VARIABLE, raising=False)
    return tmp_path / "runs"


def test_a_search_ends_with_a_row_and_its_trials(mnist_npz: Path, runs_dir: Path) -> None:
    study = search(Search("small", trials=2), str(mnist_npz), SMALL)
    found = describe(study)
    assert [one["state"] for one in found["trials"]] == ["complete"] * 2
    assert all(one["epochs"] == 1 and 0 < one["val_accuracy"] < 1 for one in found["trials"])
    row = best_row(study)
    assert row.changes["hidden_units"] == found["best"]["hidden_units"]
    assert sorted(path.name for path in (runs_dir / "small").iterdir() if path.is_dir()) == [
        "trial-000",
        "trial-001",
    ]
    again = search(Search("small", trials=2), "nowhere.npz", SMALL)  # nothing is loaded for it
    assert len(again.trials) == 2


def test_a_killed_trial_goes_on_with_its_folder_and_its_epochs(
    mnist_npz: Path, runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_epochs = {**SMALL, "epochs": 2}
    with monkeypatch.context() as patch:
        patch.setattr(sweep.optuna.Trial, "report", _killed)
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


def test_a_trial_whose_process_is_gone_is_taken_up(runs_dir: Path) -> None:
    study = sweep.open_study(Search("gone", trials=1))
    dead, alive = (_begun(study, process) for process in (2**22 + 1, 1))
    sweep.take_up(study)
    sweep.take_up(study)  # a second time finds it waiting, and leaves it
    states = {trial.number: trial.state for trial in study.trials}
    assert states == {
        dead: TrialState.FAIL,
        alive: TrialState.RUNNING,
        2: TrialState.WAITING,
    }
    assert study.trials[2].user_attrs[sweep.FOLDER] == f"trial-{dead}"


def _begun(study: sweep.optuna.Study, process: int) -> int:
    """A trial as a process leaves it that was killed without a word."""
    trial = study.ask()
    sweep.suggest(trial)
    marks = {
        sweep.FOLDER: f"trial-{trial.number}",
        sweep.MACHINE: sweep.socket.gethostname(),
        sweep.PROCESS: process,
    }
    for mark, value in marks.items():
        trial.set_user_attr(mark, value)
    return trial.number


def test_a_trial_that_lags_is_given_up(
    mnist_npz: Path, runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep.optuna.Trial, "should_prune", lambda _: True)
    study = search(Search("lags", trials=1), str(mnist_npz), {**SMALL, "epochs": 3})
    (trial,) = study.trials
    assert trial.state is TrialState.PRUNED
    assert RunFolder(runs_dir / "lags" / "trial-000").state().epochs == 1
    assert describe_pruned(study) == ["pruned"]


def describe_pruned(study: sweep.optuna.Study) -> list[str]:
    study.enqueue_trial({"hidden_units": 64, "dropout": 0.1})
    ended = study.ask()
    sweep.suggest(ended)
    study.tell(ended, 0.5)
    return [one["state"] for one in describe(study)["trials"] if one["value"] != 0.5]


def test_machines_share_a_study_by_a_url(
    tmp_path: Path, runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'shared.db'}"
    here = sweep.open_study(Search("shared", trials=1, storage=url))
    here.tell(here.ask(), 0.5)
    monkeypatch.setenv(sweep.STORAGE_VARIABLE, url)
    there = sweep.open_study(Search("shared", trials=1))
    assert [trial.value for trial in there.trials] == [0.5]
    assert not (runs_dir / "optuna.db").exists()
