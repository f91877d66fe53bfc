"""Scores whose replicates were dropped and are needed again: another submission counts now.

A team picked an older file, withdrew its best one, or lost it: what counts instead was scored long
ago, and its replicates went when it did not count.
"""

from collections.abc import Collection
from typing import NamedTuple

import numpy as np
import sqlalchemy as sa
from sqlmodel import Session, col, select

from server.boards.models import Entry
from server.boards.rows import On, on_board
from server.evaluations.models import NONE_TO_BE_HAD, Evaluation, Replicates, Score
from server.evaluations.rules import Board, EvaluationState
from server.evaluations.scoring import BoardScore, Report


class Needed(NamedTuple):
    """A submission under an evaluation."""

    submission_id: int
    evaluation_id: int


def lacking_on(session: Session, on: On, *, ranged: Collection[int]) -> list[Needed]:
    """Return what counts on a board, and lacks replicates that it had.

    Of entries without a range, and of the submissions `ranged`, which are given ranges together.
    """
    query = (
        sa.select(col(Entry.submission_id), col(Entry.evaluation_id))
        .join(
            Score,
            sa.and_(
                col(Score.submission_id) == col(Entry.submission_id),
                col(Score.evaluation_id) == col(Entry.evaluation_id),
                col(Score.board) == col(Entry.board),
            ),
        )
        .where(
            *on_board(on),
            sa.or_(col(Entry.ranges_at).is_(None), col(Entry.submission_id).in_(ranged)),
            *_dropped(),
        )
        .order_by(col(Entry.submission_id))
    )
    return [Needed(int(s), int(e)) for s, e in session.execute(query)]


def lacking_scores(session: Session, needed: Needed) -> list[Score]:
    """Return the scores of a submission that lack replicates, of the evaluation that is live."""
    query = (
        select(Score)
        .join(Evaluation, col(Evaluation.id) == col(Score.evaluation_id))
        .where(
            col(Score.submission_id) == needed.submission_id,
            col(Score.evaluation_id) == needed.evaluation_id,
            col(Evaluation.state) == EvaluationState.LIVE,
            *_dropped(),
        )
        .order_by(col(Score.id))
    )
    return list(session.exec(query))


def _hold(session: Session, needed: Needed) -> None:
    """Have others wait who would write the same; what they wrote before is seen after this."""
    held = sa.select(col(Score.id)).where(
        col(Score.submission_id) == needed.submission_id,
        col(Score.evaluation_id) == needed.evaluation_id,
    )
    session.execute(held.order_by(col(Score.id)).with_for_update())


def _dropped() -> tuple[sa.ColumnElement[bool], ...]:
    # A score without an interval never had any: to compute it again would find none.
    kept = sa.exists().where(col(Replicates.score_id) == col(Score.id))
    return (col(Score.low).is_not(None), ~kept)


def put_back(session: Session, needed: Needed, report: Report) -> bool:
    """Write replicates that were computed again, and ask for the ranges of their boards.

    Where there are none to be had, or the score came out otherwise than it stands, that is noted:
    nobody waits for them again. Says whether any were found.
    """
    said = {Board.PUBLIC: report.public, Board.PRIVATE: report.private}
    _hold(session, needed)
    lacking, found = lacking_scores(session, needed), False
    for score in lacking:
        data = _of_the_same_score(score, said.get(score.board))
        session.add(Replicates(score_id=score.id or 0, data=data or NONE_TO_BE_HAD))
        found = found or data is not None
    if lacking:
        _ask_for_ranges(session, needed)
    return found


def _of_the_same_score(score: Score, again: BoardScore | None) -> bytes | None:
    if again is None or not np.isclose(again.value, score.value, rtol=1e-9):
        return None
    return again.replicate_bytes


def _ask_for_ranges(session: Session, needed: Needed) -> None:
    session.execute(
        sa.update(Entry)
        .where(
            col(Entry.submission_id) == needed.submission_id,
            col(Entry.evaluation_id) == needed.evaluation_id,
            col(Entry.board).in_((Board.PUBLIC, Board.PRIVATE)),
        )
        .values(ranges_at=None)
    )
