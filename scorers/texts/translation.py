"""Metrics of translations over a whole corpus. The values are sacrebleu's.

Each is a function of statistics that add up over the sentences, so that resamples are exact.
"""

from collections.abc import Callable
from functools import partial
from itertools import zip_longest
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF
from sacrebleu.metrics.ter import TER

from scorers.kinds import InputKind
from scorers.parameters import Parameter, is_count, is_number
from scorers.sampling.terms import Floats, Terms
from scorers.scorer import Scorer
from scorers.texts.references import SEPARATOR, first_reference, references_of, texts_of

Array = NDArray[Any]
_SACREBLEU = "https://github.com/mjpost/sacrebleu"
_LOWERCASE = Parameter(
    "lowercase", False, "Whether upper and lower case are the same.", (False, True)
)


def _bleu(truth: Array, prediction: Array, separator: str | None, **params: Any) -> float:
    """The share of n-grams that stand in a reference, with a penalty for texts that are too short.

    >>> from scorers import get_scorer
    >>> round(get_scorer("bleu").score(["the cat sat on the mat"], ["the cat sat on a mat"]), 4)
    53.7285
    """
    return _corpus_score(_make_bleu(**params), truth, prediction, separator)


def _make_bleu(**params: Any) -> Any:
    # `force` only keeps the library from remarking on texts that look tokenised.
    return BLEU(force=True, **params)


def _chrf(truth: Array, prediction: Array, separator: str | None, **params: Any) -> float:
    """The F-score of the n-grams of characters (and of words, with word_order).

    >>> from scorers import get_scorer
    >>> round(get_scorer("chrf").score(["the cat sat on the mat"], ["the cat sat on a mat"]), 4)
    65.9797
    """
    return _corpus_score(CHRF(**params), truth, prediction, separator)


def _ter(truth: Array, prediction: Array, separator: str | None, **params: Any) -> float:
    """The edits and shifts of words that are needed, in percent of the length of the reference.

    >>> from scorers import get_scorer
    >>> round(get_scorer("ter").score(["the cat sat on the mat"], ["the cat sat on a mat"]), 4)
    16.6667
    """
    return _corpus_score(TER(**params), truth, prediction, separator)


def _corpus_score(metric: Any, truth: Array, prediction: Array, separator: str | None) -> float:
    streams = _streams(references_of(truth, separator))
    return float(metric.corpus_score(texts_of(prediction), streams).score)


def _streams(references: list[list[str]]) -> list[list[str | None]]:
    """The first references of all rows, then the second, ...; None where a row has fewer."""
    return [list(stream) for stream in zip_longest(*references)]


def _terms(
    make: Callable[..., Any], truth: Array, prediction: Array, separator: str | None, **params: Any
) -> Terms:
    """The statistics of each sentence; the library makes the score of their sums."""
    metric = make(**params)
    streams = _streams(references_of(truth, separator))
    statistics = metric._extract_corpus_statistics(texts_of(prediction), streams)
    columns = np.array(statistics, dtype=np.float64).T

    def finish(sums: Floats, n: Floats) -> Floats:
        rows = sums.reshape(-1, len(columns)).tolist()
        scores = [metric._compute_score_from_stats(row).score for row in rows]
        return np.array(scores, dtype=np.float64).reshape(sums.shape[:-1])

    return Terms(finish=finish, columns=tuple(columns))


def _is_smoothing(value: Any) -> bool:
    return is_number(value) and value >= 0


def _is_order(value: Any) -> bool:
    return value == 0 or is_count(value)


_BLEU_PARAMETERS = (
    Parameter(
        "tokenize",
        "13a",
        "How words are told apart: as in WMT's script, international, Chinese characters, "
        "all characters, or at spaces.",
        choices=("13a", "intl", "zh", "char", "none"),
    ),
    _LOWERCASE,
    Parameter(
        "smooth_method",
        "exp",
        "What stands in for a count of 0.",
        choices=("exp", "floor", "add-k", "none"),
    ),
    Parameter(
        "smooth_value",
        None,
        "The value of the smoothing “floor” or “add-k”; by default the library's.",
        accepts=_is_smoothing,
        expected="a number of at least 0",
    ),
    Parameter(
        "max_ngram_order",
        4,
        "The length of the longest n-grams.",
        accepts=is_count,
        expected="a whole number of at least 1",
    ),
    Parameter(
        "effective_order",
        False,
        "Leave out the orders of which there are no n-grams.",
        (False, True),
    ),
    SEPARATOR,
)
_CHRF_PARAMETERS = (
    Parameter(
        "char_order",
        6,
        "The length of the longest n-grams of characters.",
        accepts=is_count,
        expected="a whole number of at least 1",
    ),
    Parameter(
        "word_order",
        0,
        "The length of the longest n-grams of words; 2 gives chrF++.",
        accepts=_is_order,
        expected="a whole number of at least 0",
    ),
    Parameter(
        "beta",
        2,
        "How many times as much recall counts as precision.",
        accepts=is_count,
        expected="a whole number of at least 1",
    ),
    _LOWERCASE,
    Parameter("whitespace", False, "Whether spaces are characters.", (False, True)),
    SEPARATOR,
)
_TER_PARAMETERS = (
    Parameter("normalized", False, "Separate the punctuation from the words.", (False, True)),
    Parameter("no_punct", False, "Leave the punctuation out.", (False, True)),
    Parameter("asian_support", False, "Tell Asian characters apart as words.", (False, True)),
    Parameter(
        "case_sensitive", False, "Whether upper and lower case are different.", (False, True)
    ),
    SEPARATOR,
)

_scorer = partial(
    Scorer, source=_SACREBLEU, lower=0.0, kinds=(InputKind.TEXTS,), ideal=first_reference
)

SCORERS = (
    _scorer(
        name="bleu",
        title="BLEU",
        summary="The geometric mean of the precisions of n-grams, times a penalty for brevity.",
        formula="100 · min(1, e^(1 − r/c)) · (Π_n p_n)^(1/4)",
        higher_is_better=True,
        upper=100.0,
        perfect=100.0,
        compute=_bleu,
        decompose=partial(_terms, _make_bleu),
        parameters=_BLEU_PARAMETERS,
    ),
    _scorer(
        name="chrf",
        title="chrF",
        summary="The F-score of the n-grams of characters, and of words if so told.",
        formula="100 · (1 + β²) P R / (β² P + R)",
        higher_is_better=True,
        upper=100.0,
        perfect=100.0,
        compute=_chrf,
        decompose=partial(_terms, CHRF),
        parameters=_CHRF_PARAMETERS,
    ),
    _scorer(
        name="ter",
        title="Translation edit rate",
        summary="The edits and shifts that are needed, in percent of the length of the references.",
        formula="100 · Σ edits / Σ words of the references, averaged over a row's references",
        higher_is_better=False,
        upper=float("inf"),
        perfect=0.0,
        compute=_ter,
        decompose=partial(_terms, TER),
        parameters=_TER_PARAMETERS,
    ),
)
