"""Ranks that the data allow."""

import time

import numpy as np

from scorers import get_scorer, rank_ranges
from scorers.uncertainty import leaders


def _teams(rng, quality: np.ndarray, n: int = 800) -> np.ndarray:
    truth = rng.integers(0, 2, n)
    scorer = get_scorer("accuracy")
    files = (np.where(rng.random(n) < q, truth, 1 - truth) for q in quality)
    return np.stack([scorer.evaluate(truth, f, seed=1, replicates=300).replicates for f in files])


def test_clearly_separated_teams_have_one_rank_each_and_the_first_is_always_first():
    ranges = rank_ranges(_teams(np.random.default_rng(1), np.array([0.9, 0.7, 0.5])), True)
    assert [(r.best, r.worst) for r in ranges] == [(1, 1), (2, 2), (3, 3)]
    assert ranges[0].first == 1.0


def test_where_lower_is_better_the_ranks_turn_round():
    matrix = _teams(np.random.default_rng(2), np.array([0.9, 0.7, 0.5]))
    assert [r.best for r in rank_ranges(1 - matrix, False)] == [1, 2, 3]
    assert [r.best for r in rank_ranges(matrix, False)] == [3, 2, 1]


def test_the_same_file_from_two_teams_shares_its_range_and_its_chance_to_be_first():
    matrix = _teams(np.random.default_rng(3), np.array([0.8, 0.6]))
    one, same, last = rank_ranges(matrix[[0, 0, 1]], True)
    assert one == same
    assert (one.best, one.worst, one.first) == (1, 2, 0.5)
    assert (last.best, last.worst, last.first) == (3, 3, 0.0)


def test_a_constant_lead_is_significant():
    base = np.random.default_rng(4).normal(size=200)
    ranges = rank_ranges(np.stack([base + 1, base]), True)
    assert [(r.best, r.worst) for r in ranges] == [(1, 1), (2, 2)]


def test_a_replicate_that_is_not_defined_for_a_team_is_left_out_for_all():
    matrix = _teams(np.random.default_rng(5), np.array([0.9, 0.5]))
    matrix[1, :20] = np.nan
    assert [(r.best, r.worst) for r in rank_ranges(matrix, True)] == [(1, 1), (2, 2)]


def test_a_single_team_is_first():
    assert rank_ranges([[0.1, 0.2, 0.3]], True) == [(1, 1, 1.0)]


def test_the_ranges_cover_every_teams_true_rank_among_near_ties():
    quality = np.array([0.80, 0.795, 0.79, 0.78, 0.70])
    wrong = 0
    for run in range(100):
        ranges = rank_ranges(_teams(np.random.default_rng(run), quality, 300), True)
        wrong += any(not r.best <= rank <= r.worst for rank, r in enumerate(ranges, start=1))
    assert wrong <= 11


def test_all_ranges_hold_at_once_among_thirty_teams_within_a_hair():
    wrong, quality = 0, 0.8 - 0.002 * np.arange(30)
    for run in range(40):
        rng = np.random.default_rng(run)
        hits = rng.random((30, 400)) < quality[:, None]
        weights = rng.multinomial(400, np.full(400, 1 / 400), size=200)
        ranges = rank_ranges(hits @ weights.T / 400, True, values=hits.mean(axis=1))
        wrong += any(not r.best <= rank <= r.worst for rank, r in enumerate(ranges, start=1))
    assert wrong <= 6


def test_a_team_whose_replicates_are_not_defined_may_have_any_rank():
    matrix = np.vstack(
        [_teams(np.random.default_rng(1), np.array([0.9, 0.5])), np.full(300, np.nan)]
    )
    ranges = rank_ranges(matrix, True)
    assert [(r.best, r.worst) for r in ranges] == [(1, 2), (2, 3), (1, 3)]
    assert sum(r.first for r in ranges) == 1.0


def test_the_ranges_of_a_long_board_take_less_than_seconds():
    matrix = np.random.default_rng(6).normal(size=(100, 1000))
    start = time.process_time()
    rank_ranges(matrix, True)
    assert time.process_time() - start < 1.5


def test_where_nothing_is_known_of_any_team_every_rank_is_open_to_it():
    open_to_all = [(1, 2, 0.0), (1, 2, 0.0)]
    assert rank_ranges(np.full((2, 100), np.nan), True) == open_to_all
    assert rank_ranges(np.zeros((0, 100)), True) == []


def _board(rng, values, noise: float, shared: float = 0.0):
    """Replicates of scores: noise of each team's own, and noise that all share."""
    values = np.asarray(values, dtype=float)
    own = rng.normal(0, noise, (len(values), 2000))
    return values[:, None] + own + rng.normal(0, 1, 2000) * shared


def test_a_group_ends_with_the_last_that_its_leader_is_not_better_than():
    values = [0.90, 0.89, 0.88, 0.80, 0.79, 0.70]
    replicates = _board(np.random.default_rng(1), values, 0.008)
    assert leaders(replicates, True, values) == [0, 0, 0, 3, 3, 5]
    assert leaders(-replicates, False, [-v for v in values]) == [0, 0, 0, 3, 3, 5]


def test_a_chain_of_neighbours_is_cut_where_its_leader_is_better():
    values = np.linspace(0.9, 0.8, 21)
    replicates = _board(np.random.default_rng(2), values, 0.008, shared=0.3)
    found = leaders(replicates, True, values)
    assert found == sorted(found)
    assert 2 < len(set(found)) < 8
    assert all(found[leader] == leader for leader in found)


def test_whoever_is_not_known_stands_with_those_before():
    values = [0.9, 0.8, 0.7]
    replicates = _board(np.random.default_rng(3), values, 0.001)
    replicates[1] = np.nan
    assert leaders(replicates, True, values) == [0, 0, 2]
    assert leaders(replicates * np.nan, True, values) == [0, 0, 0]
