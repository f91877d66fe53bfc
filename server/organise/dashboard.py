"""Reads for the dashboard of a challenge: days, states, teams, scores, counted by index."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, func

from server.challenges.models import Phase
from server.evaluations.models import Evaluation, Score
from server.evaluations.queries import live_evaluation
from server.evaluations.rules import Board
from server.shared.caching import cache_of
from server.shared.database import UTCDateTime
from server.submissions.models import Submission
from server.submissions.rules import WAITING, SubmissionState
from server.teams.models import Team

ACTIVE_FOR = timedelta(days=7)
# From so many on the figures are counted every few minutes, not for every look: half a million
# submissions take a second or two. What waits is looked up each time.
MANY = 20_000
KEPT_SECONDS = 300
BYTES = 100_000
AT_ONCE = 500
DAY_LETTERS = len("2026-11-01")

Days = dict[date, int]


class Best(NamedTuple):
    """The best public score that each day brought, by day, in a phase."""

    phase: Phase
    days: list[tuple[date, float]]


class Waiting(NamedTuple):
    """How the queue of a challenge stands: how many wait, and since when the first of them."""

    waiting: int
    oldest: datetime | None


class Figures(NamedTuple):
    """How a challenge goes: submissions of teams by day and state, teams, and best scores."""

    as_of: datetime
    days: dict[date, dict[SubmissionState, int]]
    teams: Days
    active: int
    best: list[Best]

    @property
    def states(self) -> dict[SubmissionState, int]:
        """How many submissions are in each state."""
        found = dict.fromkeys(SubmissionState, 0)
        for states in self.days.values():
            for state, count in states.items():
                found[state] += count
        return found

    @property
    def total(self) -> int:
        """How many submissions there are."""
        return sum(self.states.values())

    @property
    def team_count(self) -> int:
        """How many teams there are."""
        return sum(self.teams.values())


def waiting_of(session: Session, challenge_id: int) -> Waiting:
    """Return what waits in a challenge now."""
    oldest = func.min(col(Submission.received_at), type_=UTCDateTime())
    query = sa.select(func.count(), oldest).where(
        col(Submission.challenge_id) == challenge_id, col(Submission.state).in_(WAITING)
    )
    return Waiting(*session.execute(query).one())


def figures_of(
    session: Session, challenge_id: int, phases: Sequence[Phase], *, higher: bool, now: datetime
) -> Figures:
    """Return how a challenge goes; of a large one as it was at most some minutes ago.

    `higher`: whether higher scores are better.
    """

    def count() -> Figures:
        return _count(session, challenge_id, phases, higher=higher, now=now)

    cache = cache_of(session)
    if cache is None:
        return count()
    name = ("dashboard", challenge_id, int(now.timestamp()) // KEPT_SECONDS)
    return cache.fetch(name, count, size=lambda found: BYTES if found.total >= MANY else None)


def _count(
    session: Session, challenge_id: int, phases: Sequence[Phase], *, higher: bool, now: datetime
) -> Figures:
    return Figures(
        as_of=now,
        days=_days(session, challenge_id),
        teams=_teams(session, challenge_id),
        active=_active(session, challenge_id, now - ACTIVE_FOR),
        best=[
            Best(phase, _best(session, challenge_id, phase, evaluation, higher=higher))
            for phase in phases
            if (evaluation := live_evaluation(session, phase.id)) is not None
        ],
    )


def _day(session: Session, moment: Any) -> Any:
    """Return the day of a moment in UTC, as the database counts it."""
    if session.get_bind().dialect.name == "sqlite":
        # Moments are stored in UTC, as text that begins with the day.
        return func.substr(moment, 1, DAY_LETTERS, type_=sa.String())
    return func.date(func.timezone("UTC", moment))


def _as_date(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def _days(session: Session, challenge_id: int) -> dict[date, dict[SubmissionState, int]]:
    day = _day(session, col(Submission.received_at))
    query = (
        sa.select(col(Submission.state), day, func.count())
        .where(_of_all_states(challenge_id))
        .group_by(col(Submission.state), day)
    )
    found: dict[date, dict[SubmissionState, int]] = defaultdict(dict)
    for state, at, count in session.execute(query):
        found[_as_date(at)][state] = count
    return dict(found)


def _of_all_states(challenge_id: int) -> sa.ColumnElement[bool]:
    """Name every state, so that an index that begins with the state serves for all."""
    return sa.and_(
        col(Submission.challenge_id) == challenge_id,
        col(Submission.state).in_(list(SubmissionState)),
        col(Submission.team_id).is_not(None),
    )


def _active(session: Session, challenge_id: int, since: datetime) -> int:
    query = sa.select(func.count(sa.distinct(col(Submission.team_id)))).where(
        _of_all_states(challenge_id), col(Submission.received_at) >= since
    )
    return int(session.execute(query).scalar_one())


def _teams(session: Session, challenge_id: int) -> Days:
    day = _day(session, col(Team.created_at))
    query = (
        sa.select(day, func.count())
        .where(col(Team.challenge_id) == challenge_id, col(Team.closed_at).is_(None))
        .group_by(day)
    )
    return {_as_date(at): count for at, count in session.execute(query)}


def _best(
    session: Session, challenge_id: int, phase: Phase, evaluation: Evaluation, *, higher: bool
) -> list[tuple[date, float]]:
    """Return the best score so far on each day that brought a better one.

    Scores are read from the best on; what follows on a later day than one read already was no
    record, and the reading ends on the phase's first day.
    """
    first = _first_day(session, challenge_id, phase)
    value = col(Score.value).desc() if higher else col(Score.value).asc()
    query = _counting(session, challenge_id, evaluation).order_by(value)
    found: list[tuple[date, float]] = []
    with session.execute(query, execution_options={"yield_per": AT_ONCE}) as rows:
        for day, score in rows:
            at = _as_date(day)
            if not found or at < found[-1][0]:
                found.append((at, score))
            if at <= first:
                break
    return records(found[::-1], higher=higher)


def _first_day(session: Session, challenge_id: int, phase: Phase) -> date:
    """Return a day before which nothing of a phase was received: its start, or the first file."""
    oldest = func.min(col(Submission.received_at), type_=UTCDateTime())
    query = sa.select(oldest).where(
        col(Submission.challenge_id) == challenge_id,
        col(Submission.state) == SubmissionState.SCORED,
    )
    first = session.execute(query).scalar_one()
    return max(first or phase.starts, phase.starts).date()


def _counting(session: Session, challenge_id: int, evaluation: Evaluation) -> Any:
    """Return the query of the day and the public score of each submission that counts."""
    return (
        sa.select(_day(session, col(Submission.received_at)), col(Score.value))
        .select_from(Score)
        .join(Submission, col(Submission.id) == col(Score.submission_id))
        .where(
            col(Score.evaluation_id) == evaluation.id,
            col(Score.board) == Board.PUBLIC,
            # A baseline has no team, which is in no list of teams and out of an empty one.
            col(Submission.team_id).is_not(None),
            col(Submission.team_id).not_in(_off(challenge_id)),
            col(Submission.late).is_(False),
            col(Submission.withdrawn_at).is_(None),
            col(Submission.disqualified_at).is_(None),
        )
    )


def _off(challenge_id: int) -> Any:
    return sa.select(col(Team.id)).where(
        col(Team.challenge_id) == challenge_id, col(Team.disqualified_at).is_not(None)
    )


def records(days: Sequence[tuple[date, float]], *, higher: bool) -> list[tuple[date, float]]:
    """Keep the days that were better than all before them."""
    kept: list[tuple[date, float]] = []
    for at, value in days:
        if not kept or (value > kept[-1][1] if higher else value < kept[-1][1]):
            kept.append((at, value))
    return kept
