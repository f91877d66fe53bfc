"""Rows of boards: what one holds, where it stands, and the columns that it is read from."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import col

from server.boards.models import Entry
from server.evaluations.rules import Board
from server.shared.database import enum_column
from server.submissions.models import Submission
from server.teams.models import Team
from server.universities.models import University

ORDER = (col(Entry.key), col(Entry.submitted_at), col(Entry.submission_id))


class TeamName(NamedTuple):
    """A team as a board names it."""

    id: int
    name: str


class UniversityName(NamedTuple):
    """A university as a board names it."""

    slug: str
    name: str


class On(NamedTuple):
    """One board of one phase."""

    phase_id: int
    board: Board


class Row(NamedTuple):
    """A row of a board; a baseline has a name, no team and no rank.

    `move` is how many places it climbed from the public board, `chance_move` how many chance alone
    moves a team there (95 %); `key` sorts, lower is better. Kept boards have no `group`. `among`:
    the universities that a mixed team is split among, its captain's first.
    """

    key: float
    submitted_at: datetime
    submission_id: int
    team: TeamName | None
    university: UniversityName | None
    baseline: str | None
    score: float
    interval: tuple[float, float] | None
    method: str
    submissions: int
    last_submitted_at: datetime
    rank_range: tuple[int, int] | None = None
    group: int | None = None
    first_share: float | None = None
    ranges_at: datetime | None = None
    rank: int | None = None
    move: int | None = None
    chance_move: int | None = None
    among: tuple[UniversityName, ...] = ()

    @property
    def universities(self) -> tuple[UniversityName, ...]:
        """All universities that it competes for."""
        return self.among or ((self.university,) if self.university else ())

    @property
    def order(self) -> tuple[float, datetime, int]:
        """Sorts a board: among equal scores the earlier stands first."""
        return self.key, self.submitted_at, self.submission_id


def on_board(on: On, *, ranked: bool = True) -> tuple[sa.ColumnElement[bool], ...]:
    """Return the conditions of being on a board: among its ranked entries, or the others."""
    return (
        col(Entry.phase_id) == on.phase_id,
        col(Entry.board) == on.board,
        col(Entry.ranked).is_(ranked),
    )


def on_asked_board(*, ranked: bool = True) -> tuple[sa.ColumnElement[bool], ...]:
    """Return the same conditions of a board that a statement is asked for, made once (`asked_on`).

    To write the conditions out takes longer than to run them.
    """
    return (
        col(Entry.phase_id) == sa.bindparam("phase_id"),
        col(Entry.board) == sa.bindparam("board", type_=enum_column(Board)),
        col(Entry.ranked).is_(ranked),
    )


def asked_on(on: On) -> dict[str, Any]:
    """Return what such a statement is told of a board."""
    return {"phase_id": on.phase_id, "board": on.board}


@cache
def row_columns(*, of_teams: bool = False) -> sa.Select[*tuple[Any, ...]]:
    """Return the select of what `row_of` reads; `of_teams`: no baseline's submission is looked up.

    Made once: a request has better things to do than to write out eighteen columns.
    """
    select = (
        sa.select(
            col(Entry.key),
            col(Entry.submitted_at),
            col(Entry.submission_id),
            col(Entry.value),
            col(Entry.low),
            col(Entry.high),
            col(Entry.method),
            col(Entry.submissions),
            col(Entry.last_submitted_at),
            col(Entry.rank_best),
            col(Entry.rank_worst),
            col(Entry.rank_group),
            col(Entry.first_share),
            col(Entry.ranges_at),
            col(Team.id).label("team_id"),
            col(Team.name).label("team_name"),
            col(University.slug).label("university_slug"),
            col(University.name).label("university_name"),
            (sa.null() if of_teams else col(Submission.baseline)).label("baseline"),
        )
        .select_from(Entry)
        .join(Team, col(Team.id) == col(Entry.team_id), isouter=not of_teams)
        .outerjoin(University, col(University.id) == col(Entry.university_id))
    )
    if of_teams:
        return select
    return select.join(Submission, col(Submission.id) == col(Entry.submission_id))


def row_of(found: Sequence[Any], rank: int | None = None) -> Row:
    """Return a row from the columns of `row_columns` in their order, and its rank where it has one.

    A page has fifty rows of twenty columns: by their places they are read in half the time.
    """
    key, submitted_at, submission_id, value, low, high, method, submissions, last = found[:9]
    best, worst, group, first_share, ranges_at = found[9:14]
    team_id, team_name, slug, university_name, baseline = found[14:19]
    return Row(
        key,
        submitted_at,
        submission_id,
        None if team_id is None else TeamName(team_id, team_name),
        None if slug is None else UniversityName(slug, university_name),
        baseline if team_id is None else None,
        value,
        None if low is None or high is None else (low, high),
        method,
        submissions,
        last,
        None if best is None or worst is None else (best, worst),
        group,
        first_share,
        ranges_at,
        rank,
    )


def ahead_of(order: tuple[float, datetime, int]) -> sa.ColumnElement[bool]:
    """Return the condition of standing before an entry; its first half is for the index."""
    key, submitted_at, submission_id = order
    earlier = sa.and_(
        col(Entry.submitted_at) == submitted_at, col(Entry.submission_id) < submission_id
    )
    return sa.and_(
        col(Entry.key) <= key,
        sa.or_(col(Entry.key) < key, col(Entry.submitted_at) < submitted_at, earlier),
    )
