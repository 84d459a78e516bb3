"""The command line: `digitscope read | steps | benchmark | info | serve | ask`."""

from __future__ import annotations

import argparse
import io
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from digitscope import __version__
from digitscope.asking import AskError, run_ask
from digitscope.benchmark import BenchmarkError, load_labels
from digitscope.benchmark.report import describe_report, format_report
from digitscope.benchmark.session import Session
from digitscope.errors import DigitscopeError, InvalidImageError, ModelUnavailableError
from digitscope.explanation.overlay import draw_detection, draw_explanation
from digitscope.model_files import fingerprint_of, load_card_of, resolve_model_path
from digitscope.options import build_parser
from digitscope.preprocessing.background_removers import REMBG_MODELS, weights_on_disk
from digitscope.preprocessing.pipeline import STEPS
from digitscope.progress import run_visibly, tell_run
from digitscope.reader import DigitReader
from digitscope.serialization import error_to_dict, format_probability, reading_to_dict
from digitscope.serving import ServerUnavailableError, run_serve
from digitscope.types import Reading, UInt8Array

OK, SOME_FAILED, WRONG_USAGE, STOPPED = 0, 1, 2, 130  # exit codes; 130 as shells have it


class OutputError(DigitscopeError):
    """What was asked for cannot be written where it should go."""


COMMAND_ERRORS = (
    AskError,
    BenchmarkError,
    ModelUnavailableError,
    OutputError,
    ServerUnavailableError,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    options = build_parser(__version__).parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # file names may be any bytes
    try:
        return COMMANDS[options.command](options)
    except COMMAND_ERRORS as error:
        print(f"digitscope: {error}", file=sys.stderr)
        return WRONG_USAGE
    except BrokenPipeError:  # `digitscope read ... | head`
        sys.stderr.close()
        return OK


def run_read(options: argparse.Namespace) -> int:
    """Read each file; a file that cannot be opened does not stop the others."""
    reader = DigitReader(options.model, options.background)
    failed = False
    for file in options.files:
        try:
            reading = reader.read(file, tta=options.tta, force=options.force)
            answer = {"file": str(file)} | reading_to_dict(reading)
            _tell_notice(reading)
        except InvalidImageError as error:
            failed = True
            answer = {"file": str(file)} | error_to_dict(error, options.background)
        print(json.dumps(answer) if options.json else format_answer(answer), flush=True)
    return SOME_FAILED if failed else OK


def _tell_notice(reading: Reading) -> None:
    """Say on the error stream what a user should know of the route taken."""
    if reading.preprocessed.notice:
        print(f"digitscope: {reading.preprocessed.notice}", file=sys.stderr)


def format_answer(answer: dict[str, Any]) -> str:
    """Put an answer on one line for people."""
    if answer["status"] != "ok":
        return f"{answer['file']}: {answer['status']}: {answer['reason']}{_format_guess(answer)}"
    others = ", ".join(
        f"{digit} {format_probability(share)}" for digit, share in answer["top"][1:3]
    )
    sure = format_probability(answer["confidence"])
    return (
        f"{answer['file']}: {answer['digit']}  {sure} sure (then {others}); "
        f"quality {answer['quality']['level']}; {answer['ms']:.0f} ms"
    )


def _format_guess(answer: dict[str, Any]) -> str:
    """Put the best guess of a refusal in brackets, where the network was asked."""
    if not answer["top"]:
        return ""
    digit, share = answer["top"][0]
    return f" (best guess {digit}, {format_probability(share)})"


def run_steps(options: argparse.Namespace) -> int:
    """Write each step's picture and say its sentence."""
    from PIL import Image

    reader = DigitReader(options.model, options.background)
    try:
        reading = reader.read(options.file, tta=options.tta, force=options.force)
    except InvalidImageError as error:
        print(f"digitscope: {error}", file=sys.stderr)
        return SOME_FAILED
    _tell_notice(reading)
    with _writing_to(options.out):
        options.out.mkdir(parents=True, exist_ok=True)
        for step in reading.steps:
            file = options.out / f"{step.number:02d}_{step.key}.png"
            Image.fromarray(step.image).save(file)
            print(f"{step.number:2d} {STEPS[step.number - 1].title}: {step.sentence}  [{file}]")
        for name, image, words in _explain(reader, reading) if options.overlay else ():
            Image.fromarray(image).save(options.out / name)
            print(f"   {words}  [{options.out / name}]")
    print(format_answer({"file": str(options.file)} | reading_to_dict(reading)))
    return OK


def _explain(reader: DigitReader, reading: Reading) -> Iterator[tuple[str, UInt8Array, str]]:
    """Draw where it looked and which strokes spoke, as far as there is something to show."""
    detection, tile = reading.preprocessed.detection, reading.preprocessed.tile
    explanation = reader.explain(reading)
    if detection is not None:
        yield (
            "where_it_looked.png",
            draw_detection(detection, reading.preprocessed.working_rgb),
            "Where it looked",
        )
    if tile is not None and explanation is not None:
        words = f"What spoke for {explanation.answer} (+) and for {explanation.contrast_class} (-)"
        yield "which_strokes_spoke.png", draw_explanation(tile.pixels, explanation), words


def run_benchmark(options: argparse.Namespace) -> int:
    """Read a labelled folder, print what came of it, and write it where a folder is named."""
    kinds = [kind for kind in options.kinds.split(",") if kind]
    items = load_labels(options.folder, kinds, options.headline)
    reader = DigitReader(options.model, options.background)
    with _writing_to(options.out):
        session = Session(reader, items, tta=options.tta, out=options.out)
        run = run_visibly(session, sys.stderr)
    if options.json:
        print(json.dumps(describe_report(run.report, session.outcomes, session.settings())))
    else:
        print(format_report(run.report))
    tell_run(run, session, sys.stderr)
    return OK if run.is_finished else STOPPED


@contextmanager
def _writing_to(folder: Path | None) -> Iterator[None]:
    """Turn a folder that cannot be written to into an error of ours."""
    try:
        yield
    except OSError as error:
        if folder is None or isinstance(error, BrokenPipeError):
            raise
        raise OutputError(
            f"A folder to write to is expected. Received: {folder} ({error.strerror})."
        ) from error


def run_info(options: argparse.Namespace) -> int:
    """Tell what would answer: version, model, its card, backgrounds."""
    path = resolve_model_path(options.model)
    card = load_card_of(fingerprint_of(path))
    facts = {
        "version": __version__,
        "model": str(path),
        "model_bytes": path.stat().st_size,
        "test_accuracy": card.get("test", {}).get("accuracy"),
        "parameters": card.get("parameters"),
        "weights_on_disk": [str(name) for name in REMBG_MODELS if weights_on_disk(name)],
    }
    if options.json:
        print(json.dumps(facts))
    else:
        print("\n".join(f"{name}: {value}" for name, value in facts.items()))
    return OK


COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "read": run_read,
    "steps": run_steps,
    "benchmark": run_benchmark,
    "info": run_info,
    "serve": run_serve,
    "ask": run_ask,
}

if __name__ == "__main__":
    sys.exit(main())
