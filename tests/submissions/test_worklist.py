"""What waits for a worker, and how the queue stands."""

from datetime import timedelta

from server.submissions.claims import finish
from server.submissions.rules import SubmissionState
from server.submissions.worklist import queue_facts, waiting_ids
from tests.cast import NOON
from tests.scores import LEASE, submitted
from tests.submissions.taking import HOLDER, take


def test_the_sweep_sees_what_is_queued_and_what_has_lost_its_worker(session, cast):
    ids = [submitted(session, cast, data=str(n)).id for n in range(4)]
    take(session, ids[1], now=NOON)
    take(session, ids[2], now=NOON + LEASE)
    take(session, ids[3])
    finish(session, ids[3], holder=HOLDER, state=SubmissionState.SCORED)
    assert waiting_ids(session, now=NOON + LEASE + timedelta(seconds=1), limit=9) == ids[:2]
    assert waiting_ids(session, now=NOON, limit=9) == ids[:1]
    assert waiting_ids(session, now=NOON + LEASE * 3, limit=1) == ids[:1]


def test_the_queue_says_how_long_the_oldest_has_waited(session, waiting):
    facts = queue_facts(session, now=NOON + timedelta(seconds=90))
    assert facts == (1, 90.0, 0)
