"""What runs again and again goes on whatever happens, and fills no disk with its log."""

import structlog

from server.shared.guarding import Guard
from tests.cast import NOON, FrozenClock


def full_disk() -> None:
    raise OSError(28, "No space left on device")


def names(logged: list) -> list[tuple[str, str]]:
    return [(line["event"], line["act"]) for line in logged]


def test_of_a_fault_that_lasts_a_line_a_minute_is_logged() -> None:
    clock = FrozenClock(NOON)
    guard = Guard("failed", "well", clock)
    with structlog.testing.capture_logs() as logged:
        for _ in range(241):
            guard.run("beat", full_disk)
            clock.forward(seconds=0.5)
    assert names(logged) == [("failed", "beat")] * 3


def test_another_fault_is_logged_beside_it_and_so_is_its_end() -> None:
    guard = Guard("failed", "well", FrozenClock(NOON))
    with structlog.testing.capture_logs() as logged:
        for act, what in (("beat", full_disk), ("tidy", full_disk), ("beat", list), ("beat", list)):
            guard.run(act, what)
        guard.run("beat", full_disk)
    assert names(logged) == [
        *(("failed", "beat"), ("failed", "tidy")),
        *(("well", "beat"), ("failed", "beat")),
    ]
