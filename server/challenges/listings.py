"""Which challenges a list shows to somebody."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from server.accounts.models import Account
from server.challenges.models import (
    Challenge,
    Invitation,
    Organiser,
    Participation,
)
from server.challenges.queries import phases_by_challenge
from server.challenges.rules import Visibility
from server.challenges.views import Listing
from server.shared.access import Viewer


def visible_challenges(session: Session, viewer: Viewer, now: datetime) -> list[Listing]:
    """Return the challenges that lists show to a viewer: open, upcoming, ended, each by time."""
    challenges = list(session.exec(select(Challenge).where(_listed_for(viewer))))
    phases = phases_by_challenge(session, [c.id for c in challenges if c.id is not None])
    listings = [Listing.of(c, phases[c.id or 0], now=now) for c in challenges]
    return sorted(listings, key=lambda listing: listing.order)


def _listed_for(viewer: Viewer) -> sa.ColumnElement[bool]:
    """Say which challenges lists show: the public, and those that somehow are the viewer's."""
    public = col(Challenge.visibility) == Visibility.PUBLIC
    if viewer.id is None:
        return public
    if viewer.is_admin:
        return sa.true()
    mine = [
        col(Challenge.id).in_(select(model.challenge_id).where(model.account_id == viewer.id))
        for model in (Organiser, Participation)
    ]
    return sa.or_(public, *mine, _for_university(viewer), _for_invited(viewer))


def _for_university(viewer: Viewer) -> sa.ColumnElement[bool]:
    open_to = (
        select(Organiser.challenge_id)
        .join(Account, col(Account.id) == col(Organiser.account_id))
        .where(Account.university_id == viewer.university_id)
    )
    belongs = viewer.university_id is not None
    return sa.and_(
        sa.literal(belongs),
        col(Challenge.visibility) == Visibility.UNIVERSITY,
        col(Challenge.id).in_(open_to),
    )


def _for_invited(viewer: Viewer) -> sa.ColumnElement[bool]:
    invited = select(Invitation.challenge_id).where(Invitation.email == viewer.email)
    return sa.and_(
        sa.literal(viewer.confirmed),
        col(Challenge.visibility) == Visibility.INVITED,
        col(Challenge.id).in_(invited),
    )
