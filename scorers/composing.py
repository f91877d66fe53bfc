"""What a scorer made of scorers takes over from its parts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from scorers.errors import InvalidParameter
from scorers.inputs import Misfits
from scorers.registry import get_scorer
from scorers.roles import HISTORY, Role
from scorers.scorer import Scorer
from scorers.sentences import said_by, sentence


def inner_scorer(outer: str, name: str, params: Mapping[str, Any]) -> Scorer:
    """A part by its name, for the scorer called `outer`. Raises: InvalidParameter."""
    try:
        return get_scorer(name, **params)
    except LookupError as error:
        said = sentence("%(name)s: %(problem)s", name=outer, problem=said_by(error))
        raise InvalidParameter(said) from None


def reads_of(frame: Scorer, parts: Sequence[Scorer], own_roles: tuple[Role, ...]) -> dict[str, Any]:
    """What a scorer of scorers reads: the columns, the cells and the history of its parts."""
    columns: dict[str, str] = {}
    for part in parts:
        for role, column in part.columns.items():
            if columns.setdefault(role, column) != column:
                said = sentence(
                    "%(scorer)s: its parts read two columns as %(role)s.",
                    scorer=frame.name,
                    role=role,
                )
                raise InvalidParameter(said)
    roles = {r.name: replace(r, default=columns.get(r.name)) for p in parts for r in p.roles}
    tolerances = [p.sum_tolerance for p in parts if p.sum_tolerance is not None]
    return {
        "roles": (*own_roles, *roles.values()),
        "params": {**frame.params, **{r.name: r.default for r in roles.values()}},
        "needs_history": any(p.needs_history for p in parts),
        "sum_tolerance": min(tolerances, default=None),
        "numbers_above": max(
            (p.numbers_above for p in parts if p.numbers_above is not None), default=None
        ),
        **_readers(parts),
    }


def _readers(parts: Sequence[Scorer]) -> dict[str, Any]:
    """How cells are read: as the first part that has cells of its own reads them."""
    reader = next((p for p in parts if p.read_cell or p.ideal), parts[0])
    return {
        "ideal": _bound(reader.ideal, reader),
        "read_cell": _bound(reader.read_cell, reader),
        "read_truth": _bound(reader.read_truth, reader),
        "cell_words": reader.cell_words,
        "misfits": _misfits_of([part for part in parts if part.misfits is not None]),
    }


def _misfits_of(parts: Sequence[Scorer]) -> Callable[..., Misfits] | None:
    """The rows that the first of the parts that asks for more than cells can't take."""
    if not parts:
        return None
    first, found = parts[0], parts[0].misfits
    assert found is not None
    return lambda prediction, **given: found(
        prediction, **first.options, **own_context(first, given)
    )


def _bound(function: Callable[..., Any] | None, scorer: Scorer) -> Callable[..., Any] | None:
    """A function of a part's own options, called with whatever the whole is called with."""
    if function is None:
        return None
    return lambda *columns, **_: function(*columns, **scorer.options)


def own_context(scorer: Scorer, context: Mapping[str, Any]) -> dict[str, Any]:
    """What a part reads of the whole's context."""
    names = {role.name for role in scorer.roles} | ({HISTORY} if scorer.needs_history else set())
    return {name: values for name, values in context.items() if name in names}
