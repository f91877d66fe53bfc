"""How far two boards differ, beside what chance alone gives."""

import numpy as np
import pytest
from scipy import stats

from scorers.sampling.shaking import Side, chance_alone, pooled, ranks_of, shake

PUBLIC, PRIVATE = 300, 700


def _ranked(values, higher_is_better=True):
    return ranks_of(np.asarray(values, dtype=float), higher_is_better=higher_is_better)


def test_equal_scores_share_a_rank_and_the_next_is_skipped():
    assert _ranked([0.5, 0.9, 0.9, 0.1]).tolist() == [3, 1, 1, 4]
    assert _ranked([0.5, 0.9, 0.9, 0.1], higher_is_better=False).tolist() == [2, 3, 3, 1]
    assert _ranked([0.1 + 0.2, 0.3, 0.0, -1.0]).tolist() == [1, 1, 3, 4]


@pytest.mark.parametrize("ties", [True, False])
def test_both_correlations_are_those_of_scipy(ties):
    rng = np.random.default_rng(1)
    first = rng.integers(0, 12 if ties else 10**6, 60)
    second = first + rng.integers(0, 9 if ties else 10**6, 60)
    found = shake(_ranked(first), _ranked(second))
    assert found.spearman == pytest.approx(stats.spearmanr(first, second).statistic, rel=1e-12)
    assert found.kendall == pytest.approx(stats.kendalltau(first, second).statistic, rel=1e-12)


def test_a_shake_up_worked_out_by_hand():
    # Eleven teams; the eleventh takes the place of the first, who falls to the end.
    before, after = np.arange(1, 12), np.array([11, *range(2, 11), 1])
    found = shake(before, after)
    assert found.mean_move == 20 / 11
    assert found.stayed == 0.9
    assert found.spearman == pytest.approx(1 - 6 * 200 / (11 * 120))


def test_few_or_level_teams_say_what_can_be_said():
    found = shake(np.array([1, 1, 1]), np.array([1, 2, 3]))
    assert found.spearman is found.kendall is found.stayed is None
    assert found.mean_move == 1.0


def test_a_board_of_two_teams_has_its_correlations_too():
    kept, swapped = (shake(np.array([1, 2]), after) for after in (np.array([1, 2]), [2, 1]))
    assert (kept.kendall, kept.spearman, kept.mean_move) == (1.0, 1.0, 0.0)
    assert (swapped.kendall, swapped.spearman, swapped.mean_move) == (-1.0, -1.0, 1.0)
    rng = np.random.default_rng(4)
    sides = [Side(np.array([0.4, 0.5]), rng.normal(0, 0.1, (2, 400))) for _ in range(2)]
    # Either order of the two is the one or the other: their mean is in between.
    assert -1 < chance_alone(*sides, higher_is_better=True).kendall.mean < 1


def test_the_score_on_all_rows_is_the_mean_weighted_by_rows():
    assert pooled([0.5], [0.9], rows=(100, 300)).tolist() == pytest.approx([0.8])


def test_teams_far_apart_are_not_moved_by_chance():
    rng = np.random.default_rng(2)
    sides = [Side(np.arange(12.0), rng.normal(0, 0.01, (12, 60))) for _ in range(2)]
    found = chance_alone(*sides, higher_is_better=True)
    assert found.within.tolist() == [0] * 12
    for number in (found.spearman, found.kendall, found.stayed):
        assert number == pytest.approx((1.0, 1.0, 1.0))
    assert found.resamples == 60


def test_teams_that_are_level_are_moved_anywhere():
    rng = np.random.default_rng(3)
    sides = [Side(np.zeros(20), rng.normal(0, 1, (20, 400))) for _ in range(2)]
    found = chance_alone(*sides, higher_is_better=True)
    assert abs(found.spearman.mean) < 0.05
    # The difference of two uniform ranks of 20: sqrt(0.95) of the way to 19 stays within.
    assert set(found.within) <= set(range(13, 18))


def test_resamples_that_are_undefined_for_a_team_are_left_out():
    rng = np.random.default_rng(4)
    sides = [Side(np.arange(5.0), rng.normal(0, 1, (5, 120))) for _ in range(2)]
    sides[0].replicates[2, :60] = np.nan
    assert chance_alone(*sides, higher_is_better=True).resamples == 60
    sides[0].replicates[3, 60:] = np.nan
    assert chance_alone(*sides, higher_is_better=True) is None


def _contest(rng: np.random.Generator, skills, adapted: float = 0.0):
    """Ranks on both boards of teams of known skill, and what is said of chance.

    `adapted`: how much of the public rows' noise the teams learnt to fit.
    """
    rows = PUBLIC + PRIVATE
    shared = rng.normal(0, 1, rows)
    losses = skills[:, None] + shared + rng.normal(0, 1, (len(skills), rows))
    public, private = losses[:, :PUBLIC], losses[:, PUBLIC:]
    means = public.mean(axis=1), private.mean(axis=1)
    together = pooled(*means, rows=(PUBLIC, PRIVATE))
    sides = []
    for part in (public, private):
        weights = rng.multinomial(part.shape[1], np.full(part.shape[1], 1 / part.shape[1]), 120)
        sides.append(Side(together, part @ weights.T / part.shape[1]))
    luck = rng.normal(0, adapted, len(skills))
    before = ranks_of(means[0] - luck, higher_is_better=False)
    after = ranks_of(means[1], higher_is_better=False)
    return before, after, chance_alone(*sides, higher_is_better=False)


@pytest.mark.long
def test_in_contests_of_known_skill_real_moves_are_what_chance_alone_is_said_to_give():
    rng = np.random.default_rng(5)
    inside, spearman, mean_move = [], [], []
    for _ in range(80):
        before, after, chance = _contest(rng, np.linspace(0, 0.6, 40))
        found = shake(before, after)
        inside.append((np.abs(before - after) <= chance.within).mean())
        spearman.append(chance.spearman.low <= found.spearman <= chance.spearman.high)
        mean_move.append(found.mean_move / chance.mean_move.mean)
    assert 0.94 <= np.mean(inside) <= 0.985
    assert np.mean(spearman) >= 0.9
    assert np.mean(mean_move) == pytest.approx(1.0, abs=0.06)


@pytest.mark.long
def test_teams_that_fitted_the_public_rows_are_shaken_more_than_chance_alone_shakes():
    rng = np.random.default_rng(6)
    below = []
    for _ in range(20):
        before, after, chance = _contest(rng, np.linspace(0, 0.6, 40), adapted=0.3)
        below.append(shake(before, after).spearman < chance.spearman.low)
    assert np.mean(below) > 0.9
