"""What a scorer may do wrong, for the limited child: named functions, since a child imports them."""

import ctypes
import os
import time
from pathlib import Path


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
        hoard.append(bytearray(64_000_000))


def leave(code: int) -> str:
    os._exit(code)


def crash() -> str:
    ctypes.string_at(0)
    return "alive"


def talk(length: int) -> str:
    return "x" * length


def fill_the_disk(path: str) -> str:
    with Path(path).open("wb") as file:
        for _ in range(10_000):
            file.write(bytes(1_000_000))
    return "written"


def open_many_files() -> str:
    held = [open("/dev/null") for _ in range(10_000)]  # noqa: SIM115
    return str(len(held))


def own_pid(path: str) -> str:
    Path(path).write_text(str(os.getpid()))
    while True:
        time.sleep(60)


def whose_child() -> str:
    return f"{os.getpid()} {os.getppid()}"
