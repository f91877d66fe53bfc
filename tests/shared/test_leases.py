"""Rows that are jobs: had by one worker at a time, and given back whatever becomes of it."""

from datetime import timedelta

import pytest
from sqlmodel import Session, col

from server.submissions.models import SUBMISSIONS, Submission
from server.submissions.rules import SubmissionState
from tests.cast import NOON
from tests.scores import LEASE, submitted

HOLDER = "host/7/1/aa"


@pytest.fixture
def row(session: Session, cast) -> Submission:
    made = submitted(session, cast)
    session.commit()
    return made


def claim(session: Session, row: Submission, holder: str = HOLDER, *, minutes: float = 0) -> bool:
    return SUBMISSIONS.claim(
        session,
        col(Submission.id) == row.id,
        holder=holder,
        now=NOON + timedelta(minutes=minutes),
        lease=LEASE,
    )


def test_a_row_is_had_once_until_its_lease_has_run_out(session, row):
    minutes = LEASE / timedelta(minutes=1)
    assert claim(session, row)
    assert not claim(session, row, "host/8/1/bb")
    assert not claim(session, row, "host/8/1/bb", minutes=minutes)
    assert claim(session, row, "host/8/1/bb", minutes=minutes + 0.001)
    session.refresh(row)
    assert (row.interruptions, row.lease_holder) == (1, "host/8/1/bb")


def test_only_who_holds_a_row_ends_it(session, row):
    assert claim(session, row)
    which = col(Submission.id) == row.id
    done = SubmissionState.SCORED
    assert not SUBMISSIONS.end(session, which, holder="host/8/1/bb", state=done)
    assert SUBMISSIONS.end(session, which, holder=HOLDER, state=done)
    assert not SUBMISSIONS.end(session, which, holder=HOLDER, state=done)
    session.refresh(row)
    assert (row.state, row.lease_until, row.lease_holder) == (done, None, None)


@pytest.mark.parametrize(("died", "interruptions"), [(True, 1), (False, 0)])
def test_a_worker_that_stops_blames_no_row_and_one_that_died_counts(
    session, row, died, interruptions
):
    assert claim(session, row)
    assert SUBMISSIONS.holders(session) == {HOLDER}
    assert SUBMISSIONS.give_back(session, "host/7_", died=died) == 0
    assert SUBMISSIONS.give_back(session, "host/7/1", died=died) == 1
    session.refresh(row)
    assert (row.state, row.interruptions) == (SubmissionState.QUEUED, interruptions)
    assert SUBMISSIONS.holders(session) == set()
