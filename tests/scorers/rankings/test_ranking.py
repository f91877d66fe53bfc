"""Rankings: Kaggle's MAP@K and trec_eval's measures, from lists and from tables of scores."""

from fractions import Fraction

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorers import (
    EvaluationSpec,
    InvalidPredictions,
    InvalidSolution,
    check_solution,
    evaluate_file,
    get_scorer,
)
from scorers.errors import InvalidRow

NAMES = ["map_at_k", "mrr", "precision_at_k", "recall_at_k", "hit_rate_at_k"]
items = st.lists(st.sampled_from("abcdefgh"), unique=True, max_size=8)
queries = st.lists(st.tuples(items, items), min_size=1, max_size=8)


def kaggle_average_precision(relevant: list[str], ranked: list[str], k: int) -> Fraction:
    """By its definition, in fractions: the precision at every relevant rank, over min(R, k)."""
    if not relevant:
        return Fraction(0)
    total = Fraction(0)
    for cut in range(1, min(k, len(ranked)) + 1):
        if ranked[cut - 1] in relevant:
            total += Fraction(len([i for i in ranked[:cut] if i in relevant]), cut)
    return total / min(len(relevant), k)


def reciprocal_rank(relevant: list[str], ranked: list[str], k: int) -> Fraction:
    ranks = [r for r, item in enumerate(ranked, start=1) if item in relevant and r <= k]
    return Fraction(1, ranks[0]) if ranks else Fraction(0)


def found(relevant: list[str], ranked: list[str], k: int) -> int:
    return len(set(relevant) & set(ranked[:k]))


SLOW = {
    "map_at_k": kaggle_average_precision,
    "mrr": reciprocal_rank,
    "precision_at_k": lambda relevant, ranked, k: Fraction(found(relevant, ranked, k), k),
    "recall_at_k": lambda relevant, ranked, k: (
        Fraction(found(relevant, ranked, k), len(relevant)) if relevant else Fraction(0)
    ),
    "hit_rate_at_k": lambda relevant, ranked, k: Fraction(found(relevant, ranked, k) > 0),
}


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=60, deadline=None)
@given(queries=queries, k=st.integers(1, 9))
def test_lists_are_scored_as_the_definition_says(name, queries, k):
    scorer = get_scorer(name, k=k)
    truth = [" ".join(relevant) for relevant, _ in queries]
    ranked = [" ".join(listed) for _, listed in queries]
    expected = sum(SLOW[name](r, listed, k) for r, listed in queries) / len(queries)
    assert scorer.score(truth, ranked) == pytest.approx(float(expected), rel=1e-12)
    assert scorer.terms(truth, ranked).value() == pytest.approx(float(expected), rel=1e-9)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(
        st.tuples(st.sampled_from("pqr"), st.integers(0, 2), st.integers(0, 3)),
        min_size=1,
        max_size=25,
    ),
    k=st.integers(1, 6),
)
def test_a_table_of_scores_is_scored_as_the_lists_it_stands_for(name, rows, k):
    """Items of equal score stand in the worst order: the less relevant first."""
    scorer = get_scorer(name, k=k, query="query")
    query, grade, score = (np.array(column) for column in zip(*rows, strict=True))
    expected = Fraction(0)
    for one in np.unique(query):
        own = np.flatnonzero(query == one)
        ranked = sorted(own, key=lambda row: (-score[row], grade[row]))
        relevant = [str(row) for row in own if grade[row] > 0]
        expected += SLOW[name](relevant, [str(row) for row in ranked], k)
    expected /= len(np.unique(query))
    found = scorer.score(grade, score, query=query)
    assert found == pytest.approx(float(expected), rel=1e-12)
    assert scorer.terms(grade, score, query=query).value() == pytest.approx(found, rel=1e-9)


def test_the_worked_example_of_kaggles_metric():
    """The cases of ml_metrics' own tests for apk and mapk."""
    one_to_five = ["1 2 3 4 5"]
    assert get_scorer("map_at_k", k=2).score(one_to_five, ["6 4 7 1 2"]) == 0.25
    assert (
        get_scorer("map_at_k", k=5).score(
            one_to_five,
            [
                "1 1".replace(" 1", ""),
            ],
        )
        == 0.2
    )
    truth = ["1 3 4", "1 2 4", "1 3"]
    ranked = ["1 2 3 4 5"] * 3
    assert get_scorer("map_at_k", k=3).score(truth, ranked) == pytest.approx(0.685185185185185)


def test_the_reciprocal_rank_reads_whole_lists_unless_it_is_told_to_cut_them():
    assert get_scorer("mrr").score(["a"], ["u v w x a"]) == 0.2
    assert get_scorer("mrr", k=4).score(["a"], ["u v w x a"]) == 0.0


def test_items_after_the_kth_are_allowed_and_not_read():
    assert get_scorer("precision_at_k", k=1).score(["a b"], ["x a b"]) == 0.0


def test_an_empty_list_and_a_query_without_relevant_items_score_0():
    for name in NAMES:
        scorer = get_scorer(name, k=3)
        assert scorer.score(["a", ""], ["", "a"]) == 0.0


