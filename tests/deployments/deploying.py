"""What happens to a deployed folder: an answer is corrected, a team submits."""

from pathlib import Path

from sqlmodel import Session, select

from server.challenges.models import Challenge, Participation, Phase
from server.submissions.actions import Received, submit
from server.submissions.claims import claim, finish
from server.submissions.models import Submission
from server.submissions.rules import SubmissionState
from server.teams.actions import ensure_team
from tests.cast import NOON
from tests.scores import LEASE


def correct(folder: Path) -> None:
    """Change one answer of the solution."""
    solution = folder / "private" / "solution.csv"
    text = solution.read_text()
    assert ",class_2" in text
    solution.write_text(text.replace(",class_2", ",class_1", 1))


def phase_of(session: Session) -> Phase:
    challenge = session.exec(select(Challenge).where(Challenge.slug == "wines")).one()
    return session.exec(select(Phase).where(Phase.challenge_id == challenge.id)).first()


def send(session: Session, cast) -> Submission:
    phase = phase_of(session)
    challenge = session.get_one(Challenge, phase.challenge_id)
    session.add(Participation(challenge_id=challenge.id, account_id=cast.wei.id, joined_at=NOON))
    session.flush()
    team = ensure_team(session, challenge=challenge, account_id=cast.wei.id, now=NOON)
    submission = submit(
        session,
        account_id=cast.wei.id,
        challenge=challenge,
        phase=phase,
        team_id=team.id,
        ended_challenge=False,
        upload=Received("p.csv", 10, "c" * 64),
        comment="",
        now=phase.starts,
    ).submission
    claim(session, submission.id, holder="a/1/1/a", now=NOON, lease=LEASE)
    finish(session, submission.id, holder="a/1/1/a", state=SubmissionState.SCORED)
    session.commit()
    return submission
