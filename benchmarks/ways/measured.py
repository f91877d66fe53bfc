"""Runs one way of scoring in a process of its own, and prints what it took as JSON.

The work is done once on the few rows of `small` beside it before the clock starts, so that what
a library does at its first call is no part of the measurement.
"""

import json
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

Work = Callable[[Path], dict[str, float]]


def main(work: Work) -> None:
    """Measure the work on the folder that is the first argument."""
    folder = Path(sys.argv[1])
    work(folder.with_name("small"))
    began, worked = time.perf_counter(), time.process_time()
    scores = work(folder)
    taken = {"seconds": time.perf_counter() - began, "cpu": time.process_time() - worked}
    print(json.dumps(taken | {"peak": peak_bytes(), "scores": scores}))


def peak_bytes() -> int:
    """Return the most memory that this process had; unlike ru_maxrss it knows no parent's."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    found = re.search(r"VmHWM:\s*(\d+) kB", status)
    if found is None:
        raise RuntimeError("this kernel does not tell VmHWM")
    return int(found[1]) * 1024
