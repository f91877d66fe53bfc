"""All scorers by name: Varsity's own, and those of installed plug-ins."""

from collections.abc import Mapping
from importlib.metadata import entry_points
from types import MappingProxyType
from typing import Any

from scorers import agreement, classification, probability, regression
from scorers.errors import UnknownScorer, did_you_mean
from scorers.scorer import Scorer

PLUGINS = "varsity.scorers"


def _own() -> dict[str, Scorer]:
    rooms = (classification, agreement, probability, regression)
    return {scorer.name: scorer.bind() for room in rooms for scorer in room.SCORERS}


def plugins() -> dict[str, Scorer]:
    """Scorers of the entry point group `varsity.scorers`: each a Scorer, or a function giving one.

    Raises: TypeError naming the entry point that gives something else.
    """
    found = {}
    for entry in entry_points(group=PLUGINS):
        loaded = entry.load()
        scorer = loaded if isinstance(loaded, Scorer) else loaded()
        if not isinstance(scorer, Scorer):
            raise TypeError(f"{PLUGINS}: {entry.name} ({entry.value}) does not give a Scorer.")
        found[entry.name] = scorer.bind()
    return found


SCORERS: Mapping[str, Scorer] = MappingProxyType(plugins() | _own())


def get_scorer(name: str, **params: Any) -> Scorer:
    """The scorer of this name under these parameters.

    Raises: UnknownScorer, InvalidParameter; both name the nearest known ones.

    >>> get_scorer("accuracy").score(["cat", "dog"], ["cat", "cat"])
    0.5
    """
    if name not in SCORERS:
        raise UnknownScorer(f"There is no scorer “{name}”. {did_you_mean(name, list(SCORERS))}")
    return SCORERS[name].bind(**params)
