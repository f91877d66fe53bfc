"""A worker's claim, for tests that need no worker."""

from server.submissions.claims import claim
from server.submissions.models import Submission
from tests.cast import NOON
from tests.scores import LEASE

HOLDER = "host/1/2/first"


def take(session, submission_id, *, holder=HOLDER, now=NOON) -> Submission | None:
    return claim(session, submission_id, holder=holder, now=now, lease=LEASE)
