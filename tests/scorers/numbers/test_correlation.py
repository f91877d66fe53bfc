"""Correlations: the values are scipy's, and Lin's those of two other forms of it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from scorers import EvaluationSpec, InvalidPredictions, evaluate_file, get_scorer

CASES = {
    "pearson": lambda truth, prediction: stats.pearsonr(truth, prediction).statistic,
    "spearman": lambda truth, prediction: stats.spearmanr(truth, prediction).statistic,
    "kendall": lambda truth, prediction: stats.kendalltau(truth, prediction).statistic,
}
NAMES = [*CASES, "concordance_correlation"]
numbers = st.integers(0, 60).map(lambda value: value / 10)
pairs_of_numbers = st.lists(st.tuples(numbers, numbers), min_size=3, max_size=40)


@pytest.mark.parametrize(("name", "function"), CASES.items())
@settings(max_examples=60, deadline=None)
@given(pairs=pairs_of_numbers)
def test_the_value_is_scipys_exactly_and_so_is_that_of_the_sums(name, function, pairs):
    truth, prediction = np.array(pairs).T
    if len(set(truth)) == 1 or len(set(prediction)) == 1:
        return
    expected = function(truth, prediction)
    assert get_scorer(name).score(truth, prediction) == expected
    terms = get_scorer(name).terms(truth, prediction)
    assert terms.value() == pytest.approx(expected, rel=1e-9, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(pairs=pairs_of_numbers)
def test_lins_correlation_is_one_minus_the_squared_error_over_that_of_strangers(pairs):
    truth, prediction = np.array(pairs).T
    strangers = ((truth[:, None] - prediction) ** 2).mean()
    if strangers == 0:
        return
    expected = 1 - ((truth - prediction) ** 2).mean() / strangers
    scorer = get_scorer("concordance_correlation")
    assert scorer.score(truth, prediction) == pytest.approx(expected, abs=1e-9)
    assert scorer.terms(truth, prediction).value() == pytest.approx(expected, abs=1e-9)


def test_lins_correlation_is_precision_times_accuracy_on_a_published_table():
    """The blood pressures of statstodo.com/LinCCC.php, whose means and precision are printed."""
    catheter = "127 118 135 123 112 119 125 109 106 110 111 125 119 140 115 110 122 119 134 105"
    catheter += " 117 111 114 126 113 129 130 130 115 131"
    cuff = "134 120 142 115 117 123 125 111 122 115 109 127 118 139 111 110 122 115 137 105"
    cuff += " 112 113 115 119 115 127 129 130 120 126"
    truth, prediction = (np.array(each.split(), dtype=float) for each in (catheter, cuff))
    assert truth.mean() == 120
    assert prediction.mean().round(2) == 120.77
    found = get_scorer("concordance_correlation").score(truth, prediction)
    # The accuracy from the shift and the stretch, as Lin writes it.
    shift = (truth.mean() - prediction.mean()) / np.sqrt(truth.std() * prediction.std())
    stretch = truth.std() / prediction.std()
    accuracy = 2 / (stretch + 1 / stretch + shift**2)
    assert stats.pearsonr(truth, prediction).statistic.round(2) == 0.87
    assert found == pytest.approx(stats.pearsonr(truth, prediction).statistic * accuracy)


@pytest.mark.parametrize("name", CASES)
def test_the_correlation_of_constant_predictions_is_not_defined(name):
    assert np.isnan(get_scorer(name).score([1.0, 2.0, 3.0], [5.0, 5.0, 5.0]))


def test_lins_correlation_of_constant_predictions_is_none_at_all():
    assert get_scorer("concordance_correlation").score([1.0, 2.0, 3.0], [5.0, 5.0, 5.0]) == 0
    with pytest.raises(ValueError, match="one and the same number"):
        get_scorer("concordance_correlation").score([5.0, 5.0], [5.0, 5.0])


@pytest.mark.parametrize("name", ["spearman", "kendall"])
def test_the_expansion_of_a_rank_correlation_agrees_with_doubling_a_row(name):
    rng = np.random.default_rng(7)
    truth = rng.normal(size=2000).round(1)
    prediction = (truth + rng.normal(size=2000)).round(1)
    scorer = get_scorer(name)
    influence = scorer.terms(truth, prediction).columns[0]
    for row in range(12):
        rows = np.append(np.arange(2000), row)
        exact = scorer.score(truth[rows], prediction[rows]) - scorer.score(truth, prediction)
        assert influence[row] / 2001 == pytest.approx(exact, abs=3e-6)


@pytest.mark.parametrize("name", NAMES)
def test_the_interval_covers_the_correlation_of_the_population(name):
    """300 samples of 60 pairs of normal numbers that correlate at 0.8."""
    rng = np.random.default_rng(11)
    kendall = 2 / np.pi * np.arcsin(0.8)
    target = {"kendall": kendall, "spearman": 6 / np.pi * np.arcsin(0.4)}.get(name, 0.8)
    scorer, hits = get_scorer(name), 0
    for _ in range(300):
        truth = rng.normal(size=60)
        prediction = 0.8 * truth + 0.6 * rng.normal(size=60)
        low, high = scorer.evaluate(truth, prediction, seed=1, replicates=1).interval
        hits += low <= target <= high
    assert 0.91 <= hits / 300 <= 0.99


@pytest.mark.parametrize("name", NAMES)
def test_the_interval_of_a_perfect_correlation_is_withheld(name):
    truth = np.arange(20.0)
    found = get_scorer(name).evaluate(truth, truth, seed=1, replicates=20)
    assert found.interval is None
    assert found.method.startswith("withheld")


def test_a_file_of_one_value_is_told_that_its_correlation_is_not_defined(tmp_path):
    solution, prediction = tmp_path / "s.csv", tmp_path / "p.csv"
    solution.write_text("id,co2\na,1\nb,2\nc,3\nd,5\n")
    prediction.write_text("id,co2\na,5\nb,5\nc,5\nd,5\n")
    spec = EvaluationSpec(scorer="kendall", header=("id", "co2"), replicates=20)
    with pytest.raises(InvalidPredictions, match="not defined for these predictions"):
        evaluate_file(prediction, solution, spec)
    prediction.write_text("id,co2\na,1\nb,4\nc,3\nd,9\n")
    found = evaluate_file(prediction, solution, spec).public
    assert found.value == stats.kendalltau([1, 2, 3, 5], [1, 4, 3, 9]).statistic
