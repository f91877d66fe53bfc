"""What a scorer may do wrong, for the limited child: named functions, since a child imports them."""

import ctypes
import gc
import os
import resource
import signal
import socket
import tempfile
import threading
import time
from pathlib import Path
from queue import SimpleQueue

import numpy as np

from server.shared.kernel import die_with_parent
from server.shared.limited import protection_of_this_child


def echo(text: str) -> str:
    return text


def loop_for_ever() -> str:
    while True:
        pass


def sleep_for_ever() -> str:
    while True:
        time.sleep(60)


def hog_memory() -> str:
    hoard = []
    while True:
        # Not written to: it is room that is limited, and to fill it takes a busy machine too long.
        hoard.append(np.empty(64_000_000, dtype=np.uint8))


def leave(code: int) -> str:
    os._exit(code)


def crash() -> str:
    ctypes.string_at(0)
    return "alive"


def be_killed() -> str:
    os.kill(os.getpid(), signal.SIGKILL)
    return "alive"


def use_up_its_time() -> str:
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (1, hard))
    return loop_for_ever()


def talk(length: int) -> str:
    return "x" * length


def fill_the_disk() -> str:
    with Path("big").open("wb") as file:
        try:
            for _ in range(10_000):
                file.write(bytes(1_000_000))
        except OSError as error:
            return f"{error.strerror} after {file.tell():,} bytes"
    return "written"


def write_to(path: str) -> str:
    Path(path).write_text("mine")
    return "written"


def delete(path: str) -> str:
    Path(path).unlink()
    return "deleted"


def leave_something(path: str) -> str:
    Path("left.txt").write_text("left")
    return f"{Path.cwd()} {tempfile.gettempdir()} {path}"


def connect(port: int) -> str:
    with socket.create_connection(("127.0.0.1", port), timeout=5):
        return "connected"


def many_processes() -> str:
    """More children than a run may have; each ends with this process."""
    started = 0
    try:
        while started < 1000:
            if os.fork() == 0:
                die_with_parent(signal.SIGKILL)
                time.sleep(60)
            started += 1
    except OSError as error:
        return f"{error.strerror} after {started}"
    return f"started {started}"


def open_many_files() -> str:
    held = [open("/dev/null") for _ in range(10_000)]  # noqa: SIM115
    return str(len(held))


def kept_by(network_of_the_worker: str) -> str:
    return "|".join(protection_of_this_child(network_of_the_worker).values())


def looks_for_garbage() -> str:
    return f"{gc.isenabled()} {gc.get_freeze_count()}"


def whose_child() -> str:
    return f"{os.getpid()} {os.getppid()}"


paths: SimpleQueue[str] = SimpleQueue()
answers: SimpleQueue[str] = SimpleQueue()


def start_a_thread(_folder: Path) -> None:
    """What a library does that is warmed up: its thread works for whatever comes later."""

    def work() -> None:
        try:
            answers.put(write_to(paths.get()))
        except OSError as error:
            answers.put(repr(error))

    threading.Thread(target=work, daemon=True).start()


def let_the_thread_write(path: str) -> str:
    paths.put(path)
    return answers.get(timeout=2)


def burst(_folder: Path) -> None:
    raise SystemExit("a library gave up")
