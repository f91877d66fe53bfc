"""Organisers are told when a submission failed: not the participant's mistake, theirs or ours."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from server.accounts.models import Account
from server.challenges.models import Challenge, Organiser
from server.shared.errors import N_
from server.shared.events import Event, record
from server.shared.mail import post
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

    Returns how many letters were posted. The caller commits.
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
        "number": submission.id,
        "url": f"{base_url}/organise/{challenge.slug}/submissions/{submission.id}",
    }
    organisers = session.exec(
        select(Account)
        .join(Organiser, col(Organiser.account_id) == col(Account.id))
        .where(Organiser.challenge_id == challenge.id, col(Account.closed_at).is_(None))
    ).all()
    for account in organisers:
        subject, body = SUBJECT % values, LETTER % values
        post(session, recipient=account.email, subject=subject, body=body, now=now)
    record(session, KIND, at=now, challenge_id=challenge.id, subject_id=submission.id)
    return len(organisers)
