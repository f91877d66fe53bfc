"""A metric file, read without running it: nothing in it happens before it is confined."""

import ast
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256
from typing import Any

from scorers.parameters import REQUIRED, Parameter, validate
from scorers.sentences import Sentence, sentence, together

METRIC = "metric.py"
MOST_CHARACTERS = 1_000_000
MOST_OF_TITLE = 120
_FUNCTION = "score"
_DIRECTION, _TITLE = "higher_is_better", "title"


class Signature(StrEnum):
    """How `score` is called."""

    KAGGLE = "kaggle"  # score(solution, submission, row_id_column_name, *, ...): data frames
    OURS = "ours"  # score(truth, prediction, *, ...): arrays


_FIRST = {
    Signature.KAGGLE: ("solution", "submission", "row_id_column_name"),
    Signature.OURS: ("truth", "prediction"),
}


class InvalidMetric(ValueError):
    """The metric file can't be used; says the line and what is expected."""


@dataclass(frozen=True)
class MetricFile:
    """What a metric file says of itself.

    `says_direction`: whether it has `higher_is_better`; without it, higher is better, as it is
    with Kaggle.
    """

    source: str
    signature: Signature
    parameters: tuple[Parameter, ...]
    higher_is_better: bool
    says_direction: bool
    title: str

    @property
    def version(self) -> str:
        """A name for this very text."""
        return sha256(self.source.encode("utf-8", "surrogatepass")).hexdigest()[:12]

    def bind(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """The parameters to call it with; those left out keep the file's defaults.

        Raises: InvalidParameter, which names the nearest one.
        """
        validate(METRIC, self.parameters, params)
        floats = {p.name for p in self.parameters if p.expected == _WORDS["float"]}
        return {n: float(v) if n in floats else v for n, v in params.items()}


@lru_cache(maxsize=32)
def read_metric(source: str) -> MetricFile:
    """What a metric file says of itself. Raises: InvalidMetric."""
    body = _parse(source).body
    function = _function(body)
    signature = _signature(function)
    constants = _constants(body)
    direction, title = constants.get(_DIRECTION), constants.get(_TITLE, METRIC)
    if direction is not None and not isinstance(direction, bool):
        raise InvalidMetric(
            sentence("metric.py: write higher_is_better = True, or higher_is_better = False.")
        )
    if not _is_title(title):
        said = sentence(
            "metric.py: %(name)s must be one line of text in quotes, of at most %(count)s"
            " characters.",
            name=_TITLE,
            count=MOST_OF_TITLE,
        )
        raise InvalidMetric(said)
    return MetricFile(
        source=source,
        signature=signature,
        parameters=tuple(_parameters(function, signature)),
        higher_is_better=direction is not False,
        says_direction=direction is not None,
        title=title,
    )


def _is_title(value: Any) -> bool:
    return isinstance(value, str) and value.isprintable() and 0 < len(value) <= MOST_OF_TITLE


def _parse(source: str) -> ast.Module:
    if len(source) > MOST_CHARACTERS:
        raise InvalidMetric(
            sentence("metric.py has more than %(count)s characters.", count=MOST_CHARACTERS)
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source, METRIC)
    except SyntaxError as error:
        said = sentence("this is not Python: %(error)s.", error=error.msg)
        raise InvalidMetric(_at(error.lineno, said)) from None
    except (ValueError, RecursionError, MemoryError) as error:
        said = sentence("this is not Python: %(error)s.", error=str(error))
        raise InvalidMetric(_at(None, said)) from None


def _at(line: int | None, said: Sentence) -> Sentence:
    """Put the place before what is wrong there."""
    if not line:
        return sentence("%(name)s: %(problem)s", name=METRIC, problem=said)
    place = sentence("%(file)s, line %(line)s", file=METRIC, line=str(line))
    return sentence("%(name)s: %(problem)s", name=place, problem=said)


def _function(body: list[ast.stmt]) -> ast.FunctionDef:
    found = [n for n in body if isinstance(n, ast.FunctionDef) and n.name == _FUNCTION]
    if not found:
        none = sentence("metric.py has no function “%(name)s”.", name=_FUNCTION)
        raise InvalidMetric(together(none, _expected()))
    return found[-1]


def _expected() -> Sentence:
    ours, kaggle = (", ".join(_FIRST[s]) for s in (Signature.OURS, Signature.KAGGLE))
    return sentence(
        "Expected is def score(%(ours)s, ...), or Kaggle's def score(%(kaggle)s, ...).",
        ours=ours,
        kaggle=kaggle,
    )


def _signature(function: ast.FunctionDef) -> Signature:
    names = tuple(a.arg for a in [*function.args.posonlyargs, *function.args.args])
    for signature, first in _FIRST.items():
        if names[: len(first)] == first:
            return signature
    given = ", ".join(names) if names else sentence("nothing")
    takes = sentence("%(name)s takes %(given)s.", name=_FUNCTION, given=given)
    raise InvalidMetric(_at(function.lineno, together(takes, _expected())))


def _constants(body: list[ast.stmt]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for statement in body:
        for name in _assigned(statement):
            if name in (_DIRECTION, _TITLE):
                found[name] = _literal(statement.value, name)  # type: ignore[attr-defined]
    return found


def _assigned(statement: ast.stmt) -> list[str]:
    if isinstance(statement, ast.Assign):
        return [target.id for target in statement.targets if isinstance(target, ast.Name)]
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        return [statement.target.id] if statement.value is not None else []
    return []


def _literal(value: ast.expr, name: str) -> Any:
    try:
        return ast.literal_eval(value)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        said = sentence(
            "%(name)s must be written out: the file is read before it is run.", name=name
        )
        raise InvalidMetric(_at(value.lineno, said)) from None


def _parameters(function: ast.FunctionDef, signature: Signature) -> list[Parameter]:
    given = function.args
    if given.vararg is not None or given.kwarg is not None:
        said = sentence("%(name)s must name every parameter, without * and **.", name=_FUNCTION)
        raise InvalidMetric(_at(function.lineno, said))
    plain = [*given.posonlyargs, *given.args]
    first = len(_FIRST[signature])
    defaults: list[ast.expr | None] = [None] * (len(plain) - len(given.defaults))
    pairs = [*zip(plain, [*defaults, *given.defaults], strict=True)][first:]
    named = zip(given.kwonlyargs, given.kw_defaults, strict=True)
    return [_parameter(argument, default) for argument, default in [*pairs, *named]]


def _parameter(argument: ast.arg, default: ast.expr | None) -> Parameter:
    if argument.annotation is None:
        said = sentence(
            "give the parameter “%(name)s” a type, such as %(name)s: float.", name=argument.arg
        )
        raise InvalidMetric(_at(argument.lineno, said))
    kinds, words = _kinds(argument.annotation)
    return Parameter(
        argument.arg,
        REQUIRED if default is None else _NOT_GIVEN,
        f"{argument.arg}: {ast.unparse(argument.annotation)}",
        accepts=lambda value: any(_TAKES[kind](value) for kind in kinds),
        expected=words,
    )


class _NotGiven:
    """Stands for a default that only the file knows."""


_NOT_GIVEN = _NotGiven()
_TAKES: dict[str, Callable[[Any], bool]] = {
    "bool": lambda value: isinstance(value, bool),
    "int": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "float": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "str": lambda value: isinstance(value, str),
    "list": lambda value: isinstance(value, list | tuple),
    "dict": lambda value: isinstance(value, dict),
    "None": lambda value: value is None,
    "any": lambda value: True,
}
_WORDS = {
    "bool": "true or false",
    "int": "a whole number",
    "float": "a number",
    "str": "a text",
    "list": "a list",
    "dict": "a table",
    "None": "nothing",
    "any": "any value",
}
_ALIASES = {"List": "list", "Sequence": "list", "tuple": "list", "Tuple": "list", "Dict": "dict"}


def _kinds(annotation: ast.expr) -> tuple[list[str], str]:
    """What an annotation takes; one that is not known here takes anything."""
    names = [_ALIASES.get(name, name) for name in _names(annotation)]
    if not names or any(name not in _TAKES for name in names):
        names = ["any"]
    words = [_WORDS[name] for name in dict.fromkeys(names) if name != "None"]
    return names, " or ".join(words)


def _names(node: ast.expr) -> list[str]:
    match node:
        case ast.Constant(value=None | str() as named):
            return [str(named)]
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return [name]
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return [*_names(left), *_names(right)]
        case ast.Subscript(value=outer, slice=inner) if _names(outer) == ["Optional"]:
            return [*_names(inner), "None"]
        case ast.Subscript(value=outer):
            return _names(outer)
    return []
