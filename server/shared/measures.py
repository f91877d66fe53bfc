"""Numbers for Prometheus, right across several processes of one machine."""

import contextlib
import os
import time
from collections.abc import Callable
from functools import cache

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

from server.shared import measure_files

measure_files.install()
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
# In the environment of a request that a process makes of itself: it is not counted.
OWN = "varsity.own"
_room = measure_files.Room()


@cache
def _scoring_seconds() -> Histogram:
    # Made when it is needed: without labels it has its file at once, also where no disk has room.
    return Histogram("varsity_scoring_seconds", "Time to score one file, in seconds")


def install_measures(app: Flask) -> None:
    """Count and time every request, from before anything else is done for it to after it."""
    app.before_request(_start)
    app.after_request(_count)


def measure_scored(state: str) -> None:
    """Count a submission that came to an end."""
    _where_there_is_room(lambda: SCORED.labels(state).inc())


def measure_scoring(seconds: float) -> None:
    """Note how long the scoring of a file took."""
    _where_there_is_room(lambda: _scoring_seconds().observe(seconds))


def _where_there_is_room(count: Callable[[], None]) -> None:
    """Count; on a full disk the work is done all the same, and not counted."""
    if _room.is_there():
        with contextlib.suppress(OSError):
            count()


def _start() -> None:
    g.started = time.perf_counter()


def _count(response: Response) -> Response:
    if OWN in request.environ:
        return response
    endpoint, status = request.endpoint or "none", str(response.status_code)
    _where_there_is_room(lambda: _measure(endpoint, status))
    return response


def _measure(endpoint: str, status: str) -> None:
    REQUESTS.labels(endpoint, request.method, status).inc()
    SECONDS.labels(endpoint).observe(time.perf_counter() - g.get("started", time.perf_counter()))


def exposition(gauges: dict[str, float]) -> Response:
    """Return every process's numbers, with the gauges given added."""
    registry = REGISTRY
    if os.environ.get(measure_files.FOLDER_VARIABLE):
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
