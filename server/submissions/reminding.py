"""Reminders before deadlines: whoever can still do something is told, once each."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select

from server.challenges.models import Challenge, Phase
from server.challenges.rules import Ranking
from server.notifications.actions import notify
from server.shared.database import Database
from server.shared.events import Event
from server.submissions.failures import failed_by_phase
from server.submissions.models import Admission, DeadlineReminder, Submission
from server.submissions.queries import counts_in_quota
from server.submissions.rules import failures_that_count
from server.teams.models import ExtraSubmissions, Membership, Team

# Hours before a phase's end, the longest first.
HOURS = (72, 24)
TEAMS_AT_ONCE = 500


def hours_due(*, starts: datetime, ends: datetime, now: datetime) -> int | None:
    """Return which reminder is due: the shortest whose moment has come, while the phase is open.

    A phase that is shorter than a reminder's hours has no such reminder.
    """
    if not starts <= now < ends:
        return None
    come = [h for h in HOURS if starts <= ends - timedelta(hours=h) <= now]
    return min(come, default=None)


def remind(database: Database, *, now: datetime) -> int:
    """Send the reminders that are due; return how many people were told."""
    with database.reading() as session:
        due = [(phase.id or 0, hours) for phase, hours in _due(session, now)]
    return sum(_remind(database, phase_id, hours, now) for phase_id, hours in due)


def _due(session: Session, now: datetime) -> list[tuple[Phase, int]]:
    query = select(Phase).where(
        col(Phase.starts) <= now,
        col(Phase.ends) > now,
        col(Phase.ends) <= now + timedelta(hours=max(HOURS)),
        col(Phase.paused_at).is_(None),
        col(Phase.frozen_at).is_(None),
        col(Phase.revealed_at).is_(None),
    )
    found = []
    for phase in session.exec(query):
        hours = hours_due(starts=phase.starts, ends=phase.ends, now=now)
        if hours is not None and _is_new(session, phase, hours):
            found.append((phase, hours))
    return found


def _is_new(session: Session, phase: Phase, hours: int) -> bool:
    """Whether nobody was reminded of this very end, or told of it by an extension since."""
    sent = select(func.count()).where(
        DeadlineReminder.phase_id == phase.id,
        DeadlineReminder.ends == phase.ends,
        col(DeadlineReminder.hours) <= hours,
    )
    if session.exec(sent).one():
        return False
    extended = select(func.max(Event.at)).where(
        Event.challenge_id == phase.challenge_id,
        Event.kind == "phase.extended",
        Event.subject_id == phase.id,
    )
    told_at = session.exec(extended).one()
    return told_at is None or told_at <= phase.ends - timedelta(hours=hours)


def _remind(database: Database, phase_id: int, hours: int, now: datetime) -> int:
    with database.reading() as session:
        phase = session.get_one(Phase, phase_id)
        challenge = session.get_one(Challenge, phase.challenge_id)
        people = can_act(session, phase, now=now)
    with database.writing() as session:
        sent = DeadlineReminder(phase_id=phase_id, ends=phase.ends, hours=hours, sent_at=now)
        try:
            session.add(sent)
            session.flush()
        except IntegrityError:
            # Another worker was faster.
            return 0
        told = notify(
            session,
            kind="deadline_reminder",
            account_ids=people,
            values={
                "challenge": challenge.title,
                "phase": phase.title,
                "ends": phase.ends.isoformat(),
            },
            link=f"/challenges/{challenge.slug}/submit",
            now=now,
        )
        session.commit()
    return told


def can_act(session: Session, phase: Phase, *, now: datetime) -> list[int]:
    """Return the members of teams that may still submit in a phase, or have picked nothing."""
    teams = _teams(session, phase)
    found: list[int] = []
    for first in range(0, len(teams), TEAMS_AT_ONCE):
        some = teams[first : first + TEAMS_AT_ONCE]
        acting = _with_something_left(session, phase, some, now=now)
        members = sa.select(col(Membership.account_id)).where(col(Membership.team_id).in_(acting))
        found += session.execute(members).scalars()
    return found


def _teams(session: Session, phase: Phase) -> list[int]:
    query = sa.select(col(Team.id)).where(
        col(Team.challenge_id) == phase.challenge_id,
        col(Team.closed_at).is_(None),
        col(Team.disqualified_at).is_(None),
    )
    if phase.admit_top is not None:
        admitted = sa.select(col(Admission.team_id)).where(col(Admission.phase_id) == phase.id)
        query = query.where(col(Team.id).in_(admitted))
    return list(session.execute(query.order_by(col(Team.id))).scalars())


def _with_something_left(
    session: Session, phase: Phase, teams: list[int], *, now: datetime
) -> list[int]:
    used = _counts(session, phase, teams, where=counts_in_quota())
    picked = _counts(session, phase, teams, where=col(Submission.selected).is_(True))
    failed = failed_by_phase(session, teams)
    given = _given(session, phase, teams)
    acting = []
    for team in teams:
        failures = failures_that_count(failed.get((team, phase.id or 0), []), now=now)
        left = phase.total + given.get(team, 0) - used.get(team, 0) - failures.total
        chooses = phase.ranking is Ranking.SELECTED and team in used and not picked.get(team)
        if left > 0 or chooses:
            acting.append(team)
    return acting


def _counts(
    session: Session,
    phase: Phase,
    teams: list[int],
    *,
    where: sa.ColumnElement[bool],
) -> dict[int, int]:
    query = (
        sa.select(col(Submission.team_id), func.count())
        .where(
            col(Submission.team_id).in_(teams),
            col(Submission.phase_id) == phase.id,
            col(Submission.late).is_(False),
            where,
        )
        .group_by(col(Submission.team_id))
    )
    return {team: int(number) for team, number in session.execute(query)}


def _given(session: Session, phase: Phase, teams: list[int]) -> dict[int, int]:
    query = (
        sa.select(col(ExtraSubmissions.team_id), func.sum(ExtraSubmissions.total))
        .where(
            col(ExtraSubmissions.team_id).in_(teams),
            col(ExtraSubmissions.phase_id) == phase.id,
        )
        .group_by(col(ExtraSubmissions.team_id))
    )
    return {team: int(number) for team, number in session.execute(query)}
