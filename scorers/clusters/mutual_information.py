"""What two groupings tell of each other, in nats. The values are scikit-learn's."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn import metrics

from scorers.clusters.contingency import Crossing, group_codes
from scorers.clusters.expansion import Expanded
from scorers.kinds import InputKind
from scorers.parameters import Parameter, is_positive
from scorers.sampling.terms import Floats, Terms, linearised
from scorers.scorer import Scorer
from scorers.uncertainty import Interval

Array = NDArray[Any]
_CLUSTERS = (InputKind.CLUSTERS,)
_SKLEARN = "https://scikit-learn.org/stable/modules/generated/sklearn.metrics.{}.html"


def _normalized(truth: Array, prediction: Array, average_method: str) -> float:
    """What the groupings tell of each other, as a share of what they tell at all.

    >>> from scorers import get_scorer
    >>> scorer = get_scorer("normalized_mutual_info")
    >>> round(scorer.score(["a", "a", "b", "b"], ["x", "x", "y", "z"]), 12)
    0.8
    """
    one, two = group_codes(truth), group_codes(prediction)
    return float(metrics.normalized_mutual_info_score(one, two, average_method=average_method))


def _adjusted(truth: Array, prediction: Array, average_method: str) -> float:
    """What the groupings tell of each other beyond chance, as a share of what they could.

    >>> from scorers import get_scorer
    >>> scorer = get_scorer("adjusted_mutual_info")
    >>> round(scorer.score(["a", "a", "b", "b"], ["x", "x", "y", "z"]), 12)
    0.571428571429
    """
    one, two = group_codes(truth), group_codes(prediction)
    return float(metrics.adjusted_mutual_info_score(one, two, average_method=average_method))


def _v_measure(truth: Array, prediction: Array, beta: float) -> float:
    """The harmonic mean of homogeneity and completeness.

    >>> from scorers import get_scorer
    >>> scorer = get_scorer("v_measure")
    >>> round(scorer.score(["a", "a", "b", "b"], ["x", "x", "y", "z"]), 12)
    0.8
    """
    one, two = group_codes(truth), group_codes(prediction)
    return float(metrics.v_measure_score(one, two, beta=beta))


def _weights(entropies: tuple[float, float], average_method: str) -> tuple[float, float]:
    """The slopes of the average of two entropies (“arithmetic”, “geometric”, “min”, “max”)."""
    one, two = entropies
    if average_method == "arithmetic":
        return 0.5, 0.5
    if average_method == "geometric":
        return float(np.sqrt(two / one)) / 2, float(np.sqrt(one / two)) / 2
    first = (one < two) == (average_method == "min")
    return (1.0, 0.0) if first else (0.0, 1.0)


def _expanded(crossing: Crossing, slopes: tuple[float, float]) -> Expanded:
    """Mutual information over an average of the entropies with these slopes, in the rows.

    Each average is homogeneous, so it is the sum of its slopes times the entropies.
    """
    (one, two, mutual), moved = crossing.entropies, crossing.entropies_moved
    room = slopes[0] * one + slopes[1] * two
    of_room = slopes[0] * moved[0] + slopes[1] * moved[1]
    influence: Floats = (moved[2] - mutual / room * of_room) / room
    return Expanded(
        influence,
        crossing.information_noise / room,
        crossing.information_bias / room,
        crossing.information_by_chance / room,
    )


def _by_average(truth: Array, prediction: Array, average_method: str) -> Expanded | None:
    """None where one of the groupings is a single group."""
    crossing = Crossing.of(truth, prediction)
    one, two, _ = crossing.entropies
    if min(one, two) == 0:
        return None
    return _expanded(crossing, _weights((one, two), average_method))


def _adjusted_expanded(truth: Array, prediction: Array, average_method: str) -> Expanded | None:
    """The expected information of chance, of order 1/n, is held fixed and taken off the bias."""
    found = _by_average(truth, prediction, average_method)
    if found is None:
        return None
    left = 1 - _adjusted(truth, prediction, average_method)
    return found._replace(bias=found.bias - found.worst_bias * left)


def _by_beta(truth: Array, prediction: Array, beta: float) -> Expanded | None:
    """(1 + β) MI / (H(truth) + β H(prediction))."""
    crossing = Crossing.of(truth, prediction)
    if min(crossing.entropies[:2]) == 0:
        return None
    return _expanded(crossing, (1 / (1 + beta), beta / (1 + beta)))


def _terms_of(value: float, found: Expanded | None) -> Terms | None:
    return None if found is None else linearised(value, found.influence)


def _interval_of(value: float, found: Expanded | None) -> Interval | None:
    return None if found is None else found.interval(value)


def _normalized_terms(truth: Array, prediction: Array, average_method: str) -> Terms | None:
    value = _normalized(truth, prediction, average_method)
    return _terms_of(value, _by_average(truth, prediction, average_method))


def _normalized_interval(truth: Array, prediction: Array, average_method: str) -> Interval | None:
    """The delta method, less Miller's bias; withheld where many clusters make that bias large."""
    value = _normalized(truth, prediction, average_method)
    return _interval_of(value, _by_average(truth, prediction, average_method))


