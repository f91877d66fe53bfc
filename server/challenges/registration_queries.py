"""Reads of registrations: who asks to take part where the organisers decide."""

from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from server.accounts.models import Account
from server.accounts.rules import RequestState
from server.challenges.models import Challenge, Participation, Registration
from server.challenges.rules import Registering
from server.shared.errors import N_, Forbidden
from server.shared.paging import Page, page_of
from server.universities.models import University


def registration_of(
    session: Session, challenge_id: int, account_id: int | None
) -> Registration | None:
    """Return what an account asked of a challenge's organisers, if it did."""
    return (account_id and session.get(Registration, (challenge_id, account_id))) or None


def asked_state(
    session: Session, challenge: Challenge, account_id: int | None
) -> RequestState | None:
    """Return where an account's request stands in a challenge whose organisers decide."""
    if challenge.registering is Registering.OPEN:
        return None
    asked = registration_of(session, challenge.id or 0, account_id)
    return asked.state if asked else None


def check_registered(session: Session, challenge: Challenge, account_id: int) -> None:
    """Refuse whoever may not take part until the organisers approve it. Raises Forbidden.

    Whoever took part before the organisers began to decide goes on taking part.
    """
    if challenge.registering is Registering.OPEN:
        return
    if session.get(Participation, (challenge.id or 0, account_id)) is not None:
        return
    raise Forbidden(
        N_(
            "The organisers of %(title)s decide who takes part: ask on the page of the challenge, "
            "and wait for their answer."
        ),
        code="not-approved",
        title=challenge.title,
    )


def registrations_of(
    session: Session, challenge_id: int, *, state: RequestState | None, page: int, per_page: int
) -> Page[Any]:
    """Return a page of (registration, account, university's name), who asked first on top."""
    query = every_registration(challenge_id)
    if state is not None:
        query = query.where(col(Registration.state) == state)
    return page_of(session, query, page=page, per_page=per_page)


def every_registration(challenge_id: int) -> sa.Select[Any]:
    """Return the query of (registration, account, university's name) of a challenge."""
    query: Any = (
        sa.select(Registration, Account, col(University.name))
        .join(Account, col(Account.id) == col(Registration.account_id))
        .outerjoin(University, col(University.id) == col(Account.university_id))
        .where(
            col(Registration.challenge_id) == challenge_id,
            col(Registration.state) != RequestState.WITHDRAWN,
            col(Account.closed_at).is_(None),
        )
        .order_by(col(Registration.asked_at), col(Registration.account_id))
    )
    rows: sa.Select[Any] = query
    return rows


def registrations_by_state(session: Session, challenge_id: int) -> dict[RequestState, int]:
    """Return how many registrations of a challenge stand where."""
    query = (
        select(Registration.state, func.count())
        .where(Registration.challenge_id == challenge_id)
        .group_by(col(Registration.state))
    )
    return {RequestState(state): number for state, number in session.exec(query)}
