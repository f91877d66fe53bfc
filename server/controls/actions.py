"""Writes of what organisers decide while a challenge runs; each is an event of the log."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, select

from server.boards.entries import rebuild_in_phase
from server.boards.freezing import copy_board, forget_copy
from server.challenges.models import Challenge, Phase
from server.challenges.rules import INCLUSIVE
from server.controls.letters import announce_extension, mail_extra
from server.controls.queries import next_admitting
from server.controls.rules import check_extension, check_grant, clean_reason, clean_words
from server.shared.errors import N_, Conflict, NotFound
from server.shared.events import record
from server.submissions.entrances import Way, entrance_to
from server.submissions.models import Submission
from server.teams.models import ExtraSubmissions, Team


class By(NamedTuple):
    """Who decides, and when."""

    actor_id: int
    now: datetime


def hold_phase(session: Session, phase: Phase) -> Phase:
    """See a phase as it is now, and have other organisers wait until this is decided."""
    session.refresh(phase, with_for_update={"key_share": True})
    return phase


def _log(session: Session, kind: str, phase: Phase, by: By, **data: Any) -> None:
    record(
        session,
        kind,
        at=by.now,
        actor_id=by.actor_id,
        challenge_id=phase.challenge_id,
        subject_id=phase.id,
        **data,
    )


def pause(session: Session, phase: Phase, *, words: str, by: By) -> None:
    """Take no files in a phase from now on; uploads under way count. Raises Conflict."""
    hold_phase(session, phase)
    if phase.paused_at is not None:
        raise Conflict(N_("Submissions to this phase are paused already."), code="paused-already")
    phase.paused_at, phase.paused_by = by.now, by.actor_id
    phase.paused_words = clean_words(words)
    session.add(phase)
    _log(session, "phase.paused", phase, by, words=phase.paused_words)


def resume(session: Session, phase: Phase, *, by: By) -> None:
    """Take files again. Raises Conflict where they are taken."""
    hold_phase(session, phase)
    if phase.paused_at is None:
        raise Conflict(N_("Submissions to this phase are not paused."), code="not-paused")
    phase.paused_at = phase.paused_by = None
    phase.paused_words = ""
    session.add(phase)
    _log(session, "phase.resumed", phase, by)


def pause_all(session: Session, phases: Sequence[Phase], *, words: str, by: By) -> int:
    """Pause every phase that is not paused; return how many those were. Raises Conflict."""
    return _each(session, [p for p in phases if p.paused_at is None], pause, by, words=words)


def resume_all(session: Session, phases: Sequence[Phase], *, by: By) -> int:
    """Take files again in every phase that is paused. Raises Conflict where none is."""
    return _each(session, [p for p in phases if p.paused_at is not None], resume, by)


def _each(session: Session, phases: Sequence[Phase], act: Any, by: By, **values: Any) -> int:
    if not phases:
        raise Conflict(N_("It is so already in every phase."), code="nothing-to-do")
    for phase in phases:
        act(session, phase, by=by, **values)
    return len(phases)


def freeze(session: Session, phase: Phase, *, by: By) -> None:
    """Show the public board to everybody but the organisers as it is now. Raises Conflict."""
    hold_phase(session, phase)
    if phase.revealed_at is not None:
        raise Conflict(N_("The result is revealed: nothing is left to freeze."), code="revealed")
    if phase.frozen_at is not None:
        raise Conflict(N_("The public board is frozen already."), code="frozen-already")
    rows = copy_board(session, phase, now=by.now)
    phase.frozen_at = by.now
    session.add(phase)
    _log(session, "phase.frozen", phase, by, rows=rows)


def unfreeze(session: Session, phase: Phase, *, by: By) -> None:
    """Show the public board as it stands again. Raises Conflict where it is not frozen."""
    hold_phase(session, phase)
    if phase.frozen_at is None:
        raise Conflict(N_("The public board is not frozen."), code="not-frozen")
    forget_copy(session, phase)
    phase.frozen_at = None
    session.add(phase)
    _log(session, "phase.unfrozen", phase, by)


def extend(
    session: Session,
    challenge: Challenge,
    phase: Phase,
    *,
    until: datetime,
    reason: str,
    by: By,
    expected: datetime | None = None,
) -> None:
    """Let a phase end later, and have every team told.

    Raises:
        Conflict, Invalid: as `rules.check_extension` says, or no reason is given.
    """
    hold_phase(session, phase)
    before, until, reason = phase.ends, until.replace(microsecond=0), clean_reason(reason)
    check_extension(
        ends=before,
        until=until,
        revealed=phase.revealed_at is not None,
        expected=expected,
        next_begins=next_admitting(session, phase),
        now=by.now,
    )
    phase.extended_from = phase.extended_from or before
    phase.ends = until
    session.add(phase)
    session.flush()
    in_time = _take_as_in_time(session, phase)
    _log(
        session,
        "phase.extended",
        phase,
        by,
        before=before.isoformat(),
        ends=until.isoformat(),
        reason=reason,
        in_time=in_time,
    )
    announce_extension(
        session, challenge=challenge, phase=phase, before=before, reason=reason, now=by.now
    )


def _take_as_in_time(session: Session, phase: Phase) -> int:
    """Let what came late by the old deadline count where it keeps the new one."""
    late = select(Submission).where(
        Submission.phase_id == phase.id,
        col(Submission.late).is_(True),
        col(Submission.received_at) < phase.ends + INCLUSIVE,
    )
    found = list(session.exec(late.with_for_update()))
    for submission in found:
        submission.late = False
        session.add(submission)
    session.flush()
    for team_id in sorted({s.team_id for s in found if s.team_id is not None}):
        rebuild_in_phase(session, phase=phase, team_id=team_id)
    return len(found)


class Gift(NamedTuple):
    """How many submissions more: in all, and on one day (of UTC); and why."""

    total: int
    per_day: int
    day: date | None
    reason: str


def give_extra(
    session: Session, phase: Phase, team: Team, *, gift: Gift, by: By
) -> ExtraSubmissions:
    """Give a team submissions beyond the quotas of a phase, and tell its members.

    Raises:
        Conflict: the phase is over or did not admit the team, or the very same was given already.
        Invalid: as `rules.check_grant` says, or no reason is given.
        NotFound: the phase is of another challenge.
    """
    if phase.challenge_id != team.challenge_id:
        raise NotFound(N_("There is no such team."))
    if entrance_to(session, phase, team.id).way is Way.CLOSED:
        raise Conflict(N_("This phase did not admit the team: it can't submit there."))
    # Two who give at once come one after the other.
    session.refresh(team, with_for_update={"key_share": True})
    reason = clean_reason(gift.reason)
    day = check_grant(
        total=gift.total,
        per_day=gift.per_day,
        day=gift.day,
        ends=phase.ends,
        revealed=phase.revealed_at is not None,
        now=by.now,
    )
    given = ExtraSubmissions(
        phase_id=phase.id or 0,
        team_id=team.id or 0,
        total=gift.total,
        per_day=gift.per_day,
        day=day,
        reason=reason,
        given_at=by.now,
    )
    _refuse_again(session, given)
    session.add(given)
    session.flush()
    record(
        session,
        "team.extra_submissions",
        at=by.now,
        actor_id=by.actor_id,
        challenge_id=team.challenge_id,
        team_id=team.id,
        subject_id=phase.id,
        total=given.total,
        per_day=given.per_day,
        day=f"{day:%Y-%m-%d}" if day else None,
        reason=reason,
    )
    mail_extra(session, phase=phase, given=given, now=by.now)
    return given


def _refuse_again(session: Session, given: ExtraSubmissions) -> None:
    """Take a second click for what it is; who means it gives another reason."""
    same = ("phase_id", "team_id", "total", "per_day", "day", "reason")
    conditions = [getattr(ExtraSubmissions, name) == getattr(given, name) for name in same]
    if session.execute(sa.select(col(ExtraSubmissions.id)).where(*conditions)).first():
        raise Conflict(
            N_(
                "The very same was given already, for the same reason. To give as many again, "
                "say another reason."
            ),
            code="given-already",
        )
