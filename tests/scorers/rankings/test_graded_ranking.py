"""Graded rankings: scikit-learn's dcg and ndcg query by query, and the expected reciprocal rank."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from scorers import EvaluationSpec, InvalidSolution, check_solution, evaluate_file, get_scorer

rows = st.lists(
    st.tuples(st.sampled_from("pqrs"), st.integers(0, 3), st.integers(0, 4)),
    min_size=1,
    max_size=30,
)
cuts = st.one_of(st.none(), st.integers(1, 7))
FUNCTIONS = {"ndcg": metrics.ndcg_score, "dcg": metrics.dcg_score}


def _by_query(function, query, gain, score, k) -> float:
    """scikit-learn's value of each query, and the formula's where a query has one document."""
    found = []
    for one in np.unique(query):
        own = query == one
        if own.sum() > 1:
            found.append(function([gain[own]], [score[own]], k=k))
        else:
            found.append(
                float(gain[own][0] > 0) if function is metrics.ndcg_score else gain[own][0]
            )
    return float(np.mean(found))


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("gain", ["linear", "exponential"])
@settings(max_examples=60, deadline=None)
@given(rows=rows, k=cuts)
def test_a_table_is_scored_as_scikit_learn_scores_each_query(name, gain, rows, k):
    query, grade, score = (np.array(column) for column in zip(*rows, strict=True))
    scorer = get_scorer(name, query="query", k=k, gain=gain)
    gains = grade if gain == "linear" else 2**grade - 1
    expected = _by_query(FUNCTIONS[name], query, gains, score, k)
    found = scorer.score(grade, score, query=query)
    assert found == pytest.approx(expected, rel=1e-12, abs=1e-15)
    assert scorer.terms(grade, score, query=query).value() == pytest.approx(found, rel=1e-9)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_one_query_is_scikit_learns_number_exactly(name):
    rng = np.random.default_rng(4)
    grade, score = rng.integers(0, 4, 60), rng.normal(size=60).round(1)
    found = get_scorer(name, query="q", k=10).score(grade, score, query=["q"] * 60)
    assert found == FUNCTIONS[name]([grade], [score], k=10)


def test_a_negative_relevance_is_refused_by_ndcg_as_scikit_learn_refuses_it():
    for grades, scores, query in (([-1, 2], [1, 2], "qq"), ([-1, 2], [1, 2], "qr")):
        with pytest.raises(ValueError, match="negative"):
            get_scorer("ndcg", query="q").score(grades, scores, query=list(query))


def _slow_list_dcg(grades: dict, ranked: list, k: int | None) -> float:
    return sum(grades.get(i, 0) / np.log2(r + 1) for r, i in enumerate(ranked[:k], start=1))


items = st.lists(st.sampled_from("abcdefg"), unique=True, max_size=7)
graded = st.dictionaries(st.sampled_from("abcdefg"), st.integers(0, 3), max_size=7)
lists = st.lists(st.tuples(graded, items), min_size=1, max_size=6)


@settings(max_examples=80, deadline=None)
@given(lists=lists, k=cuts)
def test_lists_are_scored_by_the_formula(lists, k):
    truth = [" ".join(f"{i}:{g}" for i, g in grades.items()) for grades, _ in lists]
    ranked = [" ".join(listed) for _, listed in lists]
    gained = [_slow_list_dcg(grades, listed, k) for grades, listed in lists]
    best = [_slow_list_dcg(g, sorted(g, key=lambda i: -g[i]), k) for g, _ in lists]
    shares = [a / b if b else 0.0 for a, b in zip(gained, best, strict=True)]
    for name, expected in (("dcg", gained), ("ndcg", shares)):
        scorer = get_scorer(name, k=k, graded=True)
        assert scorer.score(truth, ranked) == pytest.approx(np.mean(expected), rel=1e-12)
        assert scorer.terms(truth, ranked).value() == pytest.approx(np.mean(expected), rel=1e-9)


def test_a_list_of_all_items_has_scikit_learns_ndcg():
    rng = np.random.default_rng(5)
    grades, order = rng.integers(0, 3, 12), rng.permutation(12)
    truth = " ".join(f"{i}:{g}" for i, g in enumerate(grades))
    ranked = " ".join(map(str, order))
    score = np.empty(12)
    score[order] = -np.arange(12)
    found = get_scorer("ndcg", graded=True, k=5).score([truth], [ranked])
    assert found == pytest.approx(metrics.ndcg_score([grades], [score], k=5), rel=1e-12)


def _slow_err(grades: list[int], top: int, k: int | None) -> Fraction:
    """The algorithm of Chapelle et al. (2009), in fractions."""
    left, total = Fraction(1), Fraction(0)
    for rank, grade in enumerate(grades[:k], start=1):
        stop = Fraction(2**grade - 1, 2**top)
        total += left * stop / rank
        left *= 1 - stop
    return total


@settings(max_examples=80, deadline=None)
@given(rows=rows, k=cuts)
def test_the_expected_reciprocal_rank_is_that_of_the_paper(rows, k):
    query, grade, score = (np.array(column) for column in zip(*rows, strict=True))
    expected = []
    for one in np.unique(query):
        own = sorted(np.flatnonzero(query == one), key=lambda r: (-score[r], grade[r]))
        expected.append(_slow_err([int(grade[r]) for r in own], 3, k))
    scorer = get_scorer("err", max_grade=3, k=k, query="query")
    found = scorer.score(grade, score, query=query)
    assert found == pytest.approx(float(sum(expected) / len(expected)), rel=1e-12)
    assert scorer.terms(grade, score, query=query).value() == pytest.approx(found, rel=1e-9)


def test_the_expected_reciprocal_rank_of_a_list_counts_unlisted_items_as_no_stops():
    found = get_scorer("err", max_grade=2, graded=True).score(["a:2 b:1"], ["x b a"])
    assert found == pytest.approx(float(_slow_err([0, 1, 2], 2, None)))


def test_a_grade_above_the_highest_is_the_organisers_mistake(tmp_path):
    path = tmp_path / "s.csv"
    path.write_text("id,items\n1,a:3 b:1\n")
    spec = EvaluationSpec(
        scorer="err", params={"max_grade": 2, "graded": True}, header=("id", "items")
    )
    with pytest.raises(InvalidSolution, match=r"line 2, column “items”.*the highest is 2"):
        check_solution(path, spec, sample=None)
    with pytest.raises(ValueError, match="max_grade"):
        get_scorer("err", max_grade=2, query="q").score([3, 1], [1, 2], query=["q", "q"])


def test_graded_lists_are_scored_from_a_file(tmp_path):
    (tmp_path / "s.csv").write_text("id,items\n1,a:3 b:1\n2,c:1\n")
    (tmp_path / "p.csv").write_text("id,items\n2,x c\n1,a b\n")
    spec = EvaluationSpec(scorer="ndcg", params={"graded": True}, header=("id", "items"))
    check_solution(tmp_path / "s.csv", spec, sample=None)
    found = evaluate_file(tmp_path / "p.csv", tmp_path / "s.csv", spec).public
    assert found.value == pytest.approx((1 + 1 / np.log2(3)) / 2)
