"""Joining a challenge, and competing alone, where a command needs it."""

from collections.abc import Callable
from typing import Any, TypeVar

from server.cli.output import note
from server.cli.remote import Problem, Remote
from server.cli.words import N_, _

NOT_JOINED = "not-joined"
NO_TEAM = "no-team"
ALONE = N_("You had no team: you compete alone now, as “%(name)s”. Sending the file again.")
Result = TypeVar("Result")


def joined(remote: Remote, slug: str, act: Callable[[], Result]) -> Result:
    """Act; where the server wants the caller to join first, join, say so, and act again."""
    try:
        return act()
    except Problem as problem:
        if problem.code != NOT_JOINED:
            raise
    remote.post(f"/challenges/{slug}/join")
    rules = f"{remote.url}/challenges/{slug}/rules"
    note(_("You take part in %(slug)s now, by its rules: %(rules)s", slug=slug, rules=rules))
    return act()


def in_a_team(remote: Remote, slug: str, act: Callable[[], Result]) -> Result:
    """Act; whoever is in no team competes alone from here on, and is told so."""
    try:
        return act()
    except Problem as problem:
        if problem.code != NO_TEAM:
            raise
    team: Any = joined(remote, slug, lambda: remote.post(f"/challenges/{slug}/teams", json={}))
    note(_(ALONE, name=team["name"]))
    return act()
