"""Pages of a university's managers: how it stands, its teams and advisers, papers and tables."""

from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from server.accounts.queries import account_by_email
from server.certificates.actions import bundle
from server.certificates.queries import (
    bundles_of,
    challenges_with_certificates,
    job_by_id,
)
from server.challenges.downloads import send_stored
from server.challenges.queries import challenge_by_slug, challenges_by_id
from server.reports.managing import (
    MEMBERS_COLUMNS,
    TEAMS_COLUMNS,
    managed_teams,
    member_rows,
    overview_of,
    team_rows,
)
from server.shared.access import Who, access
from server.shared.errors import N_, DomainError, NotFound
from server.shared.limits import limiter
from server.shared.responses import message_of
from server.shared.spreadsheets import ENDING, Table, sent
from server.shared.web import now, reading, services, viewer, writing
from server.standings.queries import seasons
from server.teams.advising import MOST_ADVISERS, end_adviser, name_adviser
from server.universities.models import University
from server.universities.queries import university_by_slug

bp = Blueprint("managing", __name__)
BASE = "/universities/<slug>/manage"
# Each makes a worker lay out every paper of the university.
BUNDLES = "20 per hour"


@bp.get(f"{BASE}/overview")
@access(Who.MANAGER)
def overview(slug: str) -> str:
    """Show how the university stands."""
    university = university_by_slug(reading(), slug)
    found = overview_of(reading(), university)
    return render_template("managing/overview.html", university=university, overview=found)


@bp.get(f"{BASE}/teams")
@access(Who.MANAGER)
def teams(slug: str) -> str:
    """Show the university's teams, their progress and their advisers."""
    return _teams(university_by_slug(reading(), slug))


def _teams(university: University, *, team_id: int = 0, email: str = "", problem: str = "") -> str:
    q = request.args.get("q", "")
    page = request.args.get("page", 1, type=int)
    return render_template(
        "managing/teams.html",
        university=university,
        teams=managed_teams(reading(), university.id or 0, q=q, page=page),
        q=q,
        most=MOST_ADVISERS,
        refused={"team_id": team_id, "email": email, "problem": problem},
    )


@bp.post(f"{BASE}/teams/<int:team_id>/advisers")
@access(Who.MANAGER)
def add_adviser(slug: str, team_id: int) -> BaseResponse | tuple[str, int]:
    """Name a member of the university as the adviser of one of its teams."""
    university, email = university_by_slug(reading(), slug), request.form.get("email", "")
    try:
        with writing() as session:
            adviser = name_adviser(
                session,
                team_id=team_id,
                university_id=university.id or 0,
                account=account_by_email(session, email),
                actor_id=viewer().account_id,
                now=now(),
            )
            session.commit()
    except NotFound:
        raise
    except DomainError as error:
        problem = message_of(error)
        return _teams(university, team_id=team_id, email=email, problem=problem), error.status
    flash(_("%(name)s advises the team now, and was told.", name=adviser.name), "success")
    return redirect(url_for("managing.teams", slug=slug, _anchor=f"team-{team_id}"), 303)


@bp.post("/teams/<int:team_id>/advisers/<int:account_id>/end")
@access(Who.SIGNED_IN)
def remove_adviser(team_id: int, account_id: int) -> BaseResponse:
    """End an adviser's role, by the adviser or by a manager of the university."""
    with writing() as session:
        end_adviser(session, team_id=team_id, account_id=account_id, viewer=viewer(), now=now())
        session.commit()
    flash(_("The adviser is named with the team no more."), "success")
    back = request.form.get("university", "")
    if back and account_id != viewer().id:
        return redirect(url_for("managing.teams", slug=back, _anchor=f"team-{team_id}"), 303)
    return redirect(url_for("boards.team", team_id=team_id), 303)


@bp.get(f"{BASE}/certificates")
@access(Who.MANAGER)
def certificates(slug: str) -> str:
    """Show which certificates the university's people have, and the files made of them."""
    university = university_by_slug(reading(), slug)
    return render_template(
        "managing/certificates.html", university=university, **_certificates(university)
    )


def _certificates(university: University) -> dict[str, Any]:
    session, files = reading(), bundles_of(reading(), university.id or 0)
    titles = challenges_by_id(session, [f.challenge_id for f in files if f.challenge_id])
    return {
        "found": challenges_with_certificates(session, university.id or 0),
        "files": files,
        "titles": {number: challenge.title for number, challenge in titles.items()},
        "busy": any(file.state.value in ("queued", "running") for file in files),
    }


@bp.get(f"{BASE}/certificates/live")
@access(Who.MANAGER)
def certificates_live(slug: str) -> Response:
    """Say how far the files are, for the page that waits."""
    university = university_by_slug(reading(), slug)
    values = _certificates(university)
    html = render_template("managing/_files.html", university=university, **values)
    return jsonify({"state": "busy" if values["busy"] else "done", "html": html})


@bp.post(f"{BASE}/certificates")
@access(Who.MANAGER)
@limiter.limit(BUNDLES)
def make_file(slug: str) -> BaseResponse:
    """Have one file made of the certificates of a challenge, or of all."""
    wanted = request.form.get("challenge", "")
    with writing() as session:
        university = university_by_slug(session, slug)
        challenge = challenge_by_slug(session, wanted) if wanted else None
        job = bundle(
            session,
            university_id=university.id or 0,
            challenge_id=challenge.id if challenge else None,
            actor_id=viewer().account_id,
            now=now(),
        )
        session.commit()
    services().jobs.send("certificates", job_id=job.id)
    flash(_("The file is being made. It stays here for a week."), "success")
    return redirect(url_for("managing.certificates", slug=slug, _anchor="files"), 303)


@bp.get(f"{BASE}/certificates/<int:job_id>.zip")
@access(Who.MANAGER)
def file(slug: str, job_id: int) -> Response:
    """Send a file of certificates."""
    university = university_by_slug(reading(), slug)
    job = job_by_id(reading(), job_id)
    files = services().files
    if job.university_id != university.id or job.sha256 is None or not files.has(job.sha256):
        raise NotFound(N_("This file is not there any more. Have it made again."))
    return send_stored(request, files, sha256=job.sha256, name=f"certificates-{slug}-{job.id}.zip")


@bp.get(f"{BASE}/report")
@access(Who.MANAGER)
def report(slug: str) -> str:
    """Offer the term report of each season, and the tables."""
    university = university_by_slug(reading(), slug)
    return render_template(
        "managing/report.html", university=university, seasons=seasons(reading())
    )


@bp.get(f"{BASE}/members.{ENDING}")
@access(Who.MANAGER)
def members_table(slug: str, ending: str) -> Response:
    """Send the members as a table."""
    rows = member_rows(reading(), university_by_slug(reading(), slug).id or 0)
    return sent(Table(f"{slug}-members", MEMBERS_COLUMNS, rows), ending)


@bp.get(f"{BASE}/teams.{ENDING}")
@access(Who.MANAGER)
def teams_table(slug: str, ending: str) -> Response:
    """Send the teams and their places as a table."""
    rows = team_rows(reading(), university_by_slug(reading(), slug).id or 0)
    return sent(Table(f"{slug}-teams", TEAMS_COLUMNS, rows), ending)
