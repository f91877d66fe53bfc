"""Which rows of a solution count on which board."""

from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scorers.binding import invalid
from scorers.errors import listing
from scorers.sampling.resampling import seeded_ranks
from scorers.sentences import sentence
from scorers.spec import BY_LABEL, EvaluationSpec

USAGE = "Usage"
TRAINING = "Training"
USAGES = ("Public", "Private", "Ignored")
_SPLIT_STREAM = 3

Mask = NDArray[np.bool_]
Only = Literal["public", "private"]


def board_alone(public: Mask, private: Mask, only: Only | None) -> tuple[Mask, Mask]:
    """The rows of both boards, without those of a board that is not wanted."""
    none = np.zeros_like(public)
    return none if only == "private" else public, none if only == "public" else private


def split_by_usage(usage: pl.Series, *, training: bool = False) -> tuple[Mask, Mask]:
    """The rows of the public and of the private board; rows of training are taken out before.

    `training`: whether such rows are allowed. Raises: InvalidSolution.
    """
    wrong = usage.filter(~usage.is_in(list(USAGES))).unique(maintain_order=True).to_list()
    if TRAINING in wrong:
        text = sentence(
            "%(usage)s holds “%(training)s”, but the scorer reads no rows of training.",
            usage=USAGE,
            training=TRAINING,
        )
        raise invalid("usage", text)
    if wrong:
        due = (*USAGES, TRAINING) if training else USAGES
        text = sentence(
            "%(usage)s holds %(found)s; expected %(due)s.",
            usage=USAGE,
            found=listing(wrong),
            due=listing(due),
        )
        raise invalid("usage", text)
    return (usage == "Public").to_numpy(), (usage == "Private").to_numpy()


def split_by_fraction(
    ids: pl.DataFrame,
    strata: pl.Series | None,
    units: NDArray[np.str_] | None,
    spec: EvaluationSpec,
) -> tuple[Mask, Mask]:
    """A seeded share of the rows is public, the rest private; without a fraction all are public.

    `strata`: a label for each row, whose share is kept; `units`: keys of rows that stay together.
    """
    if spec.public_fraction is None or spec.public_fraction >= 1:
        return np.ones(ids.height, dtype=bool), np.zeros(ids.height, dtype=bool)
    public = _draw(ids, strata, spec) if units is None else _draw_units(units, spec)
    return public, ~public


def _draw(ids: pl.DataFrame, strata: pl.Series | None, spec: EvaluationSpec) -> Mask:
    """A seeded share of the rows, each label's share within one row of it.

    The rows are put in the order of their ids first: the order of the file is of no account. Of
    each label those with the lowest numbers are public. Specs that were stored without `draw` take
    the share evenly along all labels, as they always did.
    """
    chance = ranks_by_id(ids, spec.split_seed)
    fraction = spec.public_fraction or 0.0
    if strata is None:
        return every_nth(np.argsort(chance), fraction)
    if spec.draw == BY_LABEL:
        return _first_of_each(codes_of(strata), chance, fraction)
    return every_nth(np.lexsort((chance, codes_of(strata))), fraction)


def ranks_by_id(ids: pl.DataFrame, seed: int) -> NDArray[np.int64]:
    """Each row's place in a seeded order of the ids, whatever their order in the file."""
    by_id = ids.select(pl.arg_sort_by(ids.columns)).to_series().to_numpy()
    chance = np.empty(len(by_id), dtype=np.int64)
    chance[by_id] = seeded_ranks(len(by_id), seed, _SPLIT_STREAM)
    return chance


def codes_of(strata: pl.Series) -> NDArray[np.int64]:
    """A number from 1 for each label, and 0 for none."""
    return strata.rank("dense").fill_null(0).to_numpy().astype(np.int64)


def _first_of_each(layer: NDArray[np.int64], chance: NDArray[np.int64], fraction: float) -> Mask:
    """Take the share of each layer by chance; the shares are rounded so that they add up."""
    ends = np.concatenate([[0], np.cumsum(np.bincount(layer))])
    due = np.diff(np.floor(ends * fraction + 0.5))
    order = np.lexsort((chance, layer))
    place = np.empty(len(layer), dtype=np.int64)
    place[order] = np.arange(len(layer))
    public: Mask = place - ends[layer] < due[layer]
    return public


def _draw_units(units: NDArray[np.str_], spec: EvaluationSpec) -> Mask:
    keys, unit = np.unique(np.asarray(units), return_inverse=True)
    chance = seeded_ranks(len(keys), spec.split_seed, _SPLIT_STREAM)
    return every_nth(np.argsort(chance), spec.public_fraction or 0.0)[unit]


def every_nth(order: NDArray[np.int64], fraction: float) -> Mask:
    """Take the share evenly along an order, so that each stretch of it gives its share."""
    steps = np.floor(np.arange(len(order) + 1) * fraction + 0.5)
    taken = np.empty(len(order), dtype=bool)
    taken[order] = np.diff(steps) > 0
    return taken
