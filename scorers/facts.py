"""What is told of a scorer, whether it has a name here or is a metric file."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from scorers.errors import InvalidParameter
from scorers.kinds import InputKind
from scorers.metric_files.file import InvalidMetric, read_metric
from scorers.registry import get_scorer
from scorers.sentences import said_by


class Facts(NamedTuple):
    """A scorer's title, direction and version, and what it reads (a metric file: anything)."""

    title: str
    higher_is_better: bool
    version: str
    kinds: tuple[InputKind, ...] = ()


def facts_of(name: str, params: Mapping[str, Any], code: str | None = None) -> Facts:
    """What is told of a scorer under these parameters; `code`: the text of a metric file.

    Raises: UnknownScorer, InvalidParameter; both name the nearest known ones.
    """
    if code is None:
        scorer = get_scorer(name, **params)
        return Facts(scorer.title, scorer.higher_is_better, scorer.version, scorer.kinds)
    try:
        metric = read_metric(code)
    except InvalidMetric as error:
        raise InvalidParameter(said_by(error)) from None
    metric.bind(params)
    return Facts(metric.title, metric.higher_is_better, metric.version)
