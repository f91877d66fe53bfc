"""Turns: a few at once, each free again whatever happens, and nobody waits for ever."""

import threading
import time

import pytest

from server.shared.turns import Turns


def test_no_more_than_so_many_have_a_turn_at_once():
    turns, lock, inside, most = Turns(2, patience=10), threading.Lock(), [], []

    def work():
        with turns.turn():
            with lock:
                inside.append(1)
                most.append(len(inside))
            time.sleep(0.01)
            with lock:
                inside.pop()

    threads = [threading.Thread(target=work) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(most), max(most)) == (12, 2)


def test_a_turn_is_given_back_by_whoever_fails():
    turns = Turns(1, patience=10)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), turns.turn():
            raise ZeroDivisionError
    began = time.monotonic()
    with turns.turn():
        assert time.monotonic() - began < 5


def test_whoever_has_waited_long_goes_on_and_gives_back_nothing_that_was_not_had():
    turns = Turns(1, patience=0.01)
    with turns.turn():
        for _ in range(3):
            with turns.turn():
                pass
        assert not turns._free.acquire(blocking=False)
    assert turns._free.acquire(blocking=False)
    assert not turns._free.acquire(blocking=False)
