"""Reminders before deadlines: whoever can still do something is told, once each."""

from datetime import datetime, timedelta
from functools import partial

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select

from server.challenges.models import Challenge, Phase
from server.challenges.rules import Ranking
from server.notifications.actions import notify
from server.notifications.pieces import in_pieces
from server.shared.database import Database
from server.shared.events import Event, record
from server.submissions.failures import failed_by_phase
from server.submissions.models import Admission, DeadlineReminder, Submission
from server.submissions.queries import counts_in_quota
from server.submissions.rules import failures_that_count
from server.teams.models import ExtraSubmissions, Membership, Team

# Hours before a phase's end, the longest first.
HOURS = (72, 24)
TEAMS_AT_ONCE = 500
# Says up to which team a phase's reminder was sent; of none more when it is done.
REMINDED = "reminder.told"


def hours_due(*, starts: datetime, ends: datetime, now: datetime) -> int | None:
    """Return which reminder is due: the shortest whose moment has come, while the phase is open.

    A phase that is shorter than a reminder's hours has no such reminder.
    """
    if not starts <= now < ends:
        return None
    come = [h for h in HOURS if starts <= ends - timedelta(hours=h) <= now]
    return min(come, default=None)


def remind(database: Database, *, now: datetime, at_once: int = TEAMS_AT_ONCE) -> int:
    """Send the reminders that are due, some teams in a transaction; return how many were told."""
    with database.reading() as session:
        due = [(phase.id or 0, hours) for phase, hours in _due(session, now)]
    some = partial(_remind_some, now=now, at_once=at_once)
    return sum(in_pieces(database, partial(some, phase_id=p, hours=h)) for p, h in due)


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
    """Whether not all were reminded of this very end, nor told of it by an extension since."""
    query = select(DeadlineReminder).where(
        DeadlineReminder.phase_id == phase.id,
        DeadlineReminder.ends == phase.ends,
        col(DeadlineReminder.hours) <= hours,
    )
    sent = session.exec(query.order_by(col(DeadlineReminder.hours)).limit(1)).first()
    if sent is not None:
        return sent.hours == hours and _is_under_way(session, sent)
    extended = select(func.max(Event.at)).where(
        Event.challenge_id == phase.challenge_id,
        Event.kind == "phase.extended",
        Event.subject_id == phase.id,
    )
    told_at = session.exec(extended).one()
    return told_at is None or told_at <= phase.ends - timedelta(hours=hours)


def _is_under_way(session: Session, sent: DeadlineReminder) -> bool:
    """Whether somebody is still to be told; one without pieces was sent in one go."""
    last = _last_piece(session, sent)
    return last is not None and bool(last.data["teams"])


def _last_piece(session: Session, sent: DeadlineReminder) -> Event | None:
    query = select(Event).where(
        Event.kind == REMINDED,
        Event.subject_id == sent.phase_id,
        Event.data["ends"].as_string() == sent.ends.isoformat(),
        Event.data["hours"].as_integer() == sent.hours,
    )
    return session.exec(query.order_by(col(Event.id).desc()).limit(1)).first()


def _remind_some(
    session: Session, *, phase_id: int, hours: int, now: datetime, at_once: int
) -> int | None:
    """Tell the next teams; None where no team is left, or another worker has just begun."""
    phase = session.get_one(Phase, phase_id)
    sent = _begun(session, phase, hours, now)
    last = None if sent is None else _last_piece(session, sent)
    if sent is None or (last is not None and not last.data["teams"]):
        return None
    after = last.data["upto"] if last is not None else 0
    teams = teams_after(session, phase, after=after, at_once=at_once)
    acting = can_act(session, phase, teams, now=now)
    # No event of the challenge: nothing of its boards has changed by it.
    record(
        session,
        REMINDED,
        at=now,
        subject_id=phase_id,
        ends=phase.ends.isoformat(),
        hours=hours,
        upto=teams[-1] if teams else after,
        teams=len(teams),
    )
    return _tell(session, phase, acting, now) if teams else None


def _begun(session: Session, phase: Phase, hours: int, now: datetime) -> DeadlineReminder | None:
    """Return the reminder as nobody else sends it meanwhile; None where another began it now."""
    key = (phase.id, phase.ends, hours)
    sent = session.get(DeadlineReminder, key, with_for_update=True)
    if sent is not None:
        return sent if _last_piece(session, sent) is not None else None
    sent = DeadlineReminder(phase_id=phase.id or 0, ends=phase.ends, hours=hours, sent_at=now)
    session.add(sent)
    try:
        session.flush()
    except IntegrityError:
        session.rollback()
        return None
    return sent


def _tell(session: Session, phase: Phase, teams: list[int], now: datetime) -> int:
    challenge = session.get_one(Challenge, phase.challenge_id)
    return notify(
        session,
        kind="deadline_reminder",
        account_ids=sa.select(col(Membership.account_id)).where(col(Membership.team_id).in_(teams)),
        values={
            "challenge": challenge.title,
            "phase": phase.title,
            "ends": phase.ends.isoformat(),
        },
        link=f"/challenges/{challenge.slug}/submit",
        now=now,
    )


def teams_after(
    session: Session, phase: Phase, *, after: int = 0, at_once: int = TEAMS_AT_ONCE
) -> list[int]:
    """Return the next teams of a phase that are in it, in the order of their ids."""
    query = sa.select(col(Team.id)).where(
        col(Team.challenge_id) == phase.challenge_id,
        col(Team.id) > after,
        col(Team.closed_at).is_(None),
        col(Team.disqualified_at).is_(None),
    )
    if phase.admit_top is not None:
        admitted = sa.select(col(Admission.team_id)).where(col(Admission.phase_id) == phase.id)
        query = query.where(col(Team.id).in_(admitted))
    return list(session.execute(query.order_by(col(Team.id)).limit(at_once)).scalars())


def can_act(session: Session, phase: Phase, teams: list[int], *, now: datetime) -> list[int]:
    """Return those of some teams that may still submit in a phase, or have picked nothing."""
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
