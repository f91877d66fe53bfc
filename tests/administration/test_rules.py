"""What a figure means for the operator."""

from server.administration.rules import Health, judge_disk, judge_queue


def test_a_disk_is_judged_by_its_free_share() -> None:
    assert judge_disk(free=50, total=100) is Health.GOOD
    assert judge_disk(free=9, total=100) is Health.LOOK
    assert judge_disk(free=2, total=100) is Health.BAD
    assert judge_disk(free=0, total=0) is Health.BAD


def test_what_waits_without_a_worker_is_bad() -> None:
    assert judge_queue(waiting=1, oldest_seconds=1, workers_alive=0) is Health.BAD
    assert judge_queue(waiting=0, oldest_seconds=0, workers_alive=0) is Health.LOOK


def test_a_long_wait_is_worth_a_look() -> None:
    assert judge_queue(waiting=9, oldest_seconds=601, workers_alive=2) is Health.LOOK
    assert judge_queue(waiting=9, oldest_seconds=30, workers_alive=2) is Health.GOOD
