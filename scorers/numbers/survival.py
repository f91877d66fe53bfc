"""Times until an event, some of them censored: seen only up to the end of the watching."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from scorers.inputs import Content
from scorers.kinds import InputKind
from scorers.numbers.pairs import dense_ranks, weight_below
from scorers.parameters import Parameter
from scorers.roles import Role
from scorers.sampling.terms import Floats, Terms, divide
from scorers.scorer import Scorer
from scorers.sentences import sentence

Array = NDArray[Any]
_TIME = "time"


class Pairs(NamedTuple):
    """For each row the comparable pairs that it is in, and those in the right order, shape (n,)."""

    ordered: Floats
    comparable: Floats

    @property
    def concordance(self) -> float:
        """The share of the pairs in the right order; each stands in two rows."""
        return float(self.ordered.sum() / self.comparable.sum())


def comparable_pairs(times: Array, order: Array, event: Array | None) -> Pairs:
    """The pairs of which it is known who was first: `order` rises with the predicted time.

    A row whose event was seen is compared with every row of a later time, and with those of the
    same time that were censored; two events at one time are not. An equal prediction counts half.
    """
    seen = np.ones(len(times)) if event is None else np.asarray(event, dtype=np.float64)
    turn = dense_ranks(2 * dense_ranks(times) + (seen == 0))
    everyone = np.ones(len(times))
    ordered = seen * weight_below(-turn, -order, everyone) + weight_below(turn, order, seen)
    return Pairs(ordered, seen * _weight_after(turn, everyone) + _weight_after(-turn, seen))


def _weight_after(turn: Array, weights: Floats) -> Floats:
    """For each row the weight of the rows with a larger turn."""
    codes = dense_ranks(turn)
    at = np.bincount(codes, weights=weights)
    after: Floats = (at.sum() - np.cumsum(at))[codes]
    return after


def _concordance_index(
    truth: Array, prediction: Array, predicts: str, event: Array | None = None
) -> float:
    """Of the pairs of which it is known who was first, the share that are predicted so.

    >>> from scorers import get_scorer
    >>> scorer = get_scorer("concordance_index", predicts="risk")
    >>> scorer.score([5, 6, 11, 11], [15, 11, 34, 12], event=[1, 1, 0, 0])
    0.4
    """
    pairs = _pairs(truth, prediction, predicts, event)
    if pairs.comparable.sum() == 0:
        raise ValueError(sentence("there is no pair of rows of which it is known who was first."))
    return pairs.concordance


def _pairs(truth: Array, prediction: Array, predicts: str, event: Array | None) -> Pairs:
    return comparable_pairs(truth, prediction if predicts == _TIME else -prediction, event)


def _concordance_index_terms(
    truth: Array, prediction: Array, predicts: str, event: Array | None = None
) -> Terms:
    """The first-order expansion in the rows' weights of a quotient of sums over pairs."""
    pairs = _pairs(truth, prediction, predicts, event)
    centre = pairs.concordance

    def finish(sums: Floats, n: Floats) -> Floats:
        return 2 * divide(sums[..., 0], sums[..., 1]) - centre

    return Terms(finish=finish, columns=(pairs.ordered, pairs.comparable))


def _first_to_last(truth: Array, predicts: str) -> Floats:
    times = truth.astype(np.float64)
    return times if predicts == _TIME else -times


SCORERS = (
    Scorer(
        name="concordance_index",
        title="Concordance index (Harrell's C)",
        summary="Of the pairs of rows of which it is known who was first, the share that are "
        "predicted so; equal predictions count half.",
        formula="Σ ([ŷᵢ < ŷⱼ] + ½ [ŷᵢ = ŷⱼ]) / Σ 1, over the pairs with event i before j",
        source="https://scikit-survival.readthedocs.io/en/stable/api/generated/"
        "sksurv.metrics.concordance_index_censored.html",
        higher_is_better=True,
        lower=0.0,
        upper=1.0,
        perfect=1.0,
        kinds=(InputKind.NUMBERS,),
        compute=_concordance_index,
        decompose=_concordance_index_terms,
        parameters=(
            Parameter(
                "predicts",
                _TIME,
                "What the predictions are: times (larger is later) or risks (larger is sooner).",
                choices=(_TIME, "risk"),
            ),
        ),
        roles=(
            Role(
                "event",
                None,
                "The column that holds 1 where the event was seen and 0 where the time is only "
                "that of the last look; without it every event was seen.",
                Content.INDICATOR,
            ),
        ),
        ideal=_first_to_last,
    ),
)
