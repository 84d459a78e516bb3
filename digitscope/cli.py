"""The command line: `digitscope read | steps | benchmark | info`."""

from __future__ import annotations

import argparse
import io
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from digitscope import __version__
from digitscope.answers import (
    describe_benchmark,
    describe_error,
    describe_reading,
    format_answer,
    format_table,
)
from digitscope.benchmark import (
    LABELS_FILE,
    BenchmarkError,
    Outcome,
    load_labels,
    run_benchmark,
    summarise,
)
from digitscope.errors import DigitscopeError, InvalidImageError, ModelUnavailableError
from digitscope.preprocessing.background import REMBG_MODELS, weights_on_disk
from digitscope.preprocessing.steps import STEPS
from digitscope.reader import DigitReader
from digitscope.settings import load_card_of, resolve_model_path
from digitscope.types import Background, Reading

OK, SOME_FAILED, WRONG_USAGE = 0, 1, 2  # exit codes


class OutputError(DigitscopeError):
    """What was asked for cannot be written where it should go."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    options = build_parser().parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # file names may be any bytes
    try:
        return int(options.run(options))
    except (ModelUnavailableError, BenchmarkError, OutputError) as error:
        print(f"digitscope: {error}", file=sys.stderr)
        return WRONG_USAGE
    except BrokenPipeError:  # `digitscope read ... | head`
        sys.stderr.close()
        return OK


def build_parser() -> argparse.ArgumentParser:
    """Describe the commands and their options."""
    parser = argparse.ArgumentParser(
        prog="digitscope", description="Reads handwritten digits from pictures."
    )
    parser.add_argument("--version", action="version", version=f"digitscope {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    read = commands.add_parser("read", help="read the digit in each picture")
    read.add_argument("files", nargs="+", metavar="FILE", type=Path)
    read.add_argument("--json", action="store_true", help="one JSON object a line and a file")
    _add_reader_options(read)
    read.set_defaults(run=run_read)

    steps = commands.add_parser("steps", help="write the 11 steps of a picture as PNG files")
    steps.add_argument("file", metavar="FILE", type=Path)
    steps.add_argument("--out", metavar="DIR", type=Path, default=Path("steps"))
    _add_reader_options(steps)
    steps.set_defaults(run=run_steps)

    benchmark = commands.add_parser(
        "benchmark", help=f"read a folder that has a {LABELS_FILE} and count what is right"
    )
    benchmark.add_argument("folder", metavar="DIR", type=Path)
    benchmark.add_argument("--kinds", default="", help="only these kinds, e.g. photo,scan")
    benchmark.add_argument("--headline", action="store_true", help="only rows with headline=yes")
    benchmark.add_argument("--json", action="store_true", help="one JSON object")
    _add_reader_options(benchmark)
    benchmark.set_defaults(run=run_benchmark_command)

    info = commands.add_parser("info", help="tell the version, the model and the backgrounds")
    info.add_argument("--json", action="store_true", help="one JSON object")
    info.add_argument("--model", metavar="PATH", type=Path)
    info.set_defaults(run=run_info)
    return parser


def _add_reader_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--tta", action="store_true", help="mean over five small rotations (one batch)"
    )
    parser.add_argument(
        "--background",
        choices=[str(choice) for choice in Background],
        default=str(Background.AUTO),
        help="how to remove the background (default: %(default)s); u2netp, u2net and "
        "isnet-general-use download weights on first use",
    )
    parser.add_argument(
        "--model", metavar="PATH", type=Path, help="a .keras or .onnx file (default: the ONNX one)"
    )


def run_read(options: argparse.Namespace) -> int:
    """Read each file; a file that cannot be opened does not stop the others."""
    reader = DigitReader(options.model, options.background)
    failed = False
    for file in options.files:
        try:
            reading = reader.read(file, tta=options.tta)
            answer = describe_reading(file, reading)
            _tell_notice(reading)
        except InvalidImageError as error:
            failed = True
            answer = describe_error(file, error, options.background)
        print(json.dumps(answer) if options.json else format_answer(answer), flush=True)
    return SOME_FAILED if failed else OK


def _tell_notice(reading: Reading) -> None:
    """Say on the error stream what a user should know of the route taken."""
    if reading.preprocessed.notice:
        print(f"digitscope: {reading.preprocessed.notice}", file=sys.stderr)


def run_steps(options: argparse.Namespace) -> int:
    """Write each step's picture and say its sentence."""
    from PIL import Image

    try:
        reading = DigitReader(options.model, options.background).read(options.file, tta=options.tta)
    except InvalidImageError as error:
        print(f"digitscope: {error}", file=sys.stderr)
        return SOME_FAILED
    _tell_notice(reading)
    try:
        options.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"A folder to write to is expected. Received: {options.out} ({error.strerror})."
        ) from error
    for step in reading.steps:
        file = options.out / f"{step.number:02d}_{step.key}.png"
        Image.fromarray(step.image).save(file)
        print(f"{step.number:2d} {STEPS[step.number - 1].title}: {step.sentence}  [{file}]")
    print(format_answer(describe_reading(options.file, reading)))
    return OK


def run_benchmark_command(options: argparse.Namespace) -> int:
    """Read a labelled folder and print the table."""
    kinds = [kind for kind in options.kinds.split(",") if kind]
    items = load_labels(options.folder, kinds, options.headline)
    reader = DigitReader(options.model, options.background)
    done = 0

    def show(_: Outcome) -> None:
        nonlocal done
        done += 1
        if sys.stderr.isatty():
            print(f"\r{done}/{len(items)} pictures", end="", file=sys.stderr, flush=True)

    outcomes = run_benchmark(reader, items, tta=options.tta, progress=show)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    for notice in sorted({one.notice for one in outcomes if one.notice}):
        print(f"digitscope: {notice}", file=sys.stderr)
    summaries = summarise(outcomes)
    if options.json:
        print(json.dumps(describe_benchmark(outcomes, summaries)))
    else:
        print(format_table(summaries))
    return OK


def run_info(options: argparse.Namespace) -> int:
    """Tell what would answer: version, model, its card, backgrounds."""
    path = resolve_model_path(options.model)
    card = load_card_of(path)
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


if __name__ == "__main__":
    sys.exit(main())
