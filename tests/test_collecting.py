"""The order of the tests: none is lost, and each process begins with long ones."""

from itertools import pairwise
from pathlib import Path

import pytest

from tests.collecting import LONGEST, in_good_order

HERE = Path(__file__).parent


class Item:
    """What the order goes by."""

    def __init__(self, path: str, *fixtures: str) -> None:
        self.path = HERE / path
        self.fixturenames = fixtures


def items_of(*, short: int) -> list[Item]:
    long = [Item(f"{room}/test_{n}.py") for room in LONGEST for n in range(3) for _ in range(2)]
    return [Item(f"boards/test_{n}.py") for n in range(short)] + long


def is_long(item: Item) -> bool:
    return item.path.parent.name in LONGEST


@pytest.mark.parametrize("shares", [1, 2, 3, 8])
@pytest.mark.parametrize("short", [0, 3, 400])
def test_every_test_is_there_once(short: int, shares: int):
    items = items_of(short=short)
    ordered = in_good_order(items, shares)
    assert len(ordered) == len(items)
    assert set(ordered) == set(items)


@pytest.mark.parametrize("shares", [1, 2, 3, 8])
def test_each_share_begins_with_its_long_tests_and_ends_with_short_ones(shares: int):
    items = items_of(short=401)
    ordered = in_good_order(items, shares)
    ends = [len(items) * share // shares for share in range(shares + 1)]
    for begin, end in pairwise(ends):
        kinds = [is_long(item) for item in ordered[begin:end]]
        assert kinds[0]
        assert not kinds[-1]
        assert kinds == sorted(kinds, reverse=True)


def test_each_share_begins_in_another_room():
    ordered = in_good_order(items_of(short=60), 3)
    begins = [ordered[len(ordered) * share // 3].path.parent for share in range(3)]
    assert len(set(begins)) == 3


def test_the_tests_of_a_file_stay_together():
    ordered = [item.path for item in in_good_order(items_of(short=9), 3)]
    changes = sum(a != b for a, b in pairwise(ordered))
    assert changes == len(set(ordered)) - 1


def test_what_shares_a_crawl_stays_together_across_files():
    readers = [
        Item("security/test_canary.py", "crawled"),
        Item("security/test_headers.py", "crawled"),
    ]
    others = [Item("security/test_canary.py"), Item("security/test_roles.py")]
    ordered = in_good_order([readers[0], *others, readers[1], *items_of(short=50)], 3)
    places = [ordered.index(reader) for reader in readers]
    assert places[1] - places[0] == 1
