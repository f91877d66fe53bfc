"""What metrics are called on pages."""

from typing import Any

from flask_babel import gettext

from scorers.errors import InvalidParameter, UnknownScorer
from scorers.facts import facts_of
from scorers.registry import get_scorer, get_unbound
from scorers.scorer import Scorer
from scorers.titles import TITLES


def find_scorer(name: str, params: dict[str, Any] | None = None) -> Scorer | None:
    """Return a metric; None where its plug-in is no longer installed, or has changed."""
    try:
        return get_scorer(name, **(params or {}))
    except (UnknownScorer, InvalidParameter):
        return None


def scorer_title(name: str, params: dict[str, Any] | None = None, code: str | None = None) -> str:
    """Return a metric's name for people: its own name where it can't be found.

    `code` is the text of a metric file, which says its title.
    """
    if code is not None:
        return facts_of(name, params or {}, code).title
    if name in TITLES:
        return TITLES[name]
    found = find_scorer(name, params)
    if found:
        return found.title
    return gettext("The organisers' own metric") if name.endswith(".py") else name


def metric_title(name: str) -> str:
    """Return the name for people of a metric whose parameters are not at hand."""
    try:
        return get_unbound(name).title
    except UnknownScorer:
        return name
