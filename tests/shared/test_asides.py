"""What takes long is done beside the scoring, one thing at a time."""

import threading

import structlog

from server.shared.asides import Aside


class Slow:
    """Work that goes on until it is let go."""

    def __init__(self) -> None:
        self.begun: list[int] = []
        self.first = threading.Event()
        self.go = threading.Event()

    def __call__(self, row_id: int) -> None:
        self.begun.append(row_id)
        self.first.set()
        assert self.go.wait(10)


def test_what_comes_while_it_is_busy_is_left_alone_and_taken_afterwards() -> None:
    slow = Slow()
    aside = Aside("failed", slow)
    aside.begin(1)
    assert slow.first.wait(10)
    aside.begin(2)
    slow.go.set()
    aside.join(10)
    aside.begin(3)
    aside.join(10)
    assert slow.begun == [1, 3]


def test_a_worker_that_stops_begins_nothing_more() -> None:
    slow = Slow()
    aside = Aside("failed", slow)
    aside.stop()
    aside.begin(1)
    aside.join(10)
    assert aside.stops
    assert slow.begun == []


def test_an_exception_is_logged_and_the_next_row_is_done() -> None:
    done = []

    def act(row_id: int) -> None:
        done.append(row_id)
        if row_id == 1:
            raise ValueError("out of ink")

    aside = Aside("printing_failed", act)
    with structlog.testing.capture_logs() as logged:
        for row_id in (1, 2):
            aside.begin(row_id)
            aside.join(10)
    assert done == [1, 2]
    assert [(each["event"], each["row"]) for each in logged] == [("printing_failed", 1)]
