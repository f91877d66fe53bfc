"""JSON routes of the standings room."""

from collections.abc import Sequence

from apiflask import APIBlueprint
from sqlmodel import Session

from server.boards.reading import part_of
from server.boards.schemas import NamedUniversity, PartQuery
from server.shared.access import Who, access
from server.shared.web import reading
from server.standings.freshness import conditional
from server.standings.progress import Moment, progress_of
from server.standings.queries import (
    Place,
    SeasonName,
    boards_of,
    places_of,
    season_by_slug,
    seasons,
    standings,
)
from server.standings.results import Found, results_of
from server.standings.rules import FORMULAS, Rule
from server.standings.schemas import (
    MedalsOut,
    MomentOut,
    PlaceOut,
    RangeOut,
    ResultOut,
    RuleOut,
    SeasonChallengeOut,
    SeasonOut,
    SeasonQuery,
    SeasonsOut,
    StandingsOut,
    StandingsQuery,
    UniversitiesOut,
    UniversitiesQuery,
    UniversityOut,
    UniversityRow,
)
from server.universities.models import University
from server.universities.queries import find_universities, university_by_slug

bp = APIBlueprint("standings_api", __name__, url_prefix="/api/v1", tag="Standings")


@bp.get("/standings")
@access(Who.EVERYBODY)
@conditional
@bp.input(StandingsQuery, location="query", arg_name="query")
@bp.output(StandingsOut)
@bp.doc(summary="Rank the universities over a season", operation_id="standings", responses=[404])
def ranking(query: StandingsQuery) -> StandingsOut:
    """The last revealed phase of each challenge, else the public board of the running one."""
    season = season_by_slug(reading(), query.season)
    found = standings(reading(), season, query.rule, page=query.page, per_page=query.per_page)
    return StandingsOut(
        rule=found.rule,
        season=season.slug,
        formula=FORMULAS[found.rule],
        provisional=found.provisional,
        as_of=found.snapshot.as_of,
        ranges_as_of=found.snapshot.ranges_at,
        total=found.places.total,
        page=found.places.page,
        per_page=found.places.per_page,
        rows=[_place(place) for place in found.places.rows],
    )


@bp.get("/seasons")
@access(Who.EVERYBODY)
@bp.input(PartQuery, location="query", arg_name="query")
@bp.output(SeasonsOut)
@bp.doc(summary="List the seasons", operation_id="listSeasons")
def list_seasons(query: PartQuery) -> SeasonsOut:
    """Each with its challenges and their weights."""
    found = part_of(seasons(reading()), page=query.page, per_page=query.per_page)
    return SeasonsOut(
        total=found.total,
        page=found.page,
        per_page=found.per_page,
        rows=[_season(reading(), season) for season in found.rows],
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
@bp.input(SeasonQuery, location="query", arg_name="query")
@bp.output(UniversityOut)
@bp.doc(summary="Read a university", operation_id="readUniversity", responses=[404])
def university(slug: str, query: SeasonQuery) -> UniversityOut:
    """With its results in a season, its place by each rule, and its way there."""
    row, season = university_by_slug(reading(), slug), season_by_slug(reading(), query.season)
    places = places_of(reading(), season, row.id or 0)
    own = places.get(Rule.POINTS)
    return UniversityOut(
        **_names(row),
        season=season.slug,
        rank=own.rank if own else None,
        points=own.value if own else 0.0,
        medals=_medals(own) if own else MedalsOut(gold=0, silver=0, bronze=0),
        challenges=_results(results_of(reading(), season, row.id or 0)),
        rules=[_by_rule(rule, place) for rule, place in places.items()],
        history=[_moment(m) for m in progress_of(reading(), season, row.id or 0)],
    )


def _season(session: Session, season: SeasonName) -> SeasonOut:
    return SeasonOut(
        slug=season.slug,
        title=season.title,
        challenges=[
            SeasonChallengeOut(
                challenge=on.challenge.slug,
                phase=on.phase.slug,
                board=on.board,
                provisional=on.provisional,
                ranked=ranked,
                weight=weight,
                challenge_title=on.challenge.title,
                phase_title=on.phase.title,
            )
            for on, ranked, weight in boards_of(session, season)
        ],
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


def _range(found: tuple[int, int] | None) -> RangeOut | None:
    return None if found is None else RangeOut(best=found[0], worst=found[1])


def _place(place: Place) -> PlaceOut:
    return PlaceOut(
        rank=place.rank,
        university=NamedUniversity(slug=place.university.slug, name=place.university.name),
        points=place.value,
        challenges=place.challenges,
        medals=_medals(place),
        rank_range=_range(place.range),
        by_rules=RangeOut(best=place.rules.best, worst=place.rules.worst),
    )


def _by_rule(rule: Rule, place: Place) -> RuleOut:
    return RuleOut(rule=rule, rank=place.rank, value=place.value, rank_range=_range(place.range))


def _moment(moment: Moment) -> MomentOut:
    return MomentOut(
        at=moment.at,
        points=moment.points,
        universities=moment.universities,
        ranks=moment.ranks,
        revealed=moment.revealed,
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
            best_team=one.best_team.id or 0,
            share=one.result.share,
            weight=one.result.weight,
            percentile=one.result.percentile,
            medals=MedalsOut(**one.result.medals._asdict()),
            challenge_title=one.board.challenge.title,
            phase_title=one.board.phase.title,
        )
        for one in found
    ]
