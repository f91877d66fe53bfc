"""Summaries: the mean of rouge-score's F-measures."""

import numpy as np
import pytest
from rouge_score.rouge_scorer import RougeScorer

from scorers import EvaluationSpec, InvalidSolution, check_solution, evaluate_file, get_scorer

WORDS = ["running", "runs", "cats", "cat", "the", "jumped", "naïve", "mat\n", "dog.\n", "42"]


def _texts(seed: int, count: int, least: int) -> list[str]:
    rng = np.random.default_rng(seed)
    return [" ".join(rng.choice(WORDS, rng.integers(least, 12))) for _ in range(count)]


@pytest.mark.parametrize("variant", ["rouge1", "rouge2", "rouge3", "rougeL", "rougeLsum"])
@pytest.mark.parametrize("use_stemmer", [False, True])
def test_the_value_is_the_packages(variant, use_stemmer):
    truth, texts = _texts(1, 20, 1), _texts(2, 20, 0)
    library = RougeScorer([variant], use_stemmer=use_stemmer)
    rows = [library.score(a, b)[variant].fmeasure for a, b in zip(truth, texts, strict=True)]
    scorer = get_scorer("rouge", variant=variant, use_stemmer=use_stemmer)
    assert scorer.score(truth, texts) == np.mean(rows)
    assert scorer.terms(truth, texts).value() == pytest.approx(np.mean(rows), rel=1e-9)


def test_the_nearest_of_several_references_counts():
    scorer = get_scorer("rouge", variant="rouge1", separator="|||")
    assert scorer.score(["a dog ran ||| the cat sat"], ["the cat sat"]) == 1.0


def test_a_reference_that_the_tokeniser_keeps_nothing_of_is_the_organisers_mistake(tmp_path):
    (tmp_path / "s.csv").write_text("id,summary\n1,a cat\n2,总结全文\n", encoding="utf-8")
    spec = EvaluationSpec(scorer="rouge", header=("id", "summary"))
    with pytest.raises(InvalidSolution, match="not defined"):
        check_solution(tmp_path / "s.csv", spec, sample=None)
    with pytest.raises(ValueError, match="row 2 has none of the letters"):
        get_scorer("rouge").score(["a cat", "总结全文"], ["a cat", "总结全文"])


def test_summaries_are_scored_from_a_file(tmp_path):
    (tmp_path / "s.csv").write_text('id,summary\n1,"a cat\nsat"\n2,dogs run\n')
    (tmp_path / "p.csv").write_text("id,summary\n1,a cat sat\n2,\n")
    spec = EvaluationSpec(scorer="rouge", header=("id", "summary"), replicates=20)
    assert evaluate_file(tmp_path / "p.csv", tmp_path / "s.csv", spec).public.value == 0.5
