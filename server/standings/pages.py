"""Pages of the standings room."""

from flask import Blueprint, Response, make_response, render_template, request
from flask_babel import gettext as _
from markupsafe import Markup

from server.shared.access import Who, access, own_credentials
from server.shared.language import language
from server.shared.spreadsheets import ENDING, Table, sent
from server.shared.web import CONTENT_SECURITY_POLICY, now, reading, services, viewer
from server.standings.exports import (
    RESULTS_COLUMNS,
    STANDINGS_COLUMNS,
    place_cells,
    result_cells,
)
from server.standings.freshness import answered, conditional
from server.standings.queries import (
    SeasonName,
    Standings,
    boards_of,
    every_place,
    season_by_slug,
    seasons,
    standings,
    version_of,
)
from server.standings.results import results_of
from server.standings.rules import FORMULAS, Rule
from server.standings.worked import worked_row
from server.universities.queries import university_by_slug

bp = Blueprint("standings", __name__)
UNIVERSITIES_A_PAGE = 50
EMBEDDED, MOST_EMBEDDED = 10, 100
EMBED_SECONDS = 60
ANYWHERE = CONTENT_SECURITY_POLICY.replace("frame-ancestors 'none'", "frame-ancestors *")


def _rule() -> Rule:
    wanted = request.args.get("rule", "")
    return Rule(wanted) if wanted in list(Rule) else Rule.POINTS


def _season() -> SeasonName:
    return season_by_slug(reading(), request.args.get("season"))


def _whose(found: Standings) -> str:
    """Return whose row is worked out: the university asked for, else the first by this rule.

    The same on every page of a rule, so that it is drawn once: it takes longer than the table.
    """
    return request.args.get("worked", "")[:64] or _first(found)


def _first(found: Standings) -> str:
    name = ("first", version_of(reading(), found.season), found.rule)
    return services().cache.fetch(name, lambda: _read_first(found), size=len)


def _read_first(found: Standings) -> str:
    whole = standings(reading(), found.season, found.rule, per_page=1)
    return whole.places.rows[0].university.slug if whole.places.rows else ""


@bp.get("/universities")
@access(Who.EVERYBODY)
@conditional
def index() -> str:
    """Rank the universities over a season, by one of the rules."""
    session, season, rule = reading(), _season(), _rule()
    number = request.args.get("page", 1, int)
    found = standings(session, season, rule, page=number, per_page=UNIVERSITIES_A_PAGE)
    return render_template(
        "standings/index.html",
        standings=found,
        page=found.places,
        seasons=seasons(session),
        rules=list(Rule),
        own_university_id=viewer().university_id,
        how=_how(found, _whose(found)),
    )


def _how(found: Standings, slug: str) -> Markup:
    """Return the part with the formula and a row worked out, kept while no number changes."""
    version = version_of(reading(), found.season)
    name = ("how", version, found.rule, slug, language())
    return services().cache.fetch(name, lambda: _rendered_how(found, slug), size=len)


def _rendered_how(found: Standings, slug: str) -> Markup:
    session = reading()
    return Markup(  # noqa: S704 - what a template has escaped
        render_template(
            "standings/how.html",
            standings=found,
            boards_part=_boards_part(found.season),
            formula=_(FORMULAS[found.rule]),
            worked=worked_row(session, found.season, found.rule, slug),
            base_url=services().settings.base_url,
        )
    )


def _boards_part(season: SeasonName) -> Markup:
    """Return the list of a season's challenges, which is the same under every rule."""
    session = reading()
    name = ("boards", version_of(session, season), language())
    return services().cache.fetch(
        name,
        lambda: Markup(  # noqa: S704 - what a template has escaped
            render_template("standings/boards.html", boards=boards_of(session, season))
        ),
        size=len,
    )


@bp.get(f"/standings.{ENDING}")
@access(Who.EVERYBODY)
@conditional
def table(ending: str) -> Response:
    """Send the standings as a table for spreadsheets."""
    season, rule = _season(), _rule()
    rows = map(place_cells, every_place(reading(), season, rule))
    return sent(Table(f"standings-{season.slug}-{rule.value}", STANDINGS_COLUMNS, rows), ending)


@bp.get(f"/universities/<slug>/results.{ENDING}")
@access(Who.EVERYBODY)
def results_table(slug: str, ending: str) -> Response:
    """Send what a university reached in each challenge of a season as a table."""
    university, season = university_by_slug(reading(), slug), _season()
    rows = map(result_cells, results_of(reading(), season, university.id or 0))
    return sent(Table(f"{slug}-{season.slug}", RESULTS_COLUMNS, rows), ending)


@bp.get("/standings/embed")
@access(Who.EVERYBODY)
@own_credentials
def embed() -> Response:
    """Show the first universities in a frame of any site: no cookie, no script, no menu."""
    response = answered(_embedded, f"public, max-age={EMBED_SECONDS}")
    response.headers["Content-Security-Policy"] = ANYWHERE
    return response


def _embedded() -> Response:
    rows = min(max(1, request.args.get("rows", EMBEDDED, int)), MOST_EMBEDDED)
    found = standings(reading(), _season(), _rule(), per_page=rows)
    page = render_template("standings/embed.html", standings=found, page=found.places, now=now())
    return make_response(page)
