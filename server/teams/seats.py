"""The small writes that every change of a team is made of.

Whoever changes a team holds its challenge's row first and the team's row second, so that two
who take the last place, or one name, come one after the other (SQLite holds everything).
"""

import secrets
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from server.accounts.models import Account
from server.accounts.rules import RequestState, language_of_letters
from server.challenges.actions import join
from server.challenges.models import Challenge
from server.challenges.queries import participation_of, rules_digest
from server.challenges.registration_queries import check_registered
from server.shared.access import Viewer
from server.shared.errors import N_, Conflict, Forbidden
from server.shared.events import record
from server.teams import rules
from server.teams.desks import waiting_request
from server.teams.drawn import drawn_name
from server.teams.models import JoinRequest, Membership, Team, TeamInvitation
from server.teams.queries import is_key_taken, keys_taken, lock_of, size_of, team_by_id, team_of
from server.teams.rules import TeamName

CODE_BYTES = 16


def log(
    session: Session, kind: str, team: Team, *, at: datetime, actor_id: int | None, **more: Any
) -> None:
    """Append an event of a team."""
    session.flush()
    record(
        session,
        kind,
        at=at,
        actor_id=actor_id,
        challenge_id=team.challenge_id,
        team_id=team.id,
        **more,
    )


def new_code() -> str:
    """Return an invite code that can't be guessed: 128 random bits."""
    return secrets.token_urlsafe(CODE_BYTES)


