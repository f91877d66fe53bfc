"""Pages of a team's own submissions, two beside each other."""

from typing import Any

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response as BaseResponse

from server.challenges.models import Challenge
from server.challenges.queries import challenge_by_slug, challenge_frame
from server.comparisons.forms import Wanted, read_wanted
from server.comparisons.own import OwnPair, ask_own, offered, own_pair
from server.comparisons.rules import ENDED
from server.shared.access import Who, access
from server.shared.errors import N_, Invalid
from server.shared.limits import asker, by_setting, limiter
from server.shared.web import now, reading, services, viewer, writing
from server.teams.queries import team_of

bp = Blueprint("own_comparisons", __name__)
UNTIL = ",".join(("none", *ENDED))


def _team_id(session: Session, challenge: Challenge) -> int:
    """Return the viewer's team; 0, which is no team's number, where there is none."""
    team = team_of(session, challenge.id or 0, viewer().account_id)
    return team.id if team and team.id else 0


def _pair(session: Session, team_id: int, wanted: Wanted) -> OwnPair | None:
    if wanted.both is None or wanted.both[0] == wanted.both[1]:
        return None
    return own_pair(session, team_id=team_id, a=wanted.both[0], b=wanted.both[1])


@bp.get("/challenges/<slug>/submissions/compare")
@access(Who.SEES_CHALLENGE)
def compare(slug: str) -> str:
    """Show two submissions of the viewer's team side by side."""
    session, wanted = reading(), read_wanted(request.args)
    challenge = challenge_by_slug(session, slug)
    team_id = _team_id(session, challenge)
    frame = challenge_frame(session, slug=slug, viewer=viewer(), now=now(), active="submissions")
    return render_template(
        "comparisons/own.html",
        **frame.context(),
        wanted=wanted,
        pair=_pair(session, team_id, wanted),
        offered=offered(session, team_id=team_id, challenge_id=challenge.id or 0, beside=wanted.a),
        until=UNTIL,
    )


@bp.get("/challenges/<slug>/submissions/compare/state")
@access(Who.SEES_CHALLENGE)
def compare_state(slug: str) -> Response:
    """Say where the comparison stands, for the page that waits."""
    session = reading()
    challenge = challenge_by_slug(session, slug)
    pair = _pair(session, _team_id(session, challenge), read_wanted(request.args))
    if pair is None:
        return jsonify({"state": "none", "html": ""})
    context: dict[str, Any] = {"pair": pair, "challenge": challenge}
    html = render_template("comparisons/_own_difference.html", **context)
    return jsonify({"state": pair.state, "html": html})


@bp.post("/challenges/<slug>/submissions/compare")
@access(Who.CONFIRMED)
@limiter.limit(by_setting("rate_limit_comparisons"), key_func=asker)
def ask(slug: str) -> BaseResponse:
    """Have two submissions of one's own team compared by the worker."""
    both = read_wanted(request.form).both
    if both is None:
        raise Invalid(N_("Choose two different submissions."), code="same-submission", field="b")
    with writing() as session:
        team_id = _team_id(session, challenge_by_slug(session, slug))
        row = ask_own(
            session,
            team_id=team_id,
            a=both[0],
            b=both[1],
            actor_id=viewer().account_id,
            now=now(),
        )
        session.commit()
        comparison_id = row.id if row else None
    services().jobs.send("compare", comparison_id=comparison_id)
    target = url_for("own_comparisons.compare", slug=slug, a=both[0], b=both[1])
    return redirect(f"{target}#difference", 303)
