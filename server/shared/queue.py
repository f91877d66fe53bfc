"""The job engine: a job is a name and plain arguments; rows in the database are the truth.

The engine delivers at most once, so whatever is sent is also found by a sweep of the rows.
"""

import logging
import sqlite3
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import structlog
from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey
from redis.exceptions import RedisError

from server.shared.outages import cause_of, database_is_away

log = structlog.get_logger(__name__)
# What an engine raises that does not answer: nothing is wrong with the job.
AWAY = (OSError, RedisError, psycopg.Error, sqlite3.Error)
Handler = Callable[..., None]


def make_engine(url: str, data_dir: Path) -> Huey:
    """Return the engine that a URL names: Redis, PostgreSQL, or SQLite where it is empty."""
    if url.startswith(("redis://", "rediss://")):
        return RedisHuey("varsity", url=url, results=False)
    if url.startswith("postgresql"):
        dsn = url.replace("postgresql+psycopg://", "postgresql://")
        return PostgresHuey("varsity", dsn=dsn, results=False)
    data_dir.mkdir(parents=True, exist_ok=True)
    # No fsync: a lost signal is found again by the sweep.
    return SqliteHuey(
        "varsity", filename=str(data_dir / "queue.db"), results=False, fsync=False, timeout=30
    )


class _Outage:
    """Tells once that the engine does not answer, and once that it does again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lasts = False

    def told(self, error: Exception) -> None:
        """Note that it did not answer; the first time it is logged."""
        with self._lock:
            first, self._lasts = not self._lasts, True
        if first:
            said = f"{type(error).__name__}: {error}"
            log.error("queue_away", error=said)

    def over(self) -> None:
        """Note that it answers."""
        if not self._lasts:
            return
        with self._lock:
            last, self._lasts = self._lasts, False
        if last:
            log.info("queue_back")


class Jobs:
    """Sends jobs by name, and runs them where handlers were added (the worker)."""

    def __init__(self, engine: Huey) -> None:
        self.engine = engine
        self._handlers: dict[str, Handler] = {}
        self._outage = _Outage()
        self._task = engine.task(name="run_job")(self._run)

    def handle(self, name: str, handler: Handler) -> None:
        """Say who does the jobs of a name."""
        self._handlers[name] = handler

    def send(self, name: str, **arguments: Any) -> None:
        """Send a job; a broken engine is logged and left to the sweep, never raised."""
        try:
            self._task(name, arguments)
            self._outage.over()
        except AWAY as error:
            self._outage.told(error)
        except Exception:
            log.exception("job_not_sent", job=name, **arguments)

    def waiting(self) -> int:
        """Return the number of signals that no worker has taken yet.

        Of an engine that does not answer, more than any sweep would send: nothing is sent now.
        """
        try:
            pending = int(self.engine.pending_count())
        except AWAY as error:
            self._outage.told(error)
            return sys.maxsize
        self._outage.over()
        return pending

    def hear_of_outages(self) -> None:
        """Have an outage told once: a consumer's threads would each tell it again and again."""
        for part in ("Worker", "Scheduler"):
            logging.getLogger(f"huey.consumer.{part}").addFilter(self._is_news)

    def _is_news(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if not isinstance(error, AWAY):
            return True
        self._outage.told(error)
        return False

    def _run(self, name: str, arguments: dict[str, Any]) -> None:
        self._outage.over()
        handler = self._handlers.get(name)
        if handler is None:
            log.error("job_unknown", job=name)
            return
        try:
            handler(**arguments)
        except Exception as error:
            if database_is_away(error):
                # It comes back by itself, and so does what was asked for: no trace helps anybody.
                log.error("job_failed", job=name, error=cause_of(error), **arguments)
                return
            log.exception("job_failed", job=name, **arguments)
