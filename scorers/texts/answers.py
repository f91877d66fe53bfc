"""Short answers: exact matches and shared words, as the evaluation of SQuAD 2.0 counts them."""

import re
import string
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scorers.kinds import InputKind
from scorers.parameters import Parameter
from scorers.sampling.terms import Floats, Terms, mean_of
from scorers.scorer import Scorer
from scorers.texts.references import SEPARATOR, first_reference, references_of, texts_of
from scorers.uncertainty import Interval, wilson_interval

Array = NDArray[Any]
_SQUAD = "https://rajpurkar.github.io/SQuAD-explorer/"
_ARTICLES = re.compile(r"\b(a|an|the)\b", re.UNICODE)
_NO_PUNCTUATION = str.maketrans("", "", string.punctuation)

_NORMALISATION = Parameter(
    "normalisation",
    "squad",
    "What is done to both texts first: SQuAD's (lower case; no ASCII punctuation, no articles, "
    "single spaces), or nothing.",
    choices=("squad", "none"),
)


def normalised(text: str) -> str:
    """A text as SQuAD compares it."""
    bare = text.lower().translate(_NO_PUNCTUATION)
    return " ".join(_ARTICLES.sub(" ", bare).split())


def _exact_match(truth: Array, prediction: Array, separator: str | None, **params: Any) -> float:
    """The share of the answers that are one of the references.

    >>> from scorers import get_scorer
    >>> get_scorer("exact_match").score(["The cat", "1969"], ["cat!", "1970"])
    0.5
    """
    return float(_best(_same, truth, prediction, separator, **params).mean())


def _exact_match_terms(truth: Array, prediction: Array, **params: Any) -> Terms:
    return mean_of(_best(_same, truth, prediction, **params))


def _exact_match_interval(truth: Array, prediction: Array, **params: Any) -> Interval:
    return wilson_interval(_exact_match(truth, prediction, **params), len(truth))


def _token_f1(truth: Array, prediction: Array, separator: str | None, **params: Any) -> float:
    """The mean of the F1 of the words that an answer shares with the nearest reference.

    >>> from scorers import get_scorer
    >>> get_scorer("token_f1").score(["the black cat"], ["a cat"])
    0.6666666666666666
    """
    return float(_best(_f1, truth, prediction, separator, **params).mean())


def _token_f1_terms(truth: Array, prediction: Array, **params: Any) -> Terms:
    return mean_of(_best(_f1, truth, prediction, **params))


def _best(
    measure: Callable[[str, str], float],
    truth: Array,
    prediction: Array,
    separator: str | None,
    normalisation: str,
) -> Floats:
    """The best of each row over its references, those that normalise to nothing left out."""
    clean = normalised if normalisation == "squad" else str
    best = []
    for texts, answer in zip(references_of(truth, separator), texts_of(prediction), strict=True):
        references = [text for text in map(clean, texts) if text] or [""]
        best.append(max(measure(reference, clean(answer)) for reference in references))
    return np.array(best, dtype=np.float64)


def _same(reference: str, answer: str) -> float:
    return float(reference == answer)


def _f1(reference: str, answer: str) -> float:
    """Of words between spaces; where either has none, whether both have none."""
    due, given = reference.split(), answer.split()
    if not due or not given:
        return float(due == given)
    shared = sum((Counter(due) & Counter(given)).values())
    if shared == 0:
        return 0.0
    precision, recall = shared / len(given), shared / len(due)
    return 2 * precision * recall / (precision + recall)


_scorer = partial(
    Scorer,
    source=_SQUAD,
    higher_is_better=True,
    lower=0.0,
    upper=1.0,
    perfect=1.0,
    kinds=(InputKind.TEXTS,),
    parameters=(_NORMALISATION, SEPARATOR),
    ideal=first_reference,
)

SCORERS = (
    _scorer(
        name="exact_match",
        title="Exact match",
        summary="The share of the answers that are one of the references.",
        formula="(1/n) Σ max_r [answer = reference r]",
        compute=_exact_match,
        decompose=_exact_match_terms,
        interval=_exact_match_interval,
    ),
    _scorer(
        name="token_f1",
        title="F1 of words",
        summary="The F1 of the words that an answer shares with the nearest reference, on average.",
        formula="(1/n) Σ max_r 2 |answer ∩ reference r| / (|answer| + |reference r|)",
        compute=_token_f1,
        decompose=_token_f1_terms,
    ),
)