def hold_challenge(session: Session, challenge_id: int | None) -> Challenge:
    """Hold a challenge's row until the transaction ends; submissions to it do not wait."""
    query = (
        select(Challenge)
        .where(Challenge.id == challenge_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return session.exec(query).one()


def hold(session: Session, *teams: Team) -> Challenge:
    """Hold teams of one challenge, as they are now. Raises NotFound: one is closed since."""
    challenge = hold_challenge(session, teams[0].challenge_id)
    query = (
        select(Team)
        .where(col(Team.id).in_([team.id for team in teams]))
        .order_by(col(Team.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    session.exec(query).all()
    for team in teams:
        team_by_id(session, team.id or 0)
    return challenge


def flush(session: Session) -> None:
    """Write, and say as a Conflict what the database's unique constraints refuse."""
    try:
        session.flush()
    except IntegrityError as error:
        session.rollback()
        raise Conflict(
            N_("Somebody was faster: the name is taken, or you are in a team here by now."),
            code="too-late",
        ) from error


def check_captain(team: Team, by: Viewer) -> None:
    """Raise Forbidden unless the captain, or an administrator, asks."""
    rules.check_captain(captain_id=team.captain_id, actor_id=by.id, is_admin=by.is_admin)


def check_changeable(session: Session, challenge: Challenge, team: Team, now: datetime) -> None:
    """Raise Conflict where nobody may come into the team or leave it now."""
    rules.check_changeable(
        locked=lock_of(session, challenge), disqualified=team.disqualified_at is not None, now=now
    )


def refuse_second_team(
    session: Session, challenge: Challenge, account: Account, *, alone_is_fine: bool = False
) -> None:
    """Raise Conflict for somebody who has a team here already.

    `alone_is_fine`: a team of one that never submitted stands in nobody's way.
    """
    own = team_of(session, challenge.id or 0, account.id or 0)
    if own is None:
        return
    if alone_is_fine and own.fixed_at is None and size_of(session, own.id or 0) == 1:
        return
    raise Conflict(
        N_(
            "%(person)s is in the team %(team)s of this challenge already, and one person is in "
            "one team. Leave it first; a team that has submitted can be merged instead."
        ),
        code="one-team",
        person=account.name,
        team=own.name,
    )


def check_accepted(session: Session, challenge: Challenge, account: Account) -> None:
    """Raise Forbidden for an unconfirmed address, or where rules wait for acceptance."""
    assert challenge.id is not None
    if account.confirmed_at is None:
        raise Forbidden(
            N_("Confirm your e-mail address first: follow the link in the message we sent."),
            code="not-confirmed",
        )
    check_registered(session, challenge, account.id or 0)
    if participation_of(session, challenge.id, account.id) is None and rules_digest(
        session, challenge.id
    ):
        raise Forbidden(
            N_("%(title)s has rules: accept them by joining the challenge, then try again."),
            code="not-joined",
            title=challenge.title,
        )


def name_for(
    session: Session, challenge: Challenge, account: Account, name: str | None
) -> TeamName:
    """Return the typed name, or one made from the person's; in an anonymous class it is drawn.

    Raises Invalid, Conflict.
    """
    assert challenge.id is not None
    if challenge.anonymous:
        return drawn_name(keys_taken(session, challenge.id), secrets.choice)
    if name is None or not name.strip():
        spoken = language_of_letters(account.language, account.language_seen)
        return rules.own_name(account.name, keys_taken(session, challenge.id), language=spoken)
    chosen = rules.check_name(name)
    refuse_taken(session, challenge, chosen)
    return chosen


def refuse_taken(
    session: Session, challenge: Challenge, chosen: TeamName, *, but: int | None = None
) -> None:
    """Raise Conflict where another team of the challenge has this name."""
    if is_key_taken(session, challenge.id or 0, chosen.key, but=but):
        raise Conflict(
            N_("Another team of this challenge is called %(name)s. Choose another name."),
            code="name-taken",
            field="name",
            name=chosen.name,
        )


def seat(session: Session, team: Team, account: Account, now: datetime) -> None:
    """Make somebody a member, and a participant of the challenge."""
    assert team.id is not None
    assert account.id is not None
    session.add(
        Membership(
            team_id=team.id,
            challenge_id=team.challenge_id,
            account_id=account.id,
            joined_at=now,
        )
    )
    flush(session)
    challenge = session.get_one(Challenge, team.challenge_id)
    if participation_of(session, team.challenge_id, account.id) is None:
        join(session, challenge=challenge, account_id=account.id, now=now)


def unseat(session: Session, team: Team, account_id: int) -> None:
    """End a membership."""
    session.execute(
        sa.delete(Membership).where(
            col(Membership.team_id) == team.id, col(Membership.account_id) == account_id
        )
    )


def crown(session: Session, team: Team, account: Account) -> None:
    """Make a member the captain; until the first submission the university follows."""
    assert account.id is not None
    team.captain_id = account.id
    if team.fixed_at is None:
        team.university_id = account.university_id
    session.add(team)
    session.flush()


def close(session: Session, team: Team, *, actor_id: int | None, now: datetime) -> None:
    """Close a team that nobody is in and that never submitted; its name is free again."""
    refuse_requests(session, team, now)
    team.closed_at = now
    # No name can hold a line break, so this key is nobody's.
    team.name_key = f"closed\n{team.id}"
    session.add(team)
    log(session, "team.closed", team, at=now, actor_id=actor_id)


def refuse_requests(session: Session, team: Team, now: datetime) -> None:
    """Answer all who wait for a team that is no more, and what it asked itself."""
    _end_requests(
        session,
        sa.or_(col(JoinRequest.team_id) == team.id, col(JoinRequest.merging_team_id) == team.id),
        now,
    )


def drop_requests(session: Session, account_id: int, challenge_id: int, now: datetime) -> None:
    """End what somebody asked of a challenge's teams: the person is in one now."""
    teams = select(Team.id).where(Team.challenge_id == challenge_id)
    _end_requests(
        session,
        sa.and_(col(JoinRequest.account_id) == account_id, col(JoinRequest.team_id).in_(teams)),
        now,
    )


def _end_requests(session: Session, which: sa.ColumnElement[bool], now: datetime) -> None:
    session.execute(
        sa.update(JoinRequest)
        .where(which, col(JoinRequest.state) == RequestState.OPEN)
        .values(state=RequestState.REFUSED, decided_at=now)
    )


def drop_invitation(session: Session, team: Team, email: str) -> bool:
    """Delete an invitation and say whether there was one."""
    deleted = session.execute(
        sa.delete(TeamInvitation)
        .where(col(TeamInvitation.team_id) == team.id, col(TeamInvitation.email) == email)
        .returning(col(TeamInvitation.email))
    )
    return deleted.first() is not None


class Asked(NamedTuple):
    """A request to a team's captain, and whether it is a new one, of which the captain is told."""

    request: JoinRequest
    anew: bool


def ask(
    session: Session, *, team: Team, account_id: int, merging: Team | None = None, now: datetime
) -> Asked:
    """Ask a captain to be let in, alone or with one's whole team; asking twice is asking once."""
    merging_id = merging.id if merging else None
    assert team.id is not None
    waiting = waiting_request(
        session, team_id=team.id, account_id=account_id, merging_id=merging_id
    )
    if waiting is not None:
        return Asked(waiting, anew=False)
    request = JoinRequest(
        team_id=team.id, account_id=account_id, merging_team_id=merging_id, created_at=now
    )
    session.add(request)
    session.flush()
    log(session, "join.requested", team, at=now, actor_id=account_id, merging=merging_id)
    return Asked(request, anew=True)


def decide(session: Session, request: JoinRequest, state: RequestState, now: datetime) -> None:
    """Write a decision down."""
    request.state, request.decided_at = state, now
    session.add(request)
    session.flush()
