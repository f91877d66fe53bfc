"""How well one score tells two classes apart, in the words of credit scoring."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from sklearn import metrics

from scorers.classes.areas import area_interval, mean_area
from scorers.classes.placement import is_greater, placements
from scorers.classes.separation_interval import distance_interval
from scorers.kinds import InputKind
from scorers.sampling.terms import Floats, Terms, divide
from scorers.scorer import Scorer
from scorers.sentences import sentence
from scorers.uncertainty import Interval

Array = NDArray[Any]
_ONE_SCORE = (InputKind.PROBABILITY, InputKind.SCORES)


def _gini(truth: Array, prediction: Array) -> float:
    """Twice the area under the ROC curve, less 1: 0 for chance, 1 for a perfect order.

    >>> from scorers import get_scorer
    >>> get_scorer("gini").score([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    0.5
    """
    return 2 * float(metrics.roc_auc_score(truth, prediction)) - 1


def _gini_terms(truth: Array, prediction: Array) -> Terms:
    area = mean_area([placements(is_greater(truth), prediction)], weighted=False)
    return Terms(finish=lambda sums, n: 2 * area.finish(sums, n) - 1, columns=area.columns)


def _gini_interval(truth: Array, prediction: Array) -> Interval:
    """DeLong's on the logit scale, carried over from the area under the ROC curve."""
    found = area_interval(is_greater(truth), prediction)
    if found.bounds is None:
        return found
    low, high = found.bounds
    return Interval((2 * low - 1, 2 * high - 1), found.method)


def _ks(truth: Array, prediction: Array) -> float:
    """The largest distance between the distributions of the two classes' scores.

    >>> from scorers import get_scorer
    >>> get_scorer("ks_statistic").score([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    0.5
    """
    positive = is_greater(truth)
    if positive.all():
        raise ValueError(sentence("only one class occurs."))
    found = stats.ks_2samp(prediction[positive], prediction[~positive], method="asymp")
    return float(found.statistic)


def _ks_terms(truth: Array, prediction: Array) -> Terms:
    """The distance at the threshold where it is largest, which a resample keeps."""
    positive = is_greater(truth)
    below, sign = _widest(positive, prediction)
    up, low = positive.astype(np.float64), below.astype(np.float64)

    def finish(sums: Floats, n: Floats) -> Floats:
        ups, ups_below, all_below = (sums[..., k] for k in range(3))
        return sign * (divide(all_below - ups_below, n - ups) - divide(ups_below, ups))

    return Terms(finish=finish, columns=(up, up * low, low))


def _ks_interval(truth: Array, prediction: Array) -> Interval:
    """Allows for the upward bias of a maximum, which is largest where the classes hardly differ."""
    return distance_interval(is_greater(truth), prediction, _ks(truth, prediction))


def _widest(positive: NDArray[np.bool_], scores: Floats) -> tuple[NDArray[np.bool_], float]:
    """The rows up to the threshold, and 1 where the positive rows stand above it, else -1."""
    values = np.unique(scores)
    up, down = (np.sort(scores[rows]) for rows in (positive, ~positive))
    apart = np.searchsorted(down, values, "right") / len(down)
    apart -= np.searchsorted(up, values, "right") / len(up)
    at = int(np.abs(apart).argmax())
    return scores <= values[at], 1.0 if apart[at] >= 0 else -1.0


SCORERS = (
    Scorer(
        name="gini",
        title="Gini",
        summary="Twice the area under the ROC curve, less 1: 0 for chance, 1 for a perfect order.",
        formula="2 · AUC − 1",
        source=(
            "https://scikit-learn.org/stable/modules/generated/sklearn.metrics.roc_auc_score.html"
        ),
        higher_is_better=True,
        lower=-1.0,
        upper=1.0,
        perfect=1.0,
        kinds=_ONE_SCORE,
        compute=_gini,
        decompose=_gini_terms,
        interval=_gini_interval,
    ),
    Scorer(
        name="ks_statistic",
        title="Kolmogorov-Smirnov statistic",
        summary="The largest distance between the distributions of the two classes' scores.",
        formula="maxₛ |F₀(s) − F₁(s)|",
        source="https://docs.scipy.org/doc/scipy/reference/generated/scipy.stats.ks_2samp.html",
        higher_is_better=True,
        lower=0.0,
        upper=1.0,
        perfect=1.0,
        kinds=_ONE_SCORE,
        compute=_ks,
        decompose=_ks_terms,
        interval=_ks_interval,
    ),
)
