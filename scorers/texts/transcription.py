"""Errors of transcripts: of words, of characters, of edits. The values are jiwer's, rapidfuzz's."""

from functools import partial
from typing import Any

import jiwer
import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cpdist

from scorers.kinds import InputKind
from scorers.parameters import Parameter
from scorers.sampling.terms import Floats, Terms, divide, mean_of
from scorers.scorer import Scorer
from scorers.texts.references import texts_of

Array = NDArray[Any]
_JIWER = "https://jitsi.github.io/jiwer/usage/"
_LEVENSHTEIN = "https://rapidfuzz.github.io/RapidFuzz/Usage/distance/Levenshtein.html"
_CLEANING = (
    Parameter("lowercase", False, "Whether upper and lower case are the same.", (False, True)),
    Parameter("remove_punctuation", False, "Leave all punctuation out.", (False, True)),
)


def _wer(truth: Array, prediction: Array, **params: Any) -> float:
    """The words that are wrong, missing or too many, over the words there should be.

    >>> from scorers import get_scorer
    >>> get_scorer("wer").score(["one two three", "four"], ["one too three", "four five"])
    0.5
    """
    steps = _steps(jiwer.ReduceToListOfListOfWords(), **params)
    return float(jiwer.wer(texts_of(truth), texts_of(prediction), steps, steps))


def _cer(truth: Array, prediction: Array, **params: Any) -> float:
    """The characters that are wrong, missing or too many, over those there should be.

    >>> from scorers import get_scorer
    >>> get_scorer("cer").score(["kitten", "at"], ["sitting", "at"])
    0.375
    """
    steps = _steps(jiwer.ReduceToListOfListOfChars(), **params)
    return float(jiwer.cer(texts_of(truth), texts_of(prediction), steps, steps))


def _steps(last: Any, *, lowercase: bool, remove_punctuation: bool) -> Any:
    """jiwer's own steps, after those that were asked for."""
    kinds: list[tuple[bool, Any]] = [
        (lowercase, jiwer.ToLowerCase),
        (remove_punctuation, jiwer.RemovePunctuation),
        (isinstance(last, jiwer.ReduceToListOfListOfWords), jiwer.RemoveMultipleSpaces),
    ]
    return jiwer.Compose([*(step() for due, step in kinds if due), jiwer.Strip(), last])


def _terms(last: Any, truth: Array, prediction: Array, **params: Any) -> Terms:
    """The errors and the length of each row."""
    steps = _steps(last, **params)
    found = jiwer.process_words(texts_of(truth), texts_of(prediction), steps, steps)
    errors = [sum(map(_errors, chunks)) for chunks in found.alignments]
    lengths = [len(reference) for reference in found.references]
    columns = np.array([errors, lengths], dtype=np.float64)
    return Terms(finish=_error_rate, columns=(columns[0], columns[1]))


def _errors(chunk: Any) -> int:
    if chunk.type == "equal":
        return 0
    due, given = chunk.ref_end_idx - chunk.ref_start_idx, chunk.hyp_end_idx - chunk.hyp_start_idx
    return int(max(due, given))


def _error_rate(sums: Floats, n: Floats) -> Floats:
    """Where nothing should have been said, jiwer gives the number of insertions."""
    errors, length = sums[..., 0], sums[..., 1]
    return np.where(length > 0, divide(errors, length), errors)


def _edit_distance(truth: Array, prediction: Array, normalize: bool) -> float:
    """The mean number of characters to put in, take out or change.

    >>> from scorers import get_scorer
    >>> get_scorer("edit_distance").score(["kitten", "at"], ["sitting", "at"])
    1.5
    """
    return float(_distances(truth, prediction, normalize).mean())


def _edit_distance_terms(truth: Array, prediction: Array, normalize: bool) -> Terms:
    return mean_of(_distances(truth, prediction, normalize))


def _distances(truth: Array, prediction: Array, normalize: bool) -> Floats:
    measure = Levenshtein.normalized_distance if normalize else Levenshtein.distance
    found = cpdist(texts_of(truth), texts_of(prediction), scorer=measure, dtype=np.float64)
    return np.asarray(found, dtype=np.float64)


_scorer = partial(
    Scorer,
    higher_is_better=False,
    lower=0.0,
    upper=float("inf"),
    perfect=0.0,
    kinds=(InputKind.TEXTS,),
)

SCORERS = (
    _scorer(
        name="wer",
        title="Word error rate",
        summary="The words that are wrong, missing or too many, over the words there should be.",
        formula="Σ (S + D + I) / Σ (S + D + H)",
        source=_JIWER,
        compute=_wer,
        decompose=partial(_terms, jiwer.ReduceToListOfListOfWords()),
        parameters=_CLEANING,
    ),
    _scorer(
        name="cer",
        title="Character error rate",
        summary="The characters that are wrong, missing or too many, over those there should be.",
        formula="Σ (S + D + I) / Σ (S + D + H), of characters",
        source=_JIWER,
        compute=_cer,
        decompose=partial(_terms, jiwer.ReduceToListOfListOfChars()),
        parameters=_CLEANING,
    ),
    _scorer(
        name="edit_distance",
        title="Edit distance",
        summary="The mean number of characters to put in, take out or change (Levenshtein).",
        formula="(1/n) Σ lev(truth, prediction)",
        source=_LEVENSHTEIN,
        compute=_edit_distance,
        decompose=_edit_distance_terms,
        parameters=(
            Parameter(
                "normalize",
                False,
                "Divide each distance by the length of the longer text.",
                (False, True),
            ),
        ),
    ),
)
