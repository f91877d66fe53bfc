"""Numbers: how far the predictions go along with the truth. The values are scipy's."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from scorers.kinds import InputKind
from scorers.numbers.pairs import not_tied, signed_agreement
from scorers.sampling.terms import Floats, Terms, divide, linearised
from scorers.scorer import Scorer
from scorers.sentences import sentence

Array = NDArray[Any]
_SCIPY = "https://docs.scipy.org/doc/scipy/reference/generated/scipy.stats.{}.html"


def _pearson(truth: Array, prediction: Array) -> float:
    """The linear correlation.

    >>> from scorers import get_scorer
    >>> round(get_scorer("pearson").score([1.0, 2.0, 3.0, 4.0], [2.0, 1.0, 4.0, 5.0]), 12)
    0.848528137424
    """
    return float(stats.pearsonr(truth, prediction).statistic)


def _pearson_terms(truth: Array, prediction: Array) -> Terms:
    def finish(sums: Floats, n: Floats) -> Floats:
        moments = _Moments(sums, n)
        return divide(moments.between, np.sqrt(moments.of_truth * moments.of_prediction))

    return Terms(finish=finish, columns=_moment_columns(truth, prediction))


def _concordance(truth: Array, prediction: Array) -> float:
    """The correlation, lessened where the predictions are shifted or stretched (Lin, 1989).

    >>> from scorers import get_scorer
    >>> get_scorer("concordance_correlation").score([1.0, 2.0, 3.0, 4.0], [2.0, 3.0, 4.0, 5.0])
    0.7142857142857143
    """
    between = np.mean((truth - truth.mean()) * (prediction - prediction.mean()))
    shift = truth.mean() - prediction.mean()
    apart = truth.var() + prediction.var() + shift**2
    if apart == 0:
        raise ValueError(sentence("all answers and all predictions are one and the same number."))
    return float(2 * between / apart)


def _concordance_terms(truth: Array, prediction: Array) -> Terms:
    shift = truth.mean() - prediction.mean()

    def finish(sums: Floats, n: Floats) -> Floats:
        moments = _Moments(sums, n)
        moved = shift + divide(sums[..., 0] - sums[..., 1], n)
        return divide(2 * moments.between, moments.of_truth + moments.of_prediction + n * moved**2)

    return Terms(finish=finish, columns=_moment_columns(truth, prediction))


def _moment_columns(truth: Array, prediction: Array) -> tuple[Floats, ...]:
    y, p = truth - truth.mean(), prediction - prediction.mean()
    return (y, p, y * y, p * p, y * p)


class _Moments:
    """Sums of squares and products about the means, from the sums of `_moment_columns`."""

    def __init__(self, sums: Floats, n: Floats) -> None:
        self.of_truth = sums[..., 2] - divide(sums[..., 0] ** 2, n)
        self.of_prediction = sums[..., 3] - divide(sums[..., 1] ** 2, n)
        self.between = sums[..., 4] - divide(sums[..., 0] * sums[..., 1], n)


def _spearman(truth: Array, prediction: Array) -> float:
    """The correlation of the ranks.

    >>> from scorers import get_scorer
    >>> round(get_scorer("spearman").score([1.0, 2.0, 3.0, 4.0], [2.0, 1.0, 4.0, 30.0]), 12)
    0.8
    """
    return float(stats.spearmanr(truth, prediction).statistic)


def _spearman_terms(truth: Array, prediction: Array) -> Terms:
    """The first-order expansion in the rows' weights, of the correlation C / sqrt(A B) of midranks.

    A row moves the covariance of the ranks by itself and by moving the ranks of the rows above it.
    """
    u, v = _centred_ranks(truth), _centred_ranks(prediction)
    between, within_u, within_v = u @ v / len(u), u @ u / len(u), v @ v / len(v)
    value = between / np.sqrt(within_u * within_v)
    along_u, along_v = _sums_above(u, np.stack([u, v])), _sums_above(v, np.stack([u, v]))
    slope = u * v + along_u[1] + along_v[0] - 3 * between
    slope_u, slope_v = u * u + 2 * along_u[0] - 3 * within_u, v * v + 2 * along_v[1] - 3 * within_v
    share = value / 2 * (slope_u / within_u + slope_v / within_v)
    return linearised(float(value), slope / np.sqrt(within_u * within_v) - share)


def _centred_ranks(values: Array) -> Floats:
    """Midranks over n, centred at 0: the empirical distribution function, minus a half."""
    ranks: Floats = (stats.rankdata(values) - 0.5) / len(values) - 0.5
    return ranks


def _sums_above(keys: Floats, values: Floats) -> Floats:
    """For each row the mean over all rows of [above it] + [tied with it] / 2, times the values."""
    distinct, tie = np.unique(keys, return_inverse=True)
    sums = np.stack([np.bincount(tie, weights=v, minlength=len(distinct)) for v in values])
    above = sums.sum(axis=1, keepdims=True) - np.cumsum(sums, axis=1) + sums / 2
    picked: Floats = above[:, tie] / len(keys)
    return picked


def _kendall(truth: Array, prediction: Array) -> float:
    """Of the pairs of rows, how many more are ordered alike than not: tau-b, with ties.

    >>> from scorers import get_scorer
    >>> get_scorer("kendall").score([1.0, 2.0, 3.0, 4.0], [2.0, 1.0, 4.0, 30.0])
    0.6666666666666669
    """
    return float(stats.kendalltau(truth, prediction).statistic)


def _kendall_terms(truth: Array, prediction: Array) -> Terms:
    """The first-order expansion in the rows' weights of S / sqrt(A B), each a sum over pairs."""
    agreed = signed_agreement(truth, prediction)
    apart, apart_too = not_tied(truth), not_tied(prediction)
    scale = np.sqrt(apart.sum() * apart_too.sum())
    value = float(agreed.sum() / scale)
    shares = apart / apart.sum() + apart_too / apart_too.sum()
    return linearised(value, len(agreed) * (2 * agreed / scale - value * shares))


