"""The board as an evaluation that is not live would make it: computed from its scores."""

from collections import defaultdict
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from server.boards.rows import Row, TeamName, UniversityName
from server.boards.rules import (
    Candidate,
    counted_in_private,
    counted_in_public,
    ranks,
    sort_key,
)
from server.challenges.models import Phase
from server.evaluations.models import Evaluation, Score
from server.evaluations.rules import Board
from server.submissions.models import Submission
from server.teams.models import Team
from server.universities.models import University


def board_under(
    session: Session,
    *,
    phase: Phase,
    evaluation: Evaluation,
    board: Board,
    higher_is_better: bool,
) -> list[Row]:
    """Return the whole board of a phase under an evaluation, for its organisers."""
    by_team: dict[int, list[Any]] = defaultdict(list)
    for scored in session.execute(_scored(phase, evaluation)):
        by_team[scored.team_id or -scored.id].append(scored)
    rows = []
    for found in by_team.values():
        candidates = {_candidate(f, higher=higher_is_better): f for f in found}
        counted = (
            counted_in_public(candidates, phase.ranking)
            if board is Board.PUBLIC
            else counted_in_private(candidates, phase.ranking, select=phase.select)
        )
        if counted is not None:
            rows.append(_row(counted, candidates[counted], found, board))
    return _ranked(rows)


def _scored(phase: Phase, evaluation: Evaluation) -> sa.Select[*tuple[Any, ...]]:
    public, private = sa.orm.aliased(Score), sa.orm.aliased(Score)

    def of(score: type[Score], board: Board) -> sa.ColumnElement[bool]:
        return sa.and_(
            col(score.submission_id) == col(Submission.id),
            col(score.evaluation_id) == evaluation.id,
            col(score.board) == board,
        )

    return (
        sa.select(
            col(Submission.id),
            col(Submission.received_at),
            col(Submission.selected),
            col(Submission.baseline),
            col(Team.id).label("team_id"),
            col(Team.name).label("team_name"),
            col(University.slug).label("university_slug"),
            col(University.name).label("university_name"),
            *(getattr(public, c).label(f"public_{c}") for c in ("value", "low", "high", "method")),
            *(
                getattr(private, c).label(f"private_{c}")
                for c in ("value", "low", "high", "method")
            ),
        )
        .join(public, of(public, Board.PUBLIC))
        .outerjoin(private, of(private, Board.PRIVATE))
        .outerjoin(Team, col(Team.id) == col(Submission.team_id))
        .outerjoin(University, col(University.id) == col(Team.university_id))
        .where(
            col(Submission.phase_id) == phase.id,
            col(Submission.late).is_(False),
            col(Submission.withdrawn_at).is_(None),
            col(Submission.disqualified_at).is_(None),
            col(Team.disqualified_at).is_(None),
            col(Team.closed_at).is_(None),
        )
    )


def _candidate(found: Any, *, higher: bool) -> Candidate:
    keys = [
        None if value is None else sort_key(value, higher_is_better=higher)
        for value in (found.public_value, found.private_value)
    ]
    return Candidate(found.id, found.received_at, found.selected, keys[0], keys[1])


def _row(counted: Candidate, found: Any, all_found: list[Any], board: Board) -> Row:
    key = counted.public if board is Board.PUBLIC else counted.private
    assert key is not None
    low, high = getattr(found, f"{board.value}_low"), getattr(found, f"{board.value}_high")
    slug = found.university_slug
    return Row(
        key=key,
        submitted_at=found.received_at,
        submission_id=found.id,
        team=None if found.team_id is None else TeamName(found.team_id, found.team_name),
        university=None if slug is None else UniversityName(slug, found.university_name),
        baseline=found.baseline,
        score=getattr(found, f"{board.value}_value"),
        interval=None if low is None or high is None else (low, high),
        method=getattr(found, f"{board.value}_method"),
        submissions=len(all_found),
        last_submitted_at=max(f.received_at for f in all_found),
    )


def _ranked(rows: list[Row]) -> list[Row]:
    rows.sort(key=lambda row: row.order)
    numbers = iter(ranks([row.key for row in rows if row.team]))
    return [replace(row, rank=next(numbers)) if row.team else row for row in rows]
