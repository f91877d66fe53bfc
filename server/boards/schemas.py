"""What the JSON of boards and of submissions looks like."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from server.boards.leaderboards import Asked, Chosen, Leaderboard
from server.boards.rows import Row
from server.boards.submission_views import SubmissionView
from server.boards.university_lines import Line
from server.evaluations.models import Score
from server.evaluations.rules import Board
from server.shared.errors import N_
from server.shared.paging import Page
from server.submissions.rules import SubmissionState

FAILED = N_("It could not be scored; the fault is not in the file, and the organisers know of it.")


class PartQuery(BaseModel):
    """Which part of a list."""

    page: int = Field(1, ge=1, description="From 1.")
    per_page: int = Field(50, ge=1, description="At most 100 are given.")


class LinesQuery(PartQuery):
    """Which board, and which part of it."""

    phase: str | None = Field(None, description="Left out: the open one, else the last begun.")
    board: Board | None = Field(None, description="Left out: public until the reveal.")

    def asked(self) -> Asked:
        """Return what is asked for."""
        return Asked(phase=self.phase, board=self.board, page=self.page, per_page=self.per_page)


class BoardQuery(LinesQuery):
    """Which part of which board. Ranks are those of the whole board in any case."""

    university: str = Field("", max_length=64, description="A university's slug.")
    q: str = Field("", max_length=100, description="Part of a team's name.")
    evaluation: int | None = Field(None, description="A number, for organisers; else the live one.")

    def asked(self) -> Asked:
        """Return what is asked for."""
        return Asked(**self.model_dump())


class NamedTeam(BaseModel):
    """A team by its name."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str


class NamedUniversity(BaseModel):
    """A university by its name."""

    model_config = ConfigDict(from_attributes=True)

    slug: str
    name: str


class BoardScorerOut(BaseModel):
    """The metric that ranks."""

    name: str
    title: str
    higher_is_better: bool


class BoardRowOut(BaseModel):
    """A team, or a baseline: that has a name in `baseline`, no team and no rank."""

    rank: int | None
    team: NamedTeam | None
    university: NamedUniversity | None
    score: float
    interval: tuple[float, float] | None = Field(description="95 %.")
    rank_range: tuple[int, int] | None = Field(description="95 % confidence set of the rank.")
    submissions: int
    last_submitted_at: datetime
    baseline: str | None
    move: int | None = Field(description="Places climbed from the public board, after the reveal.")


class BoardOut(BaseModel):
    """A page of a board."""

    challenge: str
    phase: str
    board: Board
    evaluation: int | None = Field(description="The number of the evaluation that it stands on.")
    scorer: BoardScorerOut
    total: int
    page: int
    per_page: int
    rows: list[BoardRowOut]


class LineOut(BaseModel):
    """A university by its best team; teams without one are one line without rank and points."""

    rank: int | None
    university: NamedUniversity | None
    points: float | None
    teams: int
    best_rank: int
    best_score: float


class LinesOut(BaseModel):
    """A page of a challenge's universities."""

    challenge: str
    phase: str
    board: Board
    total: int
    page: int
    per_page: int
    rows: list[LineOut]


class ScoreOut(BaseModel):
    """A score with its 95 % interval and the secondary metrics."""

    value: float
    interval: tuple[float, float] | None
    method: str
    also: dict[str, float]


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


class SubmissionsOut(BaseModel):
    """A page of submissions, the newest first."""

    total: int
    page: int
    per_page: int
    rows: list[SubmissionOut]


def scorer_out(chosen: Chosen) -> BoardScorerOut:
    """Return the metric of a board."""
    challenge, evaluation = chosen.challenge, chosen.evaluation
    return BoardScorerOut(
        name=evaluation.scorer if evaluation else challenge.scorer,
        title=chosen.scorer_title,
        higher_is_better=challenge.higher_is_better,
    )


def board_out(found: Leaderboard) -> BoardOut:
    """Return a page of a board."""
    chosen, page = found.chosen, found.page
    return BoardOut(
        challenge=chosen.challenge.slug,
        phase=chosen.phase.slug,
        board=chosen.board,
        evaluation=chosen.evaluation.number if chosen.evaluation else None,
        scorer=scorer_out(chosen),
        total=page.total,
        page=page.page,
        per_page=page.per_page,
        rows=[_row(row) for row in page.rows],
    )


def _row(row: Row) -> BoardRowOut:
    return BoardRowOut(
        rank=row.rank,
        team=NamedTeam.model_validate(row.team) if row.team else None,
        university=NamedUniversity.model_validate(row.university) if row.university else None,
        score=row.score,
        interval=row.interval,
        rank_range=row.rank_range,
        submissions=row.submissions,
        last_submitted_at=row.last_submitted_at,
        baseline=row.baseline,
        move=row.move,
    )


def lines_out(chosen: Chosen, page: Page[Line]) -> LinesOut:
    """Return a page of a board's universities."""
    return LinesOut(
        challenge=chosen.challenge.slug,
        phase=chosen.phase.slug,
        board=chosen.board,
        total=page.total,
        page=page.page,
        per_page=page.per_page,
        rows=[line_out(line) for line in page.rows],
    )


def line_out(line: Line) -> LineOut:
    """Return a university's line."""
    name = NamedUniversity.model_validate(line.university) if line.university else None
    return LineOut(
        rank=line.rank,
        university=name,
        points=line.points,
        teams=line.teams,
        best_rank=line.best_rank,
        best_score=line.best_score,
    )


def _score(score: Score | None) -> ScoreOut | None:
    if score is None:
        return None
    low, high = score.low, score.high
    interval = None if low is None or high is None else (low, high)
    return ScoreOut(value=score.value, interval=interval, method=score.method, also=score.also)


def submission_out(view: SubmissionView, *, failed: str) -> SubmissionOut:
    """Return a submission; `failed` is what its team reads of a fault that is not its own."""
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
        score=_score(view.public) if scored else None,
        private_score=_score(view.private) if scored else None,
        message=failed if s.state is SubmissionState.FAILED else s.message,
        rank=view.rank,
    )


_SAME = (
    "id",
    "state",
    "filename",
    "size",
    "sha256",
    "comment",
    "scored_at",
    "late",
    "selected",
)


def submissions_out(
    page: Page[Any], views: Sequence[SubmissionView], *, failed: str
) -> SubmissionsOut:
    """Return a page of submissions."""
    return SubmissionsOut(
        total=page.total,
        page=page.page,
        per_page=page.per_page,
        rows=[submission_out(view, failed=failed) for view in views],
    )
