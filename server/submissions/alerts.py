"""Organisers are told when a submission failed: not the participant's mistake, theirs or ours."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from server.challenges.models import Challenge, Organiser
from server.notifications.actions import notify
from server.notifications.letters import Letter, why
from server.notifications.words import said
from server.shared.errors import N_
from server.shared.events import Event, record
from server.submissions.models import Submission

KIND = "organisers.alerted"
# One letter tells of a broken solution; a hundred would tell no more.
NOT_AGAIN_WITHIN = timedelta(hours=1)
SUBJECT = N_("A submission to %(title)s could not be scored")
LETTER = N_(
    "Submission %(number)s to %(title)s failed: it is not the team's mistake. What happened, with "
    "the trace, is here:\n\n%(url)s\n\nOf a team's failures of one day the first three take "
    "nothing from its quota. When the cause is gone, have it tried again on that page.\nFurther "
    "failures of the next hour are on the same page.\n"
)


def alert_organisers(
    session: Session, submission: Submission, *, base_url: str, now: datetime
) -> int:
    """Write to a challenge's organisers that a submission failed, at most once an hour.

    Returns how many were told. The caller commits.
    """
    recently = select(Event).where(
        Event.challenge_id == submission.challenge_id,
        Event.kind == KIND,
        col(Event.at) > now - NOT_AGAIN_WITHIN,
    )
    if session.exec(recently.limit(1)).first() is not None:
        return 0
    challenge = session.get_one(Challenge, submission.challenge_id)
    values = {
        "title": challenge.title,
        "number": str(submission.id),
        "url": f"{base_url}/organise/{challenge.slug}/submissions/{submission.id}",
    }
    told = notify(
        session,
        kind="scoring_failed",
        account_ids=sa.select(col(Organiser.account_id)).where(
            col(Organiser.challenge_id) == challenge.id
        ),
        values={"challenge": challenge.title, "number": submission.id},
        link=f"/organise/{challenge.slug}/submissions/{submission.id}",
        now=now,
        letter=lambda: Letter(said(SUBJECT, **values), f"{said(LETTER, **values)}\n{why()}\n"),
    )
    record(session, KIND, at=now, challenge_id=challenge.id, subject_id=submission.id)
    return told
