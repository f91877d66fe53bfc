"""Writes of people's own pages."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col

from server.accounts.queries import locked_account
from server.accounts.rules import PageSeenBy
from server.profiles.models import Profile
from server.profiles.rules import clean_bio, clean_links
from server.shared import events


def clean_profile(
    *,
    account_id: int,
    bio: str,
    links: str,
    shows_university: bool,
    shows_certificates: bool,
    left_out: Sequence[int],
) -> Profile:
    """Return what was typed as it would be kept. Raises Invalid."""
    return Profile(
        account_id=account_id,
        bio=clean_bio(bio),
        links=clean_links(links),
        shows_university=shows_university,
        shows_certificates=shows_certificates,
        left_out=sorted(left_out),
    )


def keep_profile(session: Session, *, profile: Profile, seen_by: PageSeenBy, now: datetime) -> None:
    """Keep what a person chose for the own page. Raises NotFound."""
    account = locked_account(session, profile.account_id)
    account.page_seen_by = seen_by
    session.add(account)
    session.merge(profile)
    events.record(
        session,
        "account.page_changed",
        at=now,
        actor_id=account.id,
        subject_id=account.id,
        seen_by=seen_by.value,
    )


def forget_profile(session: Session, account_id: int) -> None:
    """Delete what a person wrote on the own page."""
    session.execute(sa.delete(Profile).where(col(Profile.account_id) == account_id))
