"""Pages of the profiles room."""

from flask import Blueprint, current_app, render_template, request
from flask.blueprints import BlueprintSetupState
from flask_babel import get_locale

from server.accounts.queries import is_manager
from server.challenges.forms import STATES, ChallengeFilter
from server.challenges.queries import visible_challenges
from server.challenges.views import page_of_listings
from server.profiles.people import person_page, university_page
from server.profiles.queries import cards_of, home_of
from server.shared.access import Who, access
from server.shared.web import now, reading, viewer
from server.standings.leading import Leaders

bp = Blueprint("profiles", __name__)
CHALLENGES_A_PAGE = 24


@bp.get("/")
@access(Who.EVERYBODY)
def home() -> str:
    """Show what goes on: who leads, what closes soon, is open, comes, has ended."""
    leaders: Leaders = current_app.extensions.setdefault("varsity.leaders", Leaders())
    return render_template(
        "profiles/home.html",
        home=home_of(reading(), viewer(), now()),
        leaders=leaders.first(reading(), now=now()),
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


@bp.get("/people/<int:account_id>")
@access(Who.EVERYBODY)
def person(account_id: int) -> str:
    """Show a person's name, university and teams in public challenges; never the address."""
    return render_template("profiles/person.html", page=person_page(reading(), account_id))


@bp.get("/universities/<slug>")
@access(Who.EVERYBODY)
def university(slug: str) -> str:
    """Show a university's place, its results and its teams."""
    number = request.args.get("page", 1, int)
    page = university_page(reading(), slug, page=number, now=now())
    return render_template(
        "profiles/university.html",
        page=page,
        country=get_locale().territories.get(page.university.country, page.university.country),
        manages=_manages(page.university.id),
    )


def _manages(university_id: int | None) -> bool:
    who = viewer()
    if not who.is_authenticated or university_id is None:
        return False
    return who.is_admin or is_manager(reading(), university_id, who.account_id)
