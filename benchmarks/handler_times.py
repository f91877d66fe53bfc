"""Times in the handler: what the server itself measures, read from `/metrics` of all processes.

A request's time runs from before its session and its viewer are looked up to its answer, with every
wait for the database, for another thread and for a processor; what gunicorn and the client do
before and after is not in it.
"""

import re
from collections import Counter
from http.client import HTTPConnection
from typing import NamedTuple

_BUCKET = re.compile(
    r'^varsity_request_seconds_bucket\{endpoint="([^"]*)",le="([^"]*)"\} (\S+)$', re.M
)
OWN = "health.metrics"


class Handled(NamedTuple):
    """Milliseconds in the handler, within a bucket by proportion; the shares are exact."""

    p50: float
    p99: float
    within_3: float
    within_15: float
    within_60: float


def handled(port: int) -> "Counter[float]":
    """Return how many requests each process has answered within each bound, in seconds."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/metrics")
    text = connection.getresponse().read().decode()
    connection.close()
    found: Counter[float] = Counter()
    for endpoint, bound, number in _BUCKET.findall(text):
        if endpoint != OWN:
            found[float(bound)] += int(float(number))
    return found


def between(before: "Counter[float]", after: "Counter[float]") -> Handled:
    """Return how the requests between two readings were handled."""
    within = {bound: after[bound] - before[bound] for bound in sorted(after)}
    total = within[float("inf")]

    def share(seconds: float) -> float:
        return within[seconds] / total

    def quantile(part: float) -> float:
        low, below = 0.0, 0
        for bound, number in within.items():
            if number >= part * total:
                return 1000 * (low + (bound - low) * (part * total - below) / (number - below))
            low, below = bound, number
        raise AssertionError("the last bound is infinite")

    return Handled(quantile(0.5), quantile(0.99), share(0.003), share(0.015), share(0.06))
