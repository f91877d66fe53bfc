"""Translations: sacrebleu's corpus numbers, with its parameters, from sums of sentences."""

import numpy as np
import pytest
from sacrebleu.metrics import BLEU, CHRF, TER

from scorers import (
    EvaluationSpec,
    InvalidPredictions,
    UnknownScorer,
    evaluate_file,
    get_scorer,
    registry,
)
from scorers.sampling.resampling import Resampling

LIBRARY = {"bleu": BLEU, "chrf": CHRF, "ter": TER}
CASES = [
    ("bleu", {}),
    ("bleu", {"tokenize": "char", "lowercase": True}),
    ("bleu", {"tokenize": "zh", "max_ngram_order": 2}),
    ("bleu", {"tokenize": "intl", "smooth_method": "floor", "smooth_value": 0.1}),
    ("bleu", {"tokenize": "none", "smooth_method": "add-k", "effective_order": True}),
    ("chrf", {}),
    ("chrf", {"word_order": 2, "lowercase": True}),
    ("chrf", {"char_order": 4, "beta": 1, "whitespace": True}),
    ("ter", {}),
    ("ter", {"normalized": True, "no_punct": True, "case_sensitive": True}),
    ("ter", {"asian_support": True, "normalized": True}),
]
WORDS = ["the", "The", "cat", "sat,", "on", "a", "mat.", "—", "不", "一二", "dog", "ran"]


def _sentences(rng, count: int) -> list[str]:
    return [" ".join(rng.choice(WORDS, rng.integers(0, 9))) for _ in range(count)]


@pytest.mark.parametrize(("name", "params"), CASES)
@pytest.mark.parametrize("rows", [1, 25])
def test_the_value_is_sacrebleus_and_so_is_that_of_the_sums(name, params, rows):
    rng = np.random.default_rng(rows)
    truth, texts = _sentences(rng, rows), _sentences(rng, rows)
    expected = LIBRARY[name](**params).corpus_score(texts, [truth]).score
    scorer = get_scorer(name, **params)
    assert scorer.score(truth, texts) == expected
    assert scorer.terms(truth, texts).value() == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("name", LIBRARY)
def test_rows_may_have_different_numbers_of_references(name):
    rng = np.random.default_rng(3)
    one, two, texts = (_sentences(rng, 12) for _ in range(3))
    second = [text if row % 3 else None for row, text in enumerate(two)]
    truth = [a if b is None else f"{a} ||| {b}" for a, b in zip(one, second, strict=True)]
    expected = LIBRARY[name]().corpus_score(texts, [one, second]).score
    scorer = get_scorer(name, separator="|||")
    assert scorer.score(truth, texts) == expected
    assert scorer.terms(truth, texts).value() == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("name", LIBRARY)
def test_a_replicate_is_the_librarys_number_on_the_rows_that_were_drawn(name):
    rng = np.random.default_rng(4)
    truth, texts = _sentences(rng, 15), _sentences(rng, 15)
    found = get_scorer(name).evaluate(truth, texts, seed=9, replicates=6)
    plan = Resampling.of(15, seed=9, replicates=6)
    group = plan.group_of_row()
    for weights, replicate in zip(
        np.concatenate(list(plan.weights())), found.replicates, strict=True
    ):
        rows = np.repeat(np.arange(15), weights[group].astype(int))
        drawn = [texts[r] for r in rows], [[truth[r] for r in rows]]
        assert replicate == pytest.approx(LIBRARY[name]().corpus_score(*drawn).score, rel=1e-9)


def test_translations_are_scored_from_a_file(tmp_path):
    (tmp_path / "s.csv").write_text(
        'id,text\n1,"The cat sat, twice."\n2,Ein Hund\n', encoding="utf-8"
    )
    (tmp_path / "p.csv").write_text(
        'id,text\n2,Ein Hund\n1,"The cat ""sat"", twice."\n', encoding="utf-8"
    )
    spec = EvaluationSpec(scorer="chrf", header=("id", "text"), also=("bleu", "ter"), replicates=20)
    board = evaluate_file(tmp_path / "p.csv", tmp_path / "s.csv", spec).public
    texts, truth = ['The cat "sat", twice.', "Ein Hund"], ["The cat sat, twice.", "Ein Hund"]
    assert board.value == CHRF().corpus_score(texts, [truth]).score
    assert board.also["ter"] == TER().corpus_score(texts, [truth]).score
    (tmp_path / "q.csv").write_text("id,text\n1,x\n1,y\n")
    with pytest.raises(InvalidPredictions, match="line 3"):
        evaluate_file(tmp_path / "q.csv", tmp_path / "s.csv", spec)


def test_a_package_that_is_missing_is_told_with_the_command_that_installs_it(monkeypatch):

    def missing(name: str):
        raise ModuleNotFoundError("No module named 'sacrebleu'", name="sacrebleu")

    registry._load.cache_clear()
    monkeypatch.setattr(registry, "import_module", missing)
    with pytest.raises(UnknownScorer, match=r"pip install 'varsity\[text\]'"):
        get_scorer("bleu")
    registry._load.cache_clear()
