"""Who may ask what: declared on each route, denied where nothing is declared.

A route names its `Who`; the gate of that `Who`, given by the room whose data it guards,
looks at the viewer and at the route's own arguments (the slug, the team's number).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from sqlmodel import Session

from server.shared.errors import N_, Forbidden, NotSignedIn

View = TypeVar("View", bound=Callable[..., Any])


class Who(StrEnum):
    """The people a route is open to. An administrator may everywhere."""

    EVERYBODY = "everybody"
    SIGNED_IN = "signed in"
    SEES_CHALLENGE = "sees the challenge"
    CONFIRMED = "sees the challenge, with a confirmed address"
    TEAM_MEMBER = "member of the team"
    SUBMISSION_TEAM = "member of the submission's team, or its organiser"
    JUDGE = "reads as an organiser of the challenge"
    ORGANISER = "organiser of the challenge"
    OWNER = "owner of the challenge"
    ORGANISER_OF_SUBMISSION = "organiser of the submission's challenge"
    ORGANISER_OF_TEAM = "organiser of the team's challenge"
    JUDGE_OF_EVALUATION = "reads as an organiser of the evaluation's challenge"
    ORGANISER_OF_EVALUATION = "organiser of the evaluation's challenge"
    CREATOR = "may create challenges"
    TRIAL_OWNER = "asked for the trial"
    DRAFT_PERSON = "one of the people of the draft; its judges read only"
    DRAFT_OWNER = "owns the draft"
    MANAGER = "manager of the university"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True)
class Viewer:
    """Who asks: plain values, read once at the start of a request."""

    id: int | None = None
    name: str = ""
    email: str = ""
    confirmed: bool = False
    is_admin: bool = False
    university_id: int | None = None
    organises_any: bool = False
    manages_any: bool = False
    by_token: bool = False
    # Empty: what the browser says.
    language: str = ""
    time_zone: str = ""
    # Has a role that asks for a second factor, and has set none up.
    lacks_second_factor: bool = False

    @property
    def is_authenticated(self) -> bool:
        """Whether anybody is signed in."""
        return self.id is not None

    @property
    def account_id(self) -> int:
        """The account's id. Raises NotSignedIn for a visitor."""
        if self.id is None:
            raise NotSignedIn(N_("Sign in to go on."))
        return self.id


VISITOR = Viewer()
Gate = Callable[[Session, Viewer, Mapping[str, Any]], None]


def access(who: Who) -> Callable[[View], View]:
    """Declare who a route is for; without it, nobody gets in."""

    def declare(view: View) -> View:
        view.who = who  # type: ignore[attr-defined]
        return view

    return declare


def own_credentials(view: View) -> View:
    """Say that a route judges who asks by itself: no account is looked up for what was sent."""
    view.own_credentials = True  # type: ignore[attr-defined]
    return view


def declared(view: Callable[..., Any] | None) -> Who | None:
    """Return what a route declares, or None."""
    return getattr(view, "who", None)


def everybody(session: Session, viewer: Viewer, arguments: Mapping[str, Any]) -> None:
    """Let anybody in."""


def signed_in(session: Session, viewer: Viewer, arguments: Mapping[str, Any]) -> None:
    """Let in whoever has an account."""
    assert viewer.account_id


def administrator(session: Session, viewer: Viewer, arguments: Mapping[str, Any]) -> None:
    """Let administrators in."""
    if viewer.account_id and not viewer.is_admin:
        raise Forbidden(N_("This page is for administrators."))


BASIC_GATES: dict[Who, Gate] = {
    Who.EVERYBODY: everybody,
    Who.SIGNED_IN: signed_in,
    Who.ADMINISTRATOR: administrator,
}
