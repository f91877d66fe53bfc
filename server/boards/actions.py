"""Writes of boards: every recorded score moves the entries in the same transaction."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col

from server.boards.admitting import admit, admit_beside, admit_since, tell_admitted
from server.boards.entries import rebuild_baseline, rebuild_entry, rebuild_team
from server.boards.freezing import forget_copy
from server.boards.kept import keep_board
from server.boards.ladder import climb_beside
from server.boards.rebuilding import hold_teams
from server.boards.replacing import replace_board
from server.boards.since import changed_since
from server.boards.told import tell_revealed, tell_submitter
from server.challenges.models import Phase
from server.challenges.queries import hold_phases, late_days_end
from server.challenges.rules import INCLUSIVE
from server.evaluations.actions import (
    ended_state,
    hold_phase,
    make_live,
    words_of,
    write_scores,
)
from server.evaluations.models import Evaluation
from server.evaluations.queries import live_evaluation
from server.evaluations.rescores import apply_rescores, score_beside
from server.evaluations.scoring import Report
from server.shared.errors import N_, Conflict
from server.shared.events import record
from server.submissions.claims import finish
from server.submissions.models import Submission
from server.submissions.queries import anything_waits
from server.submissions.rules import SubmissionState
from server.teams.models import Team


def record_score(
    session: Session,
    *,
    submission: Submission,
    evaluation: Evaluation,
    holder: str,
    report: Report,
    now: datetime,
    beside: Mapping[int, Report] = MappingProxyType({}),
) -> bool:
    """Write a claimed submission's end: score, state and entry, in the caller's transaction.

    `beside`: what evaluations that are not live, by id, say of it; written with it.
    Returns False, and writes nothing, where the claim is no longer ours or the evaluation is no
    longer the live one: somebody else will score it, or has.
    """
    # A re-score that goes live at this moment waits for this, or is seen here.
    session.execute(
        sa.select(col(Phase.id))
        .where(col(Phase.id) == submission.phase_id)
        .with_for_update(read=True)
    )
    current = live_evaluation(session, submission.phase_id)
    if current is None or current.id != evaluation.id:
        return False
    assert submission.id is not None
    assert evaluation.id is not None
    state = ended_state(report)
    ours = finish(
        session, submission.id, holder=holder, state=state, scored_at=now, **words_of(report)
    )
    if not ours:
        return False
    if state is SubmissionState.SCORED:
        write_scores(
            session,
            submission_id=submission.id,
            evaluation_id=evaluation.id,
            report=report,
            now=now,
        )
    # What the claim returned is from before the end that was just written.
    ended = session.get_one(Submission, submission.id, populate_existing=True)
    _move_entry(session, ended, evaluation)
    for evaluation_id in score_beside(session, ended, beside, now=now):
        climb_beside(session, submission_id=submission.id, evaluation_id=evaluation_id)
    record(
        session,
        f"submission.{state.value}",
        at=now,
        challenge_id=submission.challenge_id,
        team_id=submission.team_id,
        subject_id=submission.id,
        evaluation=evaluation.number,
    )
    tell_submitter(session, ended, now=now)
    return True


def _move_entry(session: Session, submission: Submission, evaluation: Evaluation) -> None:
    phase = session.get_one(Phase, submission.phase_id)
    if submission.team_id is not None:
        rebuild_entry(session, phase=phase, evaluation=evaluation, team_id=submission.team_id)
    else:
        rebuild_baseline(session, phase=phase, evaluation=evaluation, submission=submission)


def go_live(
    session: Session, *, evaluation: Evaluation, phase: Phase, actor_id: int | None, now: datetime
) -> bool:
    """Put an evaluation live: the pointer and every entry, in the caller's one transaction.

    The board of the one that it replaces is kept. Returns False, and changes nothing, where it
    is live already.
    """
    assert phase.id is not None
    hold_phase(session, phase.id)
    before = live_evaluation(session, phase.id)
    if not make_live(session, evaluation=evaluation, phase=phase, actor_id=actor_id, now=now):
        return False
    if before is not None:
        keep_board(session, before)
    apply_rescores(session, evaluation)
    # After the submissions, as whoever decides on one does.
    hold_teams(session, phase)
    changed = changed_since(session, evaluation)
    replace_board(session, phase=phase, evaluation=evaluation, changed=changed)
    admit_since(session, phase, now=now)
    return True


class Revealed(NamedTuple):
    """A phase whose private board everybody may see now."""

    phase: Phase
    admitted: int


def reveal(session: Session, *, phase: Phase, actor_id: int | None, now: datetime) -> Revealed:
    """Show the private board to everybody, and admit its top to the next phase where that counts.

    Raises:
        Conflict: the phase has not ended, something received in time has no end yet, or it is
            revealed already.
    """
    session.execute(
        sa.select(col(Phase.id)).where(col(Phase.id) == phase.id).with_for_update(key_share=True)
    ).scalar_one()
    session.refresh(phase)
    if phase.revealed_at is not None:
        raise Conflict(N_("The result is revealed already."), code="revealed")
    if now < phase.ends + INCLUSIVE:
        raise Conflict(N_("The result can be revealed when the phase has ended."), code="not-ended")
    if now < late_days_end(session, phase) + INCLUSIVE:
        raise Conflict(
            N_(
                "The result can be revealed when the late days of this class are over: whoever "
                "hands in late would know the private scores."
            ),
            code="late-days",
        )
    if anything_waits(session, phase, now=now):
        raise Conflict(
            N_("Submissions received in time are still being scored. Try again in a minute."),
            code="still-scoring",
        )
    phase.revealed_at = now
    # What the public board said in the end is part of the result.
    phase.frozen_at = None
    session.add(phase)
    session.flush()
    forget_copy(session, phase)
    admitted = admit(session, phase)
    tell_revealed(session, phase, now=now)
    tell_admitted(session, phase, admitted, now=now)
    record(
        session,
        "phase.revealed",
        at=now,
        actor_id=actor_id,
        challenge_id=phase.challenge_id,
        subject_id=phase.id,
    )
    return Revealed(phase, len(admitted))


def _hold(session: Session, judged: Submission | Team) -> None:
    """See what is judged as it is now: another organiser may decide at the same moment.

    The phases come first, as where a score is recorded: a board is not frozen halfway.
    """
    hold_phases(session, judged.challenge_id)
    session.refresh(judged, with_for_update={"key_share": True})


def disqualify_submission(
    session: Session, *, submission: Submission, reason: str, actor_id: int, now: datetime
) -> None:
    """Take a submission off the board, with a reason. Raises Conflict if it is off already."""
    _hold(session, submission)
    if submission.disqualified_at is not None:
        raise Conflict(N_("It is disqualified already."))
    submission.disqualified_at, submission.disqualified_reason = now, reason
    _changed(session, submission, "submission.disqualified", reason, actor_id, now)


def reinstate_submission(
    session: Session, *, submission: Submission, reason: str, actor_id: int, now: datetime
) -> None:
    """Put a disqualified submission back. Raises Conflict if it is not disqualified."""
    _hold(session, submission)
    if submission.disqualified_at is None:
        raise Conflict(N_("It is not disqualified."))
    submission.disqualified_at, submission.disqualified_reason = None, ""
    _changed(session, submission, "submission.reinstated", reason, actor_id, now)


def _changed(
    session: Session, submission: Submission, kind: str, reason: str, actor_id: int, now: datetime
) -> None:
    session.add(submission)
    session.flush()
    if submission.team_id is not None:
        rebuild_team(session, team_id=submission.team_id, now=now)
        admit_beside(session, submission.challenge_id, now=now)
    record(
        session,
        kind,
        at=now,
        actor_id=actor_id,
        challenge_id=submission.challenge_id,
        team_id=submission.team_id,
        subject_id=submission.id,
        reason=reason,
    )


def disqualify_team(
    session: Session,
    *,
    team: Team,
    reason: str,
    actor_id: int,
    now: datetime,
    shown: bool = False,
) -> None:
    """Take a team off every board of its challenge. Raises Conflict if it is off already.

    `shown`: boards name it below their last row, as withdrawn by the organiser.
    """
    _hold(session, team)
    if team.disqualified_at is not None:
        raise Conflict(N_("It is disqualified already."))
    team.disqualified_at, team.disqualified_reason = now, reason
    team.disqualified_shown = shown
    _team_changed(session, team, "team.disqualified", reason, actor_id, now)


def reinstate_team(
    session: Session, *, team: Team, reason: str, actor_id: int, now: datetime
) -> None:
    """Put a disqualified team back. Raises Conflict if it is not disqualified."""
    _hold(session, team)
    if team.disqualified_at is None:
        raise Conflict(N_("It is not disqualified."))
    team.disqualified_at, team.disqualified_reason = None, ""
    team.disqualified_shown = False
    _team_changed(session, team, "team.reinstated", reason, actor_id, now)


def _team_changed(
    session: Session, team: Team, kind: str, reason: str, actor_id: int, now: datetime
) -> None:
    session.add(team)
    session.flush()
    rebuild_team(session, team_id=team.id or 0, now=now)
    admit_beside(session, team.challenge_id, now=now)
    record(
        session,
        kind,
        at=now,
        actor_id=actor_id,
        challenge_id=team.challenge_id,
        team_id=team.id,
        reason=reason,
    )
