"""Replicates are kept for what counts or was selected; the others' go, a few at a time."""

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from server.boards.models import Entry, KeptEntry
from server.evaluations.actions import hold_phase
from server.evaluations.models import Evaluation, Replicates, Score
from server.evaluations.rules import EvaluationState
from server.shared.database import Database, changed_rows
from server.submissions.models import Submission

# So few at once that nobody waits for the lock.
AT_ONCE = 500
ROWS_AT_ONCE = 5_000


def drop_replicates(database: Database) -> int:
    """Drop the replicates that evaluations need no longer; return how many.

    A live evaluation keeps those of what counts or was selected; one that is past or discarded
    none. All can be computed again from the files.
    """
    with database.reading() as session:
        query = select(Evaluation).where(col(Evaluation.to_tidy).is_(True))
        evaluations = list(session.exec(query))
    for evaluation in evaluations:
        _forget_preview(database, evaluation)
    return sum(_drop_of(database, evaluation) for evaluation in evaluations)


def _forget_preview(database: Database, evaluation: Evaluation) -> None:
    """Forget the boards that were made of what is live now: the live ones have taken over."""
    while True:
        with database.writing() as session:
            hold_phase(session, evaluation.phase_id)
            current = session.get_one(Evaluation, evaluation.id)
            # Of one that was replaced meanwhile the board is kept for good.
            if current.state is not EvaluationState.LIVE or not _forget_some(session, current):
                return
            session.commit()


def _forget_some(session: Session, evaluation: Evaluation) -> int:
    of_evaluation = col(KeptEntry.evaluation_id) == evaluation.id
    first = sa.select(func.min(col(KeptEntry.position))).where(of_evaluation).scalar_subquery()
    some = sa.delete(KeptEntry).where(of_evaluation, col(KeptEntry.position) < first + ROWS_AT_ONCE)
    return changed_rows(session, some)


def _drop_of(database: Database, evaluation: Evaluation) -> int:
    dropped, last = 0, 0
    while True:
        with database.writing() as session:
            found = _uncounted(session, evaluation, after=last)
            if found:
                session.execute(sa.delete(Replicates).where(col(Replicates.score_id).in_(found)))
            else:
                _note_tidy(session, evaluation)
            session.commit()
        if not found:
            return dropped
        dropped, last = dropped + len(found), found[-1]


def _note_tidy(session: Session, evaluation: Evaluation) -> None:
    # It may have gone live, or been replaced, meanwhile: then there is more to drop.
    same = (col(Evaluation.id) == evaluation.id, col(Evaluation.state) == evaluation.state)
    session.execute(sa.update(Evaluation).where(*same).values(to_tidy=False))


def _uncounted(session: Session, evaluation: Evaluation, *, after: int) -> list[int]:
    # Of a past evaluation only a frozen board may still show something.
    counted = sa.select(col(Entry.submission_id)).where(col(Entry.evaluation_id) == evaluation.id)
    query = (
        sa.select(col(Score.id))
        .join(Replicates, col(Replicates.score_id) == col(Score.id))
        .join(Submission, col(Submission.id) == col(Score.submission_id))
        .where(
            col(Score.evaluation_id) == evaluation.id,
            col(Score.id) > after,
            col(Submission.id).not_in(counted),
        )
        .order_by(col(Score.id))
        .limit(AT_ONCE)
    )
    if evaluation.state is EvaluationState.LIVE:
        query = query.where(col(Submission.selected).is_(False))
    return [int(i) for i in session.execute(query).scalars()]
