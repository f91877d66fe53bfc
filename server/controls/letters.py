"""What teams are told of an organiser's decision, as their members want to be told."""

from datetime import datetime

from flask_babel import gettext
from sqlmodel import Session

from server.challenges.models import Challenge, Phase
from server.submissions.models import Submission
from server.teams.announcements import tell_everybody
from server.teams.models import ExtraSubmissions, Team
from server.teams.notices import address, tell_teams


def announce_extension(
    session: Session,
    *,
    challenge: Challenge,
    phase: Phase,
    before: datetime,
    reason: str,
    now: datetime,
) -> int:
    """Tell every team of a challenge that a deadline is later now; return how many were told."""
    return tell_everybody(
        session,
        challenge,
        kind="deadline_extended",
        said={"phase": phase.title, "ends": phase.ends.isoformat()},
        link=f"/challenges/{challenge.slug}",
        template="controls/mail/extended.txt",
        subject=lambda: gettext("More time for %(challenge)s", challenge=challenge.title),
        at=now,
        phase=phase,
        before=before,
        reason=reason,
        page=address("challenges.show", slug=challenge.slug),
    )


def mail_extra(session: Session, *, phase: Phase, given: ExtraSubmissions, now: datetime) -> int:
    """Tell a team that it may submit more."""
    return tell_teams(
        session,
        [given.team_id],
        kind="extra_submissions",
        template="controls/mail/extra.txt",
        subject=lambda: gettext("Your team may submit more"),
        at=now,
        phase=phase,
        given=given,
    )


def mail_verdict(session: Session, *, team: Team, reason: str, now: datetime) -> int:
    """Tell a team that it was taken off the boards, or put back."""
    off = team.disqualified_at is not None
    return tell_teams(
        session,
        [team.id or 0],
        kind="disqualified",
        template="controls/mail/verdict.txt",
        subject=lambda: (
            gettext("Your team was disqualified") if off else gettext("Your team is back")
        ),
        at=now,
        off=off,
        reason=reason,
        submission=None,
    )


def mail_verdict_on(session: Session, *, submission: Submission, reason: str, now: datetime) -> int:
    """Tell a team that one of its submissions was taken off the board, or put back."""
    off = submission.disqualified_at is not None
    return tell_teams(
        session,
        [submission.team_id or 0],
        kind="disqualified",
        template="controls/mail/verdict.txt",
        subject=lambda: (
            gettext("A submission of your team was disqualified")
            if off
            else gettext("A submission of your team counts again")
        ),
        at=now,
        off=off,
        reason=reason,
        submission=submission,
    )
