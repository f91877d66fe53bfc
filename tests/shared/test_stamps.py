"""Stamps: what was written over something else than was seen is refused."""

import pytest

from server.shared.errors import Conflict
from server.shared.stamps import require_same, stamp_of

SAID = "Somebody saved this meanwhile."


def test_a_stamp_changes_with_what_it_is_of():
    assert stamp_of({"a": 1}) == stamp_of({"a": 1})
    assert stamp_of({"a": 1, "b": 2}) == stamp_of({"b": 2, "a": 1})
    assert stamp_of({"a": 1}) != stamp_of({"a": 2})


def test_what_was_written_over_something_else_is_refused_in_the_words_of_its_room():
    with pytest.raises(Conflict, match=SAID) as refused:
        require_same(stamp_of("seen"), stamp_of("now"), said=SAID)
    assert refused.value.code == "stale"


@pytest.mark.parametrize("seen", ["", stamp_of("now")])
def test_what_was_written_over_the_same_or_without_a_stamp_is_taken(seen):
    require_same(seen, stamp_of("now"), said=SAID)
