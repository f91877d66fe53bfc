"""Pure decisions of the administration room: what a figure means for the operator."""

from enum import StrEnum

LITTLE_SPACE = 0.10
NO_SPACE = 0.03
LONG_WAIT_SECONDS = 600.0


class Health(StrEnum):
    """How worried an operator should be."""

    GOOD = "success"
    LOOK = "warning"
    BAD = "danger"


def judge_disk(*, free: int, total: int) -> Health:
    """Judge the free space of a disk, both in bytes."""
    share = free / total if total else 0.0
    if share < NO_SPACE:
        return Health.BAD
    return Health.LOOK if share < LITTLE_SPACE else Health.GOOD


def judge_queue(*, waiting: int, oldest_seconds: float, workers_alive: int) -> Health:
    """Judge the queue: what waits without a worker waits for ever."""
    if workers_alive == 0:
        return Health.BAD if waiting else Health.LOOK
    return Health.LOOK if oldest_seconds > LONG_WAIT_SECONDS else Health.GOOD
