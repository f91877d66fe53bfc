"""Reads of a university's page: where it stands, its teams, and who agreed to be named."""

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from server.accounts.models import Account
from server.boards.models import Entry
from server.boards.rows import On
from server.boards.team_places import ranks_at
from server.boards.versions import look_at_all
from server.challenges.models import Challenge
from server.challenges.rules import Visibility
from server.shared.paging import Page, page_of
from server.standings.models import Snapshot
from server.standings.progress import Chart, chart_of, progress_of, with_present
from server.standings.queries import (
    EVERYTHING_NAME,
    Place,
    SeasonName,
    boards_of,
    places_of,
    snapshot_of,
)
from server.standings.results import Found, results_page
from server.standings.rules import Rule
from server.standings.season_boards import SeasonBoard, on_any
from server.teams.models import Team, TeamOrigin
from server.universities.models import University
from server.universities.queries import university_by_slug

TEAMS_A_PAGE = 25
MOST_PEOPLE = 200
# Statements are made once: to build them takes longer than to run them.
WHOSE: sa.BindParameter[int] = sa.bindparam("university_id", type_=sa.Integer)
LISTED = (
    select(Account)
    .where(
        Account.university_id == WHOSE,
        col(Account.listed_at).is_not(None),
        col(Account.closed_at).is_(None),
    )
    .order_by(col(Account.name), col(Account.id))
    .limit(MOST_PEOPLE)
)
LAST_LISTED = sa.select(sa.func.count(), sa.func.max(col(Account.listed_at))).where(
    col(Account.university_id) == WHOSE, col(Account.listed_at).is_not(None)
)


class TeamOnBoard(NamedTuple):
    """A team, its challenge, and its place on the board that stands for it; None: it has none."""

    team: Team
    challenge: Challenge
    board: SeasonBoard | None
    ranked: int
    entry: Entry | None
    rank: int | None


class UniversityPage(NamedTuple):
    """What everybody may see of a university; `places` is empty without a result."""

    university: University
    season: SeasonName
    snapshot: Snapshot
    places: dict[Rule, Place]
    results: Page[Found]
    chart: Chart | None
    teams: Page[TeamOnBoard]
    people: Sequence[Account]


def university_page(
    session: Session, slug: str, season: SeasonName, *, page: int, results: int = 1
) -> UniversityPage:
    """Return a university's page over a season: pages of its teams and results. Raises NotFound."""
    university = university_by_slug(session, slug)
    university_id = university.id or 0
    own, snapshot = places_of(session, season, university_id), snapshot_of(session, season)
    moments = with_present(progress_of(session, season, university_id), own, snapshot)
    return UniversityPage(
        university=university,
        season=season,
        snapshot=snapshot,
        places=own,
        results=results_page(session, season, university_id, page=results),
        chart=chart_of(moments, Rule.POINTS),
        teams=teams_of(session, university_id, page=page),
        people=listed_people(session, university_id),
    )


def listed_people(session: Session, university_id: int) -> Sequence[Account]:
    """Return the members who agreed to be named, by name."""
    return session.exec(LISTED, params={"university_id": university_id}).all()


def people_version(session: Session, slug: str) -> str:
    """Return what changes with a university's names and with whoever is named. Raises NotFound."""
    row = university_by_slug(session, slug)
    found = session.execute(LAST_LISTED, {"university_id": row.id}).one()
    return f"{row.name}|{row.native_name}|{row.country}|{tuple(found)}"


def teams_of(session: Session, university_id: int, *, page: int) -> Page[TeamOnBoard]:
    """Return a university's teams in public challenges, with their places on boards."""
    of = {"university_id": university_id}
    found = page_of(session, _teams_query(), page=page, per_page=TEAMS_A_PAGE, of=of)
    return Page(found.total, found.page, found.per_page, on_boards(session, found.rows))


def every_team_of(session: Session, university_id: int) -> list[TeamOnBoard]:
    """Return all of a university's teams in public challenges, with their places on boards."""
    of = {"university_id": university_id}
    return on_boards(session, session.execute(_teams_query(), of).tuples().all())


@cache
def _teams_query() -> Any:
    # Of a union rather than of an OR or an IN, for which PostgreSQL goes through all teams.
    mixed = sa.select(col(TeamOrigin.team_id)).where(col(TeamOrigin.university_id) == WHOSE)
    elsewhere = col(Team.university_id).is_distinct_from(WHOSE)
    found = sa.union_all(
        sa.select(Team).where(col(Team.university_id) == WHOSE),
        sa.select(Team).where(col(Team.id).in_(mixed), elsewhere),
    )
    own = aliased(Team, found.subquery())
    return (
        sa.select(own, Challenge)
        .join(Challenge, col(Challenge.id) == own.challenge_id)
        .where(
            col(own.closed_at).is_(None),
            col(Challenge.visibility) == Visibility.PUBLIC,
            col(Challenge.anonymous).is_(False),
        )
        .order_by(col(Challenge.title), col(own.name))
    )


def on_boards(session: Session, rows: Sequence[tuple[Team, Challenge]]) -> list[TeamOnBoard]:
    """Return teams with their places, best first within each challenge."""
    shown = {challenge.id for _, challenge in rows}
    boards = {
        on.challenge.id: (on, ranked)
        for on, ranked, _ in boards_of(session, EVERYTHING_NAME)
        if on.challenge.id in shown
    }
    ids = [team.id for team, _ in rows]
    standing = on_any(board for board, _ in boards.values())
    entries = session.exec(select(Entry).where(col(Entry.team_id).in_(ids), standing))
    known = {(e.team_id, On(e.phase_id, e.board)): e for e in entries if e.ranked}
    made = []
    for team, challenge in rows:
        board, ranked = boards.get(challenge.id, (None, 0))
        entry = known.get((team.id, board.on)) if board else None
        made.append(TeamOnBoard(team, challenge, board, ranked, entry, None))
    ranks = _ranks(session, made)
    placed = [one._replace(rank=ranks.get(one.team.id or 0)) for one in made]
    return sorted(
        placed,
        key=lambda p: (p.challenge.title, p.rank is None, p.rank or 0, p.team.name),
    )


def _ranks(session: Session, teams: Sequence[TeamOnBoard]) -> dict[int, int]:
    wanted = {
        one.team.id or 0: (one.board.on, one.entry.key)
        for one in teams
        if one.entry is not None and one.board is not None
    }
    look_at_all(session, {one.challenge.id or 0 for one in teams if one.team.id in wanted})
    ranks = ranks_at(session, wanted.values())
    return {team_id: ranks[at] for team_id, at in wanted.items()}
