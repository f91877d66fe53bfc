"""Organisers hear of a failure once, not a hundred times."""

from datetime import timedelta

from sqlmodel import select

from server.shared.mail import OutgoingMail
from server.submissions.alerts import alert_organisers
from server.submissions.models import Submission
from tests.cast import NOON


def failed_submission(session, cast) -> Submission:
    submission = Submission(
        challenge_id=cast.digits.id,
        phase_id=cast.phase_a.id,
        team_id=cast.pandas.id,
        filename="a.csv",
        size=1,
        sha256="0" * 64,
        received_at=NOON,
    )
    session.add(submission)
    session.flush()
    return submission


def alert(session, submission, *, after: timedelta = timedelta(0)) -> int:
    return alert_organisers(
        session, submission, base_url="https://varsity.example", now=NOON + after
    )


def test_each_organiser_gets_a_letter_with_the_place_of_the_trace(session, cast) -> None:
    submission = failed_submission(session, cast)
    assert alert(session, submission) == 1
    letter = session.exec(select(OutgoingMail)).one()
    assert letter.recipient == cast.olga.email
    page = f"https://varsity.example/organise/digits/submissions/{submission.id}"
    assert page in letter.body


def test_a_second_failure_within_the_hour_sends_no_second_letter(session, cast) -> None:
    submission = failed_submission(session, cast)
    alert(session, submission)
    assert alert(session, submission, after=timedelta(minutes=59)) == 0
    assert alert(session, submission, after=timedelta(hours=1)) == 1
