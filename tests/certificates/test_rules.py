"""Codes that find a typing mistake, and who gets which certificate."""

import itertools
import random

import pytest

from server.certificates.rules import (
    ALPHABET,
    HandOut,
    Kind,
    Placing,
    Reason,
    check_hand_out,
    clean_reason,
    kind_for,
    new_code,
    reason_for,
    same_result,
    shown_code,
    typed_code,
)
from server.shared.errors import Invalid


def code():
    return new_code(random.Random(7).choice)


def test_a_code_is_read_however_it_is_typed():
    kept = code()
    for typed in (kept, shown_code(kept), shown_code(kept).lower(), f" {kept[:8]} {kept[8:]} "):
        assert typed_code(typed) == kept


def test_every_wrong_character_of_a_code_is_found():
    kept = code()
    for place, letter in itertools.product(range(len(kept)), ALPHABET):
        wrong = kept[:place] + letter + kept[place + 1 :]
        assert (typed_code(wrong) is None) is (wrong != kept)


def test_any_two_characters_that_changed_places_are_found():
    kept = code()
    for one, other in itertools.combinations(range(len(kept)), 2):
        letters = list(kept)
        letters[one], letters[other] = letters[other], letters[one]
        assert typed_code("".join(letters)) == (kept if kept[one] == kept[other] else None)


@pytest.mark.parametrize("text", ["", "ABC", "O" * 16, "\u0660" * 16, "K" * 17, "<script>"])
def test_what_is_no_code_is_none(text):
    assert typed_code(text) is None


def test_two_codes_are_never_the_same():
    assert len({new_code() for _ in range(1000)}) == 1000


TOP3 = HandOut(participation=True, placing=Placing.TOP, top=3)
MEDALS = HandOut(participation=False, placing=Placing.MEDALS)


@pytest.mark.parametrize(
    ("rules", "rank", "medal", "submissions", "kind"),
    [
        (TOP3, 3, None, 5, Kind.PLACEMENT),
        (TOP3, 4, "bronze", 5, Kind.PARTICIPATION),
        (TOP3, None, None, 1, Kind.PARTICIPATION),
        (TOP3, None, None, 0, None),
        (MEDALS, 4, "bronze", 5, Kind.PLACEMENT),
        (MEDALS, 9, None, 5, None),
        (HandOut(placing=Placing.NOBODY), 1, "gold", 5, Kind.PARTICIPATION),
    ],
)
def test_the_place_comes_before_taking_part(rules, rank, medal, submissions, kind):
    assert kind_for(rules, rank=rank, medal=medal, submissions=submissions) is kind


def test_rules_that_give_nobody_anything_are_refused():
    for rules in (
        HandOut(participation=False, placing=Placing.NOBODY),
        HandOut(placing=Placing.TOP, top=0),
    ):
        with pytest.raises(Invalid):
            check_hand_out(rules)


def test_a_reason_is_a_line_that_says_something():
    assert clean_reason(" the team\n cheated ") == "the team cheated"
    for text in ("  ", "x" * 501):
        with pytest.raises(Invalid):
            clean_reason(text)


PLACE = {"rank": 3, "score": 0.9, "evaluation": 1}


def says(placement=None, results=None):
    level = None if results is None else {"level": "advanced", "results": results}
    return {"kind": "level" if results else "placement", "placement": placement, "level": level}


def test_another_evaluation_with_the_same_result_leaves_a_certificate_as_it_is():
    later, lower = PLACE | {"evaluation": 2}, PLACE | {"evaluation": 2, "rank": 4}
    assert same_result(says(PLACE), says(later))
    assert not same_result(says(PLACE), says(lower))
    assert same_result(says(results=[PLACE]), says(results=[lower, later]))
    assert not same_result(says(results=[PLACE]), says(results=[lower]))


def test_a_level_is_said_to_be_scored_anew_only_where_it_was():
    digits, tides = ({"challenge": name, "phase": "A"} | PLACE for name in ("digits", "tides"))
    fewer_teams = digits | {"rank": 4}
    corrected = fewer_teams | {"evaluation": 2}
    before = says(results=[digits, tides])
    assert reason_for(before, says(results=[fewer_teams, tides])) is Reason.BOARD_CHANGED
    assert reason_for(before, says(results=[corrected, tides])) is Reason.EVALUATED_ANEW
    other = [fewer_teams, tides | {"evaluation": 2}]
    assert reason_for(before, says(results=other)) is Reason.BOARD_CHANGED
    lower = says(results=[digits]) | {"level": {"level": "elementary", "results": [digits]}}
    assert reason_for(before, lower) is Reason.LEVEL_CHANGED
