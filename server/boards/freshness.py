"""Conditional requests for boards: what visitors read is known by a cheap version."""

from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from flask import Response, make_response, request
from flask import session as cookie
from flask_babel import get_locale
from sqlmodel import Session, col, func

from server.boards.models import Entry
from server.challenges.models import Challenge
from server.challenges.queries import challenge_by_slug, phases_of
from server.evaluations.rules import Board
from server.shared.events import Event
from server.shared.web import now, reading, viewer

# A page says "3 minutes ago" and when a phase closes: it is made anew each minute in any case.
WORDS_AGE = 60


def conditional(view: Callable[..., Any]) -> Callable[..., Any]:
    """Answer 304 to a visitor whose copy of a board is still the present one."""

    @wraps(view)
    def answer(slug: str, **arguments: Any) -> Any:
        # Whoever is signed in sees an own row; a cookie may hold a message to show once.
        if viewer().is_authenticated or cookie:
            return view(slug=slug, **arguments)
        tag = _tag(slug)
        if request.if_none_match.contains_weak(tag):
            return _marked(Response(status=304), tag)
        return _marked(make_response(view(slug=slug, **arguments)), tag)

    return answer


def _tag(slug: str) -> str:
    version = version_of(reading(), challenge_by_slug(reading(), slug))
    minute = int(now().timestamp()) // WORDS_AGE
    return sha256(f"{version}|{minute}|{request.full_path}|{get_locale()}".encode()).hexdigest()


def _marked(response: Response, tag: str) -> Response:
    if response.status_code in (200, 304):
        response.set_etag(tag, weak=True)
        response.headers["Cache-Control"] = "no-cache"
        response.vary.update(("Cookie", "Authorization", "Accept-Language"))
    return response


def version_of(session: Session, challenge: Challenge) -> str:
    """Return what changes with every change of a challenge's boards: look-ups in indexes only.

    Every score, decision and reveal writes an event; the ranges of ranks alone come without one.
    """
    event = session.execute(
        sa.select(func.max(col(Event.id))).where(col(Event.challenge_id) == challenge.id)
    ).scalar_one()
    ranges = [
        _ranges_at(session, phase.id or 0, board)
        for phase in phases_of(session, challenge.id or 0)
        for board in (list(Board) if phase.revealed_at else [Board.PUBLIC])
    ]
    return f"{event}|{challenge.updated_at}|{ranges}"


def _ranges_at(session: Session, phase_id: int, board: Board) -> Any:
    query = (
        sa.select(col(Entry.ranges_at))
        .where(
            col(Entry.phase_id) == phase_id,
            col(Entry.board) == board,
            col(Entry.ranked).is_(True),
        )
        .order_by(col(Entry.key))
        .limit(1)
    )
    return session.execute(query).scalar()
