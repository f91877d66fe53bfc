"""Deviances and losses: the values are scikit-learn's and scipy's."""

import numpy as np
import pytest
from sklearn import metrics

from scorers import EvaluationSpec, InvalidPredictions, InvalidSolution, evaluate_file, get_scorer
from scorers.errors import InvalidParameter

POWERS = [-1.5, 0, 1, 1.5, 2, 2.5, 3]


def _amounts(power: float, n: int = 80) -> tuple[np.ndarray, np.ndarray]:
    """Answers and predictions that a Tweedie deviance of this power takes."""
    rng = np.random.default_rng(int(10 * power) + 50)
    truth = rng.normal(3.0, 2.0, n) if power <= 0 else rng.gamma(2.0, 3.0, n)
    if 1 <= power < 2:
        truth[::7] = 0.0
    prediction = rng.normal(size=n) if power == 0 else rng.gamma(3.0, 2.0, n)
    return truth, prediction


@pytest.mark.parametrize("power", POWERS)
@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("tweedie_deviance", metrics.mean_tweedie_deviance),
        ("d2_tweedie", metrics.d2_tweedie_score),
    ],
)
def test_a_tweedie_deviance_is_the_librarys_and_so_is_that_of_the_sums(name, function, power):
    truth, prediction = _amounts(power)
    scorer = get_scorer(name, power=power)
    expected = function(truth, prediction, power=power)
    assert scorer.score(truth, prediction) == expected
    assert scorer.terms(truth, prediction).value() == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("name", "function", "power"),
    [
        ("poisson_deviance", metrics.mean_poisson_deviance, 1),
        ("gamma_deviance", metrics.mean_gamma_deviance, 2),
    ],
)
def test_a_deviance_of_its_own_name_is_the_librarys(name, function, power):
    truth, prediction = _amounts(power)
    expected = function(truth, prediction)
    assert get_scorer(name).score(truth, prediction) == expected
    assert get_scorer(name).terms(truth, prediction).value() == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("alpha", [0.05, 0.5, 0.9])
@pytest.mark.parametrize(
    ("name", "function"),
    [("pinball", metrics.mean_pinball_loss), ("d2_pinball", metrics.d2_pinball_score)],
)
@pytest.mark.parametrize("n", [2, 9, 40])
def test_a_pinball_loss_is_the_librarys_at_any_quantile(name, function, alpha, n):
    truth, prediction = np.random.default_rng(n).normal(size=(2, n)).round(1)
    expected = function(truth, prediction, alpha=alpha)
    scorer = get_scorer(name, alpha=alpha)
    assert scorer.score(truth, prediction) == expected
    assert scorer.terms(truth, prediction).value() == pytest.approx(expected, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("delta", [0.3, 1, 5.0])
def test_the_huber_loss_is_quadratic_then_linear(delta):
    truth, prediction = np.random.default_rng(5).normal(0, 2, (2, 60))
    slow = [
        e * e / 2 if abs(e) <= delta else delta * (abs(e) - delta / 2)
        for e in (prediction - truth).tolist()
    ]
    scorer = get_scorer("huber", delta=delta)
    assert scorer.score(truth, prediction) == pytest.approx(np.mean(slow), rel=1e-12)
    assert scorer.terms(truth, prediction).value() == pytest.approx(np.mean(slow), rel=1e-12)


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("tweedie_deviance", {"power": 0.5}),
        ("d2_tweedie", {"power": "1"}),
        ("pinball", {"alpha": 1}),
        ("huber", {"delta": 0}),
    ],
)
def test_a_value_without_a_meaning_is_refused(name, params):
    with pytest.raises(InvalidParameter, match="expected a number"):
        get_scorer(name, **params)


@pytest.mark.parametrize("name", ["d2_absolute_error", "d2_pinball", "d2_tweedie"])
def test_the_replicates_of_a_saved_share_vary_as_those_that_refit_the_constant(name):
    rng = np.random.default_rng(8)
    truth = rng.gamma(2.0, 2.0, 300)
    scorer, prediction = get_scorer(name), truth + rng.normal(0, 1.5, 300)
    fast = scorer.evaluate(truth, prediction, seed=1, replicates=400).replicates
    rows = rng.integers(0, 300, (400, 300))
    slow = np.array([scorer.score(truth[r], prediction[r]) for r in rows])
    assert fast.std() == pytest.approx(slow.std(), rel=0.15)
    assert fast.mean() == pytest.approx(slow.mean(), abs=0.2 * slow.std())


@pytest.fixture
def file(tmp_path):
    def file(name: str, text: str):
        path = tmp_path / name
        path.write_text(text)
        return path

    return file


BOUNDS = [
    ("poisson_deviance", {}, "0", "-1", "at least 0"),
    ("gamma_deviance", {}, "1", "0", "above 0"),
    ("tweedie_deviance", {"power": 1.5}, "0", "-1", "at least 0"),
    ("tweedie_deviance", {"power": 3}, "1", "0", "above 0"),
    ("d2_tweedie", {"power": 2}, "1", "0", "above 0"),
]


@pytest.mark.parametrize(("name", "params", "least", "wrong", "due"), BOUNDS)
def test_numbers_that_a_deviance_does_not_take_are_refused_at_reading(
    file, name, params, least, wrong, due
):
    spec = EvaluationSpec(scorer=name, params=params, header=("id", "claims"), replicates=20)
    rest = "c,3\nd,4\ne,7\nf,2\n"
    solution = file("s.csv", f"id,claims\na,{least}\nb,2\n{rest}")
    good, bad = f"id,claims\na,0.5\nb,1\n{rest}", f"id,claims\na,0.5\nb,0\n{rest}"
    assert evaluate_file(file("g.csv", good), solution, spec).public.interval is not None
    with pytest.raises(
        InvalidPredictions, match="line 3, column “claims”: 0 is not a number above"
    ):
        evaluate_file(file("b.csv", bad), solution, spec)
    solution = file("t.csv", f"id,claims\na,{wrong}\nb,2\n{rest}")
    with pytest.raises(InvalidSolution, match=f"line 2, column “claims”: {wrong} is not .* {due}"):
        evaluate_file(file("g.csv", good), solution, spec)


def test_without_a_power_a_deviance_takes_any_number(file):
    spec = EvaluationSpec(scorer="tweedie_deviance", header=("id", "claims"), replicates=20)
    solution = file("s.csv", "id,claims\na,-1\nb,0\n")
    found = evaluate_file(file("p.csv", "id,claims\na,-2\nb,-2\n"), solution, spec)
    assert found.public.value == 2.5


def test_a_bound_of_the_answers_is_none_of_the_weights(file):
    """Of two series one weighs nothing; the answers of a gamma deviance are above 0."""
    past = "".join(f"{s}{t},{t + 1},{s},{w},Training\n" for s, w in ("a0", "b2") for t in range(3))
    board = "".join(f"{s}9,{y},{s},{w},Public\n" for s, y, w in (("a", 3, 0), ("b", 5, 2)))
    solution = file("s.csv", f"id,claims,series,weight,Usage\n{past}{board}")
    prediction = file("p.csv", "id,claims\na9,3\nb9,3\n")
    spec = EvaluationSpec(
        scorer="gamma_deviance", also=("wrmsse",), header=("id", "claims"), replicates=20
    )
    assert evaluate_file(prediction, solution, spec).public.also == {"wrmsse": 2.0}
