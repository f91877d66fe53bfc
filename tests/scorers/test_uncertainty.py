"""A score with its replicates and its interval."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from scorers import get_scorer
from scorers.sampling.intervals import binomial_quantile
from scorers.sampling.resampling import Resampling, block_length, seeded_ranks
from scorers.uncertainty import always_withheld

RANKS = [4, 1, 7, 5, 2, 0, 6, 3]
WEIGHTS = [[2.0, 0.0, 1.0, 2.0, 0.0, 1.0], [1.0, 2.0, 1.0, 1.0, 0.0, 1.0]]


def _rain(rng, n: int, share: float = 0.5) -> tuple[np.ndarray, np.ndarray]:
    truth = (rng.random(n) < share).astype(int)
    return truth, 1 / (1 + np.exp(-(1.5 * truth + rng.normal(size=n))))


def test_the_same_seed_gives_the_same_replicates_and_another_seed_others():
    truth, prediction = _rain(np.random.default_rng(0), 500)
    scorer = get_scorer("log_loss")
    one, two = (scorer.evaluate(truth, prediction, seed=7) for _ in range(2))
    np.testing.assert_array_equal(one.replicates, two.replicates)
    assert one.interval == two.interval
    other = scorer.evaluate(truth, prediction, seed=8)
    assert not np.array_equal(one.replicates, other.replicates)


def test_the_draws_are_those_that_were_stored_last_year():
    assert seeded_ranks(8, 1).tolist() == RANKS
    weights = np.concatenate(list(Resampling(n=6, seed=1, replicates=2, units=6).weights()))
    assert weights.tolist() == WEIGHTS


def test_every_row_is_in_one_group_and_groups_are_of_one_size():
    plan = Resampling.of(10_000, seed=3, replicates=10)
    sizes = np.bincount(plan.group_of_row())
    assert len(sizes) == 4096
    assert set(sizes) == {2, 3}
    assert np.abs(np.corrcoef(np.arange(10_000), plan.group_of_row())[0, 1]) < 0.05


def test_the_rows_of_a_unit_are_in_one_group():
    units = np.random.default_rng(4).integers(0, 9000, 20_000)
    groups = Resampling.of(20_000, seed=5, replicates=1, units=units).group_of_row()
    pairs = np.unique(np.stack([units, groups]), axis=1)
    assert pairs.shape[1] == len(np.unique(units))


def test_by_sums_and_outright_agree_on_the_same_resamples():
    rng = np.random.default_rng(6)
    truth, prediction = rng.integers(0, 3, (2, 300))
    scorer = get_scorer("f1", average="macro")
    plan = Resampling.of(300, seed=1, replicates=8)
    rows = np.argsort(plan.group_of_row())
    by_sums = plan.replicate_terms(scorer.terms(truth, prediction))
    weights = np.concatenate(list(plan.weights())).astype(int)
    outright = [
        scorer.score(*(np.repeat(c[rows], w) for c in (truth, prediction))) for w in weights
    ]
    np.testing.assert_allclose(by_sums, outright, atol=1e-12)


@pytest.mark.parametrize("name", ["roc_auc", "average_precision", "spearman"])
def test_the_first_order_replicates_spread_like_outright_ones(name):
    truth, prediction = _rain(np.random.default_rng(7), 1000)
    scorer = get_scorer(name)
    plan = Resampling.of(1000, seed=2, replicates=400)
    by_sums = plan.replicate_terms(scorer.terms(truth, prediction))
    outright = plan.replicate_outright(lambda r: scorer.score(truth[r], prediction[r]), 0.0)
    assert by_sums.std() == pytest.approx(outright.std(), rel=0.15)
    assert by_sums.mean() == pytest.approx(outright.mean(), abs=by_sums.std() / 4)


def test_fewer_rows_drawn_outright_keep_the_spread(monkeypatch):
    rng = np.random.default_rng(8)
    truth, prediction = rng.normal(size=(2, 4000))
    scorer = replace(get_scorer("mae"), decompose=None)
    full = scorer.evaluate(truth, prediction, seed=1, replicates=400)
    monkeypatch.setattr("scorers.sampling.resampling.OUTRIGHT_ROWS", 400 * 500)
    part = scorer.evaluate(truth, prediction, seed=1, replicates=400)
    assert "500 of 4000 rows" in part.method
    assert part.replicates.std() == pytest.approx(full.replicates.std(), rel=0.2)


def test_outright_and_by_sums_the_interval_is_nearly_the_same():
    truth, prediction = np.random.default_rng(8).normal(size=(2, 400))
    by_sums = get_scorer("mae").evaluate(truth, prediction, seed=1)
    outright = replace(get_scorer("mae"), decompose=None).evaluate(truth, prediction, seed=1)
    assert outright.influence is None
    assert outright.interval == pytest.approx(by_sums.interval, rel=0.02)


WITHHELD = [
    ("rmse", [1.0], [2.0], None, "one unit"),
    ("rmse", [1.0, 2.0], [2.0, 2.0], ["a", "a"], "one unit"),
    ("rmse", [1.0, 2.0, 3.0, 4.0], [1.0, 2.5, 3.0, 5.0], None, "4 rows are too few"),
    ("rmse", [1.0, 2.0, 3.0, 4.0], [1.0, 2.5, 3.0, 5.0], [1, 1, 2, 2], "2 units are too few"),
    ("rmse", [1.0, 2.0, 3.0, 4.0, 5.0], [1.0, 2.0, 3.0, 4.0, 5.0], None, "same value"),
    ("rmse", [1.0, 2.0, 3.0, 4.0, 5.0], [1.1, 2.1, 3.1, 4.1, 5.1], None, "same value"),
    ("max_error", np.arange(9.0), np.arange(9.0) ** 2, None, "one row"),
    ("max_error", np.arange(9.0), np.arange(9.0) ** 2, list("aabbccdde"), "one row"),
    ("median_absolute_error", np.arange(5.0), np.arange(5.0) ** 2, None, "too few"),
    ("median_absolute_error", np.arange(50.0), np.arange(50.0) + 1, None, "the same value"),
    ("cohen_kappa", [0, 0, 0, 0, 1], [0, 0, 0, 0, 1], None, "without one of the rows"),
    ("balanced_accuracy", [0, 1] * 5, [0, 1] * 5, [0, 0, 1, 1, 2, 2, 3, 3, 4, 4], "few units"),
    ("roc_auc", [0, 0, 1], [0.1, 0.2, 0.3], None, "two rows of each class"),
    ("roc_auc", [0, 0, 1, 1], [0.1, 0.2, 0.3, 0.4], None, "without an error"),
]


@pytest.mark.parametrize(("name", "truth", "prediction", "units", "reason"), WITHHELD)
def test_an_interval_that_would_not_be_honest_is_withheld_with_its_reason(
    name, truth, prediction, units, reason
):
    result = get_scorer(name).evaluate(truth, prediction, seed=1, replicates=200, units=units)
    assert result.interval is None
    assert result.method.startswith("withheld:")
    assert reason in result.method


def test_units_give_the_interval_of_whole_units_even_where_rows_have_a_better_one():
    rng = np.random.default_rng(9)
    truth = rng.integers(0, 2, 400)
    units = np.arange(400) // 40
    prediction = np.where(units % 2 == 0, truth, 1 - truth)
    scorer = get_scorer("accuracy")
    alone = scorer.evaluate(truth, prediction, seed=1)
    together = scorer.evaluate(truth, prediction, seed=1, units=units)
    assert alone.method == "Wilson"
    assert "10 units" in together.method
    width = [high - low for low, high in (alone.interval, together.interval)]
    assert width[1] > 4 * width[0]


def test_an_interval_needs_no_replicates():
    truth, prediction = _rain(np.random.default_rng(0), 300)
    scorer = get_scorer("log_loss")
    alone = scorer.evaluate(truth, prediction, seed=7, replicates=0)
    assert alone.replicates is None
    assert alone.interval == scorer.evaluate(truth, prediction, seed=7).interval


def test_a_scorer_may_make_its_interval_of_all_the_evidence():
    truth, prediction = _rain(np.random.default_rng(0), 300)
    seen = []
    scorer = replace(get_scorer("log_loss"), interval_of=lambda e, y, p, **_: seen.append(e))
    result = scorer.evaluate(truth, prediction, seed=7, units=np.arange(300) // 5)
    assert seen[0].value == result.value
    assert len(seen[0].influence) == 60
    assert result.interval is not None, "None from the scorer leaves it to the usual interval"
    withheld = replace(scorer, interval_of=always_withheld("nobody knows"))
    assert withheld.evaluate(truth, prediction, seed=7).method == "withheld: nobody knows"


def test_the_influence_of_a_mean_is_each_rows_distance_from_it():
    truth, prediction = np.random.default_rng(1).normal(size=(2, 50))
    result = get_scorer("mse").evaluate(truth, prediction, seed=1, replicates=0)
    errors = (truth - prediction) ** 2
    np.testing.assert_allclose(sorted(result.influence), sorted(errors - errors.mean()))


def test_a_series_is_resampled_in_blocks_of_consecutive_rows():
    plan = Resampling.of(200, seed=1, replicates=5, blocks=block_length(200))
    assert (block_length(200), plan.units) == (18, 11)
    assert np.all(np.diff(plan.unit_of_row) >= 0)
    assert set(np.bincount(plan.unit_of_row)) == {18, 19}
    truth, prediction = np.random.default_rng(1).normal(size=(2, 200))
    result = get_scorer("mae").evaluate(truth, prediction, seed=1, blocks=18)
    assert "11 blocks of 18 consecutive rows" in result.method


def test_units_and_blocks_are_not_asked_for_together():
    with pytest.raises(ValueError, match="not both"):
        Resampling.of(4, seed=1, replicates=1, units=[1, 1, 2, 2], blocks=2)
    with pytest.raises(ValueError, match="at least one row"):
        Resampling.of(4, seed=1, replicates=1, blocks=0)


@pytest.mark.parametrize("share", [0.02, 0.5, 0.9])
@pytest.mark.parametrize("n", [1, 7, 200, 20_000])
def test_the_quantiles_of_a_binomial_are_scipys(n, share):
    for q in (0.025, 0.4, 0.975):
        assert binomial_quantile(q, n, share) == stats.binom.ppf(q, n, share)
