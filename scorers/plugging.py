"""Scorers that installed packages bring, by the entry points of the group `varsity.scorers`."""

import traceback
from collections.abc import Callable
from dataclasses import replace
from functools import cache, wraps
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from scorers.errors import BrokenPlugin, OperatorsFault, ParticipantVisibleError
from scorers.scorer import Scorer
from scorers.sentences import sentence

PLUGINS = "varsity.scorers"
# What a metric may raise: not for this participant, not for these rows, not on this machine.
_MEANT = (ParticipantVisibleError, ValueError, ArithmeticError, MemoryError)


@cache
def entries() -> dict[str, EntryPoint]:
    """The entry points by their names, which are those of the scorers; nothing is loaded."""
    return {entry.name: entry for entry in entry_points(group=PLUGINS)}


@cache
def plugged(name: str) -> Scorer:
    """The scorer of an entry point: a Scorer, or what a function gives. Raises: BrokenPlugin."""
    entry = entries()[name]
    try:
        loaded = entry.load()
        scorer = loaded if isinstance(loaded, Scorer) else loaded()
    except Exception as error:
        said = sentence(
            "The plug-in “%(name)s” (%(entry)s) can't be loaded: %(error)s",
            name=name,
            entry=entry.value,
            error=f"{type(error).__name__}: {error}",
        )
        raise BrokenPlugin(said) from error
    if not isinstance(scorer, Scorer):
        said = sentence(
            "The plug-in “%(name)s” (%(entry)s) does not give a Scorer.",
            name=name,
            entry=entry.value,
        )
        raise BrokenPlugin(said)
    return replace(scorer, name=name, compute=_answerable(name, scorer.compute)).unbound()


def _answerable(name: str, compute: Callable[..., float]) -> Callable[..., float]:
    """The function, whose mistakes are told with their trace as those of the plug-in."""

    @wraps(compute)
    def computed(*given: Any, **params: Any) -> float:
        try:
            return compute(*given, **params)
        except _MEANT:
            raise
        except Exception as error:
            text = f"The plug-in “{name}” raised {type(error).__name__}: {error}"
            raise OperatorsFault(text, traceback.format_exc()) from error

    return computed
