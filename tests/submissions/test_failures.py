"""Failed submissions: the first three of a day come back, further ones use up the quota."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from server.challenges.models import Phase
from server.shared.errors import Conflict
from server.submissions.claims import finish
from server.submissions.failures import failed_by_phase, is_given_back
from server.submissions.models import Submission
from server.submissions.queries import practice_left, quota_of, used
from server.submissions.rules import SubmissionState
from tests.cast import NOON, sign_in
from tests.scores import submitted
from tests.submissions.taking import HOLDER, take

FAILED = SubmissionState.FAILED


def failed(session: Session, cast, number: int, *, at=NOON, **more) -> Submission:
    """A submission that a worker gave up."""
    submission = submitted(session, cast, data=str(number), at=at, **more)
    take(session, submission.id, now=at)
    assert finish(session, submission.id, holder=HOLDER, state=FAILED, scored_at=at)
    session.refresh(submission)
    return submission


@pytest.fixture
def phase(session, cast) -> Phase:
    return session.get_one(Phase, cast.phase_a.id)


def test_files_that_only_fail_do_not_come_back_without_end(session, cast, phase):
    for number in range(8):
        failed(session, cast, number)
    assert used(session, team_id=cast.pandas.id, phase_id=phase.id, now=NOON) == (5, 5)
    with pytest.raises(Conflict) as refused:
        submitted(session, cast, data="one more")
    assert refused.value.code == "quota-day"


def test_another_day_gives_three_back_again(session, cast, phase):
    for number in range(5):
        failed(session, cast, number, at=NOON - timedelta(days=1))
    for number in range(3):
        failed(session, cast, 10 + number)
    assert used(session, team_id=cast.pandas.id, phase_id=phase.id, now=NOON) == (0, 2)


def test_the_failures_of_another_team_or_phase_are_not_ones_own(session, cast, phase):
    for number in range(4):
        failed(session, cast, number, team="isar", by="lena")
    assert quota_of(session, team_id=cast.pandas.id, phase=phase, now=NOON).left == 5
    assert quota_of(session, team_id=cast.isar.id, phase=phase, now=NOON).left == 4
    assert set(failed_by_phase(session, [cast.isar.id, cast.pandas.id])) == {
        (cast.isar.id, phase.id)
    }


def test_one_that_is_tried_again_and_scored_counts_once(session, cast, phase):
    made = [failed(session, cast, number) for number in range(4)]
    made[0].state = SubmissionState.SCORED
    session.add(made[0])
    session.flush()
    assert used(session, team_id=cast.pandas.id, phase_id=phase.id, now=NOON) == (1, 1)


def test_practice_that_only_fails_ends_as_well(session, cast, phase):
    for number in range(8):
        row = submitted(session, cast, data=str(number)) if number < 5 else None
        made = row or failed(session, cast, number)
        made.late, made.state = True, FAILED
        session.add(made)
        session.flush()
    left = practice_left(session, team_id=cast.pandas.id, phase=phase, now=NOON)
    assert left.left == 0


def test_the_first_three_of_a_day_are_told_that_they_take_nothing(session, cast, phase):
    made = [failed(session, cast, n, at=NOON + timedelta(seconds=n // 2)) for n in range(5)]
    assert [is_given_back(session, one) for one in made] == [True] * 3 + [False] * 2


def test_the_team_is_told_which_failures_count(client, session, cast, phase):
    made = [failed(session, cast, number) for number in range(4)]
    session.commit()
    sign_in(client, cast.wei)
    third, fourth = (client.get(f"/submissions/{one.id}").text for one in made[2:])
    assert "It takes nothing from your quota." in third
    assert "It counts in your quota" in fourth
    assert "It takes nothing from your quota." not in fourth
    upload = client.get("/challenges/digits/submit").text
    assert "4 submissions of today could not be scored." in upload
    assert "each further one counts" in upload
    assert "4 submissions left today" in upload
