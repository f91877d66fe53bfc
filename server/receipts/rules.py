"""The form of a receipt, and which submissions get one: pure decisions."""

from server.shared.errors import N_, Conflict
from server.submissions.rules import SubmissionState

WITH_RESULT = (SubmissionState.SCORED, SubmissionState.REJECTED)


def require_result(state: SubmissionState) -> None:
    """Raise Conflict unless there is a result that a receipt can state."""
    if state is SubmissionState.FAILED:
        raise Conflict(
            N_("It could not be scored, so there is no result that a receipt could state."),
            code="no-result",
        )
    if state not in WITH_RESULT:
        raise Conflict(
            N_("There is no result yet. The receipt is here when it is scored."), code="no-result"
        )
