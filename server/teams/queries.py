"""Reads of teams."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from server.accounts.models import Account
from server.challenges.models import Challenge
from server.challenges.queries import challenge_by_id, is_organiser, phases_of, sees
from server.shared.access import Viewer
from server.shared.caching import once
from server.shared.errors import N_, Forbidden, NotFound
from server.teams.models import Membership, Team, TeamInvitation, TeamOrigin
from server.teams.rules import Affiliation, locked_from
from server.universities.models import University
from server.universities.queries import universities_by_id

# Every page of a challenge asks: made once.
OWN_TEAM = (
    select(Team)
    .join(Membership, col(Membership.team_id) == col(Team.id))
    .where(
        Membership.challenge_id == sa.bindparam("challenge_id"),
        Membership.account_id == sa.bindparam("account_id"),
    )
)


@dataclass(frozen=True)
class MemberView:
    """A member, with the university of the account."""

    id: int
    name: str
    university: University | None


@dataclass(frozen=True)
class TeamView:
    """A team as it is shown; `code` is None to all but its members."""

    id: int
    challenge: str
    name: str
    captain: int
    members: tuple[MemberView, ...]
    university: University | None
    universities: list[University]
    code: str | None


def team_by_id(session: Session, team_id: int) -> Team:
    """Return a team that still exists. Raises NotFound."""
    team = session.get(Team, team_id)
    if team is None or team.closed_at is not None:
        raise NotFound(N_("There is no such team."))
    return team


def team_by_code(session: Session, code: str) -> Team:
    """Return the team that an invite code opens. Raises NotFound."""
    team = session.exec(select(Team).where(Team.code == code)).first()
    if team is None or team.closed_at is not None:
        raise NotFound(
            N_("This invite link opens no team (any more). Ask the captain for the present one.")
        )
    return team


def challenge_of(session: Session, team: Team) -> Challenge:
    """Return the challenge a team takes part in."""
    challenge = challenge_by_id(session, team.challenge_id)
    assert challenge is not None
    return challenge


def visible_team(session: Session, team_id: int, viewer: Viewer) -> Team:
    """Return a team of a challenge that the viewer may see. Raises NotFound."""
    team = team_by_id(session, team_id)
    if not sees(session, challenge_of(session, team), viewer):
        raise NotFound(N_("There is no such team."))
    return team


def team_to_join(session: Session, code: str, viewer: Viewer) -> Team:
    """Return the team of an invite code, to somebody who may see its challenge.

    Raises:
        NotFound: no team has this code.
        Forbidden: the challenge is not for this person.
    """
    team = team_by_code(session, code)
    if not sees(session, challenge_of(session, team), viewer):
        raise Forbidden(
            N_("The challenge of this team is not open to your account. Ask its organisers.")
        )
    return team


def team_of(session: Session, challenge_id: int, account_id: int) -> Team | None:
    """Return the team in which an account takes part in a challenge."""
    of = {"challenge_id": challenge_id, "account_id": account_id}
    name = ("own team", challenge_id, account_id)
    return once(session, name, lambda: session.exec(OWN_TEAM, params=of).first())


def teams_by_id(session: Session, ids: Iterable[int | None]) -> dict[int, Team]:
    """Return teams by their ids, in one query."""
    wanted = {i for i in ids if i is not None}
    if not wanted:
        return {}
    rows = session.exec(select(Team).where(col(Team.id).in_(wanted)))
    return {t.id: t for t in rows if t.id is not None}


def members_of(session: Session, team_id: int) -> list[Account]:
    """Return a team's members, the longest first."""
    query = (
        select(Account)
        .join(Membership, col(Membership.account_id) == col(Account.id))
        .where(Membership.team_id == team_id)
        .order_by(col(Membership.joined_at), col(Membership.id))
    )
    return list(session.exec(query))


def knows_team(
    session: Session, team: Team, *, viewer_id: int | None, is_admin: bool = False
) -> bool:
    """Whether somebody may know more of a team than its name: who is in it, and whose it is."""
    if is_admin or not challenge_of(session, team).anonymous:
        return True
    if viewer_id is None:
        return False
    own = is_member(session, team.id or 0, viewer_id)
    return own or is_organiser(session, team.challenge_id, viewer_id)


