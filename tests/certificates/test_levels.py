"""What a level asks for, exactly at its bounds."""

import pytest

from server.certificates.levels import (
    Aim,
    Condition,
    Level,
    Named,
    Outcome,
    counted_results,
    different_fields,
    level_reached,
    passes,
    progress_in,
)

DIGITS, TIDES, GENES = Named("digits"), Named("tides"), Named("genes")


def outcome(value=0.9, interval=(0.8, 0.95), rank=1, teams=100, higher=True, **more):
    baselines = more.get("baselines", {"weak": 0.5, "strong": 0.7})
    return Outcome(value, interval, rank, teams, higher, baselines, more.get("fields", ("vision",)))


def condition(test, *named, **more):
    return Condition(test, named or (DIGITS,), **more)


BEATS, SURELY = condition(Aim.BEATS), condition(Aim.SURELY_BEATS)


@pytest.mark.parametrize(
    ("value", "higher", "beats"),
    [(0.7, True, False), (0.7000001, True, True), (0.5, False, False), (0.4999, False, True)],
)
def test_to_be_equal_to_the_strongest_baseline_is_not_to_beat_it(value, higher, beats):
    # Where lower is better the strongest is the lowest.
    assert passes(BEATS, DIGITS, outcome(value, higher=higher)) is beats


@pytest.mark.parametrize(
    ("interval", "higher", "surely"),
    [
        ((0.7, 0.9), True, False),
        ((0.71, 0.9), True, True),
        ((0.6, 0.9), True, False),
        ((0.2, 0.5), False, False),
        ((0.2, 0.49), False, True),
        (None, True, False),
    ],
)
def test_the_whole_interval_must_be_better(interval, higher, surely):
    value = 0.8 if higher else 0.3
    assert passes(SURELY, DIGITS, outcome(value, interval, higher=higher)) is surely


def test_a_named_baseline_is_the_one_that_counts():
    weak = Named("digits", baseline="weak")
    found = outcome(0.6)
    assert passes(BEATS, weak, found)
    assert not passes(BEATS, DIGITS, found)
    assert not passes(BEATS, Named("digits", baseline="gone"), found)
    assert not passes(BEATS, DIGITS, outcome(0.9, baselines={}))


@pytest.mark.parametrize(
    ("percent", "rank", "teams", "top"),
    [
        ("29", 29, 100, True),
        ("29", 30, 100, False),
        ("7", 7, 100, True),
        ("0.1", 1, 1000, True),
        ("0.1", 1, 999, False),
        ("10", 3, 30, True),
        ("10", 3, 29, False),
        ("100", 5, 5, True),
    ],
)
def test_the_top_share_is_exact_at_its_bound(percent, rank, teams, top):
    wanted = condition(Aim.TOP, percent=percent)
    assert passes(wanted, DIGITS, outcome(rank=rank, teams=teams)) is top


@pytest.mark.parametrize(
    ("tagged", "fields"),
    [
        ([], 0),
        ([[]], 0),
        ([["vision", "medicine"]], 1),
        ([["vision"], ["vision"]], 1),
        ([["vision", "medicine"], ["vision"]], 2),
        ([["vision"], ["vision", "medicine"], ["medicine"]], 2),
        ([["a", "b"], ["b", "c"], ["c", "a"], ["a"]], 3),
    ],
)
def test_a_challenge_counts_for_one_of_its_fields(tagged, fields):
    assert different_fields(tagged) == fields


def test_progress_says_how_much_is_missing():
    wanted = condition(Aim.SCORED, DIGITS, TIDES, GENES, at_least=3, fields=2)
    progress = progress_in(wanted, {DIGITS: outcome(), TIDES: outcome()})
    assert (progress.missing, progress.missing_fields, progress.is_met) == (1, 1, False)
    both = {DIGITS: outcome(), TIDES: outcome(fields=["climate"]), GENES: outcome()}
    assert progress_in(wanted, both).is_met


def test_the_highest_level_whose_conditions_all_hold_is_reached():
    levels = {
        Level.ELEMENTARY: [condition(Aim.SCORED)],
        Level.ADVANCED: [SURELY, condition(Aim.TOP, percent="1")],
    }
    assert level_reached(levels, {}) is None
    assert level_reached(levels, {DIGITS: outcome(rank=2)}) is Level.ELEMENTARY
    assert level_reached(levels, {DIGITS: outcome(rank=1)}) is Level.ADVANCED
    # A level without a condition would be everybody's.
    assert level_reached({Level.ADVANCED: []}, {DIGITS: outcome()}) is None


def test_a_level_rests_on_each_challenge_once():
    conditions = [condition(Aim.SCORED, TIDES, DIGITS), condition(Aim.BEATS, DIGITS)]
    found = counted_results(conditions, {DIGITS: outcome(), TIDES: outcome()})
    assert found == [DIGITS, TIDES]
