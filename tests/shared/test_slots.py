"""Places for uploads: as many as allowed to each account and in all, whoever comes first."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from server.shared.errors import TooFast, Unavailable
from server.shared.slots import Slots

WEI, MEI, LENA = 1, 2, 3


def test_an_account_gets_its_places_and_is_told_how_many_these_are():
    slots = Slots(each=2, overall=10)
    slots.take(WEI)
    slots.take(WEI)
    with pytest.raises(TooFast) as refused:
        slots.take(WEI)
    assert (refused.value.status, refused.value.code) == (429, "uploads-under-way")
    assert "2 uploads under way" in str(refused.value)


def test_one_account_takes_no_place_of_another():
    slots = Slots(each=1, overall=10)
    slots.take(WEI)
    slots.take(MEI)
    assert slots.under_way() == 2


def test_a_full_process_says_that_it_is_no_fault_of_the_askers():
    slots = Slots(each=2, overall=2)
    slots.take(WEI)
    slots.take(MEI)
    with pytest.raises(Unavailable) as refused:
        slots.take(LENA)
    assert (refused.value.status, refused.value.code) == (503, "uploads-under-way")


def test_who_was_refused_holds_no_place():
    slots = Slots(each=1, overall=2)
    slots.take(WEI)
    for _ in range(3):
        with pytest.raises(TooFast):
            slots.take(WEI)
    assert slots.under_way() == 1
    slots.give_back(WEI)
    slots.take(WEI)
    assert slots.under_way() == 1


def test_a_place_given_back_once_too_often_makes_no_room():
    slots = Slots(each=1, overall=2)
    slots.give_back(WEI)
    assert slots.under_way() == 0
    slots.take(WEI)
    with pytest.raises(TooFast):
        slots.take(WEI)


def test_of_many_threads_as_many_get_a_place_as_there_are():
    slots = Slots(each=3, overall=100)
    together = threading.Barrier(16)

    def ask(_number: int) -> bool:
        together.wait()
        try:
            slots.take(WEI)
        except TooFast:
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(ask, range(16))) == 3
    assert slots.under_way() == 3
