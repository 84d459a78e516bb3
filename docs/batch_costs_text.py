"""The table of costs in docs/batch.md, from docs/batch_costs.json."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

COMMAND = "python -m tests.batch.costs FOLDER"
COUNTS = {1_000: "local", 1_000_000: "ray", 1_000_000_000: "ray"}  # number of pictures: engine
HOUR_S, DAY_H = 3600, 24
CENT = 0.01
GIGABIT_BYTES = 10**9 / 8
COLUMNS = (
    "pictures",
    "engine",
    "core-hours",
    "time on {cores} cores",
    "cores for one day",
    "their memory",
    "bytes read",
    "dollars",
)


def describe_costs(path: Path) -> str:
    """Write the costs of a thousand, a million and a billion pictures, and what limits speed."""
    if not path.is_file():
        return f"Not measured yet: `{COMMAND}` on a machine that does nothing else."
    costs = json.loads(path.read_text(encoding="utf-8"))
    titles = " | ".join(COLUMNS).format(cores=costs["cores"])
    rows = [_describe_count(costs, count, engine) for count, engine in COUNTS.items()]
    head = [f"| {titles} |", "| --- " * len(COLUMNS) + "|"]
    return "\n".join([_describe_source(costs), "", *head, *rows, "", _describe_bounds(costs)])


def _describe_source(costs: dict[str, Any]) -> str:
    rates = costs["pictures_a_second"]
    return (
        f"Measured on {costs['measured_on']} with {costs['pictures']} phone photos on "
        f"{costs['cores']} cores ({costs['machine']}): {rates['local']:.1f} pictures a second with "
        f"the engine `local`, {rates['ray']:.1f} with `ray`. Start-up is not counted. A core-hour "
        f"is counted as {costs['dollars_a_core_hour']:g} dollars. More cores than were measured "
        f"are assumed to do as much each. `{COMMAND}` measures it again."
    )


def _describe_count(costs: dict[str, Any], count: int, engine: str) -> str:
    rate = costs["pictures_a_second"][engine] / costs["cores"]  # per second and core
    hours = count / rate / HOUR_S
    cores = max(costs["cores"], math.ceil(hours / DAY_H))
    cells = (
        f"{count:,}",
        f"`{engine}`",
        f"{hours:,.2f}" if hours < 1 else f"{hours:,.0f}",
        _describe_time(hours / costs["cores"]),
        f"{cores:,}",
        _describe_bytes((costs["first_process_mb"] + cores * costs["worker_mb"]) * 10**6),
        _describe_bytes(count * costs["picture"]["bytes"]),
        _describe_money(hours * costs["dollars_a_core_hour"]),
    )
    return f"| {' | '.join(cells)} |"


def _describe_time(hours: float) -> str:
    if hours < 1:
        return f"{hours * HOUR_S:.0f} s"
    return f"{hours:.1f} h" if hours < DAY_H else f"{hours / DAY_H:,.0f} days"


def _describe_money(dollars: float) -> str:
    return f"{dollars:,.2f}" if dollars >= CENT else f"less than {CENT}"


def _describe_bytes(count: float) -> str:
    size, unit = next((s, u) for s, u in ((1e12, "TB"), (1e9, "GB"), (1e6, "MB")) if count >= s)
    return f"{count / size:,.1f} {unit}"


def _describe_bounds(costs: dict[str, Any]) -> str:
    """Write which stage takes how much time, and how many cores a connection can supply."""
    picture = costs["picture"]
    stages = {name: picture[f"{name}_ms"] for name in ("decoding", "steps", "network")}
    share = {name: ms / sum(stages.values()) for name, ms in stages.items()}
    a_core = costs["pictures_a_second"]["local"] / costs["cores"] * picture["bytes"]
    return (
        f"What bounds it is the processor: of {sum(stages.values()):.1f} ms a picture, the eleven "
        f"steps take {share['steps']:.0%}, decoding the file {share['decoding']:.0%}, the neural "
        f"network {share['network']:.0%}. A core takes {a_core / 1e6:.2f} MB a second of pictures "
        f"of {picture['bytes'] / 1000:.0f} kB, so a connection of one gigabit a second feeds "
        f"{GIGABIT_BYTES / a_core:.0f} cores; beyond that, or with larger files, the connection "
        "to the pictures bounds it."
    )
