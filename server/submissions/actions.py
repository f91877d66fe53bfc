"""Writes of submissions: receive, retry, withdraw, pick."""

from datetime import datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, select

from server.challenges.models import Challenge, Phase
from server.shared.errors import N_, Conflict
from server.shared.events import record
from server.submissions.entrances import require_entrance
from server.submissions.ladders import require_same_ladder
from server.submissions.models import Arrival, Submission
from server.submissions.queries import (
    pause_of,
    practice_left,
    quota_of,
    same_file,
    selected_count,
)
from server.submissions.rules import (
    INCLUSIVE,
    SubmissionState,
    may_select,
    may_submit,
    takes_late,
)
from server.teams.models import Team
from server.teams.origins import fix_university


class Received(NamedTuple):
    """What was received of a file: its cleaned name, its size in bytes and its sha256."""

    filename: str
    size: int
    sha256: str


class Submitted(NamedTuple):
    """A submission that was taken, and an earlier one with the very same bytes."""

    submission: Submission
    same_as: Submission | None


def submit(
    session: Session,
    *,
    account_id: int,
    challenge: Challenge,
    phase: Phase,
    team_id: int,
    ended_challenge: bool,
    upload: Received,
    comment: str,
    now: datetime,
) -> Submitted:
    """Take a file as a team's submission, queued. The file must be stored and flushed already.

    Raises:
        Conflict, Forbidden, TooLarge, Invalid: as `rules.may_submit` says.
        Forbidden: as `entrances.require_entrance` and `ladders.require_same_ladder` say.
    """
    team, phase = _held(session, team_id, phase)
    revealed = phase.revealed_at is not None
    late_until = phase.ends + timedelta(days=challenge.late_days)
    practice = (revealed or now >= phase.ends + INCLUSIVE) and not takes_late(
        revealed=revealed, late_until=late_until, now=now
    )
    left = (practice_left if practice else quota_of)(session, team_id=team_id, phase=phase, now=now)
    standing = may_submit(
        starts=phase.starts,
        ends=phase.ends,
        revealed=revealed,
        ended_challenge=ended_challenge,
        now=now,
        disqualified=team.disqualified_at is not None,
        size=upload.size,
        max_bytes=challenge.max_bytes,
        left=left,
        pause=pause_of(session, phase),
        late_until=late_until if challenge.late_days else None,
    )
    require_entrance(session, phase, team_id)
    if not standing.late:
        require_same_ladder(session, team=team, phase=phase)
    earlier = same_file(session, team_id=team_id, phase_id=phase.id, sha256=upload.sha256)
    submission = Submission(
        challenge_id=challenge.id or 0,
        phase_id=phase.id or 0,
        team_id=team_id,
        account_id=account_id,
        filename=upload.filename,
        size=upload.size,
        sha256=upload.sha256,
        comment=comment[:500],
        received_at=now,
        late=standing.late,
    )
    session.add(submission)
    fix_university(session, team=team, now=now)
    session.flush()
    log(session, "submission.received", submission, at=now, actor_id=account_id)
    return Submitted(submission, earlier)


def _held(session: Session, team_id: int, phase: Phase) -> tuple[Team, Phase]:
    """Hold a team and its phase as they are now (on SQLite the transaction holds everything).

    Two uploads of one team count one after the other, and a reveal waits for this, or has
    written `revealed_at` before it is read here. Raises Conflict: the team was merged away.
    """
    # The phase first, as everybody who holds both: else two could wait for each other.
    held = session.exec(
        select(Phase)
        .where(Phase.id == phase.id)
        .with_for_update(read=True)
        .execution_options(populate_existing=True)
    ).one()
    team = session.exec(
        select(Team)
        .where(Team.id == team_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()
    if team.closed_at is not None:
        raise Conflict(N_("Your team was merged into another meanwhile. Send the file again."))
    return team, held


def note_arrival(session: Session, *, challenge_id: int, now: datetime, seconds: int) -> Arrival:
    """Note that an upload began to arrive, so that no reveal overtakes it."""
    arrival = Arrival(
        challenge_id=challenge_id, began_at=now, until=now + timedelta(seconds=seconds)
    )
    session.add(arrival)
    session.flush()
    return arrival


def forget_arrival(session: Session, arrival_id: int) -> None:
    """Note that an upload has arrived, or was broken off."""
    session.execute(sa.delete(Arrival).where(col(Arrival.id) == arrival_id))


def submit_baseline(
    session: Session, *, phase: Phase, name: str, upload: Received, now: datetime
) -> Submission:
    """Take an organiser's reference file: scored and shown, never ranked."""
    submission = Submission(
        challenge_id=phase.challenge_id,
        phase_id=phase.id or 0,
        baseline=name,
        filename=upload.filename,
        size=upload.size,
        sha256=upload.sha256,
        received_at=now,
    )
    session.add(submission)
    session.flush()
    log(session, "baseline.received", submission, at=now, actor_id=None)
    return submission


def retry(session: Session, *, submission: Submission, actor_id: int, now: datetime) -> None:
    """Queue a failed submission again.

    Raises:
        Conflict: it has not failed.
    """
    if submission.state is not SubmissionState.FAILED:
        raise Conflict(N_("Only a failed submission can be tried again."))
    submission.state = SubmissionState.QUEUED
    submission.attempts = submission.interruptions = 0
    submission.scored_at = submission.trace = submission.trace_said = None
    session.add(submission)
    log(session, "submission.retried", submission, at=now, actor_id=actor_id)


def withdraw(
    session: Session, *, submission: Submission, phase: Phase, actor_id: int, now: datetime
) -> None:
    """Take a submission off the board; its place in the quota stays used.

    Raises:
        Conflict: the phase has ended, or it is withdrawn already.
    """
    if now >= phase.ends + INCLUSIVE:
        raise Conflict(N_("The phase has ended: what counted then counts."), code="closed")
    if submission.withdrawn_at is not None:
        raise Conflict(N_("It is withdrawn already."))
    submission.withdrawn_at = now
    submission.selected = False
    session.add(submission)
    log(session, "submission.withdrawn", submission, at=now, actor_id=actor_id)


def select_final(
    session: Session, *, submission: Submission, phase: Phase, actor_id: int, now: datetime
) -> None:
    """Pick a submission for the final board.

    Raises:
        Conflict: as `rules.may_select` says, or the submission is withdrawn.
    """
    if submission.selected:
        return
    if submission.withdrawn_at is not None or submission.late:
        raise Conflict(N_("A withdrawn or a late submission can't be picked."))
    may_select(
        selected=selected_count(session, team_id=submission.team_id, phase_id=phase.id),
        most=phase.select,
        ended=now >= phase.ends + INCLUSIVE,
        state=submission.state,
    )
    submission.selected = True
    session.add(submission)
    log(session, "submission.selected", submission, at=now, actor_id=actor_id)


def unselect_final(
    session: Session, *, submission: Submission, phase: Phase, actor_id: int, now: datetime
) -> None:
    """Drop a pick.

    Raises:
        Conflict: the phase has ended.
    """
    if now >= phase.ends + INCLUSIVE:
        raise Conflict(N_("The choice closed with the phase."), code="closed")
    submission.selected = False
    session.add(submission)
    log(session, "submission.unselected", submission, at=now, actor_id=actor_id)


def log(
    session: Session, kind: str, submission: Submission, *, at: datetime, actor_id: int | None
) -> None:
    """Write an event of a submission."""
    record(
        session,
        kind,
        at=at,
        actor_id=actor_id,
        challenge_id=submission.challenge_id,
        team_id=submission.team_id,
        subject_id=submission.id,
        sha256=submission.sha256,
    )
