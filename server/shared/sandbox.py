"""Code that is not ours, run to its end in a process that can do nothing but compute.

The caller forks a keeper, the keeper the confined process. The keeper is ours: it outlives what it
keeps, and ends everything that is left behind. The answer is text, and is never unpickled.
"""

import contextlib
import ctypes
import os
import resource
import select
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import NamedTuple, NoReturn

from server.shared import landlock, scratch_folder
from server.shared.confinement import Bounds, NoConfinement, Protection, confine
from server.shared.kernel import PR_SET_CHILD_SUBREAPER, die_with_parent, prctl
from server.shared.namespaces import leave_all

_CHUNK = 1 << 16
# The keeper says by its exit code how its child ended: by itself, or by a signal.
_BY_SIGNAL = 128
_KEEPER_BROKE = 127
# What is answered first, once everything was given up; an exit code may be the confined code's own.
_CONFINED = b"\n"
_SECONDS_TO_SWEEP = 5
_LOOK_MILLISECONDS = 100
_MOST_FILES = 1000


class Answer(NamedTuple):
    """What confined code said: its answer, and what it printed (cut)."""

    text: str
    output: str


class Stopped(Exception):
    """Confined code was stopped, or ended without an answer; the message says by what."""

    def __init__(self, message: str, output: str = "") -> None:
        super().__init__(message)
        self.output = output


Task = Callable[[Protection], str]


def run_confined(task: Task, bounds: Bounds, *, without_landlock: bool = False) -> Answer:
    """Run a task in a confined process of its own and return its text.

    The task may hold anything in memory: it is forked, not sent. Raises: NoConfinement where this
    kernel has no Landlock and `without_landlock` is not given; Stopped.
    """
    if landlock.version() < 1 and not without_landlock:
        raise NoConfinement
    scratch = Path(tempfile.mkdtemp(prefix="varsity-metric-"))
    try:
        return _Run(bounds, scratch).until_its_end(task)
    finally:
        scratch_folder.remove(scratch)


class _Run:
    """One confined process, as its caller sees it."""

    def __init__(self, bounds: Bounds, scratch: Path) -> None:
        self.bounds = bounds
        self.scratch = scratch
        self.answer = bytearray()
        self.output = bytearray()

    def until_its_end(self, task: Task) -> Answer:
        answer, output = os.pipe(), os.pipe()
        keeper = os.fork()
        if keeper == 0:
            _keep(task, self.bounds, self.scratch, answer[1], output[1])
        os.close(answer[1])
        os.close(output[1])
        try:
            self._listen(keeper, answer[0], output[0])
        finally:
            status = _end(keeper)
            self._read_the_rest(answer[0], self.answer, self.bounds.answer_bytes)
            self._read_the_rest(output[0], self.output, self.bounds.output_bytes)
            os.close(answer[0])
            os.close(output[0])
        return self._answer(status)

    def _listen(self, keeper: int, answer: int, output: int) -> None:
        """Take what it says until the keeper has ended, or a limit is passed."""
        ended = os.pidfd_open(keeper)
        limits = {
            answer: (self.answer, self.bounds.answer_bytes, "answered"),
            output: (self.output, self.bounds.output_bytes, "printed"),
        }
        poll = select.poll()
        for descriptor in (ended, answer, output):
            poll.register(descriptor, select.POLLIN)
        deadline = time.monotonic() + self.bounds.seconds
        try:
            while True:
                if time.monotonic() > deadline:
                    raise self._stopped(f"took longer than {self.bounds.seconds} s")
                self._look_at_scratch()
                for descriptor, _ in poll.poll(_LOOK_MILLISECONDS):
                    if descriptor == ended:
                        return
                    if not self._take(descriptor, *limits[descriptor]):
                        poll.unregister(descriptor)
        finally:
            os.close(ended)

    def _take(self, descriptor: int, kept: bytearray, most: int, verb: str) -> bool:
        said = os.read(descriptor, _CHUNK)
        kept += said
        if len(kept) > most:
            del kept[most:]
            raise self._stopped(f"{verb} more than {most:,} bytes")
        return bool(said)

    def _look_at_scratch(self) -> None:
        """No single file is large, but there may be many."""
        try:
            files, size = scratch_folder.contents(self.scratch, _MOST_FILES)
        except OSError:
            raise self._stopped("left its folder in a state that cannot be looked at") from None
        if files > _MOST_FILES:
            raise self._stopped(f"wrote more than {_MOST_FILES:,} files")
        if size > self.bounds.scratch_bytes:
            raise self._stopped(f"wrote more than {self.bounds.scratch_bytes:,} bytes to its disk")

    def _read_the_rest(self, descriptor: int, kept: bytearray, most: int) -> None:
        """What still stands in a pipe when nobody writes to it any more."""
        os.set_blocking(descriptor, False)
        with contextlib.suppress(BlockingIOError):
            while len(kept) < most and (said := os.read(descriptor, _CHUNK)):
                kept += said
        del kept[most:]

    def _answer(self, status: int) -> Answer:
        if status > _BY_SIGNAL:
            raise self._stopped(_by_signal(status - _BY_SIGNAL, self.bounds))
        if not self.answer.startswith(_CONFINED):
            raise self._stopped("could not be kept apart from the rest of this machine")
        said = self.answer.removeprefix(_CONFINED)
        if not said:
            raise self._stopped(f"ended its process ({_exit_code(status)}) without an answer")
        return Answer(said.decode("utf-8", errors="replace"), self._printed())

    def _printed(self) -> str:
        return self.output.decode("utf-8", errors="replace")

    def _stopped(self, message: str) -> Stopped:
        return Stopped(message, self._printed())


