"""Writes of trials: ask for one, take it, end it, forget the old. The caller commits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from server.shared.database import changed_rows
from server.shared.errors import N_, Invalid, TooLarge
from server.shared.events import record
from server.trials.models import TRIALS, Trial
from server.trials.queries import interrupted_trials
from server.trials.rules import KEPT, MOST_ATTEMPTS, MOST_PASTED, MOST_UPLOADED, TrialState


@dataclass(frozen=True)
class Wanted:
    """What is to be tried; `pasted`: both files were typed into the page."""

    scorer: str
    params: Mapping[str, Any]
    id_columns: Sequence[str]
    truth: bytes
    prediction: bytes
    pasted: bool
    kind: str | None = None
    draft_id: int | None = None


def ask(session: Session, wanted: Wanted, *, account_id: int, now: datetime) -> Trial:
    """Have two small files scored.

    Raises:
        Invalid: one is empty. TooLarge: one has too many bytes.
    """
    _refuse_sizes(wanted)
    trial = Trial(
        account_id=account_id,
        draft_id=wanted.draft_id,
        scorer=wanted.scorer,
        params=dict(wanted.params),
        kind=wanted.kind,
        id_columns=list(wanted.id_columns),
        truth=wanted.truth,
        prediction=wanted.prediction,
        pasted=wanted.pasted,
        asked_at=now,
    )
    session.add(trial)
    session.flush()
    record(
        session,
        "trial.asked",
        at=now,
        actor_id=account_id,
        subject_id=trial.id,
        scorer=wanted.scorer,
    )
    return trial


def _refuse_sizes(wanted: Wanted) -> None:
    most = MOST_PASTED if wanted.pasted else MOST_UPLOADED
    for field, content in (("truth", wanted.truth), ("prediction", wanted.prediction)):
        if not content.strip():
            raise Invalid(N_("Paste a table, or choose a file."), field=field)
        if len(content) > most:
            raise TooLarge(
                N_("A trial takes at most %(most)s bytes: a part of the file is enough."),
                field=field,
                most=f"{most:,}",
            )


def end(
    session: Session,
    trial: Trial,
    *,
    holder: str,
    state: TrialState,
    report: Mapping[str, Any],
    trace: str = "",
) -> bool:
    """Write what came out; a fault of ours is tried again, three times in all."""
    attempts = trial.attempts + (state is TrialState.FAILED)
    again = state is TrialState.FAILED and attempts < MOST_ATTEMPTS
    return TRIALS.end(
        session,
        col(Trial.id) == trial.id,
        holder=holder,
        state=TrialState.QUEUED if again else state,
        attempts=attempts,
        report=dict(report),
        trace=trace or None,
    )


def fail_interrupted_trials(session: Session) -> None:
    """Fail what killed its worker each time: it must end."""
    for trial in interrupted_trials(session):
        trial.state = TrialState.FAILED
        trial.trace = f"The worker died {trial.interruptions} times in the middle of it."
        session.add(trial)


def forget_old_trials(session: Session, *, now: datetime) -> int:
    """Forget the trials of yesterday and before; return how many."""
    return changed_rows(session, sa.delete(Trial).where(col(Trial.asked_at) < now - KEPT))
