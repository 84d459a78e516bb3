"""What teachers could teach: ``python -m training.experiments.ensemble RUN...``.

Several networks, asked together, are the usual teacher of a small one (distillation). They can
teach it no more than they know better: this measures that, on validation tiles, before anybody
trains for it. What came is in ``training/reports/ensemble.json``.

Source: Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural Network" (2015).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import mean
from typing import Any

import numpy as np

from digitscope.benchmark.mnist import DataUnavailableError
from training.data.mnist import Digits, load_train_validation
from training.evaluate import find_mistakes, predict, predict_with_tta
from training.run_records.currency import REPORTS_DIR
from training.run_records.provenance import git_commit
from training.run_records.run_folder import RunFolder, RunFolderError

REPORT = "ensemble.json"


def measure(runs: Sequence[RunFolder], validation: Digits) -> dict[str, Any]:
    """Count the errors of each run's network and of all together, with and without rotations.

    Raises:
        RunFolderError: a run has no finished epoch.
    """
    models = [run.load_best() for run in runs]
    figures: dict[str, Any] = {"tiles": len(validation), "runs": [str(run.path) for run in runs]}
    for name, how in (("plain", predict), ("turned", predict_with_tta)):
        answers = [how(model, validation.tiles) for model in models]
        errors = [len(find_mistakes(one, validation.labels)) for one in answers]
        together = np.mean(answers, axis=0)
        figures[name] = {
            "errors": errors,
            "errors_mean": mean(errors),
            "errors_together": len(find_mistakes(together, validation.labels)),
        }
    return figures


def main(arguments: list[str] | None = None) -> None:
    """Measure, print and write, as the command line says."""
    parser = argparse.ArgumentParser(
        prog="python -m training.experiments.ensemble", description=__doc__
    )
    parser.add_argument("runs", type=Path, nargs="+", help="folders of finished runs")
    parser.add_argument("--data", help="mnist.npz; by default $MNIST_NPZ, the cache, a download")
    parser.add_argument("--out", type=Path, default=REPORTS_DIR / REPORT)
    options = parser.parse_args(arguments)
    _, validation = load_train_validation(options.data)
    figures = measure([RunFolder(path) for path in options.runs if path.is_dir()], validation)
    text = json.dumps(figures | {"git_commit": git_commit()}, indent=1) + "\n"
    options.out.write_text(text, encoding="utf-8", newline="\n")
    for name in ("plain", "turned"):
        one = figures[name]
        print(
            f"{name}: {one['errors_mean']:.1f} wrong of {figures['tiles']:,} on average "
            f"({', '.join(map(str, one['errors']))}), together {one['errors_together']}"
        )


if __name__ == "__main__":
    try:
        main()
    except (DataUnavailableError, RunFolderError) as error:
        sys.exit(str(error))
