"""What the upload page shows: where a file can go, and what is left there."""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlmodel import Session

from server.challenges.file_queries import files_of
from server.challenges.models import Challenge, ChallengeFile, Phase
from server.challenges.queries import rules_digest
from server.challenges.rules import PhaseState
from server.challenges.views import Frame
from server.shared.access import Viewer
from server.submissions.entrances import Entrance, Way, entrance_to
from server.submissions.failures import failed_by_phase
from server.submissions.queries import extra_in, pause_of, practice_left, quota_of
from server.submissions.rules import Extra, Pause, Quota, day_of
from server.submissions.times import times_of
from server.teams.models import Team
from server.teams.queries import team_of


class PhaseQuota(NamedTuple):
    """A phase that a file can go to now, and what is left there."""

    slug: str
    title: str
    ends: datetime
    per_day: int
    total: int
    quota: Quota
    late: bool
    failed_today: int
    extra: Extra
    pause: Pause | None
    late_until: datetime | None = None
    entrance: Entrance = Entrance()

    @property
    def is_open(self) -> bool:
        """Whether a file can be sent there now."""
        return bool(self.quota.left) and self.pause is None and self.entrance.way is Way.OPEN

    def renewed_at(self, now: datetime) -> datetime | None:
        """When the day's quota is whole again; None where the phase, or all of it, ends first."""
        tomorrow = day_of(now) + timedelta(days=1)
        more_left = self.late or self.quota.left_total > self.quota.left_today
        return tomorrow if more_left and (self.late or tomorrow <= self.ends) else None


class SubmitView(NamedTuple):
    """What the upload page shows; `must_accept`: the rules come before the first file."""

    phases: list[PhaseQuota]
    must_accept: bool
    team: Team | None
    header: list[str]
    max_bytes: int
    files: list[ChallengeFile]
    next_start: datetime | None


def submit_view(session: Session, frame: Frame, *, viewer: Viewer, now: datetime) -> SubmitView:
    """Return the phases a viewer can send to now, with the quotas of the viewer's team."""
    challenge = frame.challenge
    team = team_of(session, challenge.id or 0, viewer.id) if viewer.id else None
    team_id = team.id if team else None
    phases = [v.phase for v in frame.phases if v.state is PhaseState.OPEN]
    last = frame.phases[-1] if frame.phases else None
    overdue = [v.phase for v in frame.phases if times_of(challenge, v.phase).takes_late(now)]
    practice = not phases and not overdue and last is not None and last.revealed
    if practice and last is not None:
        phases = [last.phase]
    return SubmitView(
        phases=[
            *(_phase_quota(session, p, team_id, now=now, late=practice) for p in phases),
            *(_overdue_quota(session, challenge, p, team_id, now=now) for p in overdue),
        ],
        must_accept=not team
        and not frame.joined
        and bool(rules_digest(session, challenge.id or 0)),
        team=team,
        header=challenge.header,
        max_bytes=challenge.max_bytes,
        files=files_of(session, challenge.id or 0),
        next_start=min((v.starts for v in frame.phases if v.starts > now), default=None),
    )


def _phase_quota(
    session: Session, phase: Phase, team_id: int | None, *, now: datetime, late: bool
) -> PhaseQuota:
    if late and team_id is not None:
        left = practice_left(session, team_id=team_id, phase=phase, now=now)
    else:
        left = quota_of(session, team_id=team_id, phase=phase, now=now)
    extra = extra_in(session, team_id=team_id, phase_id=phase.id or 0, now=now)
    return PhaseQuota(
        slug=phase.slug,
        title=phase.title,
        ends=phase.ends,
        per_day=phase.per_day + extra.today,
        total=phase.total + extra.total,
        quota=left,
        extra=extra,
        pause=pause_of(session, phase),
        late=late,
        failed_today=_failed_today(session, phase, team_id, now=now, late=late),
        entrance=entrance_to(session, phase, team_id),
    )


def _overdue_quota(
    session: Session, challenge: Challenge, phase: Phase, team_id: int | None, *, now: datetime
) -> PhaseQuota:
    """Return a phase whose late days run: its quotas go on, and files count for a grade alone."""
    until = times_of(challenge, phase).late_until
    return _phase_quota(session, phase, team_id, now=now, late=False)._replace(late_until=until)


def _failed_today(
    session: Session, phase: Phase, team_id: int | None, *, now: datetime, late: bool
) -> int:
    if team_id is None:
        return 0
    failed = failed_by_phase(session, [team_id], late=late)
    moments = failed.get((team_id, phase.id or 0), [])
    return sum(day_of(moment) == day_of(now) for moment in moments)
