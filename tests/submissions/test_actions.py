"""Receiving, retrying, withdrawing and picking submissions, on the real database."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlmodel import col, func, select

from server.challenges.models import Challenge, Phase
from server.shared.errors import Conflict, Forbidden
from server.shared.events import Event
from server.submissions.actions import retry, select_final, unselect_final, withdraw
from server.submissions.claims import finish
from server.submissions.models import Admission, Submission
from server.submissions.queries import anything_waits, quota_of, used
from server.submissions.rules import (
    COUNTED,
    SubmissionState,
)
from server.teams.models import Team
from tests.cast import NOON
from tests.scores import submitted
from tests.submissions.taking import HOLDER, take


def test_a_submission_is_queued_with_its_event(session, cast):
    submission = submitted(session, cast)
    session.commit()
    event = session.exec(select(Event).where(Event.kind == "submission.received")).one()
    assert submission.state is SubmissionState.QUEUED
    assert (event.subject_id, event.actor_id, event.team_id) == (
        submission.id,
        cast.wei.id,
        cast.pandas.id,
    )


def test_the_first_submission_fixes_the_teams_university(session, cast):
    submitted(session, cast)
    session.commit()
    team = session.get_one(Team, cast.pandas.id)
    assert (team.fixed_at, team.university_id) == (NOON, cast.tsinghua.id)


def test_the_sixth_of_a_day_is_refused_and_leaves_no_trace(session, cast):
    for number in range(5):
        submitted(session, cast, data=str(number))
    session.commit()
    with pytest.raises(Conflict) as refused:
        submitted(session, cast, data="one too many")
    session.rollback()
    assert refused.value.code == "quota-day"
    assert session.exec(select(func.count()).select_from(Submission)).one() == 5


def test_the_next_day_begins_at_midnight_of_utc(session, cast):
    last = NOON.replace(hour=23, minute=59, second=59, microsecond=999_999)
    for number in range(5):
        submitted(session, cast, at=last, data=str(number))
    with pytest.raises(Conflict):
        submitted(session, cast, at=last)
    assert submitted(session, cast, at=last + timedelta(microseconds=1)).id


def test_what_is_rejected_or_failed_gives_its_place_back(session, cast):
    for number in range(5):
        submitted(session, cast, data=str(number))
    first, second, *_ = session.exec(select(Submission)).all()
    phase = session.get_one(Phase, cast.phase_a.id)
    assert quota_of(session, team_id=cast.pandas.id, phase=phase, now=NOON).left == 0
    for submission, state in (
        (first, SubmissionState.REJECTED),
        (second, SubmissionState.FAILED),
    ):
        take(session, submission.id)
        assert finish(session, submission.id, holder=HOLDER, state=state)
    assert quota_of(session, team_id=cast.pandas.id, phase=phase, now=NOON).left == 2


def test_what_the_metric_itself_refused_keeps_its_place_so_that_nobody_asks_it_for_free(
    session, cast
):
    submission = submitted(session, cast)
    phase = session.get_one(Phase, cast.phase_a.id)
    for code, counted in (("undefined", 1), ("metric", 1), ("not_a_number", 0)):
        submission.state, submission.faults = SubmissionState.REJECTED, [{"code": code}]
        session.add(submission)
        session.flush()
        assert used(session, team_id=cast.pandas.id, phase_id=phase.id, now=NOON)[1] == counted


def test_a_withdrawn_submission_keeps_its_place_in_the_quota(session, cast):
    submission = submitted(session, cast)
    phase = session.get_one(Phase, cast.phase_a.id)
    withdraw(session, submission=submission, phase=phase, actor_id=cast.wei.id, now=NOON)
    session.flush()
    assert used(session, team_id=cast.pandas.id, phase_id=phase.id, now=NOON) == (1, 1)


def test_quotas_are_a_teams_own(session, cast):
    for number in range(5):
        submitted(session, cast, data=str(number))
    assert submitted(session, cast, team="isar", by="lena").id


def test_a_team_that_was_not_admitted_is_refused(session, cast):
    phase = session.get_one(Phase, cast.phase_a.id)
    phase.admit_top = 1
    session.add(phase)
    session.flush()
    with pytest.raises(Forbidden):
        submitted(session, cast)
    session.add(Admission(phase_id=phase.id, team_id=cast.pandas.id))
    session.flush()
    assert submitted(session, cast).id


def test_of_two_uploads_at_the_last_place_of_the_quota_one_is_taken(database, cast):
    with database.writing() as session:
        for number in range(4):
            submitted(session, cast, data=str(number))
        session.commit()
    together = threading.Barrier(2)

    def send(name: str) -> str:
        with database.writing() as session:
            together.wait()
            try:
                submitted(session, cast, data=name)
            except Conflict as refused:
                return refused.code
            session.commit()
            return "taken"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(send, ("one", "two"))) == ["quota-day", "taken"]
    with database.reading() as session:
        assert used(session, team_id=cast.pandas.id, phase_id=cast.phase_a.id, now=NOON) == (5, 5)


def test_a_failed_submission_can_be_tried_again_from_the_start(session, waiting, cast):
    take(session, waiting)
    finish(session, waiting, holder=HOLDER, state=SubmissionState.FAILED, attempts=3, trace="why")
    submission = session.get_one(Submission, waiting, populate_existing=True)
    retry(session, submission=submission, actor_id=cast.olga.id, now=NOON)
    session.flush()
    assert (submission.attempts, submission.trace) == (0, None)
    assert take(session, waiting) is not None


def test_what_has_not_failed_is_not_tried_again(session, waiting, cast):
    submission = session.get_one(Submission, waiting)
    with pytest.raises(Conflict):
        retry(session, submission=submission, actor_id=cast.olga.id, now=NOON)


def test_a_phase_waits_for_what_was_received_in_time_only(session, waiting, cast):
    assert anything_waits(session, cast.phase_a, now=NOON)
    assert not anything_waits(session, cast.phase_b, now=NOON)
    submission = session.get_one(Submission, waiting)
    submission.late = True
    session.add(submission)
    session.flush()
    assert not anything_waits(session, cast.phase_a, now=NOON)


def test_a_withdrawn_submission_is_no_pick_and_can_not_be_withdrawn_twice(session, waiting, cast):
    submission = session.get_one(Submission, waiting)
    phase = session.get_one(Phase, cast.phase_a.id)
    who = {"submission": submission, "phase": phase, "actor_id": cast.wei.id}
    select_final(session, **who, now=NOON)
    withdraw(session, **who, now=NOON)
    assert not submission.selected
    for verb in (withdraw, select_final):
        with pytest.raises(Conflict):
            verb(session, **who, now=NOON)


def test_picks_are_counted_and_close_with_the_phase(session, cast):
    phase = session.get_one(Phase, cast.phase_a.id)
    three = [submitted(session, cast, data=str(n)) for n in range(3)]
    who = {"phase": phase, "actor_id": cast.wei.id}
    for submission in three[:2]:
        select_final(session, submission=submission, **who, now=NOON)
        select_final(session, submission=submission, **who, now=NOON)
    with pytest.raises(Conflict) as refused:
        select_final(session, submission=three[2], **who, now=NOON)
    assert refused.value.code == "too-many-picked"
    unselect_final(session, submission=three[0], **who, now=NOON)
    select_final(session, submission=three[2], **who, now=NOON)
    over = phase.ends + timedelta(seconds=1)
    for verb in (select_final, unselect_final, withdraw):
        with pytest.raises(Conflict) as refused:
            verb(session, submission=three[0], **who, now=over)
        assert refused.value.code == "closed"


def test_the_same_bytes_again_are_said_to_be_the_same(session, cast):
    first = submitted(session, cast, data="same")
    challenge = session.get_one(Challenge, cast.digits.id)
    assert challenge.max_bytes > first.size
    again = submitted(session, cast, data="same", at=NOON + timedelta(minutes=1))
    assert again.sha256 == first.sha256
    counted = session.exec(select(func.count()).where(col(Submission.state).in_(COUNTED))).one()
    assert counted == 2
