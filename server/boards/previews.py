"""The boards that an evaluation beside the live one makes: computed by the worker, and kept."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from server.boards.kept import keep_rows, rows_to_keep
from server.boards.rebuilding import made_entries
from server.boards.since import changed_since, version_of
from server.challenges.models import Phase
from server.evaluations.actions import hold_phase
from server.evaluations.models import Evaluation
from server.evaluations.rules import EvaluationState
from server.shared.database import Database

# New submissions change a preview all the time; it is made anew no more often than this.
REST = timedelta(seconds=15)


def make_previews(database: Database, *, now: datetime) -> int:
    """Make the boards of complete evaluations of which something changed; return how many."""
    with database.reading() as session:
        query = select(Evaluation).where(col(Evaluation.state) == EvaluationState.COMPLETE)
        due = [e for e in session.exec(query) if _is_due(session, e, now=now)]
    for evaluation in due:
        make_preview(database, evaluation, now=now)
    return len(due)


def make_preview(database: Database, evaluation: Evaluation, *, now: datetime) -> None:
    """Compute the boards of an evaluation from its scores, and keep them beside the live ones.

    Computed while others write: a change that comes in between is seen at the next turn.
    """
    with database.reading() as session:
        phase = session.get_one(Phase, evaluation.phase_id)
        version = str(version_of(session, evaluation))
        made = made_entries(session, phase=phase, evaluation=evaluation, beside=True)
    rows = rows_to_keep(evaluation, made)
    with database.writing() as session:
        hold_phase(session, evaluation.phase_id)
        current = session.get_one(Evaluation, evaluation.id, populate_existing=True)
        # It may have gone live, or been given up, meanwhile.
        if current.state is EvaluationState.COMPLETE:
            keep_rows(session, current, rows)
            current.compared_version, current.compared_at = version, now
            session.add(current)
            session.commit()


def freshen(database: Database, evaluation_id: int, *, now: datetime) -> None:
    """Make the boards of a complete evaluation before it is put live, unless they are known.

    What goes live then is a board that is there, and the few rows that changed since: whoever
    writes waits for that alone.
    """
    with database.reading() as session:
        evaluation = session.get_one(Evaluation, evaluation_id)
        if evaluation.state is not EvaluationState.COMPLETE:
            return
        known = changed_since(session, evaluation) is not None
    if not known:
        make_preview(database, evaluation, now=now)


def is_current(session: Session, evaluation: Evaluation) -> bool:
    """Whether the boards that are kept of an evaluation are those that it makes now."""
    return evaluation.compared_version == str(version_of(session, evaluation))


def _is_due(session: Session, evaluation: Evaluation, *, now: datetime) -> bool:
    if evaluation.compared_at is not None and now < evaluation.compared_at + REST:
        return False
    return not is_current(session, evaluation)