def _exit_code(status: int) -> str:
    """One stands for all that are greater."""
    return f"exit code {status}" + (" or more" if status == _KEEPER_BROKE else "")


def _by_signal(number: int, bounds: Bounds) -> str:
    if number == signal.SIGXCPU:
        return f"took longer than {bounds.seconds} s of processor time"
    try:
        name = signal.Signals(number).name
    except ValueError:
        name = "unknown"
    return f"died by signal {number} ({name})"


def _end(keeper: int) -> int:
    """End a keeper and all that it keeps; its exit code."""
    for how, seconds in ((signal.SIGTERM, _SECONDS_TO_SWEEP), (signal.SIGKILL, None)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(keeper, how)
        deadline = None if seconds is None else time.monotonic() + seconds
        while deadline is None or time.monotonic() < deadline:
            ended, status = os.waitpid(keeper, 0 if deadline is None else os.WNOHANG)
            if ended:
                return os.waitstatus_to_exitcode(status) % 256
            time.sleep(0.002)
    raise AssertionError("unreachable: SIGKILL ends every process")


def _keep(task: Task, bounds: Bounds, scratch: Path, answer: int, output: int) -> NoReturn:
    """Run in the keeper: fork the confined process, and end with everything that comes of it."""
    code = _KEEPER_BROKE
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, _leave)
        die_with_parent(signal.SIGTERM)
        with contextlib.suppress(OSError):
            prctl(PR_SET_CHILD_SUBREAPER, ctypes.c_ulong(1))
        number, apart = os.getpid(), leave_all()
        kept = os.fork()
        if kept == 0:
            _compute(task, bounds, scratch, answer, output, number=number, apart=apart)
        os.close(answer)
        os.close(output)
        _, status = os.waitpid(kept, 0)
        code = os.waitstatus_to_exitcode(status)
        code = min(code, _KEEPER_BROKE) if code >= 0 else _BY_SIGNAL - code
    finally:
        try:
            # The signal to leave may come just now.
            with contextlib.suppress(SystemExit):
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
            _sweep()
        finally:
            os._exit(code)


def _leave(_number: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit


def _sweep() -> None:
    """End every child, and the children that they leave to us, until there is none."""
    with contextlib.suppress(ChildProcessError, OSError):
        while True:
            for child in _children():
                os.kill(child, signal.SIGKILL)
            os.waitpid(-1, 0)


def _children() -> list[int]:
    """The direct children of this process (it has one thread)."""
    path = Path(f"/proc/self/task/{os.getpid()}/children")
    return [int(child) for child in path.read_bytes().split()]


def _compute(
    task: Task,
    bounds: Bounds,
    scratch: Path,
    answer: int,
    output: int,
    *,
    number: int,
    apart: bool,
) -> NoReturn:
    """Run in the confined process: give everything up, run the task, say what it says."""
    code = _KEEPER_BROKE
    try:
        for number_of_signal in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number_of_signal, signal.SIG_DFL)
        os.setsid()
        said = _take_descriptors(answer, output)
        protection = confine(bounds, scratch, number=number, own_namespaces=apart)
        # Not before the change of user, which undoes it.
        die_with_parent(signal.SIGKILL)
        code = 1
        _write(said, _CONFINED)
        _write(said, task(protection).encode("utf-8", errors="replace"))
        code = 0
    except BaseException:  # noqa: BLE001 - the process ends here; its caller reads what it printed
        os.write(2, traceback.format_exc().encode())
    finally:
        os._exit(code)


def _take_descriptors(answer: int, output: int) -> int:
    """Keep the two pipes and nothing else that is open; the answer's number."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    answer = os.dup(answer) if answer < 3 else answer
    for target, source in ((0, nothing), (1, output), (2, output)):
        os.dup2(source, target)
    os.closerange(3, answer)
    most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    os.closerange(answer + 1, most)
    # Ours may hold what was printed before the fork, and know nothing of the new pipe.
    sys.stdout, sys.stderr = (open(n, "w", buffering=1, closefd=False) for n in (1, 2))  # noqa: SIM115
    return answer


def _write(descriptor: int, said: bytes) -> None:
    while said:
        said = said[os.write(descriptor, said) :]
