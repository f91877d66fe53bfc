"""Asks at a fixed rate, whatever the answers take: each time runs from when the request was due.

A client that waits for an answer before it asks again asks a slow server less often, and leaves
out of its numbers just the waits that people would have had.
"""

import threading
import time
from collections.abc import Callable, Mapping
from http.client import HTTPConnection
from statistics import quantiles
from typing import NamedTuple

THREADS = 48
WAIT_SECONDS = 60
Ask = tuple[str, Mapping[str, str]]


class Latency(NamedTuple):
    """Milliseconds from when a request was due to its last byte, and the rate that was kept."""

    rate: float
    p50: float
    p99: float
    worst: float
    bytes: int


class Clients:
    """Threads with a connection each; one takes the next request that is due."""

    def __init__(self, port: int, ask: Callable[[int], Ask], *, rate: float | None) -> None:
        self.port, self.ask, self.rate = port, ask, rate
        self.lock = threading.Lock()
        self.next = 0
        self.times: list[float] = []
        self.bytes = 0
        self.problems: list[str] = []

    def run(self, seconds: float, *, threads: int = THREADS) -> Latency:
        """Ask for so long. Without a rate each thread asks again as soon as it was answered."""
        self.began = time.perf_counter() + 0.05
        self.until = self.began + seconds
        running = [threading.Thread(target=self._client) for _ in range(threads)]
        for thread in running:
            thread.start()
        for thread in running:
            thread.join()
        if self.problems:
            raise RuntimeError(self.problems[0])
        elapsed = time.perf_counter() - self.began
        cuts = quantiles(self.times, n=100)
        milliseconds = [1000 * value for value in (cuts[49], cuts[98], max(self.times))]
        return Latency(len(self.times) / elapsed, *milliseconds, self.bytes)

    def _client(self) -> None:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=WAIT_SECONDS)
        try:
            while (due := self._due()) is not None:
                self._one(connection, *due)
        except OSError as error:
            self.problems.append(repr(error))
        finally:
            connection.close()

    def _due(self) -> tuple[int, float] | None:
        with self.lock:
            number, self.next = self.next, self.next + 1
        now = time.perf_counter()
        due = now if self.rate is None else self.began + number / self.rate
        if due >= self.until or self.problems:
            return None
        if due > now:
            time.sleep(due - now)
        return number, due

    def _one(self, connection: HTTPConnection, number: int, due: float) -> None:
        path, headers = self.ask(number)
        connection.request("GET", path, headers=dict(headers))
        answer = connection.getresponse()
        body = answer.read()
        if answer.status not in (200, 304):
            self.problems.append(f"{path}: {answer.status}")
        with self.lock:
            self.times.append(time.perf_counter() - due)
            self.bytes = len(body)
