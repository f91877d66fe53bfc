"""Intervals that cover, pairs that can be compared, ranks that the data allow."""

import numpy as np
import pytest
from scipy import stats

from scorers import ScoreResult, compare, get_scorer, rank_ranges
from scorers.resampling import Resampling, seeded_ranks
from scorers.uncertainty import percentile_interval, wilson_interval

RANKS = [4, 1, 7, 5, 2, 0, 6, 3]
WEIGHTS = [[2.0, 0.0, 1.0, 2.0, 0.0, 1.0], [1.0, 2.0, 1.0, 1.0, 0.0, 1.0]]


def _rain(rng, n: int, share: float = 0.5) -> tuple[np.ndarray, np.ndarray]:
    truth = (rng.random(n) < share).astype(int)
    return truth, 1 / (1 + np.exp(-(1.5 * truth + rng.normal(size=n))))


def _result(replicates, value=None) -> ScoreResult:
    array = np.asarray(replicates, dtype=float)
    return ScoreResult(float(array.mean() if value is None else value), None, "", array)


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
    truth, prediction = _rain(np.random.default_rng(7), 2000)
    scorer = get_scorer(name)
    plan = Resampling.of(2000, seed=2, replicates=600)
    by_sums = plan.replicate_terms(scorer.terms(truth, prediction))
    outright = plan.replicate_outright(lambda r: scorer.score(truth[r], prediction[r]), 0.0)
    assert by_sums.std() == pytest.approx(outright.std(), rel=0.12)
    assert by_sums.mean() == pytest.approx(outright.mean(), abs=by_sums.std() / 4)


def test_fewer_rows_drawn_outright_keep_the_spread(monkeypatch):
    rng = np.random.default_rng(8)
    truth, prediction = rng.normal(size=(2, 4000))
    scorer = get_scorer("median_absolute_error")
    full = scorer.evaluate(truth, prediction, seed=1, replicates=400)
    monkeypatch.setattr("scorers.resampling.OUTRIGHT_ROWS", 400 * 500)
    part = scorer.evaluate(truth, prediction, seed=1, replicates=400)
    assert "500 of 4000 rows" in part.method
    assert part.replicates.std() == pytest.approx(full.replicates.std(), rel=0.2)


def test_wilsons_interval_is_that_of_scipy():
    expected = stats.binomtest(37, 50).proportion_ci(method="wilson")
    assert wilson_interval(0.74, 50).bounds == pytest.approx((expected.low, expected.high))
    assert wilson_interval(1.0, 10).bounds[1] == 1.0


def test_the_interval_of_one_area_is_delongs_on_the_logit_scale():
    truth, scores = np.array([0, 0, 0, 1, 1]), np.array([0.1, 0.4, 0.6, 0.5, 0.9])
    result = get_scorer("roc_auc").evaluate(truth, scores, seed=1, replicates=10)
    up, down = np.array([2 / 3, 1.0]), np.array([1.0, 1.0, 0.5])
    error = np.sqrt(up.var(ddof=1) / 2 + down.var(ddof=1) / 3)
    half = stats.norm.ppf(0.975) * error / (result.value * (1 - result.value))
    centre = np.log(result.value / (1 - result.value))
    expected = tuple(1 / (1 + np.exp(-edge)) for edge in (centre - half, centre + half))
    assert result.interval == pytest.approx(expected)
    assert result.method == "DeLong, on the logit scale"