def test_any_sign_may_be_part_of_an_item_but_the_space():
    odd = "a:1 a,b “c” naïve 一二 http://x.org/?q=1 [d"
    assert get_scorer("recall_at_k", k=9).score([odd], [odd]) == 1.0


def test_grades_are_read_after_the_last_colon():
    scorer = get_scorer("map_at_k", k=3, graded=True)
    assert scorer.score(["a:b:2 c:0 d:1"], ["c a:b d"]) == pytest.approx((1 / 2 + 2 / 3) / 2)


def test_a_repeated_item_is_refused_where_lists_are_scored_without_a_file():
    with pytest.raises(InvalidRow, match="“b” more than once") as refused:
        get_scorer("mrr").score(["a", "a"], ["a b", "b c b"])
    assert refused.value.row == 1


def test_a_table_of_scores_without_queries_is_not_defined():
    with pytest.raises(ValueError, match="query"):
        get_scorer("mrr").score([1, 0], [0.5, 0.1])


def test_the_queries_are_what_is_resampled():
    rng = np.random.default_rng(1)
    query = np.repeat(np.arange(40), 5)
    grade, score = rng.integers(0, 2, 200), rng.normal(size=200)
    scorer = get_scorer("map_at_k", k=3, query="query")
    found = scorer.evaluate(grade, score, seed=3, replicates=200, query=query)
    assert "40 units" in found.method
    each = [
        scorer.score(grade[query == q], score[query == q], query=query[query == q])
        for q in range(40)
    ]
    assert found.replicates.std() == pytest.approx(np.std(each) / np.sqrt(40), rel=0.2)


def test_the_hit_rate_of_lists_has_wilsons_interval():
    found = get_scorer("hit_rate_at_k", k=1).evaluate(["a"] * 9, ["a", "b"] * 4 + ["a"], seed=1)
    assert found.method == "Wilson"
    assert found.value == 5 / 9


@pytest.fixture
def csv(tmp_path):
    def csv(name: str, text: str):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return csv


LISTS = EvaluationSpec(
    scorer="map_at_k",
    params={"k": 2},
    also=("mrr",),
    header=("user", "items"),
    replicates=20,
    id_columns=("user",),
)


def test_a_file_of_lists_is_scored(csv):
    solution = csv("s.csv", "user,items\nana,a b\nbo,c\ncy,d\n")
    check_solution(solution, LISTS, sample=csv("sample.csv", "user,items\nana,x\nbo,x\ncy,\n"))
    board = evaluate_file(csv("p.csv", "user,items\ncy,\nana,b x a\nbo,x c\n"), solution, LISTS)
    assert board.public.value == pytest.approx((1 / 2 + 1 / 2 + 0) / 3)
    assert board.public.also == {"mrr": pytest.approx((1 + 1 / 2 + 0) / 3)}


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("a b a", "“a b a” holds the item “a” more than once"),
        ('"a,  b, c"', "separates its items by commas"),
        ('"[a, b]"', "is a list in brackets"),
        ('"a\tb"', "holds a tab or a line break"),
    ],
)
def test_a_cell_that_is_no_list_is_told_with_its_place(csv, cell, told):
    solution = csv("s.csv", "user,items\nana,a b\nbo,c\n")
    with pytest.raises(InvalidPredictions) as refused:
        evaluate_file(csv("p.csv", f"user,items\nana,c\nbo,{cell}\n"), solution, LISTS)
    assert "line 3, column “items”" in str(refused.value)
    assert told in str(refused.value)


@pytest.mark.parametrize("cell", ["a", "a:", ":1", "a:x", "a:-1", "a:nan", "a:1 a:2"])
def test_a_solution_with_a_wrong_grade_is_refused(csv, cell):
    spec = EvaluationSpec(
        scorer="mrr", params={"graded": True}, header=("user", "items"), id_columns=("user",)
    )
    with pytest.raises(InvalidSolution, match="line 2, column “items”"):
        check_solution(csv("s.csv", f"user,items\nana,{cell}\n"), spec, sample=None)


def test_a_table_of_scores_is_scored_from_a_file(csv):
    table = {"query": ["q"] * 3 + ["r"] * 2, "item": list("abcab"), "score": [0, 1, 0, 1, 1]}
    solution = csv("s.csv", pl.DataFrame(table).write_csv())
    told = pl.DataFrame(table | {"score": [0.2, 0.1, 0.0, 0.5, 0.6]}).write_csv()
    spec = EvaluationSpec(
        scorer="map_at_k",
        params={"k": 3, "query": "query"},
        also=("ndcg", "recall_at_k"),
        header=("query", "item", "score"),
        id_columns=("query", "item"),
        replicates=20,
    )
    check_solution(solution, spec, sample=None)
    board = evaluate_file(csv("p.csv", told), solution, spec).public
    assert board.value == pytest.approx((1 / 2 + 1) / 2)
    assert board.also["recall_at_k"] == 1.0
    assert "2 units" in board.method
