"""Reads for a university's managers: their teams and people as participants may see them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from server.accounts.models import Account, UniversityManager
from server.accounts.queries import requests_to
from server.certificates.awarding import members_by_team
from server.certificates.queries import of_university
from server.profiles.universities import TeamOnBoard, every_team_of
from server.shared.paging import Page
from server.shared.spreadsheets import moment
from server.teams.advising import advisers_by_team
from server.teams.models import Membership
from server.universities.models import University

TEAMS_A_PAGE = 50
MEMBERS_COLUMNS = ("name", "email", "confirmed", "manager", "named_publicly", "since", "teams")
TEAMS_COLUMNS = (
    "challenge",
    "team",
    "team_id",
    "members",
    "advisers",
    "phase",
    "final",
    "rank",
    "ranked",
    "score",
    "rank_best",
    "rank_worst",
    "submissions",
    "last_submitted_at",
    "challenge_title",
    "phase_title",
)


class ManagedTeam(NamedTuple):
    """A team with its people, and its place on the board that everybody may see."""

    on: TeamOnBoard
    members: Sequence[Account]
    advisers: Sequence[Account]


class Overview(NamedTuple):
    """How a university stands for those who manage it."""

    members: int
    unconfirmed: int
    waiting: int
    teams: int
    competing: int
    certificates: int
    best: list[TeamOnBoard]


def overview_of(session: Session, university: University) -> Overview:
    """Return the numbers of a university, and its best team in each challenge."""
    university_id = university.id or 0
    mine = (Account.university_id == university_id, col(Account.closed_at).is_(None))
    people = session.exec(select(func.count()).where(*mine)).one()
    unconfirmed = session.exec(
        select(func.count()).where(*mine, col(Account.confirmed_at).is_(None))
    ).one()
    teams = every_team_of(session, university_id)
    best: dict[int, TeamOnBoard] = {}
    for one in teams:
        # They come best first within each challenge.
        best.setdefault(one.challenge.id or 0, one)
    return Overview(
        members=people,
        unconfirmed=unconfirmed,
        waiting=len(requests_to(session, university_id)),
        teams=len(teams),
        competing=sum(one.rank is not None for one in teams),
        certificates=len(of_university(session, university_id, challenge_id=None)),
        best=list(best.values()),
    )


def managed_teams(session: Session, university_id: int, *, q: str, page: int) -> Page[ManagedTeam]:
    """Return a page of a university's teams; `q`: whose team or challenge has it in its name."""
    found = [one for one in every_team_of(session, university_id) if _has(one, q)]
    number = max(1, page)
    shown = found[(number - 1) * TEAMS_A_PAGE : number * TEAMS_A_PAGE]
    return Page(len(found), number, TEAMS_A_PAGE, _with_people(session, shown))


def _has(one: TeamOnBoard, q: str) -> bool:
    wanted = q.strip().casefold()
    return wanted in one.team.name.casefold() or wanted in one.challenge.title.casefold()


def _with_people(session: Session, teams: Sequence[TeamOnBoard]) -> list[ManagedTeam]:
    ids = [one.team.id or 0 for one in teams]
    members, advisers = members_by_team(session, ids), advisers_by_team(session, ids)
    return [
        ManagedTeam(one, members.get(number, []), advisers.get(number, []))
        for one, number in zip(teams, ids, strict=True)
    ]


def member_rows(session: Session, university_id: int) -> list[tuple[Any, ...]]:
    """Return a university's members in the order of `MEMBERS_COLUMNS`."""
    teams = sa.select(func.count()).where(col(Membership.account_id) == col(Account.id))
    query = (
        sa.select(Account, col(UniversityManager.account_id), teams.scalar_subquery())
        .outerjoin(
            UniversityManager,
            sa.and_(
                col(UniversityManager.account_id) == col(Account.id),
                col(UniversityManager.university_id) == university_id,
            ),
        )
        .where(col(Account.university_id) == university_id, col(Account.closed_at).is_(None))
        .order_by(col(Account.name), col(Account.id))
    )
    return [_member(*row) for row in session.execute(query)]


def _member(account: Account, manages: int | None, teams: int) -> tuple[Any, ...]:
    return (
        account.name,
        account.email,
        _yes(account.confirmed_at),
        _yes(manages),
        _yes(account.listed_at),
        f"{account.created_at:%Y-%m-%d}",
        teams,
    )


def _yes(value: datetime | int | None) -> str:
    return "no" if value is None else "yes"


def team_rows(session: Session, university_id: int) -> list[tuple[Any, ...]]:
    """Return a university's teams in the order of `TEAMS_COLUMNS`."""
    teams = _with_people(session, every_team_of(session, university_id))
    return [_team(one) for one in teams]


def _team(one: ManagedTeam) -> tuple[Any, ...]:
    on, entry = one.on, one.on.entry
    return (
        on.challenge.slug,
        on.team.name,
        on.team.id,
        "; ".join(account.name for account in one.members),
        "; ".join(account.name for account in one.advisers),
        on.board.phase.slug if on.board else None,
        None if on.board is None else _yes(None if on.board.provisional else 1),
        on.rank,
        on.ranked if on.board else None,
        entry.value if entry else None,
        entry.rank_best if entry else None,
        entry.rank_worst if entry else None,
        entry.submissions if entry else 0,
        moment(entry.last_submitted_at) if entry else None,
        on.challenge.title,
        on.board.phase.title if on.board else None,
    )
