"""`digitscope ask`: sends pictures to a Digitscope server and shows all ten digits, ranked."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digitscope.errors import DigitscopeError
from digitscope.shares import format_share

if TYPE_CHECKING:
    import httpx2
    from rich.console import Console

PREDICT_PATH = "/api/v1/predict"
TIMEOUT_S = 60.0  # more than the server takes before it gives up
SENT_NAME = "picture"  # the file's own name is nobody's business
BAR_CHARS = 30
FAR_SHARE = 0.01  # digits below it are printed dim


class AskError(DigitscopeError, RuntimeError):
    """No server can be asked at the address given."""


def run_ask(options: argparse.Namespace) -> int:
    """Ask about each file; one that gets no answer does not stop the others.

    Returns:
        0 where every file got an answer, refusals among them; 1 where some did not.

    Raises:
        AskError: no server answers there, or the packages for asking are missing.
    """
    with _connected(options.url) as (client, console):
        answers = [_ask_and_show(client, console, file, options) for file in options.files]
    return 0 if all(answers) else 1


@contextmanager
def _connected(url: str) -> Iterator[tuple[httpx2.Client, Console]]:
    """Open what asks and what prints; turn a server that is not there into an error of ours."""
    try:
        import httpx2
        from rich.console import Console
    except ImportError as error:
        raise AskError(
            f"Asking a server needs the package {error.name}, which is not installed. "
            "`pip install -e .[api]` brings it."
        ) from error
    try:
        with httpx2.Client(base_url=url, timeout=TIMEOUT_S) as client:
            yield client, Console(highlight=False, soft_wrap=True)
    except (httpx2.TransportError, httpx2.InvalidURL) as error:
        raise AskError(
            f"A Digitscope server is expected, like http://127.0.0.1:8000. "
            f"Received: {url} ({error}). `digitscope serve` starts one."
        ) from error


def _ask_and_show(
    client: httpx2.Client, console: Console, file: Path, options: argparse.Namespace
) -> bool:
    answer = {
        "file": str(file),
        **ask(client, file, tta=options.tta, background=options.background),
    }
    if options.json:
        console.out(json.dumps(answer), highlight=False)
    else:
        show(console, answer)
    return "digit" in answer


def ask(client: httpx2.Client, file: Path, *, tta: bool, background: str) -> dict[str, Any]:
    """Send a picture file.

    Args:
        client: open, with the server as its base address.
        file: the picture.
        tta: mean over five small rotations.
        background: the way to remove the background.

    Returns:
        The answer, or the problem (with `title` and `detail`), as the server words it.
    """
    try:
        data = file.read_bytes()
    except OSError as error:
        return {"title": "The file cannot be opened", "detail": str(error.strerror)}
    import httpx2

    options = {"tta": json.dumps(tta), "background": background}
    form = {"file": (SENT_NAME, data)}
    try:
        return _content(client.post(PREDICT_PATH, params=options, files=form))
    except httpx2.ReadTimeout:
        return {"title": "No answer in time", "detail": f"The server had {TIMEOUT_S:g} s."}


def _content(response: httpx2.Response) -> dict[str, Any]:
    """The answer or the problem in a response, whoever answered."""
    try:
        content: dict[str, Any] = dict(response.json())
    except (ValueError, TypeError):
        content = {}
    if "digit" in content or "title" in content:
        return content
    detail = f"Status {response.status_code} and no answer that Digitscope would give."
    return {"title": "Another server answered", "detail": detail}


def show(console: Console, answer: dict[str, Any]) -> None:
    """Print an answer and all ten digits, the most probable first, each with its bar."""
    name = answer["file"]
    if "digit" not in answer:
        console.out(f"{name}: error: {answer['title']}. {answer['detail']}", style="red")
        return
    if answer["digit"] is None:
        console.out(f"{name}: rejected: {answer['reason']}", style="yellow")
    else:
        sure = format_share(answer["confidence"])
        console.out(f"{name}: {answer['digit']}  {sure} sure", style="bold")
    if answer["notice"]:
        console.out(answer["notice"])
    if answer["probabilities"] is not None:
        _show_bars(console, answer["probabilities"])


def _show_bars(console: Console, shares: list[float]) -> None:
    from rich.bar import Bar
    from rich.table import Table

    table = Table.grid(padding=(0, 1))
    for digit in sorted(range(len(shares)), key=lambda digit: -shares[digit]):
        bar = Bar(1.0, 0.0, shares[digit], width=BAR_CHARS)
        style = "dim" if shares[digit] < FAR_SHARE else ""
        table.add_row(f"  {digit}", bar, f"{format_share(shares[digit]):>6}", style=style)
    console.print(table)
