"""Pages of the profiles room."""

from typing import Any

from flask import render_template, request
from flask import session as cookie
from flask.blueprints import BlueprintSetupState
from flask_babel import get_locale

from server.accounts.queries import is_manager
from server.challenges.forms import STATES, ChallengeFilter
from server.challenges.listings import visible_challenges
from server.challenges.views import page_of_listings
from server.profiles import person_pages
from server.profiles.blueprint import bp
from server.profiles.desk import desk_of
from server.profiles.queries import cards_of, home_of
from server.profiles.universities import people_version, university_page
from server.shared.access import Who, access
from server.shared.web import now, reading, viewer
from server.standings.freshness import answered
from server.standings.leading import leaders
from server.standings.queries import season_by_slug, seasons

__all__ = ["bp", "person_pages"]
CHALLENGES_A_PAGE = 24


@bp.get("/")
@access(Who.EVERYBODY)
def home() -> str:
    """Show what goes on; to somebody who is signed in, one's own challenges first."""
    session, asker = reading(), viewer()
    return render_template(
        "profiles/home.html",
        home=home_of(session, asker, now()),
        leaders=leaders(session),
        desk=desk_of(session, asker, now()) if asker.is_authenticated else None,
    )


@access(Who.EVERYBODY)
def challenge_index() -> str:
    """Show the challenges that the viewer may know of, filtered."""
    listings = visible_challenges(reading(), viewer(), now())
    wanted = ChallengeFilter.read(request.args)
    found = [x for x in listings if x.matches(**wanted._asdict())]
    number = request.args.get("page", 1, int)
    page = page_of_listings(found, page=number, per_page=CHALLENGES_A_PAGE)
    return render_template(
        "profiles/challenges.html",
        page=page,
        cards=cards_of(reading(), page.rows),
        wanted=wanted,
        states=STATES,
        tags=sorted({tag for x in listings for tag in x.challenge.tags}),
    )


@bp.record_once
def _add_index(state: BlueprintSetupState) -> None:
    # It counts teams, so it lives above the room whose endpoint's name it has.
    state.app.add_url_rule("/challenges", "challenges.index", challenge_index)


@bp.get("/universities/<slug>")
@access(Who.EVERYBODY)
def university(slug: str) -> Any:
    """Show where a university stands, its results, its teams and its way through a season."""
    # Its managers see more; a cookie may hold a message to show once.
    if viewer().is_authenticated or cookie:
        return _university(slug)
    named = people_version(reading(), slug)
    return answered(lambda: _university(slug), "no-cache", more=named)


def _university(slug: str) -> str:
    session = reading()
    season = season_by_slug(session, request.args.get("season"))
    page = university_page(
        session,
        slug,
        season,
        page=request.args.get("page", 1, int),
        results=request.args.get("results", 1, int),
    )
    return render_template(
        "profiles/university.html",
        page=page,
        seasons=seasons(session),
        country=get_locale().territories.get(page.university.country, page.university.country),
        manages=_manages(page.university.id),
    )


def _manages(university_id: int | None) -> bool:
    who = viewer()
    if not who.is_authenticated or university_id is None:
        return False
    return who.is_admin or is_manager(reading(), university_id, who.account_id)
