import threading

import pytest
from sqlmodel import Session

from server.shared.caching import FOUND, Cache, once


def kept(cache, name, value="x", size=10):
    return cache.fetch(name, lambda: value, size=lambda _: size)


def test_what_is_kept_is_made_once():
    cache, made = Cache(), []
    for _ in range(3):
        assert cache.fetch("name", lambda: made.append(1) or "page", size=len) == "page"
    assert made == [1]


def test_what_was_not_asked_for_longest_falls_out_first():
    cache = Cache(most_bytes=30)
    for name in "abc":
        kept(cache, name, name)
    kept(cache, "a", "again")
    kept(cache, "d", "d")
    assert [kept(cache, name, "anew") for name in "acd"] == ["a", "c", "d"]
    assert kept(cache, "b", "anew") == "anew"
    assert cache.bytes <= 30


@pytest.mark.parametrize("size", [None, 31])
def test_what_is_not_to_be_kept_or_is_too_large_is_made_each_time(size):
    cache = Cache(most_bytes=30)
    assert [kept(cache, "name", value, size) for value in "ab"] == ["a", "b"]
    assert cache.bytes == 0


def test_what_could_not_be_made_is_tried_again():
    cache = Cache()
    with pytest.raises(ZeroDivisionError):
        cache.fetch("name", lambda: 1 / 0, size=lambda _: 1)
    assert kept(cache, "name", "now") == "now"


def test_of_many_threads_one_makes_it_and_the_others_wait():
    cache, made, answers = Cache(), [], []
    started, go_on = threading.Event(), threading.Event()

    def make():
        made.append(1)
        started.set()
        assert go_on.wait(10)
        return "page"

    def ask():
        answers.append(cache.fetch("name", make, size=len))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    assert started.wait(10)
    go_on.set()
    for thread in threads:
        thread.join()
    assert (made, answers) == ([1], ["page"] * 8)
    assert not cache._making


def test_cleared_it_holds_nothing():
    cache = Cache()
    kept(cache, "name", "old")
    cache.clear()
    assert (cache.bytes, kept(cache, "name", "new")) == (0, "new")


def test_a_session_that_only_reads_looks_once_for_the_same():
    found, session = iter("ab"), Session(info={FOUND: {}})
    assert [once(session, "name", lambda: next(found)) for _ in range(2)] == ["a", "a"]
    assert once(session, "other", lambda: next(found)) == "b"


def test_a_session_that_may_see_changes_looks_each_time():
    found, session = iter("ab"), Session()
    assert [once(session, "name", lambda: next(found)) for _ in range(2)] == ["a", "b"]
