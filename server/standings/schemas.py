"""What the JSON of standings and of universities looks like."""

from datetime import datetime

from pydantic import BaseModel, Field

from server.boards.schemas import NamedUniversity, PartQuery
from server.evaluations.rules import Board
from server.standings.rules import Rule


class SeasonQuery(BaseModel):
    """Over which challenges."""

    season: str = Field("", max_length=64, description="Left out: all public challenges.")


class StandingsQuery(PartQuery, SeasonQuery):
    """By which rule, over which challenges, and which part."""

    rule: Rule = Rule.POINTS


class UniversitiesQuery(PartQuery):
    """Which universities."""

    q: str = Field("", max_length=100, description="Part of a name, a slug or a domain.")


class MedalsOut(BaseModel):
    """Medals; parts of one where teams of several universities are split."""

    gold: float
    silver: float
    bronze: float


class RangeOut(BaseModel):
    """From the best to the worst rank."""

    best: int
    worst: int


class PlaceOut(BaseModel):
    """A university in the standings; `points` is the value under the rule."""

    rank: int
    university: NamedUniversity
    points: float
    challenges: int = Field(description="In how many it has a result.")
    medals: MedalsOut
    rank_range: RangeOut | None = Field(
        description="Of its rank in 95 % of the resampled boards; null where none are known."
    )
    by_rules: RangeOut = Field(description="Of its rank under any of the five rules.")


class StandingsOut(BaseModel):
    """Universities ranked by a rule."""

    rule: Rule
    season: str
    formula: str
    provisional: bool = Field(description="Some challenge stands by its public board.")
    as_of: datetime
    ranges_as_of: datetime | None
    total: int
    page: int
    per_page: int
    rows: list[PlaceOut]


class SeasonChallengeOut(BaseModel):
    """A challenge of a season that has begun, the board that stands for it, and its weight."""

    challenge: str
    phase: str
    board: Board
    provisional: bool
    ranked: int
    weight: float
    challenge_title: str
    phase_title: str


class SeasonOut(BaseModel):
    """A set of challenges that universities are ranked over."""

    slug: str
    title: str
    challenges: list[SeasonChallengeOut]


class SeasonsOut(BaseModel):
    """The seasons: that of all public challenges, then the newest first."""

    total: int
    page: int
    per_page: int
    rows: list[SeasonOut]


class UniversityRow(BaseModel):
    """A university in a list."""

    slug: str
    name: str
    native_name: str
    country: str


class UniversitiesOut(BaseModel):
    """A page of universities, by name."""

    total: int
    page: int
    per_page: int
    rows: list[UniversityRow]


class ResultOut(BaseModel):
    """What a university reached in one challenge, by its best team."""

    challenge: str
    phase: str
    board: Board
    provisional: bool
    points: float
    best_rank: int
    best_score: float
    teams: int
    ranked: int = Field(description="How many teams the board ranks.")
    best_team: int
    share: float = Field(description="Its part of its best team; below 1 for a mixed one.")
    weight: float
    percentile: float
    medals: MedalsOut
    challenge_title: str
    phase_title: str


class RuleOut(BaseModel):
    """Where a university stands by one rule."""

    rule: Rule
    rank: int
    value: float
    rank_range: RangeOut | None


class MomentOut(BaseModel):
    """Where a university stood on a day, or at the reveal of a challenge."""

    at: datetime
    points: float
    universities: int
    ranks: dict[Rule, int]
    revealed: str | None


class UniversityOut(UniversityRow):
    """A university with its results; the rank is that by points."""

    season: str
    rank: int | None
    points: float
    medals: MedalsOut
    challenges: list[ResultOut]
    rules: list[RuleOut]
    history: list[MomentOut]
