"""The route of reports: made when its numbers have changed, else as it is kept in memory."""

from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_babel import get_locale
from sqlmodel import Session
from werkzeug.wrappers import Response as BaseResponse

from server.reports.facts import facts_of, report_version
from server.reports.paper import report_pdf
from server.shared.access import Who, access
from server.shared.language import language
from server.shared.limits import limiter
from server.shared.web import now, reading, services
from server.standings.queries import SeasonName, season_by_slug
from server.universities.models import University
from server.universities.queries import university_by_slug

bp = Blueprint("reports", __name__)
# Laying one out takes some tenths of a second.
REPORTS = "60 per minute"


@bp.get("/universities/<slug>/report.pdf")
@access(Who.EVERYBODY)
@limiter.limit(REPORTS)
def university_report(slug: str) -> BaseResponse:
    """Send a university's report over a season: nothing is in it but what its page shows."""
    session = reading()
    university = university_by_slug(session, slug)
    season = season_by_slug(session, request.args.get("season"))
    version = report_version(session, university, season)
    # A reader who has it in another language has another paper.
    tag = f"{version}-{language()}"
    response = Response(status=304)
    if not request.if_none_match.contains(tag):
        response = Response(_kept(session, university, season, version))
        response.mimetype = "application/pdf"
        name = f"{slug}-{season.slug}.pdf"
        response.headers.set("Content-Disposition", "inline", filename=name)
    response.headers["Cache-Control"] = "no-cache"
    response.set_etag(tag)
    response.vary.update(("Cookie", "Authorization", "Accept-Language"))
    return response


def _kept(session: Session, university: University, season: SeasonName, version: str) -> bytes:
    name: Any = ("report", university.id, season.id, language(), version)
    return services().cache.fetch(name, lambda: _made(session, university, season), size=len)


def _made(session: Session, university: University, season: SeasonName) -> bytes:
    settings = services().settings
    slug = None if season.is_everything else season.slug
    path = url_for("profiles.university", slug=university.slug, season=slug)
    return report_pdf(
        facts_of(session, university, season),
        url=settings.base_url + path,
        site=settings.site_name,
        country=get_locale().territories.get(university.country, university.country),
        now=now(),
    )
