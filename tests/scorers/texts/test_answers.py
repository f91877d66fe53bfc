"""Short answers: as SQuAD 2.0's evaluation script counts them."""

import re
import string
from collections import Counter

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scorers import EvaluationSpec, InvalidPredictions, evaluate_file, get_scorer

words = st.sampled_from(
    ["the", "a", "An", "cat", "Cat.", "dog", "don't", "—", "U.S.", "theatre", "", "naïve"]
)
texts = st.lists(words, max_size=5).map(" ".join)


def squad_normalise(text: str) -> str:
    """normalize_answer of SQuAD's evaluation script, version 2.0."""

    def remove_articles(text):
        return re.sub(re.compile(r"\b(a|an|the)\b", re.UNICODE), " ", text)

    def remove_punctuation(text):
        return "".join(ch for ch in text if ch not in set(string.punctuation))

    return " ".join(remove_articles(remove_punctuation(text.lower())).split())


def squad_f1(gold: str, answer: str) -> float:
    """compute_f1 of the same script."""
    gold_tokens, pred_tokens = squad_normalise(gold).split(), squad_normalise(answer).split()
    common = Counter(gold_tokens) & Counter(pred_tokens)
    same = sum(common.values())
    if len(gold_tokens) == 0 or len(pred_tokens) == 0:
        return int(gold_tokens == pred_tokens)
    if same == 0:
        return 0
    precision, recall = 1.0 * same / len(pred_tokens), 1.0 * same / len(gold_tokens)
    return (2 * precision * recall) / (precision + recall)


def squad_exact(gold: str, answer: str) -> int:
    return int(squad_normalise(gold) == squad_normalise(answer))


def squad_best(measure, golds: list[str], answer: str) -> float:
    kept = [gold for gold in golds if squad_normalise(gold)] or [""]
    return max(measure(gold, answer) for gold in kept)


@pytest.mark.parametrize(
    ("name", "measure"), [("exact_match", squad_exact), ("token_f1", squad_f1)]
)
@settings(max_examples=150, deadline=None)
@given(
    rows=st.lists(st.tuples(st.lists(texts, min_size=1, max_size=3), texts), min_size=1, max_size=6)
)
@example(rows=[(["", "cat"], "")])
@example(rows=[(["the"], "a")])
def test_the_value_is_that_of_the_script(name, measure, rows):
    truth = ["|||".join(golds) for golds, _ in rows]
    answers = [answer for _, answer in rows]
    expected = np.mean([squad_best(measure, golds, answer) for golds, answer in rows])
    scorer = get_scorer(name, separator="|||")
    assert scorer.score(truth, answers) == pytest.approx(expected, rel=1e-12)
    assert scorer.terms(truth, answers).value() == pytest.approx(expected, rel=1e-9)


def test_without_a_separator_a_cell_is_one_reference():
    assert get_scorer("exact_match").score(["cat|dog"], ["dog"]) == 0.0
    assert get_scorer("exact_match", separator="|").score(["cat | dog"], ["dog"]) == 1.0


def test_without_normalisation_every_character_counts():
    scorer = get_scorer("exact_match", normalisation="none")
    assert scorer.score(["The cat", "dog", ""], ["cat", "dog", ""]) == pytest.approx(2 / 3)
    assert get_scorer("token_f1", normalisation="none").score(["The cat"], ["the cat"]) == 0.5


def test_exact_matches_have_wilsons_interval():
    found = get_scorer("exact_match").evaluate(["a1"] * 10, ["a1"] * 7 + ["b"] * 3, seed=1)
    assert found.method == "Wilson"


def test_answers_are_scored_from_a_file_and_an_empty_cell_is_an_empty_answer(tmp_path):
    (tmp_path / "s.csv").write_text('id,answer\n1,"Paris|the city of Paris"\n2,\n3,"Nie, Wei"\n')
    (tmp_path / "p.csv").write_text("id,answer\n3,nie wei!\n2,\n1,city of paris\n")
    spec = EvaluationSpec(
        scorer="exact_match", params={"separator": "|"}, also=("token_f1",), header=("id", "answer")
    )
    board = evaluate_file(tmp_path / "p.csv", tmp_path / "s.csv", spec).public
    assert board.value == 1.0
    assert board.also == {"token_f1": 1.0}
    (tmp_path / "q.csv").write_text("id,answer\n3,x\n2,y\n1,x,y\n")
    with pytest.raises(InvalidPredictions, match="line 4"):
        evaluate_file(tmp_path / "q.csv", tmp_path / "s.csv", spec)
