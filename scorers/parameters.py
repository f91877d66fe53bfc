"""What a scorer may be told: typed, validated, documented."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite
from types import MappingProxyType
from typing import Any

from scorers.errors import InvalidParameter, did_you_mean, listing
from scorers.sentences import Sentence, sentence, together
from scorers.sentences import known as words


class _Required:
    """Stands for the default of a parameter that has none."""

    def __repr__(self) -> str:
        return "required"


REQUIRED = _Required()


@dataclass(frozen=True)
class Parameter:
    """One parameter of a scorer: its default, its meaning, and the values it takes.

    `default` is REQUIRED where a value must be given.
    """

    name: str
    default: Any
    doc: str
    choices: tuple[Any, ...] = ()
    accepts: Callable[[Any], bool] | None = None
    expected: str = ""

    def check(self, scorer: str, value: Any) -> Any:
        """The value as the scorer takes it. Raises: InvalidParameter."""
        value = tuple(value) if isinstance(value, list) else value
        if value == self.default and isinstance(value, type(self.default)):
            return value
        if self._takes(value):
            return value
        said = sentence(
            "%(scorer)s: %(name)s = %(value)s is not allowed; expected %(expected)s.",
            scorer=scorer,
            name=self.name,
            value=repr(value),
            expected=words(self.describe()),
        )
        raise InvalidParameter(said)

    def describe(self) -> str:
        """The values it takes, in words."""
        return listing([str(choice) for choice in self.choices]) if self.choices else self.expected

    def _takes(self, value: Any) -> bool:
        if self.choices:
            return any(value == c and isinstance(value, type(c)) for c in self.choices)
        return self.accepts is not None and self.accepts(value)


def validate(
    scorer: str, known: Sequence[Parameter], given: Mapping[str, Any]
) -> Mapping[str, Any]:
    """All parameters with their values, defaults filled in. Raises: InvalidParameter."""
    by_name = {parameter.name: parameter for parameter in known}
    for name in given:
        if name not in by_name:
            raise InvalidParameter(_unknown(scorer, name, list(by_name)))
    values = {p.name: p.check(scorer, given[p.name]) for p in known if p.name in given}
    due = [p for p in known if p.default is REQUIRED and p.name not in given]
    if due:
        said = sentence(
            "%(scorer)s needs the parameter “%(name)s”: %(expected)s.",
            scorer=scorer,
            name=due[0].name,
            expected=words(due[0].describe()),
        )
        raise InvalidParameter(said)
    return MappingProxyType({p.name: p.default for p in known} | values)


def defaults_of(known: Sequence[Parameter]) -> Mapping[str, Any]:
    """Each parameter with its default, REQUIRED where it has none."""
    return MappingProxyType({p.name: p.default for p in known})


def _unknown(scorer: str, name: str, known: list[str]) -> Sentence:
    if not known:
        return sentence(
            "%(scorer)s takes no parameters, but was given “%(name)s”.", scorer=scorer, name=name
        )
    said = sentence("%(scorer)s has no parameter “%(name)s”.", scorer=scorer, name=name)
    return together(said, did_you_mean(name, known))


def is_label(value: Any) -> bool:
    """Whether a value can be a label."""
    return isinstance(value, str | int | float)


def is_number(value: Any) -> bool:
    """Whether a value is a finite number."""
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def is_positive(value: Any) -> bool:
    """Whether a value is a finite number above 0."""
    return is_number(value) and value > 0


def is_count(value: Any) -> bool:
    """Whether a value is a whole number of at least 1."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def is_share(value: Any) -> bool:
    """Whether a value is a number strictly between 0 and 1."""
    return is_number(value) and 0 < value < 1


def is_shares(value: Any) -> bool:
    """Whether a value is a rising list of numbers strictly between 0 and 1."""
    if not isinstance(value, tuple) or not value or not all(is_share(v) for v in value):
        return False
    return all(low < high for low, high in pairwise(value))


def is_labels(value: Any) -> bool:
    """Whether a value is a list of labels."""
    return isinstance(value, tuple) and len(value) > 0 and all(is_label(v) for v in value)
