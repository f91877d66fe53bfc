"""Reads of the standings: every university over a season of challenges."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from server.boards.models import Entry
from server.boards.rows import On
from server.boards.university_lines import placed_teams, universities_of_teams
from server.challenges.models import Challenge, Phase
from server.challenges.queries import phases_by_challenge
from server.challenges.rules import Visibility
from server.evaluations.models import Evaluation
from server.evaluations.rules import Board, EvaluationState
from server.standings.rules import (
    Activity,
    Bounds,
    Medals,
    Ranked,
    Result,
    Rule,
    Season,
    medal_bounds,
    medals_of_rank,
    rank_universities,
)
from server.submissions.models import Submission
from server.submissions.rules import SubmissionState
from server.teams.models import Team
from server.universities.models import University
from server.universities.queries import universities_by_id


@dataclass(frozen=True)
class SeasonBoard:
    """The board that stands for a challenge; provisional until its result is revealed."""

    challenge: Challenge
    phase: Phase
    board: Board
    provisional: bool

    @property
    def on(self) -> On:
        """The board by its phase and kind."""
        return On(self.phase.id or 0, self.board)


class Found(NamedTuple):
    """What a university reached on one board, and with how many teams."""

    board: SeasonBoard
    result: Result
    teams: int
    best_score: float


@dataclass(frozen=True)
class Place:
    """A university in the standings, with what its place is computed from."""

    rank: int
    university: University
    value: float
    medals: Medals
    activity: Activity
    results: Sequence[Found]


@dataclass(frozen=True)
class Standings:
    """Universities ranked by a rule over a season."""

    rule: Rule
    boards: Sequence[SeasonBoard]
    places: Sequence[Place]

    @property
    def provisional(self) -> bool:
        """Whether some board is not final yet."""
        return any(board.provisional for board in self.boards)


def season(session: Session, *, now: datetime) -> list[SeasonBoard]:
    """Return the board of each public challenge: its last revealed phase, else the running one."""
    query = select(Challenge).where(Challenge.visibility == Visibility.PUBLIC)
    challenges = {c.id: c for c in session.exec(query.order_by(col(Challenge.id)))}
    phases = phases_by_challenge(session, [k for k in challenges if k is not None])
    private = _with_private(session)
    boards = (
        season_board(challenge, phases[challenge.id or 0], private, now=now)
        for challenge in challenges.values()
    )
    return [board for board in boards if board is not None]


def season_board(
    challenge: Challenge, phases: Sequence[Phase], private: set[int], *, now: datetime
) -> SeasonBoard | None:
    """Return the board that stands for a challenge, or None before its first phase."""
    revealed = [p for p in phases if p.revealed_at is not None]
    if revealed:
        final = Board.PRIVATE if revealed[-1].id in private else Board.PUBLIC
        return SeasonBoard(challenge, revealed[-1], final, provisional=False)
    begun = [p for p in phases if p.starts <= now]
    return SeasonBoard(challenge, begun[-1], Board.PUBLIC, provisional=True) if begun else None


def _with_private(session: Session) -> set[int]:
    query = select(Evaluation.phase_id).where(
        Evaluation.state == EvaluationState.LIVE, col(Evaluation.has_private).is_(True)
    )
    return set(session.exec(query))


def standings(session: Session, rule: Rule, *, now: datetime) -> Standings:
    """Return every university with a result, ranked by a rule."""
    boards = season(session, now=now)
    found = results(session, boards)
    activity = activities(session, boards) if rule is Rule.PARTICIPATION else {}
    seasons = {
        k: Season([f.result for f in found.get(k, ())], len(boards), activity.get(k, Activity()))
        for k in {*found, *activity}
    }
    ranked = rank_universities(rule, seasons)
    names = universities_by_id(session, seasons)
    places = [_place(r, names[r.id], seasons[r.id], found.get(r.id, ())) for r in ranked]
    return Standings(rule, boards, sorted(places, key=lambda p: (p.rank, p.university.name)))


def _place(ranked: Ranked, university: University, own: Season, found: Sequence[Found]) -> Place:
    return Place(ranked.rank, university, ranked.value, own.medals, own.activity, found)


def results(session: Session, boards: Sequence[SeasonBoard]) -> dict[int, list[Found]]:
    """Return what each university reached on each board."""
    whole = [b for b in boards if b.challenge.same_university]
    found: dict[int, list[Found]] = defaultdict(list)
    for university_id, one in _of_whole_teams(session, whole):
        found[university_id].append(one)
    for board in boards:
        if not board.challenge.same_university:
            for university_id, one in _of_mixed_teams(session, board):
                found[university_id].append(one)
    return found


def _ranked_teams(session: Session, boards: Iterable[SeasonBoard]) -> dict[int, int]:
    query = (
        sa.select(col(Entry.phase_id), func.count())
        .where(*_on_any(boards))
        .group_by(col(Entry.phase_id))
    )
    return {phase_id: count for phase_id, count in session.execute(query)}  # noqa: C416


def _on_any(boards: Iterable[SeasonBoard]) -> tuple[sa.ColumnElement[bool], ...]:
    on = (
        sa.and_(col(Entry.phase_id) == b.on.phase_id, col(Entry.board) == b.board) for b in boards
    )
    return col(Entry.ranked).is_(True), sa.or_(*on)


def _of_whole_teams(session: Session, boards: Sequence[SeasonBoard]) -> Iterable[tuple[int, Found]]:
    if not boards:
        return
    totals = _ranked_teams(session, boards)
    of_phase = {b.on.phase_id: b for b in boards}
    bounds = {k: medal_bounds(n) for k, n in totals.items()}
    for row in session.execute(_best_query(boards, bounds)) if bounds else ():
        board = of_phase[row.phase_id]
        won = Medals(row.gold, row.silver, row.bronze)
        result = Result(row.best, totals[row.phase_id], medals=won)
        # `key` is the score turned so that lower is better.
        score = 0.0 - row.best_key if board.challenge.higher_is_better else row.best_key
        yield row.university_id, Found(board, result, row.teams, score)


def _best_query(
    boards: Sequence[SeasonBoard], bounds: dict[int, Bounds]
) -> sa.Select[*tuple[Any, ...]]:
    """One pass over the entries of the season, with the medals' bounds of each board beside."""
    limits = (
        sa.values(
            sa.column("phase_id", sa.Integer),
            sa.column("gold", sa.Integer),
            sa.column("silver", sa.Integer),
            sa.column("bronze", sa.Integer),
            name="limits",
        )
        .data([(phase_id, *bound) for phase_id, bound in bounds.items()])
        .cte("limits")
    )
    placed = (
        sa.select(
            col(Entry.phase_id),
            col(Entry.university_id),
            col(Entry.key),
            func.rank()
            .over(partition_by=col(Entry.phase_id), order_by=col(Entry.key))
            .label("place"),
        )
        .where(*_on_any(boards))
        .subquery()
    )

    def won(above: Any, upto: Any) -> Any:
        inside = sa.and_(placed.c.place > above, placed.c.place <= upto)
        return func.sum(sa.case((inside, 1), else_=0))

    return (
        sa.select(
            placed.c.phase_id,
            placed.c.university_id,
            func.min(placed.c.place).label("best"),
            func.min(placed.c.key).label("best_key"),
            func.count().label("teams"),
            won(0, limits.c.gold).label("gold"),
            won(limits.c.gold, limits.c.silver).label("silver"),
            won(limits.c.silver, limits.c.bronze).label("bronze"),
        )
        .join(limits, limits.c.phase_id == placed.c.phase_id)
        .where(placed.c.university_id.is_not(None))
        .group_by(placed.c.phase_id, placed.c.university_id)
    )