def _adjusted_terms(truth: Array, prediction: Array, average_method: str) -> Terms | None:
    value = _adjusted(truth, prediction, average_method)
    return _terms_of(value, _adjusted_expanded(truth, prediction, average_method))


def _adjusted_interval(truth: Array, prediction: Array, average_method: str) -> Interval | None:
    """The delta method, less Miller's bias; withheld where many clusters make that bias large."""
    value = _adjusted(truth, prediction, average_method)
    return _interval_of(value, _adjusted_expanded(truth, prediction, average_method))


def _v_measure_terms(truth: Array, prediction: Array, beta: float) -> Terms | None:
    return _terms_of(_v_measure(truth, prediction, beta), _by_beta(truth, prediction, beta))


def _v_measure_interval(truth: Array, prediction: Array, beta: float) -> Interval | None:
    """The delta method, less Miller's bias; withheld where many clusters make that bias large."""
    return _interval_of(_v_measure(truth, prediction, beta), _by_beta(truth, prediction, beta))


_AVERAGE_METHOD = Parameter(
    "average_method",
    "arithmetic",
    "Which average of the two entropies the information is compared with.",
    ("arithmetic", "geometric", "min", "max"),
)
SCORERS = (
    Scorer(
        name="normalized_mutual_info",
        title="Normalised mutual information",
        summary="What the groupings tell of each other, as a share of what they tell at all.",
        formula="MI(y, ŷ) / mean(H(y), H(ŷ))",
        source=_SKLEARN.format("normalized_mutual_info_score"),
        higher_is_better=True,
        lower=0.0,
        upper=1.0,
        perfect=1.0,
        kinds=_CLUSTERS,
        compute=_normalized,
        decompose=_normalized_terms,
        interval=_normalized_interval,
        parameters=(_AVERAGE_METHOD,),
    ),
    Scorer(
        name="adjusted_mutual_info",
        title="Adjusted mutual information",
        summary="What the groupings tell of each other beyond chance, as a share of the most.",
        formula="(MI − E[MI]) / (mean(H(y), H(ŷ)) − E[MI])",
        source=_SKLEARN.format("adjusted_mutual_info_score"),
        higher_is_better=True,
        lower=-1.0,
        upper=1.0,
        perfect=1.0,
        kinds=_CLUSTERS,
        compute=_adjusted,
        decompose=_adjusted_terms,
        interval=_adjusted_interval,
        parameters=(_AVERAGE_METHOD,),
    ),
    Scorer(
        name="v_measure",
        title="V-measure",
        summary="The harmonic mean of homogeneity and completeness.",
        formula="(1 + β) h c / (β h + c)",
        source=_SKLEARN.format("v_measure_score"),
        higher_is_better=True,
        lower=0.0,
        upper=1.0,
        perfect=1.0,
        kinds=_CLUSTERS,
        compute=_v_measure,
        decompose=_v_measure_terms,
        interval=_v_measure_interval,
        parameters=(
            Parameter(
                "beta",
                1.0,
                "Above 1 completeness weighs more, below 1 homogeneity.",
                accepts=is_positive,
                expected="a number above 0",
            ),
        ),
    ),
)
