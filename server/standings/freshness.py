"""Conditional requests for the standings: known by the version of the stored snapshot."""

from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from typing import Any

from flask import Response, request
from flask import session as cookie

from server.boards.freshness import kept_answer
from server.shared.language import language
from server.shared.web import now, reading, viewer
from server.standings.queries import season_by_slug, version_of

# Seconds.
TITLES_AGE = 60


def conditional(view: Callable[..., Any]) -> Callable[..., Any]:
    """Answer 304 to a visitor whose copy of a season's standings is still the present one."""

    @wraps(view)
    def answer(**arguments: Any) -> Any:
        # Whoever is signed in sees an own row; a cookie may hold a message to show once.
        if viewer().is_authenticated or cookie:
            return view(**arguments)
        return answered(lambda: view(**arguments), "no-cache")

    return answer


def answered(make: Callable[[], Any], cache_control: str, *, more: str = "") -> Response:
    """Return a response with its tag as it is kept, or 304 where the reader has it already.

    `more` is what it depends on beside the standings.
    """
    tag = _tag(more)
    if request.if_none_match.contains_weak(tag):
        response = Response(status=304)
    else:
        response = kept_answer(tag, make).response()
    if response.status_code in (200, 304):
        response.set_etag(tag, weak=True)
        response.headers["Cache-Control"] = cache_control
        # A cookie, or the account behind it, says the language where the reader chose one.
        response.vary.update(("Cookie", "Authorization", "Accept-Language"))
    return response


def _tag(more: str) -> str:
    season = season_by_slug(reading(), request.args.get("season"))
    version = version_of(reading(), season)
    # Titles of challenges and of seasons are in no version: so old they may be.
    minute = int(now().timestamp()) // TITLES_AGE
    said = f"{version}|{more}|{minute}|{request.full_path}|{language()}"
    return sha256(said.encode()).hexdigest()
