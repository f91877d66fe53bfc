"""What rooms above give to the tabs of a challenge whose routes are in rooms below."""

from collections.abc import Callable
from typing import Any

from flask import current_app
from flask.sansio.app import App

from server.challenges.views import Frame

EXTENSION = "tab contexts"
Give = Callable[[Frame], dict[str, Any]]


def add_to_tab(app: App, tab: str, give: Give) -> None:
    """Have a tab's template be given more, as a function of the challenge's frame."""
    app.extensions.setdefault(EXTENSION, {}).setdefault(tab, []).append(give)


def given_to(frame: Frame, tab: str) -> dict[str, Any]:
    """Return what the rooms above give to a tab."""
    found: dict[str, Any] = {}
    for give in current_app.extensions.get(EXTENSION, {}).get(tab, ()):
        found |= give(frame)
    return found
