"""Why a file was rejected, in the words of whoever reads it."""

from collections.abc import Callable

from scorers.errors import Fault, InvalidPredictions
from scorers.sentences import from_json
from server.shared.sentences import translated
from server.submissions.models import Submission

Told = Callable[[Submission], str | None]


def as_kept(submission: Submission) -> str | None:
    """Return the message in English, as it was kept: what is signed or archived has one wording."""
    return submission.message


def in_own_words(submission: Submission) -> str | None:
    """Return the message in the reader's language, from the faults that it lists."""
    if not submission.faults:
        return submission.message
    faults = [
        Fault(code=fault["code"], message=from_json(fault.get("said") or fault["message"]))
        for fault in submission.faults
    ]
    return translated(InvalidPredictions(faults, submission.fault_count).said)
