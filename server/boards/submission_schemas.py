"""What the JSON of submissions looks like."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from server.boards.ladder import Answer
from server.boards.rejections import Told, as_kept
from server.boards.schemas import NamedTeam
from server.boards.submission_views import SubmissionView
from server.evaluations.models import Score
from server.shared.errors import N_
from server.shared.paging import Page
from server.submissions.rules import SubmissionState

FAILED = N_("It could not be scored; the fault is not in the file, and the organisers know of it.")


class ScoreOut(BaseModel):
    """A score with its 95 % interval and the secondary metrics."""

    value: float
    interval: tuple[float, float] | None
    method: str
    also: dict[str, float]


class LadderOut(BaseModel):
    """What a ladder told: the value released with a submission, and whether it became better."""

    released: float
    improved: bool


class SubmissionOut(BaseModel):
    """A submission. `rank` stands where it is the one that counts on the board shown."""

    id: int
    challenge: str
    phase: str
    team: NamedTeam | None
    by: str | None
    state: SubmissionState
    filename: str
    size: int
    sha256: str
    comment: str
    submitted_at: datetime
    scored_at: datetime | None
    late: bool
    selected: bool
    score: ScoreOut | None
    private_score: ScoreOut | None = Field(description="Only after the reveal.")
    message: str | None
    rank: int | None
    ladder: LadderOut | None = Field(description="In phases that rank by it.")


class SubmissionsOut(BaseModel):
    """A page of submissions, the newest first."""

    total: int
    page: int
    per_page: int
    rows: list[SubmissionOut]


def _score(score: Score | None) -> ScoreOut | None:
    if score is None:
        return None
    low, high = score.low, score.high
    interval = None if low is None or high is None else (low, high)
    return ScoreOut(value=score.value, interval=interval, method=score.method, also=score.also)


def submission_out(view: SubmissionView, *, failed: str, told: Told = as_kept) -> SubmissionOut:
    """Return a submission; `failed` is what its team reads of a fault that is not its own.

    `told` says why a file was rejected: in the words kept, or in those of who asks.
    """
    s = view.submission
    scored = s.state is SubmissionState.SCORED
    fields: dict[str, Any] = {name: getattr(s, name) for name in _SAME}
    return SubmissionOut(
        **fields,
        challenge=view.challenge.slug,
        phase=view.phase.slug,
        team=NamedTeam.model_validate(view.team) if view.team else None,
        by=view.by,
        submitted_at=s.received_at,
        state=view.state,
        scored_at=view.scored_at,
        score=_score(view.public) if scored else None,
        private_score=_score(view.private) if scored else None,
        message=failed if s.state is SubmissionState.FAILED else told(s),
        rank=view.rank,
        ladder=_ladder(view.answer),
    )


def _ladder(answer: Answer | None) -> LadderOut | None:
    if answer is None or answer.released is None:
        return None
    return LadderOut(released=answer.released, improved=answer.improved)


_SAME = (
    "id",
    "filename",
    "size",
    "sha256",
    "comment",
    "late",
    "selected",
)


def submissions_out(
    page: Page[Any], views: Sequence[SubmissionView], *, failed: str, told: Told = as_kept
) -> SubmissionsOut:
    """Return a page of submissions, told as `submission_out` does."""
    return SubmissionsOut(
        total=page.total,
        page=page.page,
        per_page=page.per_page,
        rows=[submission_out(view, failed=failed, told=told) for view in views],
    )
