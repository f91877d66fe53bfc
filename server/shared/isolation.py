"""Scoring in a limited child process: whatever it does, the worker lives."""

import multiprocessing
import os
import select
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError
from concurrent.futures import TimeoutError as FutureTimeout
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

from pebble import ProcessExpired, ProcessPool

from server.shared.limited import ALIVE, Limits, TooMuchSaid, bounded, prepare

__all__ = ["Isolation", "Killed", "LimitExceeded", "Limits", "NoChildren"]

# What a child would else import anew: every fifth of a second counts at each submission.
PRELOAD = (
    "server.shared.preloading",
    *("numpy", "polars", "sklearn.metrics", "pydantic", "click"),
    *("scorers.evaluate", "server.shared.sandbox", __name__),
)
# A pool that broke is replaced and asked again: its death says nothing of the file.
MOST_POOLS = 6
REST_SECONDS = 0.1
# Longer than its time and no answer: the pool itself hangs.
HANG_SECONDS = 60
# What a child's exit code is said to be when its fork server died.
ORPHANED = 255
# How long an answer may be under way when its child has ended.
GRACE_SECONDS = 1


class LimitExceeded(Exception):
    """The child was stopped by a limit, or died; the message names which."""


class Killed(LimitExceeded):
    """The child was killed from outside, by a machine short of memory: trying later may help."""


class NoChildren(Exception):
    """No child could be started: the fault is this machine's, and trying later may help."""


class Isolation:
    """A pool of fresh children, forked from a server that has the libraries loaded.

    `warm_up` is run in each child while that waits for its work: the libraries start their
    threads, and the memory that they touch is the child's own by then.
    """

    def __init__(
        self,
        *,
        workers: int,
        limits: Limits,
        preload: Sequence[str] = (),
        warm_up: Callable[[Path], None] | None = None,
    ) -> None:
        self.limits = limits
        self.workers = workers
        self.warm_up = warm_up
        self._folder = tempfile.TemporaryDirectory(
            prefix="varsity-scoring-", ignore_cleanup_errors=True
        )
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
            initializer=prepare,
            initargs=(self.limits, self._folder.name, self.warm_up),
        )

    def run(self, function: Callable[..., str], *arguments: Any) -> str:
        """Run a function in a child and return its text.

        Raises:
            LimitExceeded: it ran out of time or memory, said too much, or its process died.
            Killed: its process was killed from outside.
            NoChildren: no child could be started, or the worker stops.
        """
        for attempt in range(MOST_POOLS):
            pool = self._current()
            try:
                with _Stay(self._folder.name) as stay:
                    return self._ask(pool, stay, function, arguments)
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
        self,
        pool: ProcessPool,
        stay: "_Stay",
        function: Callable[..., str],
        arguments: tuple[Any, ...],
    ) -> str:
        seconds = self.limits.wall_seconds
        future = self._schedule(pool, stay, function, arguments)
        try:
            return str(future.result(timeout=stay.until_its_end(future, seconds + HANG_SECONDS)))
        except FutureTimeout as error:
            if stay.has_ended and not future.done():
                future.cancel()
                raise LimitExceeded("the scoring process ended without an answer") from error
            if not future.done():
                raise BrokenProcessPool("no answer") from error
            raise LimitExceeded(f"scoring took longer than {seconds} s of wall time") from error
        except MemoryError as error:
            raise LimitExceeded(
                f"scoring needed more than {self.limits.memory_bytes:,} bytes of memory"
            ) from error
        except TooMuchSaid as error:
            raise LimitExceeded(str(error)) from error
        except CancelledError as error:
            raise NoChildren("the worker stops") from error
        except ProcessExpired as error:
            if error.exitcode == ORPHANED:
                raise BrokenProcessPool("the fork server died") from error
            # No limit of its own kills a child outright: the first warning ends it (`limited`).
            died = Killed if error.exitcode == -signal.SIGKILL else LimitExceeded
            raise died(f"the scoring process died (exit code {error.exitcode})") from error
        finally:
            self._asked.discard(future)

    def _schedule(
        self,
        pool: ProcessPool,
        stay: "_Stay",
        function: Callable[..., str],
        arguments: tuple[Any, ...],
    ) -> Any:
        work = (function, self.limits.result_characters, str(stay.folder), *arguments)
        try:
            future = pool.schedule(bounded, args=work, timeout=self.limits.wall_seconds)
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
        self._folder.cleanup()


class _Stay:
    """A child's own folder, and a pipe in it that the child holds open as long as it lives.

    Pebble takes a child that ends with exit code 0 for one that has nothing to do: without the
    pipe, its end would be noticed at the wall limit.
    """

    def __init__(self, base: str) -> None:
        # Whoever tidies /tmp may have removed what was long not used.
        os.makedirs(base, mode=0o700, exist_ok=True)
        self.folder = Path(tempfile.mkdtemp(dir=base))
        os.mkfifo(self.folder / ALIVE, 0o600)
        self._alive = os.open(self.folder / ALIVE, os.O_RDONLY | os.O_NONBLOCK)
        self.has_ended = False

    def __enter__(self) -> "_Stay":
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._alive)
        shutil.rmtree(self.folder, ignore_errors=True)

    def until_its_end(self, future: Any, seconds: float) -> float:
        """Wait for the answer, or for the child's end; how long an answer may still take then."""
        bell, rope = os.pipe()
        future.add_done_callback(lambda _: os.close(rope))
        poll = select.poll()
        poll.register(self._alive, select.POLLHUP)
        poll.register(bell, select.POLLHUP)
        try:
            seen = {descriptor for descriptor, _ in poll.poll(seconds * 1000)}
        finally:
            os.close(bell)
        self.has_ended = self._alive in seen and not future.done()
        return GRACE_SECONDS if self.has_ended else 0
