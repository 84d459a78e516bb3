"""Measures what a batch costs: ``python -m tests.batch.costs FOLDER``.

Nothing else may use the machine meanwhile. FOLDER holds a ``labels.csv``; its phone photos are
read. Writes ``docs/batch_costs.json``, from which ``make docs`` makes the table in docs/batch.md.
"""

from __future__ import annotations

import argparse
import json
import platform
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import mean
from typing import Any

from digitscope import DigitReader
from digitscope.batch.local import count_cores
from digitscope.image_io import load_picture
from digitscope.model_files import ONNX_MODEL, fingerprint_of
from tests.batch.measure import PHOTOS, median_rate, run_apart, write_list
from training.run_records.provenance import READ_BY, code_fingerprint, git_commit

COSTS = Path(__file__).resolve().parents[2] / "docs" / "batch_costs.json"
PRICE = 0.045  # dollars a core-hour: what large clouds ask for a core with 2 GB, on demand
ROWS, REPEATS = 733, 3
STAGE_PICTURES = 200
PACKAGES = ("numpy", "onnxruntime", "opencv-python-headless", "pillow", "ray")


def measure_stages(folder: Path, pictures: int) -> dict[str, float]:
    """Processor time of a picture's stages in ms, and its size in bytes; means."""
    import cv2

    cv2.setNumThreads(1)
    reader, network_s = DigitReader(), [0.0]
    reader.classifier.classify = _timed(reader.classifier.classify, network_s)  # type: ignore[method-assign]
    decoding_s, reading_s, sizes = [], [], []
    with tempfile.TemporaryDirectory() as work:
        listed = Path(work, "list.txt")
        write_list(folder, PHOTOS, pictures, listed)
        for name in listed.read_text().splitlines():
            data = Path(name).read_bytes()
            sizes.append(len(data))
            started = time.thread_time()
            load_picture(data)
            decoded = time.thread_time()
            reader.read(data)
            decoding_s.append(decoded - started)
            reading_s.append(time.thread_time() - decoded)
    decoding, network = 1000 * mean(decoding_s), 1000 * network_s[0] / pictures
    return {
        "decoding_ms": round(decoding, 2),
        "steps_ms": round(1000 * mean(reading_s) - decoding - network, 2),
        "network_ms": round(network, 2),
        "bytes": round(mean(sizes)),
    }


def _timed(work: Callable[..., Any], total_s: list[float]) -> Callable[..., Any]:
    def timed(*arguments: Any) -> Any:
        started = time.thread_time()
        try:
            return work(*arguments)
        finally:
            total_s[0] += time.thread_time() - started

    return timed


def measure_engines(folder: Path, rows: int, repeats: int) -> dict[str, Any]:
    """Pictures a second on all cores by each engine, and the memory of the engine `local`."""
    cores = count_cores()
    runs = {
        engine: [
            run_apart(folder, engine=engine, workers=cores, rows=rows, kind=PHOTOS)
            for _ in range(repeats)
        ]
        for engine in ("local", "ray")
    }
    (alone,) = run_apart(folder, engine="local", workers=1, rows=rows, kind=PHOTOS)
    all_mb = max(run[0]["memory_end_mb"] for run in runs["local"])
    worker_mb = (all_mb - alone["memory_end_mb"]) / (cores - 1)
    return {
        "cores": cores,
        "pictures_a_second": {engine: median_rate(found) for engine, found in runs.items()},
        "worker_mb": round(worker_mb),
        "first_process_mb": round(alone["memory_end_mb"] - worker_mb),
    }


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--price", type=float, default=PRICE, help="dollars a core-hour")
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--repeats", type=int, default=REPEATS)
    parser.add_argument("--out", type=Path, default=COSTS)
    asked = parser.parse_args()
    found = {
        "command": "python -m tests.batch.costs FOLDER",
        "measured_on": datetime.now(UTC).date().isoformat(),
        "git_commit": git_commit(),
        "code_sha256": code_fingerprint(READ_BY),
        "model_sha256": fingerprint_of(ONNX_MODEL),
        "machine": _processor(),
        "versions": {name: version(name) for name in PACKAGES}
        | {"python": platform.python_version()},
        "pictures": asked.rows,
        "dollars_a_core_hour": asked.price,
        "picture": measure_stages(asked.folder, min(asked.rows, STAGE_PICTURES)),
    } | measure_engines(asked.folder, asked.rows, asked.repeats)
    text = json.dumps(found, indent=1) + "\n"
    asked.out.write_text(text, encoding="utf-8", newline="\n")
    print(text)


def _processor() -> str:
    """The processor's name, where the system tells it."""
    about = Path("/proc/cpuinfo")
    lines = about.read_text().splitlines() if about.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


if __name__ == "__main__":
    main()
