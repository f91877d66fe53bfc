"""Harrell's C: published values, and those of the plain double loop."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorers import EvaluationSpec, InvalidPredictions, InvalidSolution, evaluate_file, get_scorer

TIMES = [1, 5, 6, 11, 11, 34, 45, 45, 50]
RISKS = [5, 8, 11, 19, 34, 12, 3, 9, 12]
APART = [1, 5, 6, 11, 34, 45, 46, 50]
# (event, time, risk, C) from scikit-survival's own tests of concordance_index_censored.
PUBLISHED = [
    ([0, 1, 1, 0, 0, 1, 0, 0], APART, [5, 8, 11, 34, 12, 3, 9, 12], 0.2307692),
    ([0, 1, 1, 0, 1, 0, 1, 0, 0], TIMES, RISKS, 0.4),
    ([0, 1, 1, 0, 0, 0, 1, 0, 0], TIMES, RISKS, 0.2),
    ([0, 1, 0, 1, 1, 0, 1, 0, 0], TIMES, RISKS, 0.5294118),
    ([0, 1, 1, 0, 1, 1, 0, 0], APART, [5, 15, 11, 34, 12, 3, 9, 12], 0.59375),
    (
        [1, 0, 0, 0, 1, 0, 1, 1, 0, 0, 0, 1],
        [34, 11, 11, 5, 1, 89, 13, 45, 7, 13, 9, 13],
        [1, 19, 13, 13, 15, 14, 19, 23, 11, 10, 11, 1],
        0.5681818,
    ),
]


@pytest.mark.parametrize(("event", "time", "risk", "expected"), PUBLISHED)
def test_the_index_is_the_published_one(event, time, risk, expected):
    scorer = get_scorer("concordance_index", predicts="risk")
    assert scorer.score(time, np.array(risk), event=event) == pytest.approx(expected, abs=5e-8)
    later = get_scorer("concordance_index")
    assert later.score(time, -np.array(risk), event=event) == pytest.approx(expected, abs=5e-8)


def _slow(time, predicted, event) -> float | None:
    """Harrell's C by a look at every pair."""
    right, all_pairs = 0.0, 0
    for i in range(len(time)):
        for j in range(len(time)):
            later = time[i] < time[j] or (time[i] == time[j] and not event[j])
            if event[i] and i != j and later:
                all_pairs += 1
                right += 0.5 if predicted[i] == predicted[j] else predicted[i] < predicted[j]
    return right / all_pairs if all_pairs else None


rows = st.lists(
    st.tuples(st.integers(0, 8), st.integers(0, 8), st.booleans()), min_size=2, max_size=30
)


@settings(max_examples=150, deadline=None)
@given(rows=rows)
def test_the_index_is_that_of_every_pair_looked_at(rows):
    time, predicted, event = np.array(rows, dtype=float).T
    expected = _slow(time, predicted, event)
    scorer = get_scorer("concordance_index")
    if expected is None:
        with pytest.raises(ValueError, match="no pair of rows"):
            scorer.score(time, predicted, event=event)
        return
    assert scorer.score(time, predicted, event=event) == pytest.approx(expected, rel=1e-12)
    terms = scorer.terms(time, predicted, event=event)
    assert terms.value() == pytest.approx(expected, rel=1e-9)


def test_without_censoring_the_index_is_kendalls_share_of_the_pairs():
    rng = np.random.default_rng(2)
    time, noise = rng.permutation(80), rng.normal(size=80)
    tau = get_scorer("kendall").score(time, time + 30 * noise)
    found = get_scorer("concordance_index").score(time, time + 30 * noise)
    assert found == pytest.approx((tau + 1) / 2)


def test_the_replicates_vary_as_those_of_outright_resamples():
    rng = np.random.default_rng(4)
    time, end = rng.exponential(1.0, 250), rng.exponential(2.0, 250)
    seen, event = np.minimum(time, end), (time <= end).astype(float)
    predicted, scorer = time + rng.normal(0, 0.7, 250), get_scorer("concordance_index")
    fast = scorer.evaluate(seen, predicted, seed=1, replicates=300, event=event).replicates
    rows = rng.integers(0, 250, (300, 250))
    slow = np.array([scorer.score(seen[r], predicted[r], event=event[r]) for r in rows])
    assert fast.std() == pytest.approx(slow.std(), rel=0.15)


def test_the_interval_covers_the_index_of_the_population():
    """300 samples of 80 rows; without censoring the index of normal numbers is known."""
    rng, hits = np.random.default_rng(5), 0
    target, scorer = 0.5 + np.arcsin(0.8) / np.pi, get_scorer("concordance_index")
    for _ in range(300):
        time = rng.normal(size=80)
        predicted = 0.8 * time + 0.6 * rng.normal(size=80)
        low, high = scorer.evaluate(time, predicted, seed=1, replicates=1).interval
        hits += low <= target <= high
    assert 0.91 <= hits / 300 <= 0.99


@pytest.fixture
def file(tmp_path):
    def file(name: str, text: str):
        path = tmp_path / name
        path.write_text(text)
        return path

    return file


SPEC = EvaluationSpec(
    scorer="concordance_index",
    params={"predicts": "risk", "event": "died"},
    header=("patient", "risk"),
    id_columns=("patient",),
    replicates=50,
)


def test_the_column_of_events_stands_in_the_solution(file):
    event, time, risk, expected = PUBLISHED[1]
    lines = [f"{i},{t},{e}" for i, (t, e) in enumerate(zip(time, event, strict=True))]
    solution = file("s.csv", "patient,risk,died\n" + "\n".join(lines) + "\n")
    prediction = file("p.csv", "patient,risk\n" + "".join(f"{i},{r}\n" for i, r in enumerate(risk)))
    found = evaluate_file(prediction, solution, SPEC).public
    assert found.value == pytest.approx(expected)
    low, high = found.interval
    assert 0 <= low < expected < high <= 1


def test_a_solution_of_which_nothing_is_known_is_the_organisers_mistake(file):
    solution = file("s.csv", "patient,risk,died\na,3,0\nb,4,0\n")
    prediction = file("p.csv", "patient,risk\na,1\nb,2\n")
    with pytest.raises(InvalidSolution, match="no pair of rows"):
        evaluate_file(prediction, solution, SPEC)
    solution = file("t.csv", "patient,risk,died\na,3,yes\nb,4,0\n")
    with pytest.raises(InvalidSolution, match="line 2, column “died”: “yes” is not a number"):
        evaluate_file(prediction, solution, SPEC)


def test_a_risk_that_is_no_number_is_told_with_its_line(file):
    solution = file("s.csv", "patient,risk,died\na,3,1\nb,4,0\n")
    with pytest.raises(InvalidPredictions, match="line 3, column “risk”"):
        evaluate_file(file("p.csv", "patient,risk\na,1\nb,high\n"), solution, SPEC)
