"""`digitscope ask`: sends pictures to a Digitscope server and shows all ten digits, ranked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from digitscope.cli.exit_codes import OK, SOME_FAILED
from digitscope.cli.parser import files_argument, json_option, reading_options
from digitscope.errors import DigitscopeError
from digitscope.serialization import format_probability
from digitscope.types import CLASSES

if TYPE_CHECKING:
    import httpx2
    from rich.console import Console

PREDICT_PATH, NUMBERS_PATH = "/api/v1/predict", "/api/v1/numbers"
TIMEOUT_S = 60.0  # longer than the server's own timeout
SENT_NAME = "picture"  # the file's own name is not sent
UNREADABLE = "The file cannot be opened"
ANOTHER_SERVER = "Another server answered"
BAR_CHARS = 30
MIN_BRIGHT = 0.01  # less probable digits are printed dim


class AskError(DigitscopeError, RuntimeError):
    """No server answers at the given URL, or a package is missing."""


@click.command()
@click.argument("url", metavar="URL")
@files_argument
@json_option
@click.option("--numbers", "as_numbers", is_flag=True, help="Read whole numbers.")
@reading_options
def ask(
    url: str,
    files: tuple[Path, ...],
    as_json: bool,
    as_numbers: bool,
    tta: bool,
    background: str,
) -> int:
    """Ask the Digitscope server at URL, like http://127.0.0.1:8000, about each picture.

    A file that gets no answer does not stop the others; the exit code is 1 then.
    """
    params = {"background": background} | ({} if as_numbers else {"tta": json.dumps(tta)})
    path = NUMBERS_PATH if as_numbers else PREDICT_PATH
    answers: list[dict[str, Any]] = []
    with _connected(url) as (client, console):
        for file in files:
            has_answered = any(answer.get("title") != UNREADABLE for answer in answers)
            answer = send(client, path, file, params, has_answered=has_answered)
            answers.append({"file": str(file)} | answer)
            if as_json:
                console.out(json.dumps(answers[-1]), highlight=False)
            else:
                show(console, answers[-1])
    return SOME_FAILED if any("title" in answer for answer in answers) else OK


@contextmanager
def _connected(url: str) -> Iterator[tuple[httpx2.Client, Console]]:
    """Open the HTTP client and the console; raise `AskError` if no server answers."""
    try:
        import httpx2
        from rich.console import Console
    except ImportError as error:
        raise AskError(
            f"Asking a server needs the package {error.name}, which is not installed. "
            '`pip install "digitscope[api]"` brings it.'
        ) from error
    try:
        with httpx2.Client(base_url=url, timeout=TIMEOUT_S) as client:
            console = Console(highlight=False, soft_wrap=True)
            console.on_broken_pipe = _raise_broken_pipe  # type: ignore[method-assign]
            yield client, console
    except (httpx2.TransportError, httpx2.InvalidURL, UnicodeError) as error:
        raise AskError(
            f"A Digitscope server is expected, like http://127.0.0.1:8000. "
            f"Received: {url} ({error}). `digitscope serve` starts one."
        ) from error


def _raise_broken_pipe() -> None:
    """Replace Rich's handler of a closed pipe, which ends the process with code 1."""
    raise BrokenPipeError


def send(
    client: httpx2.Client, path: str, file: Path, params: dict[str, str], *, has_answered: bool
) -> dict[str, Any]:
    """Send a picture file.

    Args:
        client: open client with the server as its base URL.
        path: path of the endpoint.
        file: the picture.
        params: query parameters with the options of the reading.
        has_answered: whether the server answered before; if so, only this file fails.

    Returns:
        The server's answer or problem; a problem has `title` and `detail`.

    Raises:
        httpx2.TransportError: the server never answered.
    """
    import httpx2

    if file.exists() and not file.is_file() and not file.is_dir():
        return {"title": UNREADABLE, "detail": "It is no regular file"}
    try:
        form = {"file": (SENT_NAME, file.read_bytes())}
        return _content(client.post(path, params=params, files=form))
    except OSError as error:
        return {"title": UNREADABLE, "detail": str(error.strerror)}
    except httpx2.ReadTimeout:
        return {"title": "No answer in time", "detail": f"The server had {TIMEOUT_S:g} s."}
    except httpx2.DecodingError as error:
        return {"title": ANOTHER_SERVER, "detail": str(error)}
    except httpx2.TransportError as error:
        if not has_answered:
            raise
        return {"title": "The server does not answer any more", "detail": str(error)}