def size_of(session: Session, team_id: int) -> int:
    """Return the number of a team's members."""
    return session.exec(
        select(func.count()).select_from(Membership).where(Membership.team_id == team_id)
    ).one()


def is_member(session: Session, team_id: int, account_id: int) -> bool:
    """Whether an account is in a team."""
    query = select(Membership).where(
        Membership.team_id == team_id, Membership.account_id == account_id
    )
    return session.exec(query).first() is not None


def team_member_gate(session: Session, viewer: Viewer, arguments: Mapping[str, Any]) -> None:
    """Let in the members of the team that the route's `team_id` names."""
    account_id = viewer.account_id
    team = team_by_id(session, int(arguments["team_id"]))
    if viewer.is_admin or (team.id and is_member(session, team.id, account_id)):
        return
    raise Forbidden(N_("This is for the members of the team."))


def keys_taken(session: Session, challenge_id: int) -> set[str]:
    """Return the keys of all names that a challenge's teams have or had."""
    return set(session.exec(select(Team.name_key).where(Team.challenge_id == challenge_id)))


def is_key_taken(session: Session, challenge_id: int, key: str, *, but: int | None = None) -> bool:
    """Whether a team of the challenge other than `but` has this name."""
    query = select(Team.id).where(Team.challenge_id == challenge_id, Team.name_key == key)
    return any(team_id != but for team_id in session.exec(query))


def university_id_of(session: Session, team: Team) -> int | None:
    """Return a team's university: its captain's until the first submission fixes it."""
    if team.fixed_at is not None:
        return team.university_id
    captain = session.get(Account, team.captain_id)
    return captain.university_id if captain else None


def affiliation(session: Session, university_id: int | None) -> Affiliation | None:
    """Return a university by what the rules ask of it."""
    university = session.get(University, university_id) if university_id else None
    if university is None or university.id is None:
        return None
    return Affiliation(university.id, university.name)


def lock_of(session: Session, challenge: Challenge) -> datetime | None:
    """Return the last moment at which a challenge's teams may change."""
    assert challenge.id is not None
    ends = [phase.ends for phase in phases_of(session, challenge.id)]
    return locked_from(lock_at=challenge.lock_at, ends=ends)


def is_invited(session: Session, team_id: int, email: str) -> bool:
    """Whether the captain invited an address."""
    return session.get(TeamInvitation, (team_id, email.strip().lower())) is not None


def team_view(session: Session, team: Team, viewer_id: int | None) -> TeamView:
    """Return a team as it is shown to somebody."""
    assert team.id is not None
    knows = knows_team(session, team, viewer_id=viewer_id)
    members = members_of(session, team.id) if knows else []
    own = university_id_of(session, team) if knows else None
    universities = universities_by_id(session, (own, *(m.university_id for m in members)))
    shown = (MemberView(m.id or 0, m.name, universities.get(m.university_id or 0)) for m in members)
    return TeamView(
        id=team.id,
        challenge=challenge_of(session, team).slug,
        name=team.name,
        captain=team.captain_id if members else 0,
        members=tuple(shown),
        university=universities.get(own or 0),
        universities=universities_of(session, team, own) if knows else [],
        code=team.code if any(m.id == viewer_id for m in members) else None,
    )


def universities_of(session: Session, team: Team, own: int | None) -> list[University]:
    """Return all universities of a team, for somebody who knows it; `own` is its captain's."""
    first = None if own is None else session.get(University, own)
    others: list[University] = []
    if not challenge_of(session, team).same_university:
        among = sa.select(col(TeamOrigin.university_id)).where(col(TeamOrigin.team_id) == team.id)
        query = select(University).where(col(University.id).in_(among), University.id != own)
        others = list(session.exec(query.order_by(col(University.name))))
    return [first, *others] if first else others


def closed_members(session: Session) -> list[tuple[Team, int]]:
    """Return the seats of accounts that were closed, in teams that still exist."""
    query = (
        select(Team, col(Membership.account_id))
        .join(Membership, col(Membership.team_id) == col(Team.id))
        .join(Account, col(Account.id) == col(Membership.account_id))
        .where(col(Account.closed_at).is_not(None), col(Team.closed_at).is_(None))
    )
    return [(team, account_id) for team, account_id in session.exec(query)]
