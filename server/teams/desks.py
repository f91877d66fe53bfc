"""Reads of what waits at a team's desk: who asks to be let in, and who is invited."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from server.accounts.models import Account
from server.accounts.queries import accounts_by_id
from server.accounts.rules import RequestState
from server.challenges.models import Challenge
from server.shared.errors import N_, NotFound
from server.teams.models import JoinRequest, Team, TeamInvitation
from server.teams.queries import lock_of, teams_by_id
from server.teams.rules import is_locked


@dataclass(frozen=True)
class RequestView:
    """Who asks to be let in: a person, or the captain of a team that would merge."""

    id: int
    account: Account
    merging: Team | None
    created_at: datetime


@dataclass(frozen=True)
class Desk:
    """What a captain and the members see of their team besides its members."""

    requests: tuple[RequestView, ...]
    invitations: tuple[TeamInvitation, ...]
    lock_at: datetime | None
    locked: bool


def invitations_of(session: Session, team_id: int) -> list[TeamInvitation]:
    """Return the addresses invited into a team, the latest first."""
    query = (
        select(TeamInvitation)
        .where(TeamInvitation.team_id == team_id)
        .order_by(col(TeamInvitation.invited_at).desc(), col(TeamInvitation.email))
    )
    return list(session.exec(query))


def open_request(session: Session, team_id: int, request_id: int) -> JoinRequest:
    """Return a request to a team that waits for its captain. Raises NotFound."""
    request = session.get(JoinRequest, request_id)
    if request is None or request.team_id != team_id or request.state is not RequestState.OPEN:
        raise NotFound(N_("There is no such request, or it is decided already."))
    return request


def is_merger(session: Session, request_id: int) -> bool:
    """Whether a request, answered or not, is a team's and not a person's."""
    return session.get_one(JoinRequest, request_id).merging_team_id is not None


def waiting_request(
    session: Session, *, team_id: int, account_id: int, merging_id: int | None = None
) -> JoinRequest | None:
    """Return what somebody asked of a team, alone or with a team, if it is not answered yet."""
    query = select(JoinRequest).where(
        JoinRequest.team_id == team_id,
        JoinRequest.account_id == account_id,
        JoinRequest.state == RequestState.OPEN,
        col(JoinRequest.merging_team_id) == merging_id
        if merging_id
        else col(JoinRequest.merging_team_id).is_(None),
    )
    return session.exec(query).first()


def open_requests(session: Session, team_id: int) -> list[RequestView]:
    """Return who waits for the captain's answer, the longest first."""
    query = (
        select(JoinRequest)
        .where(JoinRequest.team_id == team_id, JoinRequest.state == RequestState.OPEN)
        .order_by(col(JoinRequest.id))
    )
    rows = list(session.exec(query))
    people = accounts_by_id(session, (r.account_id for r in rows))
    merging = teams_by_id(session, (r.merging_team_id for r in rows))
    return [
        RequestView(
            r.id or 0, people[r.account_id], merging.get(r.merging_team_id or 0), r.created_at
        )
        for r in rows
        if people[r.account_id].closed_at is None
    ]


def requests_by(
    session: Session, challenge_id: int, account_id: int
) -> list[tuple[JoinRequest, Team]]:
    """Return what an account asked in a challenge and nobody has answered, and of which teams."""
    query = (
        select(JoinRequest, Team)
        .join(Team, col(Team.id) == col(JoinRequest.team_id))
        .where(
            Team.challenge_id == challenge_id,
            JoinRequest.account_id == account_id,
            JoinRequest.state == RequestState.OPEN,
        )
        .order_by(col(JoinRequest.id))
    )
    return [(request, team) for request, team in session.exec(query)]


def desk_of(session: Session, challenge: Challenge, team: Team | None, now: datetime) -> Desk:
    """Return what waits at a team's desk, and until when teams may change."""
    lock = lock_of(session, challenge)
    team_id = team.id if team else None
    return Desk(
        requests=tuple(open_requests(session, team_id)) if team_id else (),
        invitations=tuple(invitations_of(session, team_id)) if team_id else (),
        lock_at=lock,
        locked=is_locked(lock, now),
    )