def _content(response: httpx2.Response) -> dict[str, Any]:
    """Parse an answer or a problem; any other response becomes a problem."""
    try:
        content: dict[str, Any] = dict(response.json())
    except (ValueError, TypeError, RecursionError):
        content = {}
    content.pop("file", None)  # the client knows the file
    if _is_answer(content) or _is_numbers(content):
        return {key: value for key, value in content.items() if key != "title"}
    if isinstance(content.get("title"), str) and not content.keys() & {"digit", "numbers"}:
        return content | {"detail": str(content.get("detail", ""))}
    detail = f"Status {response.status_code} and no answer that Digitscope would give."
    return {"title": ANOTHER_SERVER, "detail": detail}


def _is_answer(content: dict[str, Any]) -> bool:
    """Whether the content has the values that are shown, with the right types."""
    ten = content.get("probabilities")
    is_ranked = isinstance(ten, list) and len(ten) == CLASSES and all(map(_is_probability, ten))
    if "digit" not in content or not (ten is None or is_ranked):
        return False
    if content["digit"] is None:
        return isinstance(content.get("reason"), str)
    return isinstance(content["digit"], int) and _is_probability(content.get("confidence"))


def _is_numbers(content: dict[str, Any]) -> bool:
    """Whether the content has the numbers of a picture, with the right types."""
    numbers = content.get("numbers")
    return isinstance(numbers, list) and all(
        isinstance(one, dict)
        and isinstance(one.get("text"), str)
        and _is_probability(one.get("confidence"))
        for one in numbers
    )


def _is_probability(value: object) -> bool:
    return isinstance(value, (int, float)) and 0 <= value <= 1


def _printable(text: str) -> str:
    """Remove control characters from a server's text, as they would control the terminal."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def show(console: Console, answer: dict[str, Any]) -> None:
    """Print an answer and all ten digits, the most probable first, each with its bar."""
    name = answer["file"]
    if "numbers" in answer:
        _show_numbers(console, answer)
        return
    if "digit" not in answer:
        problem = _printable(f"{answer['title']}. {answer['detail']}")
        console.out(f"{name}: error: {problem}", style="red")
        return
    if answer["digit"] is None:
        console.out(f"{name}: rejected: {_printable(answer['reason'])}", style="yellow")
    else:
        sure = format_probability(answer["confidence"])
        console.out(f"{name}: {answer['digit']}  {sure} sure", style="bold")
    if answer.get("notice"):
        console.out(_printable(str(answer["notice"])))
    if answer.get("probabilities") is not None:
        _show_bars(console, answer["probabilities"])


def _show_numbers(console: Console, answer: dict[str, Any]) -> None:
    """Print the numbers of a picture, each with its confidence."""
    if not answer["numbers"]:
        reason = _printable(str(answer.get("reason")))
        console.out(f"{answer['file']}: rejected: {reason}", style="yellow")
    for number in answer["numbers"]:
        sure = format_probability(number["confidence"])
        console.out(f"{answer['file']}: {_printable(number['text'])}  {sure} sure", style="bold")
    if answer.get("notice"):
        console.out(_printable(str(answer["notice"])))


def _show_bars(console: Console, probabilities: list[float]) -> None:
    from rich.bar import Bar
    from rich.table import Table

    table = Table.grid(padding=(0, 1))
    for digit in sorted(range(CLASSES), key=lambda digit: -probabilities[digit]):
        bar = Bar(1.0, 0.0, probabilities[digit], width=BAR_CHARS)
        style = "dim" if probabilities[digit] < MIN_BRIGHT else ""
        percent = format_probability(probabilities[digit])
        table.add_row(f"  {digit}", bar, f"{percent:>6}", style=style)
    console.print(table)
