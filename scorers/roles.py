"""Columns of the solution that a scorer reads beside the answers: a query, a series, a weight."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scorers.inputs import Content
from scorers.parameters import Parameter

# The keyword under which a scorer with `needs_history` is given the rows marked as training.
HISTORY = "history"


@dataclass(frozen=True)
class Role:
    """What a column means to a scorer.

    `name`: the keyword of `compute` and the parameter that names the column. `default`: the column
    that is read where the parameter is not given; None: the role is left out then. `content`: what
    stands in it. `is_unit`: rows of one value are resampled together.
    """

    name: str
    default: str | None
    doc: str
    content: Content = Content.NAME
    is_unit: bool = False

    @property
    def parameter(self) -> Parameter:
        """The parameter that names the column."""
        return Parameter(
            self.name,
            self.default,
            self.doc,
            accepts=lambda value: isinstance(value, str) and value != "",
            expected="the name of a column of the solution",
        )


def columns_of(roles: tuple[Role, ...], params: Mapping[str, Any]) -> dict[str, str]:
    """The column of each role that is filled."""
    return {r.name: params[r.name] for r in roles if params.get(r.name) is not None}
