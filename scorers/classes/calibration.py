"""Whether probabilities come true: the expected calibration error."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from scorers.classes.calibration_interval import gap_interval
from scorers.classes.placement import is_greater
from scorers.kinds import InputKind
from scorers.parameters import Parameter, is_count, is_labels
from scorers.sampling.terms import Codes, Floats, Terms, linearised
from scorers.scorer import Scorer
from scorers.uncertainty import Interval

Array = NDArray[Any]


def _calibration_error(
    truth: Array, prediction: Array, n_bins: int, strategy: str, labels: Any
) -> float:
    """The mean distance of the predicted and the observed share, over bins of the predicted one.

    >>> from scorers import get_scorer
    >>> scorer = get_scorer("expected_calibration_error", n_bins=2)
    >>> scorer.score([0, 0, 1, 1], [0.2, 0.4, 0.7, 0.9])
    0.25
    """
    gaps, bins = _gaps(truth, prediction, n_bins, strategy, labels)
    return float(np.abs(np.bincount(bins, weights=gaps)).sum() / len(gaps))


def _gaps(
    truth: Array, prediction: Array, n_bins: int, strategy: str, labels: Any
) -> tuple[Floats, Codes]:
    """For each row the predicted share less what happened, and its bin; each of shape (n,)."""
    if prediction.ndim == 1:
        share, happened = prediction, is_greater(truth)
    else:
        classes = np.unique(truth) if labels is None else np.asarray(labels)
        share, happened = prediction.max(axis=1), classes[prediction.argmax(axis=1)] == truth
    return share - happened, _bins(share, n_bins, strategy)


def _bins(share: Floats, n_bins: int, strategy: str) -> Codes:
    """The bin of each share; a share on an edge is of the lower bin (Guo et al., 2017)."""
    if strategy == "uniform":
        edges = np.linspace(0, 1, n_bins + 1)
    else:
        edges = np.quantile(share, np.linspace(0, 1, n_bins + 1))
    return np.searchsorted(edges[1:-1], share, side="left").astype(np.int64)


def _calibration_terms(
    truth: Array, prediction: Array, n_bins: int, strategy: str, labels: Any
) -> Terms:
    """The error as a mean of signed gaps, the sign being that of the bin.

    Resampling the absolute values themselves would add the bias of the error a second time.
    """
    gaps, bins = _gaps(truth, prediction, n_bins, strategy, labels)
    signed = np.sign(np.bincount(bins, weights=gaps))[bins] * gaps
    value = float(signed.mean())
    return linearised(value, signed - value)


def _calibration_interval(
    truth: Array, prediction: Array, n_bins: int, strategy: str, labels: Any
) -> Interval:
    """Allows for the error's upward bias, which is largest where the bins are well calibrated."""
    gaps, bins = _gaps(truth, prediction, n_bins, strategy, labels)
    return gap_interval(gaps, bins)


SCORERS = (
    Scorer(
        name="expected_calibration_error",
        title="Expected calibration error",
        summary="The mean distance of the predicted and the observed share, over bins; with a "
        "probability for each class, that of the likeliest class and how often it is right.",
        formula="Σ_b (n_b/n) |mean p in b − share in b|",
        source="https://arxiv.org/abs/1706.04599",
        higher_is_better=False,
        lower=0.0,
        upper=1.0,
        perfect=0.0,
        kinds=(InputKind.PROBABILITY, InputKind.PROBABILITIES),
        compute=_calibration_error,
        decompose=_calibration_terms,
        interval=_calibration_interval,
        parameters=(
            Parameter(
                "n_bins",
                10,
                "How many bins there are.",
                accepts=is_count,
                expected="a whole number of at least 1",
            ),
            Parameter(
                "strategy",
                "uniform",
                "Bins of the same width from 0 to 1, or of as many rows each.",
                ("uniform", "quantile"),
            ),
            Parameter(
                "labels",
                None,
                "All classes, in the order of the columns; by default those that occur in the "
                "truth.",
                accepts=is_labels,
                expected="a list of labels",
            ),
        ),
    ),
)
