"""Numbers: the value is scikit-learn's, and so is the value from sums."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from scorers import EvaluationSpec, InvalidPredictions, InvalidSolution, evaluate_file, get_scorer
from scorers.errors import InvalidParameter

CASES = {
    "mse": metrics.mean_squared_error,
    "rmse": metrics.root_mean_squared_error,
    "msle": metrics.mean_squared_log_error,
    "rmsle": metrics.root_mean_squared_log_error,
    "mae": metrics.mean_absolute_error,
    "median_absolute_error": metrics.median_absolute_error,
    "mape": metrics.mean_absolute_percentage_error,
    "r2": metrics.r2_score,
    "explained_variance": metrics.explained_variance_score,
    "d2_absolute_error": metrics.d2_absolute_error_score,
    "pinball": metrics.mean_pinball_loss,
    "d2_pinball": metrics.d2_pinball_score,
}
# Eighths: their sums are exact, so that what is constant is so for the library and for the sums.
numbers = st.integers(0, 800).map(lambda eighths: eighths / 8)
pairs_of_numbers = st.lists(st.tuples(numbers, numbers), min_size=2, max_size=40)


@pytest.mark.parametrize(("name", "function"), [*CASES.items(), ("max_error", metrics.max_error)])
@settings(max_examples=40, deadline=None)
@given(pairs=pairs_of_numbers)
def test_the_value_is_the_librarys_exactly_and_so_is_that_of_the_sums(name, function, pairs):
    truth, prediction = np.array(pairs).T
    scorer = get_scorer(name)
    expected = function(truth, prediction)
    assert scorer.score(truth, prediction) == expected
    terms = scorer.terms(truth, prediction)
    assert terms is None or terms.value() == pytest.approx(expected, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(
    ("name", "multioutput"),
    [
        *((name, how) for name in CASES for how in ("uniform_average", (1, 0, 3.5))),
        *((name, "variance_weighted") for name in ("r2", "explained_variance")),
    ],
)
def test_several_columns_are_put_together_as_the_library_does(name, multioutput):
    rng = np.random.default_rng(3)
    truth = rng.gamma(2.0, [1.0, 5.0, 20.0], (60, 3))
    prediction = truth * rng.uniform(0.5, 1.5, (60, 3))
    scorer = get_scorer(name, multioutput=multioutput)
    expected = CASES[name](truth, prediction, multioutput=multioutput)
    assert scorer.score(truth, prediction) == pytest.approx(expected, rel=1e-15)
    terms = scorer.terms(truth, prediction)
    assert terms is None or terms.value() == pytest.approx(expected, rel=1e-9)


def test_the_rmse_of_several_columns_is_the_mean_of_theirs():
    truth, prediction = np.array([[1.0, 10.0], [3.0, 30.0]]), np.array([[2.0, 10.0], [4.0, 34.0]])
    columns = [get_scorer("rmse").score(truth[:, k], prediction[:, k]) for k in (0, 1)]
    assert get_scorer("rmse").score(truth, prediction) == pytest.approx(np.mean(columns))


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1], [1, "2"], "raw_values", "mean"])
def test_weights_of_columns_that_are_none_are_refused(weights):
    with pytest.raises(InvalidParameter, match="uniform_average"):
        get_scorer("rmse", multioutput=weights)


def test_only_shares_that_are_explained_are_weighted_by_variances():
    with pytest.raises(InvalidParameter, match="list of weights"):
        get_scorer("rmse", multioutput="variance_weighted")


@pytest.mark.parametrize("name", ["r2", "explained_variance"])
@pytest.mark.parametrize("prediction", [[0.5, 0.5, 0.5], [0.5, 0.5, 0.25]])
def test_a_constant_truth_is_explained_by_itself_alone(name, prediction):
    truth = np.array([0.5, 0.5, 0.5])
    expected = CASES[name](truth, prediction)
    assert expected in (0.0, 1.0)
    assert get_scorer(name).score(truth, prediction) == expected
    assert get_scorer(name).terms(truth, np.array(prediction)).value() == expected


@pytest.mark.parametrize("name", ["msle", "rmsle"])
def test_a_logarithm_of_nothing_is_refused(name):
    with pytest.raises(ValueError, match="-1"):
        get_scorer(name).score([1.0, 2.0], [-1.5, 2.0])


@pytest.mark.parametrize("units", [None, np.arange(50) // 5])
def test_the_interval_of_a_largest_error_is_withheld_with_its_reason(units):
    truth = np.random.default_rng(0).normal(size=50)
    found = get_scorer("max_error").evaluate(truth, truth * 0, seed=1, replicates=20, units=units)
    assert found.interval is None
    assert found.method.startswith("withheld: a largest error hangs on one row")


@pytest.fixture
def file(tmp_path):
    def file(name: str, text: str):
        path = tmp_path / name
        path.write_text(text)
        return path

    return file


def test_a_file_of_two_columns_is_scored_column_by_column(file):
    solution = file("s.csv", "id,bulk,gap\na,1,10\nb,3,30\nc,2,10\n")
    prediction = file("p.csv", "id,gap,bulk\na,10,2\nb,34,4\nc,10,2\n")
    spec = EvaluationSpec(scorer="rmse", header=("id", "bulk", "gap"), replicates=20)
    expected = np.mean([np.sqrt(2 / 3), np.sqrt(16 / 3)])
    assert evaluate_file(prediction, solution, spec).public.value == pytest.approx(expected)


def test_weights_for_another_number_of_columns_are_the_organisers_mistake(file):
    solution = file("s.csv", "id,bulk,gap\na,1,10\nb,3,30\n")
    spec = EvaluationSpec(
        scorer="mae", header=("id", "bulk", "gap"), params={"multioutput": [1, 2, 3]}
    )
    with pytest.raises(InvalidSolution, match="equally many"):
        evaluate_file(solution, solution, spec)


def test_a_number_without_a_logarithm_is_told_with_its_line_to_whom_it_belongs(file):
    spec = EvaluationSpec(scorer="msle", header=("id", "price"))
    good, bad = file("g.csv", "id,price\na,1\nb,2\n"), file("b.csv", "id,price\na,1\nb,-1\n")
    with pytest.raises(InvalidPredictions, match=r"line 3, column “price”: -1 is not .*above -1"):
        evaluate_file(bad, good, spec)
    with pytest.raises(InvalidSolution, match=r"line 3, column “price”: -1 is not .*above -1"):
        evaluate_file(good, bad, spec)