def _correlation(name: str, **fields: Any) -> Scorer:
    """A correlation: from -1 to 1, which is perfect."""
    return Scorer(
        name=name,
        higher_is_better=True,
        lower=-1.0,
        upper=1.0,
        perfect=1.0,
        kinds=(InputKind.NUMBERS,),
        **fields,
    )


SCORERS = (
    _correlation(
        "pearson",
        title="Pearson's correlation",
        summary="The linear correlation: a shift and a stretch of the predictions do not count.",
        formula="Σ (yᵢ − ȳ)(ŷᵢ − mean ŷ) / √(Σ (yᵢ − ȳ)² Σ (ŷᵢ − mean ŷ)²)",
        source=_SCIPY.format("pearsonr"),
        compute=_pearson,
        decompose=_pearson_terms,
    ),
    _correlation(
        "spearman",
        title="Spearman's rank correlation",
        summary="The correlation of the ranks: only the order of the predictions counts.",
        formula="corr(rank(ŷ), rank(y))",
        source=_SCIPY.format("spearmanr"),
        compute=_spearman,
        decompose=_spearman_terms,
    ),
    _correlation(
        "kendall",
        title="Kendall's rank correlation (τ-b)",
        summary="Of the pairs of rows, how many more are ordered alike than not; ties leave a "
        "pair out of the count.",
        formula="(P − Q) / √((P + Q + T)(P + Q + U))",
        source=_SCIPY.format("kendalltau"),
        compute=_kendall,
        decompose=_kendall_terms,
    ),
    _correlation(
        "concordance_correlation",
        title="Lin's concordance correlation",
        summary="The correlation, lessened where the predictions are shifted or stretched: 1 only "
        "where they equal the truth.",
        formula="2 s(y, ŷ) / (s²(y) + s²(ŷ) + (ȳ − mean ŷ)²)",
        source="https://doi.org/10.2307/2532051",
        compute=_concordance,
        decompose=_concordance_terms,
    ),
)
