"""What may be asked for on the command line."""

from __future__ import annotations

import argparse
from pathlib import Path

from digitscope.benchmark import LABELS_FILE
from digitscope.benchmark.session import RESULTS_FILE, SHEET_FILE
from digitscope.types import Background

MODEL_HELP = "a .keras or .onnx file (default: the ONNX one)"


def build_parser(version: str) -> argparse.ArgumentParser:
    """Describe the commands and their options; `command` names the one that was chosen."""
    parser = argparse.ArgumentParser(
        prog="digitscope", description="Reads handwritten digits from pictures."
    )
    parser.add_argument("--version", action="version", version=f"digitscope {version}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")
    _add_read(commands.add_parser("read", help="read the digit in each picture"))
    _add_steps(commands.add_parser("steps", help="write the 11 steps of a picture as PNG files"))
    counting = f"read a folder that has a {LABELS_FILE} and count what is right"
    _add_benchmark(commands.add_parser("benchmark", help=counting))
    telling = "tell the version, the model and the backgrounds"
    _add_info(commands.add_parser("info", help=telling))
    _add_serve(commands.add_parser("serve", help="start the HTTP API"))
    asking = "ask a Digitscope server about each picture, and show all ten digits"
    _add_ask(commands.add_parser("ask", help=asking))
    return parser


def _add_read(read: argparse.ArgumentParser) -> None:
    read.add_argument("files", nargs="+", metavar="FILE", type=Path)
    read.add_argument("--json", action="store_true", help="one JSON object a line and a file")
    _add_force(read)
    _add_reader_options(read)


def _add_steps(steps: argparse.ArgumentParser) -> None:
    steps.add_argument("file", metavar="FILE", type=Path)
    steps.add_argument("--out", metavar="DIR", type=Path, default=Path("steps"))
    steps.add_argument(
        "--overlay",
        action="store_true",
        help="also draw where it looked, and which strokes spoke for the answer",
    )
    _add_force(steps)
    _add_reader_options(steps)


def _add_benchmark(benchmark: argparse.ArgumentParser) -> None:
    benchmark.add_argument("folder", metavar="DIR", type=Path)
    benchmark.add_argument("--kinds", default="", help="only these kinds, e.g. photo,scan")
    benchmark.add_argument("--headline", action="store_true", help="only rows with headline=yes")
    benchmark.add_argument("--json", action="store_true", help="one JSON object")
    benchmark.add_argument(
        "--out",
        metavar="DIR",
        type=Path,
        help=f"write {RESULTS_FILE} (everything, row by row) and {SHEET_FILE} (every mistake with "
        "its steps); a run that was stopped goes on from there",
    )
    _add_reader_options(benchmark)


def _add_info(info: argparse.ArgumentParser) -> None:
    info.add_argument("--json", action="store_true", help="one JSON object")
    info.add_argument("--model", metavar="PATH", type=Path)


def _add_serve(serve: argparse.ArgumentParser) -> None:
    serve.add_argument(
        "--host",
        default="127.0.0.1",
        help="0.0.0.0 answers other machines, too (default: %(default)s)",
    )
    serve.add_argument("--port", type=_port, default=8000, help="(default: %(default)s)")
    serve.add_argument("--model", metavar="PATH", type=Path, help=MODEL_HELP)


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number < 2**16:
        raise argparse.ArgumentTypeError(f"a port, 0 to 65535, is expected. Received: {text}")
    return number


def _add_ask(ask: argparse.ArgumentParser) -> None:
    ask.add_argument("url", metavar="URL", help="of the server, like http://127.0.0.1:8000")
    ask.add_argument("files", nargs="+", metavar="FILE", type=Path)
    ask.add_argument("--json", action="store_true", help="one JSON object a line and a file")
    _add_reading_options(ask)


def _add_force(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--force",
        action="store_true",
        help="make a best guess even of a shape that is refused (it stays refused)",
    )


def _add_reader_options(parser: argparse.ArgumentParser) -> None:
    _add_reading_options(parser)
    parser.add_argument("--model", metavar="PATH", type=Path, help=MODEL_HELP)


def _add_reading_options(parser: argparse.ArgumentParser) -> None:
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
