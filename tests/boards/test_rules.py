"""The key that sorts, shared ranks, and which of a team's submissions counts."""

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.boards.rules import (
    Candidate,
    counted_in_private,
    counted_in_public,
    ranks,
    sort_key,
)
from server.challenges.rules import Ranking

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
finite = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12)


def test_scores_that_differ_in_the_thirteenth_digit_are_equal():
    assert sort_key(0.1234567890121, higher_is_better=True) == sort_key(
        0.1234567890123, higher_is_better=True
    )


def test_scores_that_differ_in_the_twelfth_digit_are_not_equal():
    assert sort_key(0.123456789012, higher_is_better=True) != sort_key(
        0.123456789013, higher_is_better=True
    )


def test_digits_are_significant_ones_not_decimals():
    assert sort_key(1.23456789012e-9, higher_is_better=False) == 1.23456789012e-9
    assert sort_key(1.23456789012e9, higher_is_better=False) == 1.23456789012e9


@pytest.mark.parametrize("higher", [True, False])
@pytest.mark.parametrize("zero", [0.0, -0.0])
def test_a_zero_has_no_sign(zero, higher):
    assert math.copysign(1, sort_key(zero, higher_is_better=higher)) == 1


@given(finite, finite)
def test_a_better_score_never_sorts_behind_a_worse_one(one, other):
    better, worse = max(one, other), min(one, other)
    assert sort_key(better, higher_is_better=True) <= sort_key(worse, higher_is_better=True)
    assert sort_key(worse, higher_is_better=False) <= sort_key(better, higher_is_better=False)


@given(finite)
def test_a_key_is_the_same_when_it_is_made_again(value):
    key = sort_key(value, higher_is_better=False)
    assert sort_key(key, higher_is_better=False) == key


def test_equal_keys_share_a_rank_and_the_next_is_skipped():
    assert ranks([-0.9, -0.8, -0.8, -0.8, -0.7]) == [1, 2, 2, 2, 5]


def test_a_page_goes_on_where_the_one_before_ended():
    assert ranks([-0.7, -0.6], first=51) == [51, 52]


def test_a_tie_over_the_edge_of_a_page_keeps_its_rank():
    assert ranks([-0.8, -0.8, -0.7], first=51, before=49) == [49, 49, 53]


@given(st.lists(st.integers(-5, 5), max_size=30))
def test_a_rank_is_one_more_than_the_number_of_strictly_better_keys(keys):
    keys = sorted(float(k) for k in keys)
    assert ranks(keys) == [1 + sum(other < key for other in keys) for key in keys]


@given(st.lists(st.integers(-3, 3), min_size=1, max_size=30), st.integers(1, 10))
def test_pages_together_give_the_ranks_of_the_whole(keys, per_page):
    keys = sorted(float(k) for k in keys)
    whole, paged = ranks(keys), []
    for start in range(0, len(keys), per_page):
        tie = start and keys[start] == keys[start - 1]
        before = paged[-1] if tie else None
        paged += ranks(keys[start : start + per_page], first=start + 1, before=before)
    assert paged == whole


def candidate(
    number: int, public: float | None, private: float | None = None, *, picked: bool = False
) -> Candidate:
    return Candidate(number, NOON + timedelta(minutes=number), picked, public, private)


THREE = [candidate(1, -0.8, -0.9), candidate(2, -0.9, -0.7), candidate(3, -0.7, -0.8)]


def test_best_shows_the_best_public_score():
    assert counted_in_public(THREE, Ranking.BEST).submission_id == 2


def test_best_takes_the_same_submission_to_the_private_board():
    assert counted_in_private(THREE, Ranking.BEST, select=2).submission_id == 2


@pytest.mark.parametrize("ranking", [Ranking.BEST, Ranking.SELECTED])
def test_among_equal_public_scores_the_earlier_counts(ranking):
    tied = [candidate(5, -0.9, -0.1), candidate(4, -0.9, -0.2)]
    assert counted_in_public(tied, ranking).submission_id == 4


def test_latest_is_the_last_received_on_both_boards():
    assert counted_in_public(THREE, Ranking.LATEST).submission_id == 3
    assert counted_in_private(THREE, Ranking.LATEST, select=2).submission_id == 3


def test_of_two_received_at_the_same_moment_the_later_number_is_the_latest():
    twins = [Candidate(8, NOON, False, -0.1, None), Candidate(7, NOON, False, -0.2, None)]
    assert counted_in_public(twins, Ranking.LATEST).submission_id == 8


def test_selected_counts_the_best_private_score_among_the_picked():
    picked = [c._replace(selected=c.submission_id in (2, 3)) for c in THREE]
    assert counted_in_private(picked, Ranking.SELECTED, select=2).submission_id == 3


def test_with_none_picked_the_best_public_ones_stand_in():
    assert counted_in_private(THREE, Ranking.SELECTED, select=2).submission_id == 1
    assert counted_in_private(THREE, Ranking.SELECTED, select=1).submission_id == 2


def test_a_pick_without_a_private_score_is_no_pick():
    found = [candidate(1, -0.9, -0.5), candidate(2, -0.1, None, picked=True)]
    assert counted_in_private(found, Ranking.SELECTED, select=1).submission_id == 1


def test_picks_do_not_move_the_public_board():
    picked = [c._replace(selected=c.submission_id == 3) for c in THREE]
    assert counted_in_public(picked, Ranking.SELECTED).submission_id == 2


@pytest.mark.parametrize("ranking", [Ranking.BEST, Ranking.LATEST, Ranking.SELECTED])
def test_a_missing_score_is_on_no_board_and_zero_is_a_score(ranking):
    assert counted_in_public([candidate(1, None)], ranking) is None
    assert counted_in_private([candidate(1, -0.5, None)], ranking, select=2) is None
    assert counted_in_public([candidate(1, 0.0)], ranking).submission_id == 1


@given(
    st.lists(st.tuples(st.integers(-3, 3), st.integers(-3, 3), st.booleans()), min_size=1),
    st.integers(1, 4),
)
def test_no_choice_depends_on_the_order_in_which_the_rows_came(rows, select):
    found = [candidate(i, float(a), float(b), picked=p) for i, (a, b, p) in enumerate(rows)]
    for ranking in (Ranking.BEST, Ranking.LATEST, Ranking.SELECTED):
        assert counted_in_public(found, ranking) == counted_in_public(found[::-1], ranking)
        assert counted_in_private(found, ranking, select=select) == counted_in_private(
            found[::-1], ranking, select=select
        )
