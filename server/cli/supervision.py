"""A parent of processes: starts them, starts again what dies, stops all of them cleanly."""

import ctypes
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import structlog

log = structlog.get_logger(__name__)

PARENT_VARIABLE = "VARSITY_PARENT_PROCESS"
POLL_SECONDS = 0.1
STOP_SECONDS = 30.0
LONGEST_DELAY = 30.0
HEALTHY_SECONDS = 60.0
HOPELESS_AFTER = 5
_PR_SET_PDEATHSIG = 1


def restart_delay(failures: int) -> float:
    """Return how long to wait, in seconds, after so many deaths in a row: it doubles."""
    return min(LONGEST_DELAY, 0.5 * 2.0 ** max(0, failures - 1))


@dataclass
class Child:
    """A process to keep alive. One that is `needed` and can't live ends the whole."""

    name: str
    command: Sequence[str]
    needed: bool = False
    process: subprocess.Popen[bytes] | None = None
    failures: int = 0
    started: float = 0.0
    due: float = field(default=0.0)

    def start(self, now: float) -> None:
        """Start the process, in a session of its own: the terminal's Ctrl-C is the parent's."""
        environment = {**os.environ, PARENT_VARIABLE: str(os.getpid())}
        self.process = subprocess.Popen(  # noqa: S603 - our own command line
            self.command, env=environment, start_new_session=True, stdin=subprocess.DEVNULL
        )
        self.started = now

    def bury(self, now: float) -> int | None:
        """Return the exit code of a process that died, and set when to start it again."""
        code = None if self.process is None else self.process.poll()
        if code is None:
            return None
        self.process = None
        self.failures = 1 if now - self.started >= HEALTHY_SECONDS else self.failures + 1
        self.due = now + restart_delay(self.failures)
        return code


class Supervisor:
    """Keeps children alive until it is told to stop."""

    def __init__(
        self,
        children: Sequence[Child],
        *,
        on_tick: Callable[[], None],
        watched: Callable[[], float] | None = None,
    ) -> None:
        """Call `on_tick` often; start everything again whenever what is watched grows."""
        self.children = children
        self._on_tick = on_tick
        self._watched = watched
        self._seen = watched() if watched else 0.0
        self._stopping = threading.Event()
        self._signals = 0

    def run(self) -> int:
        """Run until SIGTERM or SIGINT, and return the exit code: 0 after a clean stop."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._asked_to_stop)
        code = 0
        while not self._stopping.wait(POLL_SECONDS) and code == 0:
            code = self._look_after()
            self._on_tick()
            self._restart_on_change()
        self._stop()
        return code

    def _restart_on_change(self) -> None:
        newest = self._watched() if self._watched else 0.0
        if newest <= self._seen:
            return
        self._seen = newest
        log.info("code_changed")
        for process in self._running():
            process.terminate()
        for process in self._running():
            process.wait()
        for child in self.children:
            child.process, child.failures, child.due = None, 0, 0.0

    def _running(self) -> list[subprocess.Popen[bytes]]:
        return [child.process for child in self.children if child.process is not None]

    def _asked_to_stop(self, number: int, _frame: object) -> None:
        self._signals += 1
        self._stopping.set()

    def _look_after(self) -> int:
        for child in self.children:
            now = time.monotonic()
            code = child.bury(now)
            if code is not None:
                log.error("process_died", process=child.name, code=code, again_in=child.due - now)
            if child.needed and child.failures >= HOPELESS_AFTER:
                log.error("process_does_not_start", process=child.name)
                return 1
            if child.process is None and now >= child.due:
                child.start(now)
        return 0

    def _stop(self) -> None:
        running = self._running()
        for process in running:
            process.terminate()
        # A second signal, or too long a wait, ends the patience.
        deadline, asked = time.monotonic() + STOP_SECONDS, self._signals
        while any(p.poll() is None for p in running):
            if time.monotonic() > deadline or self._signals > asked:
                for process in running:
                    process.kill()
                break
            time.sleep(0.05)
        for process in running:
            process.wait()


def die_with_parent() -> None:
    """End this process when the parent that started it ends, however that happens (Linux)."""
    parent = os.environ.get(PARENT_VARIABLE, "")
    if not parent.isdigit():
        return
    try:
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    except (OSError, AttributeError):
        return
    if os.getppid() != int(parent):
        raise SystemExit(0)
