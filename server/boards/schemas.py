"""What the JSON of boards looks like."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema

from server.boards.chosen import Asked, Chosen
from server.boards.leaderboards import Leaderboard
from server.boards.rows import Row
from server.boards.university_lines import Line
from server.evaluations.rules import SCORED_BOARDS, Board
from server.shared.paging import Page


def _can_be_asked_for(board: Board) -> Board:
    if board not in SCORED_BOARDS:
        raise ValueError("is no board that can be asked for")
    return board


NamedBoard = Annotated[
    Board,
    AfterValidator(_can_be_asked_for),
    WithJsonSchema({"type": "string", "enum": [board.value for board in SCORED_BOARDS]}),
]


class PartQuery(BaseModel):
    """Which part of a list."""

    page: int = Field(1, ge=1, description="From 1.")
    per_page: int = Field(50, ge=1, description="At most 100 are given.")


class LinesQuery(PartQuery):
    """Which board, and which part of it."""

    phase: str | None = Field(None, description="Left out: the open one, else the last begun.")
    board: NamedBoard | None = Field(None, description="Left out: public until the reveal.")

    def asked(self) -> Asked:
        """Return what is asked for."""
        return Asked(phase=self.phase, board=self.board, page=self.page, per_page=self.per_page)


class BoardQuery(LinesQuery):
    """Which part of which board. Ranks are those of the whole board in any case."""

    university: str = Field("", max_length=64, description="A university's slug.")
    q: str = Field("", max_length=100, description="Part of a team's name.")
    evaluation: int | None = Field(
        None,
        description="A number; the live one if left out. Of the others everybody sees past ones.",
    )

    def asked(self) -> Asked:
        """Return what is asked for."""
        return Asked(**self.model_dump())


EVERY_UNIVERSITY = "All that the team is split among, equally; the captain's first."


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
    chance_move: int | None = Field(
        description="The places within which chance alone moves a team there (95 %)."
    )
    first_share: float | None = Field(
        description="The share of resamples of the test rows in which the team is first."
    )
    universities: list[NamedUniversity] = Field(description=EVERY_UNIVERSITY)


class WithdrawnOut(BaseModel):
    """A team that the organisers withdrew, and chose to say so."""

    model_config = ConfigDict(from_attributes=True)

    team: NamedTeam
    university: NamedUniversity | None
    universities: list[NamedUniversity] = Field(description=EVERY_UNIVERSITY)


class BoardOut(BaseModel):
    """A page of a board."""

    challenge: str
    phase: str
    board: NamedBoard
    frozen_since: datetime | None = Field(
        description="The public board is shown as it was then; its organisers alone see it move."
    )
    evaluation: int | None = Field(description="The number of the evaluation that it stands on.")
    scorer: BoardScorerOut
    total: int
    page: int
    per_page: int
    rows: list[BoardRowOut]
    withdrawn: list[WithdrawnOut] = Field(description="By the organisers; on no place.")


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
    board: NamedBoard
    frozen_since: datetime | None
    total: int
    page: int
    per_page: int
    rows: list[LineOut]


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
        frozen_since=chosen.frozen_since,
        evaluation=chosen.evaluation.number if chosen.evaluation else None,
        scorer=scorer_out(chosen),
        total=page.total,
        page=page.page,
        per_page=page.per_page,
        rows=[_row(row) for row in page.rows],
        withdrawn=[WithdrawnOut.model_validate(team) for team in found.withdrawn],
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
        chance_move=row.chance_move,
        first_share=row.first_share,
        universities=[NamedUniversity.model_validate(one) for one in row.universities],
    )


def lines_out(chosen: Chosen, page: Page[Line]) -> LinesOut:
    """Return a page of a board's universities."""
    return LinesOut(
        challenge=chosen.challenge.slug,
        phase=chosen.phase.slug,
        board=chosen.board,
        frozen_since=chosen.frozen_since,
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
