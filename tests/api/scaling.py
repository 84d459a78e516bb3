"""Rehearses scaling: three API servers behind nginx, one killed under load.

``python -m tests.api.scaling PICTURES... --requests 600`` sends pictures from several clients and
kills a server when a third is answered. It counts the answers that differ from what one server says
alone, those that came twice, and those that failed.
"""

from __future__ import annotations

import argparse
import itertools
import os
import re
import subprocess
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from tests.api.conftest import PATIENCE_S, Server, free_port, serving, wait_until

ROOT = Path(__file__).resolve().parents[2]
CONFIGURATION = ROOT / "docs" / "clusters" / "nginx.conf"
PATH = "/api/v1/predict"
SERVERS = 3
REQUEST_ID = "X-Request-ID"


@dataclass
class Tally:
    """What came back of the pictures that were sent."""

    sent: int = 0
    right: int = 0
    wrong: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    request_ids: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def doubled(self) -> int:
        """Answers that were given more than once."""
        return sum(count - 1 for count in self.request_ids.values())

    def add(self, name: str, answer: httpx2.Response | str, expected: object) -> None:
        """Count an answer, or the words of an error."""
        with self.lock:
            self.sent += 1
            if isinstance(answer, str) or answer.status_code != 200:
                said = answer if isinstance(answer, str) else f"{answer.status_code} {answer.text}"
                self.failed.append(f"{name}: {said[:200]}")
                return
            self.request_ids[answer.headers[REQUEST_ID]] += 1
            if answer.json()["probabilities"] == expected:
                self.right += 1
            else:
                self.wrong.append(f"{name}: {answer.text[:200]}")

    def describe(self) -> str:
        """All counts on one line."""
        return (
            f"{self.sent} sent, {self.right} right, {len(self.wrong)} wrong, "
            f"{self.doubled} doubled, {len(self.failed)} failed"
        )


def configure(folder: Path, ports: list[int], port: int) -> Path:
    """Write compose's configuration of nginx for servers on this machine."""
    text = CONFIGURATION.read_text(encoding="utf-8").replace("/tmp/", f"{folder}/")  # noqa: S108
    text = re.sub(r"\n *resolver [^\n]*", "", text)  # there is no Docker that knows the servers
    (server,) = re.findall(r"server api:8000 resolve ([^;]*);", text)
    servers = "\n".join(f"server 127.0.0.1:{one} {server};" for one in ports)
    text = re.sub(r"server api:8000 [^;]*;", servers, text)
    text = text.replace("listen 8080;", f"listen 127.0.0.1:{port};")
    if os.geteuid() == 0:
        text = f"user root;\n{text}"  # its processes may write to the folder
    path = folder / "nginx.conf"
    path.write_text(text, encoding="utf-8")
    return path


@contextmanager
def behind_nginx(folder: Path, count: int = SERVERS) -> Iterator[tuple[str, list[Server]]]:
    """Start servers and nginx; gives nginx' address and the servers."""
    with ExitStack() as stack:
        folders = [folder / f"server-{number}" for number in range(count)]
        for one in folders:
            one.mkdir()
        servers = [stack.enter_context(serving(one)) for one in folders]
        port = free_port()
        configuration = configure(folder, [server.port for server in servers], port)
        command = ["nginx", "-e", "stderr", "-p", folder, "-c", configuration, "-g", "daemon off;"]
        nginx = stack.enter_context(
            subprocess.Popen(command, stderr=(folder / "nginx.log").open("w"))
        )
        stack.callback(nginx.terminate)
        url = f"http://127.0.0.1:{port}"
        with httpx2.Client(base_url=url, timeout=PATIENCE_S) as client:
            wait_until(lambda: _is_healthy(client), "nginx answers")
        yield url, servers


def _is_healthy(client: httpx2.Client) -> bool:
    try:
        return client.get("/health").status_code == 200
    except httpx2.TransportError:
        return False


def rehearse(
    url: str,
    servers: list[Server],
    pictures: Mapping[str, bytes],
    *,
    requests: int,
    clients: int,
) -> Tally:
    """Send pictures from several clients; the first server is killed when a third is answered."""
    expected = {
        name: servers[0].client.post(PATH, files={"file": data}).json()["probabilities"]
        for name, data in pictures.items()
    }
    waiting = itertools.islice(itertools.cycle(pictures.items()), requests)
    tally, turn = Tally(), threading.Lock()

    def take() -> tuple[str, bytes] | None:
        with turn:
            return next(waiting, None)

    def visit(_: int) -> None:
        with httpx2.Client(base_url=url, timeout=PATIENCE_S) as client:
            while job := take():
                name, data = job
                tally.add(name, _send(client, data), expected[name])

    def kill() -> None:
        wait_until(lambda: tally.sent >= requests // 3, "a third is answered")
        servers[0].process.kill()

    with ThreadPoolExecutor(clients + 1) as pool:
        killing = pool.submit(kill)
        list(pool.map(visit, range(clients)))
        killing.result()
    return tally


def _send(client: httpx2.Client, data: bytes) -> Any:
    """Send a picture; once more where the connection broke: a reading changes nothing."""
    said = ""
    for _ in range(2):  # nginx asks another server itself, but not once the answer has begun
        try:
            return client.post(PATH, files={"file": data})
        except httpx2.TransportError as error:
            said = f"{type(error).__name__}: {error}"
    return said


def main() -> int:
    """Rehearse; exit code 1 where anything was wrong, doubled or lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pictures", nargs="+", type=Path, help="pictures to send")
    parser.add_argument("--requests", type=int, default=600)
    parser.add_argument("--clients", type=int, default=8)
    asked = parser.parse_args()
    pictures = {file.name: file.read_bytes() for file in asked.pictures}
    with tempfile.TemporaryDirectory() as work, behind_nginx(Path(work)) as (url, servers):
        tally = rehearse(url, servers, pictures, requests=asked.requests, clients=asked.clients)
    print("\n".join([tally.describe(), *tally.wrong[:10], *tally.failed[:10]]))
    return 0 if tally.right == asked.requests and not tally.doubled else 1


if __name__ == "__main__":
    raise SystemExit(main())
