"""Metrics for Prometheus: requests, readings, tasks in flight, whether the network is loaded."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)

from digitscope import __version__
from digitscope.number_types import NumberReading
from digitscope.types import Reading

SECONDS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20)  # one tile .. timeout
METHODS = frozenset({"GET", "POST"})  # others share one label, as clients may send any method
OTHER = "other"


class Metrics:
    """The metrics of one app, in their own registry, so that two apps do not mix their counts."""

    def __init__(self, count_in_flight: Callable[[], int], is_loaded: Callable[[], bool]) -> None:
        """Start counting.

        Args:
            count_in_flight: returns the number of requests being read or waiting.
            is_loaded: returns whether the network is loaded.
        """
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        labels = ("method", "path", "status")
        self._requests = self._counter("requests", "Requests answered", labels)
        self._seconds = Histogram(
            "digitscope_request_seconds",
            "From the request's first byte to its answer's last",
            ("path",),
            buckets=SECONDS,
            registry=self._registry,
        )
        self._readings = self._counter("readings", "Pictures read", ("outcome", "background"))
        self._gauge("in_flight", "Requests being read or waiting", count_in_flight)
        self._gauge("model_loaded", "1 once the network answers", is_loaded)
        self._gauge("info", "The version", lambda: 1, version=__version__)

    def _counter(self, name: str, text: str, labels: tuple[str, ...]) -> Counter:
        return Counter(f"digitscope_{name}", text, labels, registry=self._registry)

    def _gauge(self, name: str, text: str, ask: Callable[[], float], **labels: str) -> None:
        gauge = Gauge(f"digitscope_{name}", text, tuple(labels), registry=self._registry)
        (gauge.labels(**labels) if labels else gauge).set_function(ask)

    def count_request(self, method: str, path: str, status: int, seconds: float) -> None:
        """Count an answered request; `method` and `path` come from a closed set."""
        self._requests.labels(method, path, str(status)).inc()
        self._seconds.labels(path).observe(seconds)

    def count_reading(self, reading: Reading) -> str:
        """Count a picture that was read; returns the label that it is counted under."""
        outcome = "digit" if reading.reason is None else str(reading.reason)
        self._readings.labels(outcome, str(reading.preprocessed.background)).inc()
        return outcome

    def count_numbers(self, reading: NumberReading) -> str:
        """Count a picture whose numbers were read; returns the label that it is counted under."""
        outcome = "numbers" if reading.reason is None else str(reading.reason)
        self._readings.labels(outcome, str(reading.background)).inc()
        return outcome

    def render(self) -> bytes:
        """All metrics in Prometheus' text format."""
        return generate_latest(self._registry)
