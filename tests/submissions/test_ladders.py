"""Nobody hears the score of one more file by leaving, founding a team, and merging back."""

from datetime import timedelta

import pytest

from server.challenges.models import Challenge, Participation, Phase
from server.challenges.rules import Ranking
from server.shared.errors import Forbidden
from server.submissions.models import Submission
from server.submissions.rules import SubmissionState
from server.teams.actions import create_team, leave
from server.teams.models import Membership, Team
from tests.cast import NOON
from tests.scores import submitted

LEFT = NOON + timedelta(hours=1)


@pytest.fixture
def ladder(session, cast) -> Phase:
    phase = session.get_one(Phase, cast.phase_a.id)
    phase.ranking = Ranking.LADDER
    session.add(phase)
    session.commit()
    return phase


def part(session, cast, person: str, team: str, *, at=LEFT) -> Team:
    """Somebody leaves a team and founds one alone, which the cast then knows as `anew`."""
    account = cast.people[person]
    left = session.get_one(Team, cast.teams[team].id)
    leave(session, team=left, account_id=account.id, now=at)
    challenge = session.get_one(Challenge, cast.digits.id)
    session.merge(Participation(challenge_id=challenge.id, account_id=account.id, joined_at=at))
    founded = create_team(
        session, challenge=challenge, account_id=account.id, name=f"anew {person}", now=at
    )
    session.flush()
    cast.teams["anew"] = founded
    return founded


def sent(session, cast, person: str, *, state=SubmissionState.QUEUED) -> Submission:
    made = submitted(session, cast, team="anew", by=person, at=LEFT, data=f"{person} {state}")
    made.state = state
    session.add(made)
    session.flush()
    return made


def test_who_left_a_team_that_has_submitted_begins_no_new_ladder(session, cast, ladder):
    submitted(session, cast)
    part(session, cast, "mei", "pandas")
    with pytest.raises(Forbidden) as refused:
        sent(session, cast, "mei")
    assert refused.value.code == "new-ladder"


def test_on_another_board_it_is_a_team_like_any(session, cast):
    submitted(session, cast)
    part(session, cast, "mei", "pandas")
    assert sent(session, cast, "mei").id


def test_who_left_before_anything_was_submitted_has_heard_nothing(session, cast, ladder):
    part(session, cast, "mei", "pandas")
    submitted(session, cast, at=LEFT + timedelta(minutes=1))
    assert sent(session, cast, "mei").id


def test_a_ladder_that_others_began_goes_on_with_who_comes(session, cast, ladder):
    submitted(session, cast)
    founded = part(session, cast, "lena", "isar")
    rejected = sent(session, cast, "lena", state=SubmissionState.REJECTED)
    left = session.get_one(Team, cast.pandas.id)
    leave(session, team=left, account_id=cast.mei.id, now=LEFT)
    session.add(
        Membership(
            team_id=founded.id,
            challenge_id=founded.challenge_id,
            account_id=cast.mei.id,
            joined_at=LEFT,
        )
    )
    session.flush()
    with pytest.raises(Forbidden):
        sent(session, cast, "mei")
    rejected.state = SubmissionState.SCORED
    session.add(rejected)
    session.flush()
    assert sent(session, cast, "mei").id


def test_a_merger_does_not_wipe_out_what_was_submitted(session, cast, ladder):
    theirs = submitted(session, cast)
    part(session, cast, "mei", "pandas")
    theirs.team_id = cast.isar.id
    session.add(theirs)
    session.flush()
    with pytest.raises(Forbidden):
        sent(session, cast, "mei")
