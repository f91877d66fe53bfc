"""Claiming, giving back and ending submissions, on the real database."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlmodel import select

from server.challenges.models import Phase
from server.shared.events import Event
from server.submissions.claims import (
    fail_interrupted,
    finish,
    try_again_or_fail,
)
from server.submissions.models import SUBMISSIONS, Submission
from server.submissions.rules import AGAIN_AFTER, MOST_ATTEMPTS, MOST_INTERRUPTIONS, SubmissionState
from server.submissions.worklist import waiting_ids
from tests.cast import NOON
from tests.scores import LEASE, submitted
from tests.submissions.taking import HOLDER, take

OTHER = "host/1/2/other"


def test_eight_threads_claim_each_submission_once(database, cast):
    with database.writing() as session:
        phase = session.get_one(Phase, cast.phase_a.id)
        phase.per_day = 100
        session.add(phase)
        session.flush()
        ids = [submitted(session, cast, data=str(n)).id for n in range(20)]
        session.commit()
    together = threading.Barrier(8)

    def take_all(number: int) -> list[int]:
        together.wait()
        mine = []
        for submission_id in ids:
            with database.writing() as session:
                if take(session, submission_id, holder=f"host/1/2/{number}"):
                    mine.append(submission_id)
                session.commit()
        return mine

    with ThreadPoolExecutor(8) as pool:
        taken = [i for mine in pool.map(take_all, range(8)) for i in mine]
    assert sorted(taken) == ids
    with database.reading() as session:
        states = session.exec(select(Submission.state)).all()
    assert set(states) == {SubmissionState.SCORING}


def test_what_is_claimed_can_be_claimed_again_only_after_its_lease(session, waiting):
    assert take(session, waiting) is not None
    assert take(session, waiting, holder=OTHER, now=NOON + LEASE) is None
    later = NOON + LEASE + timedelta(microseconds=1)
    again = take(session, waiting, holder=OTHER, now=later)
    assert (again.lease_holder, again.interruptions) == (OTHER, 1)
    assert again.lease_until == later + LEASE


def test_the_first_claim_is_no_interruption(session, waiting):
    assert take(session, waiting).interruptions == 0


def test_only_the_holder_ends_a_submission(session, waiting):
    take(session, waiting)
    assert not finish(session, waiting, holder=OTHER, state=SubmissionState.SCORED)
    assert finish(session, waiting, holder=HOLDER, state=SubmissionState.SCORED)
    assert not finish(session, waiting, holder=HOLDER, state=SubmissionState.REJECTED)
    ended = session.get_one(Submission, waiting, populate_existing=True)
    assert (ended.state, ended.lease_holder) == (SubmissionState.SCORED, None)


@pytest.mark.parametrize(
    "state", [SubmissionState.SCORED, SubmissionState.REJECTED, SubmissionState.FAILED]
)
def test_what_has_ended_can_not_be_claimed(session, waiting, state):
    take(session, waiting)
    finish(session, waiting, holder=HOLDER, state=state)
    assert take(session, waiting, now=NOON + timedelta(days=1)) is None


def test_a_worker_gives_back_all_that_its_threads_hold_and_nothing_else(session, cast):
    ids = [submitted(session, cast, data=str(n)).id for n in range(3)]
    for submission_id, holder in zip(
        ids, ("host/7/1/aa", "host/7/1/bb", "host/70/1/aa"), strict=True
    ):
        take(session, submission_id, holder=holder)
    assert SUBMISSIONS.give_back(session, "host/7/1", died=True) == 2
    assert waiting_ids(session, now=NOON, limit=10) == ids[:2]
    assert SUBMISSIONS.holders(session) == {"host/70/1/aa"}


@pytest.mark.parametrize("name", ["ho%t/7/1", "ho_t/7/1"])
def test_a_holders_name_is_no_pattern(session, waiting, name):
    take(session, waiting, holder="host/7/1/aa")
    assert SUBMISSIONS.give_back(session, name, died=True) == 0


def test_a_fault_of_ours_is_tried_ever_later_and_then_failed(session, waiting):
    now = NOON
    for attempt in range(1, MOST_ATTEMPTS + 1):
        if attempt > 1:
            now += AGAIN_AFTER[attempt - 2]
            # A microsecond before it is due nobody is given it.
            early = now - timedelta(microseconds=1)
            assert take(session, waiting, now=early) is None
            assert waiting_ids(session, now=early, limit=1) == []
        assert waiting_ids(session, now=now, limit=1) == [waiting]
        submission = take(session, waiting, now=now)
        state = try_again_or_fail(session, submission, holder=HOLDER, trace="why", now=now)
        ended = session.get_one(Submission, waiting, populate_existing=True)
        assert (ended.state, ended.attempts, ended.trace) == (state, attempt, "why")
    assert state is SubmissionState.FAILED
    assert take(session, waiting, now=now + timedelta(days=1)) is None
    assert len(session.exec(select(Event).where(Event.kind == "submission.failed")).all()) == 1


def test_a_fault_of_a_worker_that_lost_its_claim_changes_nothing(session, waiting):
    lost = take(session, waiting)
    session.expunge(lost)
    take(session, waiting, holder=OTHER, now=NOON + LEASE * 2)
    for _ in range(MOST_ATTEMPTS):
        lost.attempts = MOST_ATTEMPTS - 1
        try_again_or_fail(session, lost, holder=HOLDER, trace="late", now=NOON)
    session.flush()
    held = session.get_one(Submission, waiting, populate_existing=True)
    assert (held.state, held.lease_holder) == (SubmissionState.SCORING, OTHER)
    assert not session.exec(select(Event).where(Event.kind == "submission.failed")).all()


def test_what_took_its_worker_down_too_often_is_failed(session, waiting):
    for _ in range(MOST_INTERRUPTIONS):
        assert not fail_interrupted(session, now=NOON)
        take(session, waiting)
        SUBMISSIONS.give_back(session, HOLDER, died=True)
        session.expire_all()
    (failed,) = fail_interrupted(session, now=NOON)
    session.flush()
    assert failed.state is SubmissionState.FAILED
    assert f"died {MOST_INTERRUPTIONS} times" in failed.trace
    assert take(session, waiting) is None


def test_what_a_worker_holds_is_not_failed_under_it(session, waiting):
    for _ in range(MOST_INTERRUPTIONS):
        take(session, waiting)
        SUBMISSIONS.give_back(session, HOLDER, died=True)
    take(session, waiting)
    session.expire_all()
    assert not fail_interrupted(session, now=NOON)
    assert finish(session, waiting, holder=HOLDER, state=SubmissionState.SCORED)
