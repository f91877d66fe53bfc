"""Pages of comparisons: two teams pair by pair, and the shake-up at a reveal."""

from typing import Any

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlmodel import Session
from werkzeug.wrappers import Response as BaseResponse

from server.boards.chosen import Asked, Chosen, choose
from server.challenges.queries import challenge_by_slug, challenge_frame
from server.challenges.views import Frame
from server.comparisons.actions import ask
from server.comparisons.charts import scatter
from server.comparisons.forms import Wanted, read_wanted
from server.comparisons.queries import MOST_OFFERED, Pair, is_offered, pair_of, teams_to_choose
from server.comparisons.rules import ENDED, LADDER
from server.comparisons.shake_queries import last_revealed, shake_up_of
from server.evaluations.rules import Board
from server.shared.access import Who, access
from server.shared.errors import N_, Invalid
from server.shared.limits import asker, by_setting, limiter
from server.shared.web import now, reading, services, viewer, writing
from server.teams.queries import team_of

bp = Blueprint("comparisons", __name__)
UNTIL = ",".join(("none", *ENDED))


def _frame(slug: str) -> Frame:
    return challenge_frame(reading(), slug=slug, viewer=viewer(), now=now(), active="leaderboard")


def _chosen(session: Session, slug: str, asked: Asked) -> Chosen:
    challenge = challenge_by_slug(session, slug)
    live = asked._replace(evaluation=None)
    return choose(session, challenge, live, viewer=viewer(), now=now())


@bp.get("/challenges/<slug>/compare")
@access(Who.SEES_CHALLENGE)
def compare(slug: str) -> str:
    """Show two teams of a board side by side, and what is known of their difference."""
    wanted, session = read_wanted(request.args), reading()
    chosen = _chosen(session, slug, wanted.asked)
    offered = is_offered(chosen)
    return render_template(
        "comparisons/compare.html",
        **_frame(slug).context(),
        wanted=wanted,
        ladder=_(LADDER) if chosen.is_ladder else None,
        teams=teams_to_choose(session, chosen.on, q=wanted.asked.q) if offered else [],
        most=MOST_OFFERED,
        own_team_id=_own_team_id(session, chosen),
        until=UNTIL,
        **_shown(session, chosen, wanted),
    )


def _own_team_id(session: Session, chosen: Chosen) -> int | None:
    asking = viewer().id
    own = team_of(session, chosen.challenge.id or 0, asking) if asking else None
    return own.id if own else None


def _shown(session: Session, chosen: Chosen, wanted: Wanted) -> dict[str, Any]:
    """Return what the part of the page needs that follows the worker."""
    both = wanted.both
    pair: Pair | None = None
    if both is not None and both[0] != both[1] and is_offered(chosen):
        pair = pair_of(session, chosen, *both)
    return {"pair": pair, "chosen": chosen}


@bp.get("/challenges/<slug>/compare/state")
@access(Who.SEES_CHALLENGE)
def compare_state(slug: str) -> Response:
    """Say where a comparison stands, for the page that waits."""
    wanted, session = read_wanted(request.args), reading()
    chosen = _chosen(session, slug, wanted.asked)
    shown = _shown(session, chosen, wanted)
    pair = shown["pair"]
    if pair is None:
        return jsonify({"state": "none", "html": ""})
    html = render_template("comparisons/_difference.html", **shown, challenge=chosen.challenge)
    return jsonify({"state": pair.state, "html": html})


@bp.post("/challenges/<slug>/compare")
@access(Who.CONFIRMED)
@limiter.limit(by_setting("rate_limit_comparisons"), key_func=asker)
def ask_for(slug: str) -> BaseResponse:
    """Have two teams compared by the worker."""
    wanted = read_wanted(request.form)
    both = wanted.both
    if both is None:
        raise Invalid(N_("Choose two different teams."), code="same-team", field="b")
    with writing() as session:
        chosen = _chosen(session, slug, wanted.asked)
        pair = ask(session, chosen, a=both[0], b=both[1], actor_id=viewer().account_id, now=now())
        session.commit()
    if pair.row is not None:
        services().jobs.send("compare", comparison_id=pair.row.id)
    target = url_for(
        "comparisons.compare",
        slug=slug,
        a=both[0],
        b=both[1],
        phase=chosen.phase.slug,
        board=chosen.board.value,
    )
    return redirect(f"{target}#difference", 303)


@bp.get("/challenges/<slug>/shakeup")
@access(Who.SEES_CHALLENGE)
def shake_up(slug: str) -> str:
    """Show how the ranks changed at the reveal, beside what chance alone gives."""
    asked = read_wanted(request.args).asked._replace(board=None)
    challenge = challenge_by_slug(reading(), slug)
    if asked.phase is None:
        asked = asked._replace(phase=last_revealed(reading(), challenge.id or 0))
    chosen = _chosen(reading(), slug, asked)
    found = None
    if chosen.revealed and chosen.board is Board.PRIVATE:
        found = shake_up_of(reading(), chosen)
    return render_template(
        "comparisons/shakeup.html",
        **_frame(slug).context(),
        chosen=chosen,
        shaken=found,
        chart=scatter(found.drawn) if found and found.drawn else None,
    )