WITHHELD = [
    ("rmse", [1.0], [2.0], None, "one unit"),
    ("rmse", [1.0, 2.0], [2.0, 2.0], ["a", "a"], "one unit"),
    ("rmse", [1.0, 2.0, 3.0], [1.0, 2.0, 3.0], None, "same value"),
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


def test_units_give_the_percentiles_of_whole_units_even_where_rows_have_a_better_interval():
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


def test_a_replicate_in_which_the_metric_is_not_defined_is_left_out():
    replicates = np.array([np.nan] * 40 + list(np.linspace(0, 1, 61)))
    assert percentile_interval(replicates, 1000).bounds == pytest.approx((0.025, 0.975), abs=0.01)
    assert percentile_interval(np.array([np.nan, np.nan, 1.0]), 9).bounds is None


GENERATORS = {
    "accuracy": lambda rng, n: _guess(rng, n, 0.8),
    "f1": lambda rng, n: _guess(rng, n, 0.85),
    "rmse": lambda rng, n: (np.zeros(n), rng.normal(size=n)),
    "mae": lambda rng, n: (np.zeros(n), rng.standard_t(6, n)),
    "roc_auc": lambda rng, n: _rain(rng, n),
    "log_loss": lambda rng, n: _rain(rng, n),
}
POPULATION = 400_000


def _guess(rng, n: int, right: float) -> tuple[np.ndarray, np.ndarray]:
    truth = rng.integers(0, 2, n)
    return truth, np.where(rng.random(n) < right, truth, 1 - truth)


def _coverage(name: str, n: int, runs: int, generate, **given) -> float:
    scorer = get_scorer(name)
    target = scorer.score(*generate(np.random.default_rng(99), POPULATION))
    hits = 0
    for run in range(runs):
        truth, prediction = generate(np.random.default_rng([5, run]), n)
        low, high = scorer.evaluate(truth, prediction, seed=run, **given).interval
        hits += low <= target <= high
    return hits / runs


@pytest.mark.parametrize("name", GENERATORS)
def test_intervals_cover_about_as_often_as_they_say(name):
    assert 0.91 <= _coverage(name, 200, 200, GENERATORS[name], replicates=300) <= 0.99


# Runs by the number of rows: a metric that is resampled outright takes seconds for one interval.
RUNS = {200: 1000, 2000: 400, 20_000: 100}
OUTRIGHT = ("average_precision", "spearman")


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("name", "n"),
    [*((name, n) for name in GENERATORS for n in RUNS), *((name, 200) for name in OUTRIGHT)],
)
def test_intervals_cover_as_often_as_they_say_over_many_runs(name, n):
    generate = GENERATORS.get(name, GENERATORS["roc_auc"])
    runs = RUNS[n] if name in GENERATORS else 300
    tolerance = 3 * np.sqrt(0.95 * 0.05 / runs)
    assert 0.93 - tolerance <= _coverage(name, n, runs, generate) <= 0.97 + tolerance


def test_paired_differences_are_far_tighter_than_the_two_scores():
    truth, prediction = _rain(np.random.default_rng(10), 2000)
    noise = np.random.default_rng(11).normal(0, 0.05, 2000)
    scorer = get_scorer("roc_auc")
    a = scorer.evaluate(truth, prediction, seed=3)
    b = scorer.evaluate(truth, prediction + noise, seed=3)
    pair = compare(a, b)
    assert pair.difference == a.value - b.value
    assert pair.interval[0] <= pair.difference <= pair.interval[1]
    assert pair.interval[1] - pair.interval[0] < (a.interval[1] - a.interval[0]) / 3


def test_a_comparison_with_oneself_finds_nothing():
    a = _result(np.random.default_rng(12).normal(size=300))
    pair = compare(a, a)
    assert pair.difference == 0
    assert pair.p_value == 1.0


def test_a_clear_difference_has_a_small_p_value():
    shared = np.random.default_rng(13).normal(size=999)
    better = _result(shared + 5 + np.random.default_rng(14).normal(size=999))
    assert compare(better, _result(shared)).p_value == pytest.approx(1 / 1000)


def test_replicates_of_different_resamples_are_not_compared():
    with pytest.raises(ValueError, match="same resamples"):
        compare(_result([1.0, 2.0]), _result([1.0, 2.0, 3.0]))
    assert compare(_result([1.0, 2.0]), ScoreResult(1.0, None, "", None)).p_value is None


def test_the_paired_test_holds_its_size():
    scorer, found = get_scorer("accuracy"), 0
    for run in range(300):
        rng = np.random.default_rng(run)
        truth = rng.integers(0, 2, 200)
        files = [np.where(rng.random(200) < 0.8, truth, 1 - truth) for _ in range(2)]
        a, b = (scorer.evaluate(truth, f, seed=run, replicates=200) for f in files)
        found += compare(a, b).p_value <= 0.05
    assert found / 300 <= 0.085


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
