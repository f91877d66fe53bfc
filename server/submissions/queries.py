"""Reads of submissions."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from server.accounts.queries import accounts_by_id
from server.challenges.models import ChallengeFile, ChallengeImage, Phase
from server.challenges.queries import is_organiser
from server.shared.access import Viewer
from server.shared.database import UTCDateTime
from server.shared.errors import N_, NotFound
from server.submissions.failures import failed_by_phase
from server.submissions.models import Arrival, Submission
from server.submissions.rules import (
    BY_THE_METRIC,
    COUNTED,
    INCLUSIVE,
    WAITING,
    Extra,
    Grant,
    Pause,
    Quota,
    SubmissionState,
    Used,
    day_of,
    extra_of,
    failures_that_count,
    quota,
)
from server.teams.models import ExtraSubmissions
from server.teams.queries import is_member


def submission_by_id(session: Session, submission_id: int) -> Submission:
    """Return a submission. Raises NotFound."""
    submission = session.get(Submission, submission_id)
    if submission is None:
        raise NotFound(N_("There is no such submission."))
    return submission


def is_public_file(session: Session, sha256: str) -> bool:
    """Whether a stored file is a participant's or a challenge's, under whatever name."""
    sent = select(Submission.id).where(Submission.sha256 == sha256).limit(1)
    offered = select(ChallengeFile.id).where(ChallengeFile.sha256 == sha256).limit(1)
    shown = select(ChallengeImage.id).where(ChallengeImage.sha256 == sha256).limit(1)
    return any(session.exec(query).first() is not None for query in (sent, offered, shown))


def submission_gate(session: Session, viewer: Viewer, arguments: Mapping[str, Any]) -> None:
    """Let in the team of the submission and the challenge's organisers; others learn nothing."""
    account_id = viewer.account_id
    submission = submission_by_id(session, int(arguments["submission_id"]))
    if viewer.is_admin or is_organiser(session, submission.challenge_id, account_id):
        return
    if submission.team_id is None or not is_member(session, submission.team_id, account_id):
        raise NotFound(N_("There is no such submission."))


def counts_in_quota() -> sa.ColumnElement[bool]:
    """Whether a submission uses up a place of the quotas.

    So does one that the metric itself refused: it was compared with the answers first, and given
    back for nothing it could be asked again and again what they are.
    """
    first = col(Submission.faults)[0]["code"].as_string()
    refused = sa.and_(col(Submission.state) == SubmissionState.REJECTED, first.in_(BY_THE_METRIC))
    return sa.or_(col(Submission.state).in_(COUNTED), refused)


def used(session: Session, *, team_id: int, phase_id: int, now: datetime) -> Used:
    """Return how many of a team's submissions count today and in all."""
    return _used_by(session, {team_id}, {phase_id}, now=now).get((team_id, phase_id), Used(0, 0))


def _used_by(
    session: Session, teams: Collection[int], phases: Collection[int], *, now: datetime
) -> dict[tuple[int, int], Used]:
    """Return what teams have used, by the team and the phase."""
    asked = {"today": day_of(now), "teams": list(teams), "phases": list(phases)}
    rows = session.execute(_sent(), asked)
    counted = {(team, phase): (int(day), total) for team, phase, day, total in rows}
    failed = failed_by_phase(session, teams)
    found = {}
    for place in counted.keys() | failed.keys():
        more = failures_that_count(failed.get(place, []), now=now)
        day, total = counted.get(place, (0, 0))
        found[place] = Used(day + more.today, total + more.total)
    return found


# Made once: to build it takes longer than to run it.
@cache
def _sent() -> sa.Select[*tuple[Any, ...]]:
    """Return the select of how much teams sent today and in all, that counts."""
    own, phase = col(Submission.team_id), col(Submission.phase_id)
    today = col(Submission.received_at) >= sa.bindparam("today", type_=UTCDateTime)
    return (
        sa.select(own, phase, func.sum(sa.case((today, 1), else_=0)), func.count())
        .where(
            own.in_(sa.bindparam("teams", expanding=True)),
            phase.in_(sa.bindparam("phases", expanding=True)),
            col(Submission.late).is_(False),
            counts_in_quota(),
        )
        .group_by(own, phase)
    )


def extra_in(session: Session, *, team_id: int | None, phase_id: int, now: datetime) -> Extra:
    """Return what the organisers gave a team beyond a phase's quotas."""
    given = [] if team_id is None else _given(session, {team_id}, {phase_id})[team_id, phase_id]
    return extra_of(given, now=now)


