"""The organisers' page of winners and prizes; the public block is part of other pages."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from server.challenges.models import Challenge, Phase
from server.challenges.queries import challenge_by_slug
from server.evaluations.queries import undecided_evaluations
from server.shared.access import Who, access
from server.shared.errors import DomainError
from server.shared.responses import message_of
from server.shared.web import now, reading, viewer, writing
from server.winners import actions
from server.winners.queries import (
    Published,
    prizes_of,
    published_of,
    revealed_phase,
    revealed_phases,
    top_of,
    winners_of,
)
from server.winners.rules import LONGEST_PRIZE, MOST_PLACES, USUAL_PLACES

bp = Blueprint("winners", __name__)


def published_winners(challenge: Challenge) -> list[Published]:
    """Return what pages of other rooms show of a challenge's winners."""
    return published_of(reading(), challenge)


@bp.get("/organise/<slug>/winners")
@access(Who.JUDGE)
def show(slug: str) -> str:
    """Show the first places of each revealed board, and what is published of them."""
    return _page(slug)


def _page(slug: str, *, fault: str = "", of: str = "") -> str:
    session, challenge = reading(), challenge_by_slug(reading(), slug)
    published = {p.phase.id: p for p in published_of(session, challenge)}
    phases = [
        _desk(phase, published.get(phase.id), fault if phase.slug == of else "")
        for phase in revealed_phases(session, challenge.id or 0)
    ]
    return render_template(
        "winners/show.html",
        challenge=challenge,
        phases=phases,
        most_places=MOST_PLACES,
        longest_prize=LONGEST_PRIZE,
    )


def _desk(phase: Phase, published: Published | None, fault: str) -> dict[str, Any]:
    session = reading()
    typed = request.form if fault else {}
    known = winners_of(session, phase.id or 0)
    asked = request.args.get(f"places-{phase.slug}", type=int) or request.form.get(
        "places", type=int
    )
    places = min(max(1, asked or (known.places if known else USUAL_PLACES)), MOST_PLACES)
    prizes = prizes_of(session, phase.id or 0)
    ranked = top_of(session, phase, places)
    return {
        "phase": phase,
        "published": published,
        "places": places,
        "rows": ranked,
        "prizes": {
            row.rank: typed.get(f"prize-{row.rank}", prizes.get(row.rank or 0, ""))
            for row in ranked
        },
        "fault": fault,
        "undecided": undecided_evaluations(session, phase.id or 0),
    }


@bp.post("/organise/<slug>/winners/<phase>")
@access(Who.ORGANISER)
def publish(slug: str, phase: str) -> BaseResponse | tuple[str, int]:
    """Publish the winners of a phase, or publish them anew."""
    try:
        with writing() as session:
            challenge = challenge_by_slug(session, slug)
            actions.publish(
                session,
                challenge=challenge,
                phase=revealed_phase(session, challenge, phase),
                places=request.form.get("places", USUAL_PLACES, int),
                prizes=_prizes(),
                actor_id=viewer().account_id,
                now=now(),
                named=request.form.get("named") == "yes",
            )
            session.commit()
    except DomainError as error:
        if error.status == 404:
            raise
        return _page(slug, fault=message_of(error), of=phase), error.status
    flash(_("The winners are published."), "success")
    return redirect(url_for("winners.show", slug=slug), 303)


def _prizes() -> dict[int, str]:
    named = [
        (name.removeprefix("prize-"), text)
        for name, text in request.form.items()
        if name.startswith("prize-")
    ]
    return {
        int(rank): text
        for rank, text in named
        if rank.isascii() and rank.isdigit() and len(rank) < 6
    }


@bp.post("/organise/<slug>/winners/<phase>/withdraw")
@access(Who.ORGANISER)
def withdraw(slug: str, phase: str) -> BaseResponse:
    """Show no winners of a phase any more."""
    with writing() as session:
        challenge = challenge_by_slug(session, slug)
        found = revealed_phase(session, challenge, phase)
        me = viewer().account_id
        actions.take_back(session, challenge=challenge, phase=found, actor_id=me, now=now())
        session.commit()
    flash(_("The winners are no longer shown."), "success")
    return redirect(url_for("winners.show", slug=slug), 303)
