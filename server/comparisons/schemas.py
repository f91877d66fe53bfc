"""What the JSON of comparisons, shake-ups and a team's places looks like."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from server.boards.chosen import Asked, Chosen
from server.boards.ladder import has_ladder
from server.boards.schemas import NamedBoard, NamedTeam
from server.boards.team_places import PlaceOn
from server.comparisons.queries import OnBoard, Pair
from server.comparisons.shake_queries import MovedTeam, ShakenUp
from server.evaluations.rules import Board

ID = {"ge": 1, "lt": 2**31}
State = Literal["none", "queued", "comparing", "compared", "failed"]


class PairBody(BaseModel):
    """Two teams, and the board on which they are compared."""

    a: int = Field(description="A team's number.", **ID)  # type: ignore[call-overload]
    b: int = Field(description="Another's.", **ID)  # type: ignore[call-overload]
    phase: str | None = Field(None, description="Left out: the open one, else the last begun.")
    board: NamedBoard | None = Field(None, description="Left out: public until the reveal.")

    def asked(self) -> Asked:
        """Return which board is asked for."""
        return Asked(phase=self.phase, board=self.board)


class PhaseQuery(BaseModel):
    """Which phase."""

    phase: str | None = Field(None, description="Left out: the open one, else the last begun.")


class SideOut(BaseModel):
    """A team by what counts of it on the board now."""

    team: NamedTeam
    rank: int
    score: float
    interval: tuple[float, float] | None


class DifferenceOut(BaseModel):
    """The paired difference a - b. Without an interval `method` says why there is none."""

    value: float
    interval: tuple[float, float] | None = Field(description="95 %.")
    p_value: float | None = Field(description="Of no difference.")
    method: str
    rows: int
    as_of: datetime
    current: bool = Field(description="Whether it is of what counts now, or of earlier files.")


class ComparisonOut(BaseModel):
    """Two teams of a board. `state` is that of comparing what counts now; "none": nobody asked."""

    challenge: str
    phase: str
    board: Board
    state: State
    a: SideOut
    b: SideOut
    difference: DifferenceOut | None


class NextPlaceOut(BaseModel):
    """What the next place up would take."""

    difference: float = Field(description="How far the score is from it.")
    detectable: float | None = Field(
        description="The smallest difference of the two that the test set detects "
        "(95 % confidence, 80 % power)."
    )
    as_of: datetime


class PlaceOut(BaseModel):
    """Where a team stands on a board."""

    phase: str
    board: Board
    rank: int | None
    teams: int
    score: float
    interval: tuple[float, float] | None
    rank_range: tuple[int, int] | None = Field(description="95 % confidence set of the rank.")
    first_share: float | None = Field(description="The share of resamples in which it is first.")
    as_of: datetime | None = Field(description="When range and share were computed.")
    next: NextPlaceOut | None = Field(description="None for the first, and where it is not known.")


class PlacesOut(BaseModel):
    """A team's places on the boards that the asker may see."""

    team: NamedTeam
    places: list[PlaceOut]


class ExpectedOut(BaseModel):
    """A number under chance alone: its mean and the 95 % range."""

    mean: float
    low: float
    high: float


class ChanceOut(BaseModel):
    """What independent resamples of all rows at the two boards' sizes give."""

    spearman: ExpectedOut | None
    kendall: ExpectedOut | None
    mean_move: ExpectedOut
    stayed: ExpectedOut | None
    resamples: int


class MoveOut(BaseModel):
    """A team's move; `chance_move`: the places within which chance alone moves it (95 %)."""

    team: NamedTeam
    public_rank: int
    private_rank: int
    move: int
    chance_move: int | None


class ShakeUpOut(BaseModel):
    """How the ranks changed at the reveal."""

    challenge: str
    phase: str
    evaluation: int
    state: Literal["ready", "waiting"] = Field(description="Waiting: the worker computes it.")
    as_of: datetime | None
    teams: int | None
    spearman: float | None
    kendall: float | None = Field(description="Tau-b.")
    mean_move: float | None = Field(description="In places, without its sign.")
    stayed: float | None = Field(description="The share of the public top 10 in the final one.")
    beyond: int | None = Field(description="Teams that moved further than chance alone (95 %).")
    chance: ChanceOut | None
    climbed: list[MoveOut]
    fell: list[MoveOut]


def _ends(low: float | None, high: float | None) -> tuple[float, float] | None:
    return None if low is None or high is None else (low, high)


def _side(side: OnBoard) -> SideOut:
    return SideOut(
        team=NamedTeam.model_validate(side.team),
        rank=side.rank,
        score=side.entry.value,
        interval=_ends(side.entry.low, side.entry.high),
    )


def comparison_out(pair: Pair) -> ComparisonOut:
    """Return two teams of a board."""
    return ComparisonOut(
        challenge=pair.chosen.challenge.slug,
        phase=pair.chosen.phase.slug,
        board=pair.chosen.board,
        state=pair.state,
        a=_side(pair.a),
        b=_side(pair.b),
        difference=_difference(pair),
    )


def _difference(pair: Pair) -> DifferenceOut | None:
    found, shown = pair.difference, pair.shown
    if found is None or shown is None or shown.compared_at is None:
        return None
    return DifferenceOut(
        value=found.difference,
        interval=found.interval,
        p_value=found.p_value,
        method=found.method,
        rows=found.rows,
        as_of=shown.compared_at,
        current=pair.is_current,
    )


def place_out(place: PlaceOn) -> PlaceOut:
    """Return where a team stands on a board."""
    entry, above = place.entry, place.next
    best, worst = entry.rank_best, entry.rank_worst
    return PlaceOut(
        phase=place.phase.slug,
        board=place.board,
        rank=place.rank,
        teams=place.teams,
        score=entry.value,
        interval=_ends(entry.low, entry.high),
        rank_range=None if best is None or worst is None else (best, worst),
        first_share=None if has_ladder(place.phase, place.board) else entry.first_share,
        as_of=entry.ranges_at,
        next=None
        if above is None
        else NextPlaceOut(
            difference=above.difference, detectable=above.detectable, as_of=above.made_at
        ),
    )


def _move(moved: MovedTeam) -> MoveOut:
    return MoveOut(
        team=NamedTeam.model_validate(moved.team),
        public_rank=moved.public_rank,
        private_rank=moved.private_rank,
        move=moved.move,
        chance_move=moved.within,
    )


NUMBERS = ("teams", "spearman", "kendall", "mean_move", "stayed", "beyond")


def shake_up_out(chosen: Chosen, shaken: ShakenUp | None) -> ShakeUpOut:
    """Return the shake-up of a phase, or that the worker still computes it."""
    found: dict[str, Any] = shaken.found if shaken else {}
    chance = found.get("chance")
    return ShakeUpOut(
        challenge=chosen.challenge.slug,
        phase=chosen.phase.slug,
        evaluation=chosen.evaluation.number if chosen.evaluation else 0,
        state="ready" if shaken else "waiting",
        as_of=shaken.row.made_at if shaken else None,
        **{name: found.get(name) for name in NUMBERS},
        chance=ChanceOut.model_validate(chance) if chance else None,
        climbed=[_move(moved) for moved in shaken.climbed] if shaken else [],
        fell=[_move(moved) for moved in shaken.fell] if shaken else [],
    )