def _given(
    session: Session, teams: Collection[int], phases: Collection[int]
) -> dict[tuple[int, int], list[Grant]]:
    table = ExtraSubmissions
    query = sa.select(
        col(table.team_id),
        col(table.phase_id),
        col(table.total),
        col(table.per_day),
        col(table.day),
    ).where(col(table.team_id).in_(teams), col(table.phase_id).in_(phases))
    found: dict[tuple[int, int], list[Grant]] = defaultdict(list)
    for team, phase, *grant in session.execute(query):
        found[team, phase].append(Grant(*grant))
    return found


def pause_of(session: Session, phase: Phase) -> Pause | None:
    """Return the pause of a phase, with the name of who paused it."""
    if phase.paused_at is None:
        return None
    person = accounts_by_id(session, [phase.paused_by]).get(phase.paused_by or 0)
    return Pause(phase.paused_at, person.name if person else "", phase.paused_words)


def quota_of(session: Session, *, team_id: int | None, phase: Phase, now: datetime) -> Quota:
    """Return what a team (None: one to be) has left in a phase."""
    return quotas_of(session, [(team_id, phase)], now=now)[0]


def quotas_of(
    session: Session, wanted: Sequence[tuple[int | None, Phase]], *, now: datetime
) -> list[Quota]:
    """Return what each team has left in its phase, as `quota_of` says it of one."""
    teams = {team for team, _ in wanted if team is not None}
    phases = {phase.id or 0 for _, phase in wanted}
    used = _used_by(session, teams, phases, now=now) if teams else {}
    given = _given(session, teams, phases) if teams else {}
    return [
        quota(
            per_day=phase.per_day,
            total=phase.total,
            used_today=used.get((team or 0, phase.id or 0), Used(0, 0)).today,
            used_total=used.get((team or 0, phase.id or 0), Used(0, 0)).total,
            ends=phase.ends,
            now=now,
            extra=extra_of(given.get((team or 0, phase.id or 0), ()), now=now),
        )
        for team, phase in wanted
    ]


def practice_left(session: Session, *, team_id: int, phase: Phase, now: datetime) -> Quota:
    """Return what a team has left of a day's practice after the end."""
    query = select(func.count()).where(
        Submission.team_id == team_id,
        Submission.phase_id == phase.id,
        col(Submission.late).is_(True),
        col(Submission.received_at) >= day_of(now),
        counts_in_quota(),
    )
    late = failed_by_phase(session, [team_id], late=True).get((team_id, phase.id or 0), [])
    failed = failures_that_count(late, now=now)
    left = max(0, phase.per_day - session.exec(query).one() - failed.today)
    return Quota(left, left, now if left else day_of(now) + timedelta(days=1))


def same_file(
    session: Session, *, team_id: int, phase_id: int | None, sha256: str
) -> Submission | None:
    """Return a team's earlier submission with the very same bytes in a phase."""
    query = (
        select(Submission)
        .where(
            Submission.team_id == team_id,
            Submission.phase_id == phase_id,
            Submission.sha256 == sha256,
        )
        .order_by(col(Submission.id))
    )
    return session.exec(query).first()


def selected_count(session: Session, *, team_id: int | None, phase_id: int | None) -> int:
    """Return how many submissions a team has picked in a phase."""
    query = select(func.count()).where(
        Submission.team_id == team_id,
        Submission.phase_id == phase_id,
        col(Submission.selected).is_(True),
    )
    return session.exec(query).one()


def anything_waits(session: Session, phase: Phase, *, now: datetime) -> bool:
    """Whether something received in time in a phase has no end yet, or is still arriving."""
    waiting = (
        select(col(Submission.id))
        .where(
            Submission.phase_id == phase.id,
            col(Submission.state).in_(WAITING),
            col(Submission.late).is_(False),
        )
        .limit(1)
    )
    arriving = (
        select(col(Arrival.id))
        .where(
            Arrival.challenge_id == phase.challenge_id,
            Arrival.began_at < phase.ends + INCLUSIVE,
            Arrival.until > now,
        )
        .limit(1)
    )
    found = session.exec(waiting).first() or session.exec(arriving).first()
    return found is not None


def near_a_deadline(
    session: Session, challenge_id: int, *, now: datetime, within: timedelta
) -> bool:
    """Whether a phase of a challenge that is open now ends soon."""
    query = (
        select(col(Phase.id))
        .where(
            Phase.challenge_id == challenge_id,
            col(Phase.starts) <= now,
            col(Phase.ends) > now - INCLUSIVE,
            col(Phase.ends) <= now + within,
        )
        .limit(1)
    )
    return session.exec(query).first() is not None


def has_submissions(session: Session, phase_id: int) -> bool:
    """Whether a team (not a baseline) has submitted to a phase."""
    query = (
        select(col(Submission.id))
        .where(Submission.phase_id == phase_id, col(Submission.team_id).is_not(None))
        .limit(1)
    )
    return session.exec(query).first() is not None
