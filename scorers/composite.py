"""Scorers made of scorers: a weighted combination, and the mean over groups of rows."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scorers.composing import inner_scorer, own_context, reads_of
from scorers.errors import InvalidParameter
from scorers.kinds import InputKind
from scorers.parameters import REQUIRED, Parameter, is_number
from scorers.roles import Role
from scorers.sampling.terms import Floats, Joined, Sums
from scorers.scorer import Scorer
from scorers.sentences import sentence

Array = NDArray[Any]
_WEIGHTED_SUM = "https://en.wikipedia.org/wiki/Weighted_sum_model"
_MACRO = (
    "https://scikit-learn.org/stable/modules/model_evaluation.html"
    "#from-binary-to-multiclass-and-multilabel"
)
_PART_KEYS = {"scorer", "weight", "params"}
_MOST_GROUPS = 1000
_INFINITE = float("inf")

Pairs = Sequence[tuple[float, Scorer]]


def _is_parts(value: Any) -> bool:
    return isinstance(value, tuple) and len(value) >= 2 and all(_is_part(part) for part in value)


def _is_part(value: Any) -> bool:
    if not isinstance(value, Mapping) or not value.keys() <= _PART_KEYS:
        return False
    named = isinstance(value.get("scorer"), str) and isinstance(value.get("params", {}), Mapping)
    return named and is_number(value.get("weight", 1)) and value.get("weight", 1) != 0


def _weighted_of(frame: Scorer) -> Scorer:
    """The weighted combination of the parts. Raises: InvalidParameter."""
    given = frame.params["parts"]
    parts = tuple(inner_scorer("weighted", p["scorer"], p.get("params", {})) for p in given)
    return _weighted_from(frame, parts)


def _weighted_from(frame: Scorer, parts: tuple[Scorer, ...]) -> Scorer:
    kinds = _shared_kinds(parts)
    weights = [float(p.get("weight", 1)) for p in frame.params["parts"]]
    pairs = list(zip(weights, parts, strict=True))
    bounds = [sorted((w * p.lower, w * p.upper)) for w, p in pairs]
    return replace(
        frame,
        title=_title(pairs),
        higher_is_better=_direction(pairs),
        lower=sum(low for low, _ in bounds),
        upper=sum(high for _, high in bounds),
        perfect=sum(w * p.perfect for w, p in pairs),
        truth_is_perfect=all(p.truth_is_perfect for p in parts),
        kinds=kinds,
        several=all(p.several for p in parts),
        version=".".join(["1", *(p.version for p in parts)]),
        compute=partial(_weighted_value, _parts=pairs),
        decompose=partial(_weighted_terms, _parts=pairs),
        parts=parts,
        rebuild=_weighted_from,
        **reads_of(frame, parts, ()),
    )


def _title(pairs: Pairs) -> str:
    told = " ".join(f"{'+' if w > 0 else '−'} {abs(w):g} × {p.title}" for w, p in pairs)
    return told.removeprefix("+ ")


def _direction(pairs: Sequence[tuple[float, Scorer]]) -> bool:
    up = {(weight > 0) == part.higher_is_better for weight, part in pairs}
    if len(up) > 1:
        said = sentence(
            "weighted: its parts pull in different directions; give those that are better when"
            " lower a weight of the other sign."
        )
        raise InvalidParameter(said)
    return up.pop()


def _shared_kinds(parts: Sequence[Scorer]) -> tuple[InputKind, ...]:
    kinds = tuple(kind for kind in parts[0].kinds if all(kind in p.kinds for p in parts))
    if not kinds:
        told = ", ".join(f"{p.name} reads {p.kind}" for p in parts)
        said = sentence(
            "weighted: its parts must read the same predictions; %(parts)s.", parts=told
        )
        raise InvalidParameter(said)
    return kinds


def _weighted_value(
    truth: Array, prediction: Array, *, parts: Any, _parts: Pairs, **context: Any
) -> float:
    """The weighted sum of the parts' values.

    >>> from scorers import get_scorer
    >>> parts = [{"scorer": "accuracy", "weight": 0.5}, {"scorer": "f1", "weight": 0.5}]
    >>> get_scorer("weighted", parts=parts).score([0, 1, 1, 0], [0, 1, 0, 0])
    0.7083333333333333
    """
    return sum(w * p.score(truth, prediction, **own_context(p, context)) for w, p in _parts)


def _weighted_terms(
    truth: Array, prediction: Array, *, parts: Any, _parts: Pairs, **context: Any
) -> Sums | None:
    weights = np.array([weight for weight, _ in _parts])
    terms = [part.terms(truth, prediction, **own_context(part, context)) for _, part in _parts]
    found = [(None, each) for each in terms if each is not None]
    if len(found) < len(terms):
        return None
    return Joined(len(truth), found, lambda values, n: values @ weights)


def _per_group_of(frame: Scorer) -> Scorer:
    """The mean over groups of one scorer. Raises: InvalidParameter."""
    inner = inner_scorer("per_group", frame.params["scorer"], frame.params["params"] or {})
    if any(role.name == "group" for role in inner.roles):
        said = sentence(
            "per_group: %(scorer)s has a column of groups of its own.", scorer=inner.name
        )
        raise InvalidParameter(said)
    return _per_group_from(frame, (inner,))


def _per_group_from(frame: Scorer, parts: tuple[Scorer, ...]) -> Scorer:
    (inner,) = parts
    column = frame.params["group"]
    return replace(
        frame,
        title=f"{inner.title}, mean over “{column}”",
        higher_is_better=inner.higher_is_better,
        lower=inner.lower,
        upper=inner.upper,
        perfect=inner.perfect,
        truth_is_perfect=inner.truth_is_perfect,
        kinds=inner.kinds,
        several=inner.several,
        version=f"1.{inner.version}",
        compute=partial(_per_group_value, _inner=inner),
        decompose=partial(_per_group_terms, _inner=inner),
        parts=parts,
        rebuild=_per_group_from,
        **reads_of(frame, parts, (replace(frame.roles[0], default=column),)),
    )


def _rows_of_groups(group: Array) -> list[Array]:
    keys, codes = np.unique(np.asarray(group), return_inverse=True)
    order = np.argsort(codes, kind="stable")
    sizes = np.bincount(codes, minlength=len(keys))
    return np.split(order, np.cumsum(sizes)[:-1])


def _taken(context: Mapping[str, Any], rows: Array) -> dict[str, Any]:
    return {name: v if name == "history" else v[rows] for name, v in context.items()}


def _per_group_value(
    truth: Array,
    prediction: Array,
    *,
    scorer: str,
    params: Any,
    group: Array,
    _inner: Scorer,
    **context: Any,
) -> float:
    """The plain mean over the groups of the scorer's value in each.

    >>> from scorers import get_scorer
    >>> by_language = get_scorer("per_group", scorer="accuracy", group="language")
    >>> by_language.score([0, 1, 1, 0], [0, 1, 0, 1], group=["en", "en", "zh", "zh"])
    0.5
    """
    values = [
        _inner.score(truth[rows], prediction[rows], **_taken(context, rows))
        for rows in _rows_of_groups(group)
    ]
    return float(np.mean(values))


def _per_group_terms(
    truth: Array,
    prediction: Array,
    *,
    scorer: str,
    params: Any,
    group: Array,
    _inner: Scorer,
    **context: Any,
) -> Sums | None:
    """The terms of each group; a group that a resample leaves empty does not count in its mean."""
    groups = _rows_of_groups(group)
    if len(groups) > _MOST_GROUPS:
        return None
    terms = [
        _inner.terms(truth[rows], prediction[rows], **_taken(context, rows)) for rows in groups
    ]
    found = [(rows, t) for rows, t in zip(groups, terms, strict=True) if t is not None]
    return Joined(len(truth), found, _mean_of_defined) if len(found) == len(groups) else None


def _mean_of_defined(values: Floats, n: Floats) -> Floats:
    defined = np.isfinite(values)
    total = np.where(defined, values, 0.0).sum(axis=-1)
    count = defined.sum(axis=-1)
    mean: Floats = np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)
    return mean


SCORERS = (
    Scorer(
        name="weighted",
        title="Weighted combination",
        summary="A weighted sum of named scorers that read the same predictions.",
        formula="Σₖ wₖ · scoreₖ",
        source=_WEIGHTED_SUM,
        higher_is_better=True,
        lower=-_INFINITE,
        upper=_INFINITE,
        perfect=_INFINITE,
        kinds=tuple(InputKind),
        compute=_weighted_value,
        parameters=(
            Parameter(
                "parts",
                REQUIRED,
                "The scorers with their weights: each {scorer, weight, params}; a scorer that is "
                "better when lower takes a weight of the other sign.",
                accepts=_is_parts,
                expected="a list of at least two tables {scorer = “...”, weight = 0.5, "
                "params = {...}}",
            ),
        ),
        build=_weighted_of,
    ),
    Scorer(
        name="per_group",
        title="Mean over groups",
        summary="A scorer in each group of rows (a language, a site), then the plain mean.",
        formula="(1/G) Σ_g score(rows of g)",
        source=_MACRO,
        higher_is_better=True,
        lower=-_INFINITE,
        upper=_INFINITE,
        perfect=_INFINITE,
        kinds=tuple(InputKind),
        compute=_per_group_value,
        parameters=(
            Parameter(
                "scorer",
                REQUIRED,
                "The scorer of each group.",
                accepts=lambda value: isinstance(value, str),
                expected="the name of a scorer",
            ),
            Parameter(
                "params",
                None,
                "The scorer's own parameters.",
                accepts=lambda value: isinstance(value, Mapping),
                expected="a table of parameters",
            ),
        ),
        roles=(Role("group", "group", "The column of the groups."),),
        build=_per_group_of,
    ),
)
