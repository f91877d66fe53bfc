"""What teams are told of an organiser's decision, as their members want to be told."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext
from sqlmodel import Session

from server.challenges.models import Challenge, Phase
from server.notifications.letters import NAME, Letter, why
from server.notifications.words import said
from server.notifications.zones import moment_said
from server.shared.errors import N_
from server.shared.mail import HOME
from server.submissions.models import Submission
from server.teams.announcements import ask_to_tell
from server.teams.models import ExtraSubmissions, Team
from server.teams.notices import tell_teams


def announce_extension(
    session: Session,
    *,
    challenge: Challenge,
    phase: Phase,
    before: datetime,
    reason: str,
    now: datetime,
) -> None:
    """Have every team of a challenge told that a deadline is later."""
    ask_to_tell(
        session,
        challenge,
        kind="deadline_extended",
        said={"phase": phase.title, "ends": phase.ends.isoformat()},
        link=f"/challenges/{challenge.slug}",
        now=now,
        before=before.isoformat(),
        reason=reason,
        page=f"/challenges/{challenge.slug}",
    )


def extension_letter(told: Mapping[str, Any], more: Mapping[str, Any]) -> Letter:
    """Return the letter on a later deadline, in the language and the zone that are read now."""
    names = {"challenge": told["challenge"], "phase": told["phase"]}
    before, ends = (datetime.fromisoformat(text) for text in (more["before"], told["ends"]))
    lines = [
        said(N_("Dear %(name)s,"), name=NAME),
        said(
            N_(
                "there is more time: in the challenge %(challenge)s, %(phase)s closes later than "
                "it did."
            ),
            **names,
        ),
        "    " + said(N_("Until now: %(moment)s"), moment=moment_said(before)) + "\n"
        "    " + said(N_("From now on: %(moment)s"), moment=moment_said(ends)),
        said(N_("The organisers say why: %(reason)s"), reason=more["reason"]),
        f"    {HOME}{more['page']}",
        f"-- \nVarsity · {HOME}\n"
        + said(N_("You receive this message because you take part in the challenge."))
        + f"\n\n{why()}",
    ]
    subject = said(N_("More time for %(challenge)s"), challenge=told["challenge"])
    return Letter(subject, "\n\n".join(lines) + "\n")


# The letters with words of their own among what everybody in a challenge is told.
LETTERS = {"deadline_extended": extension_letter}


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
        said={"case": "team_off" if off else "team_back", "reason": reason},
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
        said={
            "case": "submission_off" if off else "submission_back",
            "number": submission.id,
            "reason": reason,
        },
        off=off,
        reason=reason,
        submission=submission,
    )
