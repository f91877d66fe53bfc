"""The job engine: a job is a name and plain arguments; rows in the database are the truth.

The engine delivers at most once, so whatever is sent is also found by a sweep of the rows.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import structlog
from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey

log = structlog.get_logger(__name__)
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


class Jobs:
    """Sends jobs by name, and runs them where handlers were added (the worker)."""

    def __init__(self, engine: Huey) -> None:
        self.engine = engine
        self._handlers: dict[str, Handler] = {}
        self._task = engine.task(name="run_job")(self._run)

    def handle(self, name: str, handler: Handler) -> None:
        """Say who does the jobs of a name."""
        self._handlers[name] = handler

    def send(self, name: str, **arguments: Any) -> None:
        """Send a job; a broken engine is logged and left to the sweep, never raised."""
        try:
            self._task(name, arguments)
        except Exception:
            log.exception("job_not_sent", job=name, **arguments)

    def waiting(self) -> int:
        """Return the number of signals that no worker has taken yet."""
        return int(self.engine.pending_count())

    def _run(self, name: str, arguments: dict[str, Any]) -> None:
        handler = self._handlers.get(name)
        if handler is None:
            log.error("job_unknown", job=name)
            return
        try:
            handler(**arguments)
        except Exception:
            log.exception("job_failed", job=name, **arguments)
