"""The boards that an evaluation beside the live one makes: computed by the worker, and kept."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from server.boards.kept import keep_made
from server.boards.rebuilding import made_entries
from server.challenges.models import Phase
from server.evaluations.actions import hold_phase
from server.evaluations.models import Evaluation
from server.evaluations.queries import rescoring_of
from server.evaluations.rules import EvaluationState
from server.shared.database import Database
from server.shared.events import Event

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
        version = version_of(session, evaluation)
        made = made_entries(session, phase=phase, evaluation=evaluation, beside=True)
    with database.writing() as session:
        hold_phase(session, evaluation.phase_id)
        current = session.get_one(Evaluation, evaluation.id, populate_existing=True)
        # It may have gone live, or been given up, meanwhile.
        if current.state is EvaluationState.COMPLETE:
            keep_made(session, current, made)
            current.compared_version, current.compared_at = version, now
            session.add(current)
            session.commit()


def is_current(session: Session, evaluation: Evaluation) -> bool:
    """Whether the boards that are kept of an evaluation are those that it makes now."""
    return evaluation.compared_version == version_of(session, evaluation)


def version_of(session: Session, evaluation: Evaluation) -> str:
    """Return what changes with all that a preview is made from: look-ups in indexes only."""
    phase = session.get_one(Phase, evaluation.phase_id)
    event = session.execute(
        sa.select(func.max(col(Event.id))).where(col(Event.challenge_id) == phase.challenge_id)
    ).scalar_one()
    rescoring = rescoring_of(session, evaluation.id or 0)
    return f"{event or 0}|{','.join(map(str, rescoring))}"


def _is_due(session: Session, evaluation: Evaluation, *, now: datetime) -> bool:
    if evaluation.compared_at is not None and now < evaluation.compared_at + REST:
        return False
    return not is_current(session, evaluation)
