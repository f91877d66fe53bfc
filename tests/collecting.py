"""How a test process begins: imported before whatever takes long to load.

Loading the product and five hundred files of tests makes next to no garbage, and looking for it
takes a quarter of the time. Libraries start a thread for each core, which spin for each other's
work while other test processes want the cores: here they have one. Processes that a test starts
find the settings of the machine again.
"""

import gc
import os
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

import pytest

# What starts processes and crawls: begun first, so that short tests fill up the end.
LONGEST = ("faults", "security", "journeys", "evaluations", "challenges_data", "cli")
# What takes long to make is made in one process: its tests stay together, whatever their files.
SHARED = "crawled"
THREADS = "OMP_NUM_THREADS"
_of_the_machine = os.environ.get(THREADS)

gc.disable()
os.environ[THREADS] = "1"


def finish() -> None:
    """Leave what was loaded alone from now on: looking through it again takes a tenth."""
    if _of_the_machine is None:
        os.environ.pop(THREADS, None)
    else:
        os.environ[THREADS] = _of_the_machine
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
    gc.enable()


def workers() -> int:
    """Return how many processes share the tests."""
    return int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))


def in_good_order(items: Sequence[pytest.Item], shares: int) -> list[pytest.Item]:
    """Return the tests with long ones at the beginning of each process's share of the list.

    Each of them has an equal share to begin with, and takes from the end of another's later. Each
    begins in another room: some wait for servers and browsers while others want the cores.
    """
    long = _long_ones(items)
    known = {item for unit in long for item in unit}
    short = iter([item for item in items if item not in known])
    ordered: list[pytest.Item] = []
    for share in range(shares):
        units = long[share::shares]
        begin = len(units) * share // shares
        ordered += chain.from_iterable([*units[begin:], *units[:begin]])
        end = len(items) * (share + 1) // shares
        ordered += [item for _place, item in zip(range(len(ordered), end), short, strict=False)]
    return [*ordered, *short]


def _long_ones(items: Sequence[pytest.Item]) -> list[list[pytest.Item]]:
    """Return the tests of each file of the long ones, those that share something together."""
    folders = {Path(__file__).parent / name for name in LONGEST}
    units: dict[Path | str, list[pytest.Item]] = {}
    for item in items:
        shares = SHARED in getattr(item, "fixturenames", ())
        units.setdefault(SHARED if shares else item.path, []).append(item)
    return [
        unit
        for key, unit in units.items()
        if key == SHARED or (isinstance(key, Path) and not folders.isdisjoint(key.parents))
    ]
