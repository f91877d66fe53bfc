"""Writes of requests to be let into a team: its captain accepts, refuses; the asker withdraws."""

from datetime import datetime

from sqlmodel import Session

from server.accounts.models import Account
from server.accounts.queries import account_by_id, accounts_by_id
from server.accounts.rules import RequestState
from server.shared.access import Viewer
from server.shared.errors import N_, Conflict, Forbidden
from server.teams.actions import check_comer, let_in
from server.teams.desks import open_request
from server.teams.models import Team
from server.teams.seats import check_captain, decide, hold, log


def accept(session: Session, *, team: Team, request_id: int, by: Viewer, now: datetime) -> Account:
    """Let in a person who asked; return the account.

    Raises:
        Forbidden, Conflict: the asker may not (any more) come in, or it is a merger.
    """
    challenge = hold(session, team)
    check_captain(team, by)
    request = open_request(session, team.id or 0, request_id)
    if request.merging_team_id is not None:
        raise Conflict(N_("This is a request to merge: it is accepted as such."))
    account = account_by_id(session, request.account_id)
    check_comer(session, challenge, team, account, now)
    decide(session, request, RequestState.APPROVED, now)
    let_in(session, challenge, team, account, now)
    log(session, "join.accepted", team, at=now, actor_id=by.id, subject_id=account.id)
    return account


def refuse(session: Session, *, team: Team, request_id: int, by: Viewer, now: datetime) -> Account:
    """Refuse somebody who asked, alone or for a merger; return the account."""
    hold(session, team)
    check_captain(team, by)
    request = open_request(session, team.id or 0, request_id)
    decide(session, request, RequestState.REFUSED, now)
    log(session, "join.refused", team, at=now, actor_id=by.id, subject_id=request.account_id)
    return accounts_by_id(session, [request.account_id])[request.account_id]


def withdraw_request(
    session: Session, *, team: Team, request_id: int, account_id: int, now: datetime
) -> None:
    """Take back what one asked. Raises Forbidden for somebody else's request."""
    request = open_request(session, team.id or 0, request_id)
    if request.account_id != account_id:
        raise Forbidden(N_("This is somebody else's request."))
    decide(session, request, RequestState.REFUSED, now)
    log(session, "join.withdrawn", team, at=now, actor_id=account_id)
