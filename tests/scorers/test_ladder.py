"""The step of the Ladder: by hand, against numpy, and under the attack of its paper."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.boosting import attack
from scorers import get_scorer
from scorers.ladder import Form, Rung, climb, first_step, next_step, paired_error, rung_of

# Ten rows, hit or not: 4, 5, 7 and 8 right.
FOUR = [1, 1, 1, 1, 0, 0, 0, 0, 0, 0]
FIVE = [1, 1, 1, 1, 1, 0, 0, 0, 0, 0]
SEVEN = [1, 1, 1, 1, 1, 1, 1, 0, 0, 0]
EIGHT = [0, 1, 1, 1, 1, 1, 1, 1, 1, 0]
TRUTH = np.ones(10, dtype=int)
PARTS = {"parts": [{"scorer": "accuracy", "weight": 1}, {"scorer": "f1", "weight": 1}]}


def rung(scorer: str, truth, prediction, *, replicates: int = 200, units=None, **params) -> Rung:
    """What the ladder sees of a prediction, by the real scorer."""
    found = get_scorer(scorer, **params).evaluate(
        np.asarray(truth), np.asarray(prediction), seed=7, replicates=replicates, units=units
    )
    return rung_of(found)


def told(rungs: list[Rung], *, higher: bool = True) -> list[tuple[float, bool]]:
    return [(s.released, s.improved) for s in climb(rungs, higher_is_better=higher)]


def test_the_first_submission_is_released():
    assert first_step(rung("accuracy", TRUTH, FOUR)) == (0.4, True, None, None)


def test_the_error_is_the_paired_deviation_over_the_root_of_n():
    # One row of ten differs: the differences are nine 0 and one 1, whose mean is 0.1 and whose
    # squares about it sum to 0.9; s = sqrt(0.9 / 9), and s / sqrt(10) = 0.1.
    error = paired_error(rung("accuracy", TRUTH, FIVE), rung("accuracy", TRUTH, FOUR))
    assert error == pytest.approx(0.1)


def test_an_improvement_within_one_error_is_answered_with_the_last_release():
    # Two of ten differ, in the same direction: s / sqrt(n) = sqrt(1.6 / 90) = 0.1333; 0.2 is more.
    assert told([rung("accuracy", TRUTH, x) for x in (FIVE, SEVEN)])[1] == (0.7, True)
    # From 7 to 8 three rows differ, +2 and -1: s / sqrt(n) = sqrt((3 - 0.1) / 90) = 0.1795.
    assert told([rung("accuracy", TRUTH, x) for x in (SEVEN, EIGHT)])[1] == (0.7, False)
    error = paired_error(rung("accuracy", TRUTH, EIGHT), rung("accuracy", TRUTH, SEVEN))
    assert error == pytest.approx(math.sqrt(2.9 / 90))


def test_later_ones_are_compared_with_the_last_released_and_not_with_the_last():
    steps = climb(
        [rung("accuracy", TRUTH, x) for x in (FIVE, FOUR, SEVEN, SEVEN)], higher_is_better=True
    )
    assert [s.against for s in steps] == [None, 0, 0, 2]
    assert [s.released for s in steps] == [0.5, 0.5, 0.7, 0.7]


def test_an_error_turns_the_comparison():
    worse = rung("zero_one_loss", TRUTH, FIVE)
    better = rung("zero_one_loss", TRUTH, SEVEN)
    assert told([worse, better], higher=False) == [(0.5, True), (0.3, True)]
    assert told([better, worse], higher=False) == [(0.3, True), (0.3, False)]


def test_a_root_is_squared_first():
    truth = np.zeros(4)
    before, after = np.array([1.0, 1.0, 1.0, 1.0]), np.array([1.02, 1.0, 1.0, 0.0])
    first, second = rung("rmse", truth, before), rung("rmse", truth, after)
    assert (first.form, first.power) == (Form.LOSSES, 2)
    # The squared errors differ by -0.0404, 0, 0 and 1, by 0.2399 in the mean: s = 0.5071, and
    # s / 2 = 0.2535 is more than what the mean square falls by.
    assert paired_error(second, first) == pytest.approx(0.2535, abs=1e-4)
    assert told([first, second], higher=False) == [(1.0, True), (1.0, False)]
    nearly = rung("rmse", truth, np.array([0.9, 0.9, 0.9, 0.0]))
    assert told([first, nearly], higher=False)[1] == (0.78, True)


def test_the_error_of_losses_is_numpys():
    rng = np.random.default_rng(3)
    truth = rng.normal(size=3000)
    one, other = truth + rng.normal(size=3000), truth + 0.9 * rng.normal(size=3000)
    expected = np.std(np.abs(one - truth) - np.abs(other - truth), ddof=1) / np.sqrt(3000)
    found = paired_error(rung("mae", truth, one), rung("mae", truth, other))
    assert found == pytest.approx(expected, rel=1e-12)


def test_more_rows_than_groups_give_the_same_error_within_some_percent():
    rng = np.random.default_rng(4)
    truth = rng.normal(size=60_000)
    one, other = truth + rng.normal(size=60_000), truth + 0.9 * rng.normal(size=60_000)
    expected = np.std((one - truth) ** 2 - (other - truth) ** 2, ddof=1) / np.sqrt(60_000)
    first, second = (rung("mse", truth, p, replicates=0) for p in (one, other))
    assert len(first.evidence) == 4096
    assert paired_error(first, second) == pytest.approx(expected, rel=0.05)


def test_rows_that_belong_together_are_one_loss():
    """Copies of rows are no evidence: the error is that of the units."""
    rng = np.random.default_rng(5)
    truth, one, other = (rng.integers(0, 2, 50) for _ in range(3))
    alone = [rung("accuracy", truth, p) for p in (one, other)]
    copies = [np.repeat(x, 20) for x in (truth, one, other)]
    units = np.repeat(np.arange(50), 20)
    together = [rung("accuracy", copies[0], p, units=units) for p in copies[1:]]
    as_rows = [rung("accuracy", copies[0], p) for p in copies[1:]]
    assert paired_error(*together) == pytest.approx(paired_error(*alone))
    assert paired_error(*as_rows) < 0.3 * paired_error(*alone)


def test_a_metric_that_is_no_mean_of_losses_is_compared_by_its_replicates():
    rng = np.random.default_rng(6)
    truth = rng.integers(0, 2, 500)
    one, other = (np.where(rng.random(500) < p, truth, 1 - truth) for p in (0.6, 0.8))
    first, second = rung("f1", truth, one), rung("f1", truth, other)
    assert first.form is second.form is Form.REPLICATES
    found = [get_scorer("f1").evaluate(truth, p, seed=7, replicates=200) for p in (one, other)]
    expected = np.std(found[1].replicates - found[0].replicates, ddof=1)
    assert paired_error(second, first) == pytest.approx(expected)
    assert told([first, second])[1][1]
    assert told([second, first])[1] == (told([second])[0][0], False)


@pytest.mark.parametrize(
    ("name", "params", "form"),
    [
        ("accuracy", {}, Form.LOSSES),
        ("f1", {}, Form.REPLICATES),
        ("matthews_corrcoef", {}, Form.REPLICATES),
        ("weighted", PARTS, Form.REPLICATES),
        ("balanced_accuracy", {}, Form.REPLICATES),
    ],
)
def test_what_a_scorer_gives_is_said(name, params, form):
    assert rung(name, [0, 1, 1, 0, 1, 0], [0, 1, 0, 0, 1, 1], **params).form is form


def test_the_mean_over_queries_is_a_mean_of_the_losses_of_queries():
    rng = np.random.default_rng(8)
    query, truth = np.repeat(np.arange(40), 5), rng.integers(0, 2, 200)
    truth[::5] = 1
    scorer = get_scorer("ndcg", k=5, query="query")
    found = [scorer.evaluate(truth, rng.random(200), seed=1, query=query) for _ in range(2)]
    first, second = map(rung_of, found)
    assert first.form is Form.LOSSES
    by_query = [
        [
            get_scorer("ndcg", k=5, query="query").score(t, p, query=[0] * 5)
            for t, p in zip(truth.reshape(40, 5), scores.reshape(40, 5), strict=True)
        ]
        for scores in _same_scores(truth)
    ]
    paired = np.subtract(*by_query)
    expected = paired.std(ddof=1) / np.sqrt(40)
    assert paired_error(first, second) == pytest.approx(expected)


def _same_scores(truth):
    rng = np.random.default_rng(8)
    rng.integers(0, 2, 200)
    return rng.random(200), rng.random(200)


def test_zeros_and_ones_are_released_in_steps_of_one_row():
    found = rung("accuracy", [0, 1, 1], [0, 1, 0])
    assert found.per_unit == 3
    assert first_step(found).released == 2 / 3


def test_other_values_are_released_on_a_decimal_grid_below_their_noise():
    rng = np.random.default_rng(9)
    truth = rng.normal(size=2500)
    found = rung("mae", truth, truth + rng.normal(size=2500))
    error = 0.6 / 50
    assert error / 100 < 1 / found.per_unit <= error / 10
    assert first_step(found).released == round(found.value, 3)


def test_a_value_without_noise_is_released_as_it_is():
    found = rung("mae", [1.0, 2.0, 3.0], [1.1, 2.1, 3.1])
    assert first_step(found).released == pytest.approx(0.1, rel=1e-9)


def test_a_rounded_value_that_is_no_better_is_no_release():
    released = next_step(
        Rung(0.8123, per_unit=100.0), released=0.81, error=0.0, higher_is_better=True
    )
    assert (released.released, released.improved) == (0.81, False)


def test_without_evidence_only_the_first_is_released():
    bare = [Rung(0.5), Rung(0.9)]
    assert told(bare) == [(0.5, True), (0.5, False)]


def test_evidence_of_different_resamples_is_no_evidence():
    one = rung("f1", [0, 1, 1, 0, 1, 0], [0, 1, 0, 0, 1, 1], replicates=200)
    other = rung("f1", [0, 1, 1, 0, 1, 0], [0, 1, 1, 0, 1, 1], replicates=300)
    assert paired_error(one, other) is None


def test_replicates_that_are_mostly_undefined_are_no_evidence():
    few = np.full(100, np.nan)
    few[:10] = 0.5
    half = Rung(0.5, Form.REPLICATES, few)
    assert paired_error(half, half) is None


def rungs_of_hits(seed: int, count: int, rows: int = 60) -> list[Rung]:
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 2, rows)
    return [
        rung("accuracy", truth, np.where(rng.random(rows) < p, truth, 1 - truth), replicates=0)
        for p in rng.random(count)
    ]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 12))
def test_released_values_never_get_worse_and_are_those_of_submissions(seed, count):
    rungs = rungs_of_hits(seed, count)
    steps = climb(rungs, higher_is_better=True)
    released = [s.released for s in steps]
    assert released == sorted(released)
    assert {s.released for s in steps} <= {r.value for r in rungs}
    for at, step in enumerate(steps):
        assert (step.released == rungs[at].value) or not step.improved


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 10))
def test_what_comes_later_changes_no_earlier_answer(seed, count):
    rungs = rungs_of_hits(seed, count)
    whole = climb(rungs, higher_is_better=True)
    assert climb(rungs[:-1], higher_is_better=True) == whole[:-1]


def test_the_boosting_attack_gains_on_best_and_not_on_the_ladder():
    """Three attackers: 200 random submissions, then the majority of those that improved."""
    found = [attack(rows=500, submissions=200, seed=seed) for seed in range(3)]
    best, ladder = (np.mean([getattr(f, way) for f in found]) for way in ("best", "ladder"))
    # Chance is 0.5, with a standard error of 0.022 for one submission.
    assert best > 0.63
    # What is on the ladder is the luck of the first few that were released.
    assert ladder < 0.57
    assert abs(np.mean([f.fresh for f in found]) - 0.5) < 0.04


@pytest.mark.long
def test_the_gain_on_best_grows_with_the_submissions_and_that_on_the_ladder_does_not():
    few, many = (
        [attack(rows=2000, submissions=k, seed=seed) for seed in range(4)] for k in (50, 600)
    )
    best = [np.mean([f.best for f in found]) for found in (few, many)]
    ladder = [np.mean([f.ladder for f in found]) for found in (few, many)]
    assert best[1] - best[0] > 0.06
    assert abs(ladder[1] - ladder[0]) < 0.02
