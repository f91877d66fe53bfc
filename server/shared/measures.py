"""Numbers for Prometheus, right across several processes of one machine."""

import os
import time

from flask import Flask, Response, g, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.core import REGISTRY, GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector

REQUESTS = Counter("varsity_requests", "Requests answered", ["endpoint", "method", "status"])
# Near what the pages promise: a 304 within 3 ms, a board within 15 ms in the middle and 60 ms.
BOUNDS = (
    *(0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.03, 0.04, 0.06, 0.08, 0.1),
    *(0.15, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0),
)
SECONDS = Histogram(
    "varsity_request_seconds", "Time to answer, in seconds", ["endpoint"], buckets=BOUNDS
)
SCORED = Counter("varsity_scored", "Submissions that came to an end", ["state"])
SCORING_SECONDS = Histogram("varsity_scoring_seconds", "Time to score one file, in seconds")


def install_measures(app: Flask) -> None:
    """Count and time every request, from before anything else is done for it to after it."""
    app.before_request(_start)
    app.after_request(_count)


def _start() -> None:
    g.started = time.perf_counter()


def _count(response: Response) -> Response:
    endpoint = request.endpoint or "none"
    REQUESTS.labels(endpoint, request.method, str(response.status_code)).inc()
    SECONDS.labels(endpoint).observe(time.perf_counter() - g.get("started", time.perf_counter()))
    return response


def exposition(gauges: dict[str, float]) -> Response:
    """Return every process's numbers, with the gauges given added."""
    registry = REGISTRY
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    extra = CollectorRegistry()
    extra.register(_Gauges(gauges))
    return Response(
        generate_latest(registry) + generate_latest(extra), content_type=CONTENT_TYPE_LATEST
    )


class _Gauges:
    """Values read from the database at the time of asking."""

    def __init__(self, values: dict[str, float]) -> None:
        self.values = values

    def collect(self) -> list[GaugeMetricFamily]:
        """Return one gauge a value."""
        return [GaugeMetricFamily(name, name, value=v) for name, v in self.values.items()]
