"""Who gets at a draft: its people read it, and whoever only judges it changes nothing."""

from collections.abc import Mapping
from typing import Any

from flask import request
from sqlmodel import Session

from server.challenges.queries import role_of
from server.challenges.rules import WRITING, Role
from server.drafts.models import ChallengeDraft, DraftPerson
from server.drafts.queries import UNKNOWN, draft_by_id
from server.shared.access import Viewer
from server.shared.errors import N_, Forbidden, NotFound

READING = frozenset({"GET", "HEAD", "OPTIONS"})


def role_in_draft(session: Session, draft: ChallengeDraft, viewer: Viewer) -> Role | None:
    """Return what a viewer is in a draft; None: none of its people.

    A draft of a live challenge has that challenge's people, and is owned by whoever began it too.
    """
    if viewer.id is None:
        return None
    is_owner = viewer.is_admin or viewer.id == draft.owner_id
    if draft.challenge_id is not None and not viewer.is_admin:
        role = role_of(session, draft.challenge_id, viewer.id)
        return Role.OWNER if is_owner and role in WRITING else role
    if is_owner:
        return Role.OWNER
    invited = session.get(DraftPerson, (draft.id, viewer.id))
    return Role(invited.role) if invited is not None else None


def draft_gate(session: Session, viewer: Viewer, arguments: Mapping[str, Any]) -> None:
    """Let in the people of the draft that the route names; others learn nothing of it.

    Whatever is not plain reading is refused to its judges, whichever route it is.

    Raises:
        NotSignedIn, NotFound, Forbidden.
    """
    if _role(session, viewer, arguments) not in WRITING and request.method not in READING:
        raise Forbidden(N_("You judge this challenge: you read everything and change nothing."))


def draft_owner_gate(session: Session, viewer: Viewer, arguments: Mapping[str, Any]) -> None:
    """Let in the owners of the draft that the route names. Raises as `draft_gate` does."""
    draft_gate(session, viewer, arguments)
    if _role(session, viewer, arguments) is not Role.OWNER:
        raise Forbidden(N_("This is for the owner of the draft."))


def _role(session: Session, viewer: Viewer, arguments: Mapping[str, Any]) -> Role:
    assert viewer.account_id
    draft = draft_by_id(session, int(arguments["draft_id"]))
    role = role_in_draft(session, draft, viewer)
    if role is None:
        raise NotFound(UNKNOWN)
    return role
