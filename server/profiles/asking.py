"""Where one's own requests to take part stand, for the home page."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlmodel import Session, col, select

from server.accounts.rules import RequestState
from server.challenges.models import Challenge, Participation, Registration
from server.challenges.queries import phases_by_challenge
from server.challenges.rules import ChallengeState, Registering
from server.challenges.views import Listing

# An answer is old news after this long.
ANSWER_SHOWN = timedelta(days=30)


class Asked(NamedTuple):
    """A request of one's own; `reason`: the organisers' words; `open_to_all`: none is needed."""

    challenge: Challenge
    state: RequestState
    asked_at: datetime
    decided_at: datetime | None
    reason: str
    open_to_all: bool
    challenge_state: ChallengeState


def asked_of(
    session: Session, account_id: int, *, active: Collection[int], now: datetime
) -> list[Asked]:
    """Return requests that wait and those decided lately, the newest word first.

    `active`: challenges to which one has sent something; there nobody needs to hear that they
    were admitted. A request that waited when its challenge ended is over with it.
    """
    query = (
        select(Registration, Challenge, col(Participation.joined_at))
        .join(Challenge, col(Challenge.id) == col(Registration.challenge_id))
        .outerjoin(
            Participation,
            (col(Participation.challenge_id) == col(Registration.challenge_id))
            & (col(Participation.account_id) == col(Registration.account_id)),
        )
        .where(
            Registration.account_id == account_id,
            col(Registration.state) != RequestState.WITHDRAWN,
        )
    )
    found = [
        (row, challenge)
        for row, challenge, joined_at in session.exec(query)
        if _is_news(row, joined=joined_at is not None, active=active, now=now)
    ]
    phases = phases_by_challenge(session, [row.challenge_id for row, _ in found])
    asked = [
        _asked(row, Listing.of(challenge, phases[row.challenge_id], now=now))
        for row, challenge in found
    ]
    return sorted(
        [one for one in asked if one.state is not RequestState.OPEN or _goes_on(one)],
        key=lambda one: one.decided_at or one.asked_at,
        reverse=True,
    )


def _is_news(row: Registration, *, joined: bool, active: Collection[int], now: datetime) -> bool:
    if row.state is RequestState.OPEN:
        return not joined
    lately = row.decided_at is not None and row.decided_at > now - ANSWER_SHOWN
    return lately and row.challenge_id not in active


def _asked(row: Registration, listing: Listing) -> Asked:
    return Asked(
        challenge=listing.challenge,
        state=row.state,
        asked_at=row.asked_at,
        decided_at=row.decided_at,
        reason=row.reason,
        open_to_all=listing.challenge.registering is Registering.OPEN,
        challenge_state=listing.state,
    )


def _goes_on(asked: Asked) -> bool:
    return asked.challenge_state in (ChallengeState.OPEN, ChallengeState.UPCOMING)
