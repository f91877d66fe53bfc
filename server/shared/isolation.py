"""Scoring in a limited child process: whatever it does, the worker lives."""

import ctypes
import multiprocessing
import os
import resource
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError
from concurrent.futures import TimeoutError as FutureTimeout
from concurrent.futures.process import BrokenProcessPool
from typing import Any, NamedTuple

from pebble import ProcessExpired, ProcessPool

# What a child would else import anew: every fifth of a second counts at each submission.
PRELOAD = ("numpy", "polars", "sklearn.metrics", "pydantic", "click", "scorers.evaluate", __name__)
# A pool that broke is replaced and asked again: its death says nothing of the file.
MOST_POOLS = 6
REST_SECONDS = 0.1
# Longer than its time and no answer: the pool itself hangs.
HANG_SECONDS = 60
# What a child's exit code is said to be when its fork server died.
ORPHANED = 255
_PR_SET_PDEATHSIG = 1


class Limits(NamedTuple):
    """What one child may use."""

    memory_bytes: int
    wall_seconds: int
    file_bytes: int = 1 << 30
    open_files: int = 256
    result_characters: int = 64_000_000


class LimitExceeded(Exception):
    """The child was stopped by a limit, or died; the message names which."""


class NoChildren(Exception):
    """No child could be started: the fault is this machine's, and trying later may help."""


class Isolation:
    """A pool of fresh children, forked from a server that has the libraries loaded."""

    def __init__(self, *, workers: int, limits: Limits, preload: Sequence[str] = ()) -> None:
        self.limits = limits
        self.workers = workers
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload([*PRELOAD, *preload])
        self._lock = threading.Lock()
        self._stopped = False
        self._asked: set[Any] = set()
        self._pool = self._make_pool()

    def _make_pool(self) -> ProcessPool:
        return ProcessPool(
            max_workers=self.workers,
            max_tasks=1,
            context=self._context,
            initializer=_limit,
            initargs=(self.limits,),
        )

    def run(self, function: Callable[..., str], *arguments: Any) -> str:
        """Run a function in a child and return its text.

        Raises:
            LimitExceeded: it ran out of time or memory, said too much, or its process died.
            NoChildren: no child could be started, or the worker stops.
        """
        for attempt in range(MOST_POOLS):
            pool = self._current()
            try:
                return self._ask(pool, function, arguments)
            except BrokenProcessPool:
                self._replace(pool)
                time.sleep(REST_SECONDS * attempt)
        raise NoChildren(f"{MOST_POOLS} pools of scoring processes broke one after the other")

    def _current(self) -> ProcessPool:
        with self._lock:
            if self._stopped:
                raise NoChildren("the worker stops")
            return self._pool

    def _ask(
        self, pool: ProcessPool, function: Callable[..., str], arguments: tuple[Any, ...]
    ) -> str:
        seconds = self.limits.wall_seconds
        future = self._schedule(pool, function, arguments)
        try:
            return str(future.result(timeout=seconds + HANG_SECONDS))
        except FutureTimeout as error:
            if not future.done():
                raise BrokenProcessPool("no answer") from error
            raise LimitExceeded(f"scoring took longer than {seconds} s of wall time") from error
        except MemoryError as error:
            raise LimitExceeded(
                f"scoring needed more than {self.limits.memory_bytes:,} bytes of memory"
            ) from error
        except CancelledError as error:
            raise NoChildren("the worker stops") from error
        except ProcessExpired as error:
            if error.exitcode == ORPHANED:
                raise BrokenProcessPool("the fork server died") from error
            raise LimitExceeded(f"the scoring process died (exit code {error.exitcode})") from error
        finally:
            self._asked.discard(future)

    def _schedule(
        self, pool: ProcessPool, function: Callable[..., str], arguments: tuple[Any, ...]
    ) -> Any:
        bounded = (function, self.limits.result_characters, *arguments)
        try:
            future = pool.schedule(_bounded, args=bounded, timeout=self.limits.wall_seconds)
        except RuntimeError as error:
            # Pebble's word for a pool that is not running (any more).
            raise BrokenProcessPool(str(error)) from error
        self._asked.add(future)
        return future

    def _replace(self, broken: ProcessPool) -> None:
        """Put a new pool in the place of one that broke, once however many threads saw it."""
        with self._lock:
            if self._pool is not broken or self._stopped:
                return
            self._pool = self._make_pool()
        broken.stop()  # type: ignore[no-untyped-call]
        broken.join()

    def stop(self) -> None:
        """Stop every child at once; what they scored is scored again later."""
        with self._lock:
            self._stopped = True
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()
        for future in tuple(self._asked):
            future.cancel()


def _bounded(function: Callable[..., str], most: int, *arguments: Any) -> str:
    """Run in the child: the answer may not fill the worker's memory."""
    text = function(*arguments)
    if len(text) > most:
        raise LimitExceeded(f"the result has {len(text):,} characters; {most:,} are allowed")
    return text


def _limit(limits: Limits) -> None:
    """Run in the child before anything else: lower its own limits for good."""
    _die_with_parent()
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    seconds = limits.wall_seconds * 2
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.file_bytes, limits.file_bytes))
    resource.setrlimit(resource.RLIMIT_NOFILE, (limits.open_files, limits.open_files))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.chdir(tempfile.gettempdir())


def _die_with_parent() -> None:
    """End with the fork server, which ends with the worker: nobody waits for the result (Linux)."""
    try:
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    except (OSError, AttributeError):
        return
