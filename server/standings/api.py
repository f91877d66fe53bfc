"""JSON routes of the standings room."""

from collections.abc import Sequence

from apiflask import APIBlueprint
from pydantic import BaseModel, Field

from server.boards.reading import part_of
from server.boards.schemas import NamedUniversity, PartQuery
from server.evaluations.rules import Board
from server.shared.access import Who, access
from server.shared.web import now, reading
from server.standings.queries import Found, Place, standings
from server.standings.rules import FORMULAS, Rule
from server.universities.models import University
from server.universities.queries import find_universities, university_by_slug

bp = APIBlueprint("standings_api", __name__, url_prefix="/api/v1", tag="Standings")


class StandingsQuery(PartQuery):
    """By which rule, and which part."""

    rule: Rule = Rule.POINTS


class UniversitiesQuery(PartQuery):
    """Which universities."""

    q: str = Field("", max_length=100, description="Part of a name, a slug or a domain.")


class MedalsOut(BaseModel):
    """Medals; parts of one where teams of several universities are split."""

    gold: float
    silver: float
    bronze: float


class PlaceOut(BaseModel):
    """A university in the standings; `points` is the value under the rule."""

    rank: int
    university: NamedUniversity
    points: float
    challenges: int = Field(description="In how many it has a result.")
    medals: MedalsOut


class StandingsOut(BaseModel):
    """Universities ranked by a rule."""

    rule: Rule
    formula: str
    provisional: bool = Field(description="Some challenge stands by its public board.")
    total: int
    page: int
    per_page: int
    rows: list[PlaceOut]


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


class UniversityOut(UniversityRow):
    """A university with its results; the rank is that by points."""

    rank: int | None
    points: float
    medals: MedalsOut
    challenges: list[ResultOut]


@bp.get("/standings")
@access(Who.EVERYBODY)
@bp.input(StandingsQuery, location="query", arg_name="query")
@bp.output(StandingsOut)
@bp.doc(summary="Rank the universities over all public challenges", operation_id="standings")
def ranking(query: StandingsQuery) -> StandingsOut:
    """The last revealed phase of each challenge, else the public board of the running one."""
    found = standings(reading(), query.rule, now=now())
    page = part_of(found.places, page=query.page, per_page=query.per_page)
    return StandingsOut(
        rule=found.rule,
        formula=FORMULAS[found.rule],
        provisional=found.provisional,
        total=page.total,
        page=page.page,
        per_page=page.per_page,
        rows=[_place(place) for place in page.rows],
    )


@bp.get("/universities")
@access(Who.EVERYBODY)
@bp.input(UniversitiesQuery, location="query", arg_name="query")
@bp.output(UniversitiesOut)
@bp.doc(summary="List the universities", operation_id="listUniversities")
def universities(query: UniversitiesQuery) -> UniversitiesOut:
    """All of them, by name."""
    found = find_universities(reading(), q=query.q, page=query.page, per_page=query.per_page)
    return UniversitiesOut(
        total=found.total,
        page=found.page,
        per_page=found.per_page,
        rows=[UniversityRow(**_names(row)) for row in found.rows],
    )


@bp.get("/universities/<slug>")
@access(Who.EVERYBODY)
@bp.output(UniversityOut)
@bp.doc(summary="Read a university", operation_id="readUniversity", responses=[404])
def university(slug: str) -> UniversityOut:
    """With its results in all public challenges."""
    row = university_by_slug(reading(), slug)
    places = standings(reading(), Rule.POINTS, now=now()).places
    own = [place for place in places if place.university.id == row.id]
    return UniversityOut(
        **_names(row),
        rank=own[0].rank if own else None,
        points=own[0].value if own else 0.0,
        medals=_medals(own[0]) if own else MedalsOut(gold=0, silver=0, bronze=0),
        challenges=_results(own[0].results) if own else [],
    )


def _names(row: University) -> dict[str, str]:
    return {
        "slug": row.slug,
        "name": row.name,
        "native_name": row.native_name,
        "country": row.country,
    }


def _medals(place: Place) -> MedalsOut:
    return MedalsOut(**place.medals._asdict())


def _place(place: Place) -> PlaceOut:
    return PlaceOut(
        rank=place.rank,
        university=NamedUniversity(slug=place.university.slug, name=place.university.name),
        points=place.value,
        challenges=len(place.results),
        medals=_medals(place),
    )


def _results(found: Sequence[Found]) -> list[ResultOut]:
    return [
        ResultOut(
            challenge=one.board.challenge.slug,
            phase=one.board.phase.slug,
            board=one.board.board,
            provisional=one.board.provisional,
            points=one.result.points,
            best_rank=one.result.best_rank,
            best_score=one.best_score,
            teams=one.teams,
            ranked=one.result.teams_ranked,
        )
        for one in found
    ]