def _of_mixed_teams(session: Session, board: SeasonBoard) -> Iterable[tuple[int, Found]]:
    """Split each team equally among its members' universities."""
    universities = universities_of_teams(session, board.challenge.id or 0)
    placed = [tuple(row) for row in session.execute(placed_teams(board.on))]
    total = len(placed)
    grouped: dict[int, list[tuple[Result, float]]] = defaultdict(list)
    for team_id, place, value in placed:
        among = universities.get(team_id, [])
        for university_id in among:
            share = 1 / len(among)
            won = medals_of_rank(place, teams=total, share=share)
            grouped[university_id].append((Result(place, total, share, won), value))
    for university_id, found in grouped.items():
        yield university_id, _best_of(board, found)


def _best_of(board: SeasonBoard, found: list[tuple[Result, float]]) -> Found:
    best, score = max(found, key=lambda pair: pair[0].points)
    won = Medals()
    for result, _ in found:
        won = won.plus(result.medals)
    return Found(board, best._replace(medals=won), len(found), score)


def activities(session: Session, boards: Sequence[SeasonBoard]) -> dict[int, Activity]:
    """Return how many people, teams and submissions of each university have a score."""
    query = (
        sa.select(
            col(Team.university_id),
            func.count(sa.distinct(col(Submission.account_id))),
            func.count(sa.distinct(col(Submission.team_id))),
            func.count(),
        )
        .join(Team, col(Team.id) == col(Submission.team_id))
        .where(
            col(Submission.challenge_id).in_([b.challenge.id for b in boards]),
            col(Submission.state) == SubmissionState.SCORED,
            col(Submission.late).is_(False),
            col(Submission.withdrawn_at).is_(None),
            col(Submission.disqualified_at).is_(None),
            col(Team.university_id).is_not(None),
        )
        .group_by(col(Team.university_id))
    )
    return {row[0]: Activity(*row[1:]) for row in session.execute(query)}
