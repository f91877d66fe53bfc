"""JSON routes of comparisons, shake-ups and what the next place would take."""

from apiflask import APIBlueprint

from server.boards.chosen import Asked, choose
from server.boards.rows import TeamName
from server.boards.schemas import NamedTeam
from server.boards.team_views import team_page
from server.challenges.queries import challenge_by_slug
from server.comparisons.actions import ask
from server.comparisons.queries import pair_of
from server.comparisons.rules import require_comparable, require_two
from server.comparisons.schemas import (
    ComparisonOut,
    PairBody,
    PhaseQuery,
    PlacesOut,
    ShakeUpOut,
    comparison_out,
    place_out,
    shake_up_out,
)
from server.comparisons.shake_queries import shake_up_of
from server.shared.access import Who, access
from server.shared.limits import asker, by_setting, limiter
from server.shared.web import now, reading, services, viewer, writing
from server.teams.queries import visible_team

bp = APIBlueprint("comparisons_api", __name__, url_prefix="/api/v1", tag="Comparisons")


@bp.get("/challenges/<slug>/comparison")
@access(Who.SEES_CHALLENGE)
@bp.input(PairBody, location="query", arg_name="query")
@bp.output(ComparisonOut)
@bp.doc(
    summary="Read what is known of two teams' difference",
    operation_id="readComparison",
    responses=[403, 404, 409, 422],
)
def comparison(slug: str, query: PairBody) -> ComparisonOut:
    """Nothing is computed by asking: what was not compared yet has no difference."""
    require_two(query.a, query.b)
    session = reading()
    challenge = challenge_by_slug(session, slug)
    chosen = choose(session, challenge, query.asked(), viewer=viewer(), now=now())
    phase = chosen.phase
    require_comparable(ranking=phase.ranking, board=chosen.board, revealed=chosen.revealed)
    return comparison_out(pair_of(session, chosen, query.a, query.b))


@bp.post("/challenges/<slug>/comparison")
@access(Who.CONFIRMED)
@limiter.limit(by_setting("rate_limit_comparisons"), key_func=asker)
@bp.input(PairBody, arg_name="body")
@bp.output(ComparisonOut, status_code=202)
@bp.doc(
    summary="Have two teams compared",
    operation_id="askComparison",
    responses=[401, 403, 404, 409, 422, 429],
)
def ask_comparison(slug: str, body: PairBody) -> ComparisonOut:
    """A worker compares what counts of both now; asking again changes nothing."""
    with writing() as session:
        challenge = challenge_by_slug(session, slug)
        chosen = choose(session, challenge, body.asked(), viewer=viewer(), now=now())
        pair = ask(session, chosen, a=body.a, b=body.b, actor_id=viewer().account_id, now=now())
        session.commit()
    if pair.row is not None:
        services().jobs.send("compare", comparison_id=pair.row.id)
    return comparison_out(pair)


@bp.get("/challenges/<slug>/shakeup")
@access(Who.SEES_CHALLENGE)
@bp.input(PhaseQuery, location="query", arg_name="query")
@bp.output(ShakeUpOut)
@bp.doc(summary="Read the shake-up of a phase", operation_id="shakeUp", responses=[403, 404, 422])
def shake_up(slug: str, query: PhaseQuery) -> ShakeUpOut:
    """After the reveal: how the ranks changed, beside what chance alone gives."""
    session = reading()
    challenge = challenge_by_slug(session, slug)
    chosen = choose(session, challenge, Asked(phase=query.phase), viewer=viewer(), now=now())
    return shake_up_out(chosen, shake_up_of(session, chosen))


@bp.get("/teams/<int:team_id>/places")
@access(Who.EVERYBODY)
@bp.output(PlacesOut)
@bp.doc(
    summary="Read a team's places and what the next ones would take",
    operation_id="teamPlaces",
    responses=[404],
)
def places(team_id: int) -> PlacesOut:
    """On the boards that the asker may see."""
    page = team_page(reading(), visible_team(reading(), team_id, viewer()), viewer())
    return PlacesOut(
        team=NamedTeam.model_validate(TeamName(team_id, page.team.name)),
        places=[place_out(place) for place in page.places],
    )
