"""What a challenge's people may do: owners, organisers and judges at the gates of routes."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from server.challenges.models import Challenge
from server.challenges.queries import challenge_by_slug, challenge_gate, is_organiser, role_of
from server.challenges.rules import WRITING, Role
from server.shared.access import Viewer
from server.shared.errors import N_, Forbidden

NOT_AN_ORGANISER = N_("This page is for the organisers of the challenge.")


def may_run(session: Session, challenge_id: int, viewer: Viewer) -> bool:
    """Whether a viewer may change something in a challenge."""
    return viewer.is_admin or role_of(session, challenge_id, viewer.id) in WRITING


def owns(session: Session, challenge_id: int, viewer: Viewer) -> bool:
    """Whether a viewer may say who runs a challenge."""
    return viewer.is_admin or role_of(session, challenge_id, viewer.id) is Role.OWNER


def require_runs(session: Session, challenge_id: int, viewer: Viewer) -> None:
    """Refuse whoever may not change something in a challenge. Raises NotSignedIn, Forbidden."""
    assert viewer.account_id
    if may_run(session, challenge_id, viewer):
        return
    if is_organiser(session, challenge_id, viewer.id):
        raise Forbidden(N_("You judge this challenge: you read everything and change nothing."))
    raise Forbidden(NOT_AN_ORGANISER)


def judge_gate(session: Session, viewer: Viewer, arguments: Mapping[str, Any]) -> None:
    """Let in who reads as an organiser of the challenge that the route's `slug` names."""
    _person_gate(session, viewer, arguments)


def organiser_gate(session: Session, viewer: Viewer, arguments: Mapping[str, Any]) -> None:
    """Let in who may change the challenge that the route's `slug` names."""
    challenge = _person_gate(session, viewer, arguments)
    require_runs(session, challenge.id or 0, viewer)


def owner_gate(session: Session, viewer: Viewer, arguments: Mapping[str, Any]) -> None:
    """Let in the owners of the challenge that the route's `slug` names."""
    challenge = _person_gate(session, viewer, arguments)
    if not owns(session, challenge.id or 0, viewer):
        raise Forbidden(N_("Who runs a challenge is for its owners to say."))


def _person_gate(session: Session, viewer: Viewer, arguments: Mapping[str, Any]) -> Challenge:
    """Return the challenge to one of its people; for who may not even see it there is none.

    Raises:
        NotSignedIn, NotFound, Forbidden.
    """
    account_id = viewer.account_id
    challenge = challenge_by_slug(session, str(arguments["slug"]))
    if viewer.is_admin or is_organiser(session, challenge.id or 0, account_id):
        return challenge
    challenge_gate(session, viewer, arguments)
    raise Forbidden(NOT_AN_ORGANISER)
