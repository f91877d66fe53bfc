"""ROUGE of summaries: the mean over the rows of the F-measure of the package rouge-score."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from rouge_score.rouge_scorer import RougeScorer
from rouge_score.tokenizers import DefaultTokenizer

from scorers.kinds import InputKind
from scorers.parameters import Parameter
from scorers.sampling.terms import Floats, Terms, mean_of
from scorers.scorer import Scorer
from scorers.sentences import sentence
from scorers.texts.references import SEPARATOR, first_reference, references_of, texts_of

Array = NDArray[Any]


def _rouge(truth: Array, prediction: Array, **params: Any) -> float:
    """The mean F-measure of what a summary shares with the nearest reference.

    >>> from scorers import get_scorer
    >>> round(get_scorer("rouge", variant="rouge1").score(["the cat sat"], ["a cat sat up"]), 4)
    0.5714
    """
    return float(_measures(truth, prediction, **params).mean())


def _rouge_terms(truth: Array, prediction: Array, **params: Any) -> Terms:
    return mean_of(_measures(truth, prediction, **params))


def _measures(
    truth: Array, prediction: Array, variant: str, use_stemmer: bool, separator: str | None
) -> Floats:
    """Raises: ValueError where a row has no reference that the tokeniser keeps anything of."""
    scorer, tokenizer = RougeScorer([variant], use_stemmer=use_stemmer), DefaultTokenizer()
    measures = []
    for row, (references, text) in enumerate(
        zip(references_of(truth, separator), texts_of(prediction), strict=True)
    ):
        if not any(tokenizer.tokenize(reference) for reference in references):
            said = sentence(
                "the reference in row %(row)s has none of the letters a to z and digits, "
                "which is all that ROUGE's tokeniser keeps",
                row=str(row + 1),
            )
            raise ValueError(said)
        measures.append(scorer.score_multi(references, text)[variant].fmeasure)
    return np.array(measures, dtype=np.float64)


SCORERS = (
    Scorer(
        name="rouge",
        title="ROUGE",
        summary="The F-measure of the n-grams, or of the longest common subsequence, on average.",
        formula="(1/n) Σ max_r 2 P R / (P + R)",
        source="https://github.com/google-research/google-research/tree/master/rouge",
        higher_is_better=True,
        lower=0.0,
        upper=1.0,
        perfect=1.0,
        kinds=(InputKind.TEXTS,),
        compute=_rouge,
        decompose=_rouge_terms,
        parameters=(
            Parameter(
                "variant",
                "rougeL",
                "What is compared: words, pairs, triples, the longest common subsequence of the "
                "whole text, or its union over sentences that stand on lines of their own.",
                choices=("rouge1", "rouge2", "rouge3", "rougeL", "rougeLsum"),
            ),
            Parameter("use_stemmer", False, "Cut English endings off (Porter).", (False, True)),
            SEPARATOR,
        ),
        ideal=first_reference,
    ),
)
