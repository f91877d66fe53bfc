"""Advisers of teams: staff of the university, named by its managers, without any right."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, select

from server.accounts.models import Account
from server.accounts.queries import is_manager
from server.notifications.actions import notify
from server.shared.access import Viewer
from server.shared.errors import N_, Conflict, Forbidden, Invalid, NotFound
from server.shared.events import record
from server.teams.models import Adviser, Membership, Team, TeamOrigin
from server.teams.queries import challenge_of, is_member, team_by_id, university_id_of

MOST_ADVISERS = 5


def advisers_by_team(session: Session, team_ids: Iterable[int]) -> dict[int, list[Account]]:
    """Return the advisers of teams whose accounts are open, by name."""
    query = (
        select(Adviser.team_id, Account)
        .join(Account, col(Account.id) == col(Adviser.account_id))
        .where(col(Adviser.team_id).in_(set(team_ids)), col(Account.closed_at).is_(None))
        .order_by(col(Account.name), col(Account.id))
    )
    found: dict[int, list[Account]] = defaultdict(list)
    for team_id, account in session.exec(query):
        found[team_id].append(account)
    return found


def advisers_of(session: Session, team_id: int) -> list[Account]:
    """Return a team's advisers, by name."""
    return advisers_by_team(session, [team_id]).get(team_id, [])


class People(NamedTuple):
    """A team's members, the longest first, and its advisers, by name."""

    members: list[Account]
    advisers: list[Account]


def people_of(session: Session, team_id: int) -> People:
    """Return who is in a team and who advises it, in one query."""
    found = session.execute(_people(), {"team_id": team_id}).tuples().all()
    return People(
        members=[account for account, advises in found if not advises],
        advisers=[account for account, advises in found if advises],
    )


@cache
def _people() -> sa.Select[tuple[Account, bool]]:
    team_id: sa.BindParameter[int] = sa.bindparam("team_id")
    members: sa.Select[*tuple[Any, ...]] = sa.select(
        col(Membership.account_id),
        col(Membership.joined_at),
        col(Membership.id).label("number"),
        sa.false().label("advises"),
    ).where(col(Membership.team_id) == team_id)
    advisers = sa.select(col(Adviser.account_id), sa.null(), sa.null(), sa.true()).where(
        col(Adviser.team_id) == team_id
    )
    person = members.union_all(advisers).subquery()
    return (
        sa.select(Account, person.c.advises)
        .join(person, person.c.account_id == col(Account.id))
        .where(sa.or_(sa.not_(person.c.advises), col(Account.closed_at).is_(None)))
        .order_by(
            person.c.advises,
            person.c.joined_at,
            person.c.number,
            col(Account.name),
            col(Account.id),
        )
    )


def belongs_to(session: Session, team: Team, university_id: int) -> bool:
    """Whether a team competes for a university, alone or with others."""
    if university_id_of(session, team) == university_id:
        return True
    mixed = select(TeamOrigin).where(
        TeamOrigin.team_id == team.id, TeamOrigin.university_id == university_id
    )
    return session.exec(mixed).first() is not None


def name_adviser(
    session: Session,
    *,
    team_id: int,
    university_id: int,
    account: Account | None,
    actor_id: int,
    now: datetime,
) -> Account:
    """Name a member of a university as the adviser of one of its teams.

    Raises:
        NotFound: the university has no such team.
        Invalid: nobody of the university has the address.
        Conflict: the person is in the team, advises it already, or it has as many as it may.
    """
    team = _team_of(session, team_id, university_id)
    adviser = _member(account, university_id)
    number = adviser.id or 0
    _check_may_advise(session, team, adviser)
    session.add(Adviser(team_id=team_id, account_id=number, named_by=actor_id, named_at=now))
    _record(session, "adviser.named", team, number, actor_id, now)
    notify(
        session,
        kind="adviser",
        account_ids=[number],
        values={"team": team.name, "challenge": challenge_of(session, team).title},
        link=f"/teams/{team_id}",
        now=now,
    )
    return adviser


def _member(account: Account | None, university_id: int) -> Account:
    if account is None or account.university_id != university_id or account.closed_at is not None:
        raise Invalid(N_("Nobody of the university has this address."), field="email")
    return account


def _check_may_advise(session: Session, team: Team, account: Account) -> None:
    """Refuse a member of the team, an adviser of it, and one too many. Raises Conflict."""
    if is_member(session, team.id or 0, account.id or 0):
        raise Conflict(N_("%(name)s is in the team already."), field="email", name=account.name)
    # Who names another at the same moment waits here.
    session.execute(sa.select(col(Team.id)).where(col(Team.id) == team.id).with_for_update())
    present = advisers_of(session, team.id or 0)
    if account.id in {adviser.id for adviser in present}:
        raise Conflict(N_("%(name)s advises the team already."), field="email", name=account.name)
    if len(present) >= MOST_ADVISERS:
        raise Conflict(N_("A team has at most %(most)s advisers."), most=MOST_ADVISERS)


def end_adviser(
    session: Session, *, team_id: int, account_id: int, viewer: Viewer, now: datetime
) -> None:
    """End an adviser's role: by the adviser, or by a manager of the team's university.

    Raises:
        NotFound: the team has no such adviser.
        Forbidden: the viewer is neither.
    """
    team = team_by_id(session, team_id)
    row = session.get(Adviser, (team_id, account_id))
    if not may_end(session, team, account_id, viewer):
        raise Forbidden(N_("This is for the adviser, and for the managers of the university."))
    if row is None:
        raise NotFound(N_("The team has no such adviser."))
    session.delete(row)
    _record(session, "adviser.ended", team, account_id, viewer.account_id, now)


def may_end(session: Session, team: Team, account_id: int, viewer: Viewer) -> bool:
    """Whether a viewer may end the role of a team's adviser."""
    if viewer.is_admin or viewer.id == account_id:
        return True
    of_team = university_id_of(session, team)
    return of_team is not None and is_manager(session, of_team, viewer.account_id)


def _team_of(session: Session, team_id: int, university_id: int) -> Team:
    team = team_by_id(session, team_id)
    if not belongs_to(session, team, university_id):
        raise NotFound(N_("The university has no such team."))
    return team


def _record(
    session: Session, kind: str, team: Team, account_id: int, actor_id: int, now: datetime
) -> None:
    record(
        session,
        kind,
        at=now,
        actor_id=actor_id,
        challenge_id=team.challenge_id,
        team_id=team.id,
        subject_id=account_id,
    )
