"""Several servers behind nginx, one of them killed: every picture is answered once, and rightly."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from digitscope.api.settings import ApiSettings
from tests.api.scaling import CONFIGURATION, SERVERS, behind_nginx, rehearse

REQUESTS = 150


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx (Debian's nginx-light) is missing")
def test_a_server_killed_under_load_costs_no_answer(pages: list[bytes], tmp_path: Path) -> None:
    pictures = {f"{digit}.png": page for digit, page in enumerate(pages)}
    with behind_nginx(tmp_path) as (url, servers):
        tally = rehearse(url, servers, pictures, requests=REQUESTS, clients=6)
        read = [server for server in servers if server.process.poll() is None]
        assert all(server.metric("digitscope_readings_total", 0) > 0 for server in read)
    assert len(read) == SERVERS - 1
    assert (tally.wrong, tally.failed) == ([], [])
    assert (tally.right, tally.doubled) == (REQUESTS, 0)


def test_the_proxy_gives_the_servers_their_time_and_their_say() -> None:
    text, settings = CONFIGURATION.read_text(encoding="utf-8"), ApiSettings()
    ((megabytes,),) = [re.findall(r"client_max_body_size (\d+)m;", text)]
    ((seconds,),) = [re.findall(r"proxy_read_timeout (\d+)s;", text)]
    ((retries_s,),) = [re.findall(r"proxy_next_upstream_timeout (\d+)s;", text)]
    assert int(megabytes) * 2**20 > settings.max_batch_bytes
    assert int(seconds) > settings.body_timeout_s + settings.answer_timeout_s
    assert int(retries_s) < settings.answer_timeout_s
