"""Pages of the standings room."""

from flask import Blueprint, Response, render_template, request

from server.boards.exports import csv_lines
from server.boards.reading import part_of
from server.shared.access import Who, access
from server.shared.web import now, reading, viewer
from server.standings.exports import STANDINGS_COLUMNS, place_cells
from server.standings.queries import standings
from server.standings.rules import FORMULAS, Rule

bp = Blueprint("standings", __name__)
UNIVERSITIES_A_PAGE = 50


def _rule() -> Rule:
    wanted = request.args.get("rule", "")
    return Rule(wanted) if wanted in list(Rule) else Rule.POINTS


@bp.get("/universities")
@access(Who.EVERYBODY)
def index() -> str:
    """Rank the universities over all public challenges, by one of the rules."""
    found = standings(reading(), _rule(), now=now())
    number = request.args.get("page", 1, int)
    return render_template(
        "standings/index.html",
        standings=found,
        page=part_of(found.places, page=number, per_page=UNIVERSITIES_A_PAGE),
        rules=list(Rule),
        formula=FORMULAS[found.rule],
        own_university_id=viewer().university_id,
    )


@bp.get("/standings.csv")
@access(Who.EVERYBODY)
def csv() -> Response:
    """Send the standings as a table for spreadsheets."""
    found = standings(reading(), _rule(), now=now())
    lines = list(csv_lines(STANDINGS_COLUMNS, map(place_cells, found.places)))
    response = Response(lines, mimetype="text/csv")
    name = f"standings-{found.rule.value}.csv"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
