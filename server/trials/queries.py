"""Reads of trials."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from server.shared.access import Viewer
from server.shared.errors import N_, NotFound
from server.trials.models import TRIALS, Trial
from server.trials.rules import MOST_ATTEMPTS, TrialState


def trial_by_id(session: Session, trial_id: int) -> Trial:
    """Return a trial. Raises NotFound: trials are forgotten after a day."""
    trial = session.get(Trial, trial_id)
    if trial is None:
        raise NotFound(N_("There is no such trial: trials are forgotten after a day."))
    return trial


def trial_gate(session: Session, viewer: Viewer, arguments: Mapping[str, Any]) -> None:
    """Let in who asked for the trial that the route names; others learn nothing."""
    trial = trial_by_id(session, int(arguments["trial_id"])) if viewer.account_id else None
    if trial is None or (trial.account_id != viewer.id and not viewer.is_admin):
        raise NotFound(N_("There is no such trial: trials are forgotten after a day."))


def waiting_trials(session: Session, *, now: datetime, limit: int) -> list[int]:
    """Return the trials that a worker may take, the oldest first."""
    query = select(Trial.id).where(TRIALS.free(now)).order_by(col(Trial.id)).limit(limit)
    return [trial_id for trial_id in session.exec(query) if trial_id is not None]


def interrupted_trials(session: Session) -> list[Trial]:
    """Return the trials that took their worker down each time."""
    query = select(Trial).where(
        Trial.state == TrialState.QUEUED, col(Trial.interruptions) >= MOST_ATTEMPTS
    )
    return list(session.exec(query))
