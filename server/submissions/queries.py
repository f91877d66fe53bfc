"""Reads of submissions."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from server.accounts.queries import accounts_by_id
from server.challenges.models import ChallengeFile, ChallengeImage, Phase
from server.challenges.queries import is_organiser
from server.shared.access import Viewer
from server.shared.errors import N_, NotFound
from server.shared.paging import Page, page_of
from server.submissions.failures import failed_by_phase
from server.submissions.models import Arrival, Submission, SubmissionNote
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
    today = day_of(now)
    query = select(
        func.count(),
        func.coalesce(func.sum(sa.case((col(Submission.received_at) >= today, 1), else_=0)), 0),
    ).where(
        Submission.team_id == team_id,
        Submission.phase_id == phase_id,
        col(Submission.late).is_(False),
        counts_in_quota(),
    )
    total, day = session.exec(query).one()
    failed = _failed(session, team_id, phase_id, late=False)
    more = failures_that_count(failed, now=now)
    return Used(int(day) + more.today, int(total) + more.total)


def _failed(session: Session, team_id: int, phase_id: int | None, *, late: bool) -> list[datetime]:
    found = failed_by_phase(session, [team_id], late=late)
    return found.get((team_id, phase_id or 0), [])


def extra_in(session: Session, *, team_id: int | None, phase_id: int, now: datetime) -> Extra:
    """Return what the organisers gave a team beyond a phase's quotas."""
    query = sa.select(
        col(ExtraSubmissions.total), col(ExtraSubmissions.per_day), col(ExtraSubmissions.day)
    ).where(col(ExtraSubmissions.team_id) == team_id, col(ExtraSubmissions.phase_id) == phase_id)
    return extra_of((Grant(*row) for row in session.execute(query)), now=now)


def pause_of(session: Session, phase: Phase) -> Pause | None:
    """Return the pause of a phase, with the name of who paused it."""
    if phase.paused_at is None:
        return None
    person = accounts_by_id(session, [phase.paused_by]).get(phase.paused_by or 0)
    return Pause(phase.paused_at, person.name if person else "", phase.paused_words)


def quota_of(session: Session, *, team_id: int | None, phase: Phase, now: datetime) -> Quota:
    """Return what a team (None: one to be) has left in a phase."""
    day, total = (
        Used(0, 0)
        if team_id is None
        else used(session, team_id=team_id, phase_id=phase.id or 0, now=now)
    )
    return quota(
        per_day=phase.per_day,
        total=phase.total,
        used_today=day,
        used_total=total,
        ends=phase.ends,
        now=now,
        extra=extra_in(session, team_id=team_id, phase_id=phase.id or 0, now=now),
    )


def practice_left(session: Session, *, team_id: int, phase: Phase, now: datetime) -> Quota:
    """Return what a team has left of a day's practice after the end."""
    query = select(func.count()).where(
        Submission.team_id == team_id,
        Submission.phase_id == phase.id,
        col(Submission.late).is_(True),
        col(Submission.received_at) >= day_of(now),
        counts_in_quota(),
    )
    failed = failures_that_count(_failed(session, team_id, phase.id, late=True), now=now)
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


class Sift(NamedTuple):
    """Which of a team's submissions are wanted: of a phase, in a state, with words in them."""

    phase_id: int | None = None
    state: str = ""
    q: str = ""

    @property
    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """What a submission has to fulfil."""
        found: list[sa.ColumnElement[bool]] = []
        if self.phase_id is not None:
            found.append(col(Submission.phase_id) == self.phase_id)
        if self.state == "waiting":
            found.append(col(Submission.state).in_(WAITING))
        elif self.state == "picked":
            found.append(col(Submission.selected).is_(True))
        elif self.state:
            found.append(col(Submission.state) == SubmissionState(self.state))
        if self.q:
            found.append(self._words())
        return found

    def _words(self) -> sa.ColumnElement[bool]:
        noted = sa.select(col(SubmissionNote.submission_id)).where(
            col(SubmissionNote.submission_id) == col(Submission.id),
            col(SubmissionNote.text).icontains(self.q, autoescape=True),
        )
        return sa.or_(
            col(Submission.filename).icontains(self.q, autoescape=True),
            col(Submission.comment).icontains(self.q, autoescape=True),
            noted.exists(),
        )


EVERYTHING = Sift()


def own_submissions(
    session: Session,
    *,
    team_id: int,
    challenge_id: int,
    page: int,
    per_page: int,
    sift: Sift = EVERYTHING,
) -> Page[Submission]:
    """Return a page of a team's submissions, newest first."""
    query = (
        select(Submission)
        .where(
            Submission.team_id == team_id,
            Submission.challenge_id == challenge_id,
            *sift.conditions,
        )
        .order_by(col(Submission.received_at).desc(), col(Submission.id).desc())
    )
    return page_of(session, query, page=page, per_page=per_page)


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
