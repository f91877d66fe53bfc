"""Why a file was rejected, in the words of whoever reads it."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from scorers.errors import Fault, InvalidPredictions
from scorers.sentences import from_json
from server.shared.sentences import translated
from server.submissions.models import Submission

Told = Callable[[Submission], str | None]


class Rejected(Protocol):
    """What did not fit: a submission, or what becomes of one under another evaluation."""

    @property
    def message(self) -> str | None:
        """All of it in English."""

    @property
    def faults(self) -> Sequence[dict[str, Any]]:
        """The first of what was wrong, as JSON."""

    @property
    def fault_count(self) -> int:
        """How much was wrong."""


def as_kept(submission: Submission) -> str | None:
    """Return the message in English, as it was kept: what is signed or archived has one wording."""
    return submission.message


def in_own_words(rejected: Rejected) -> str | None:
    """Return the message in the reader's language, from the faults that it lists."""
    if not rejected.faults:
        return rejected.message
    faults = [
        Fault(code=fault["code"], message=from_json(fault.get("said") or fault["message"]))
        for fault in rejected.faults
    ]
    return translated(InvalidPredictions(faults, rejected.fault_count).said)
