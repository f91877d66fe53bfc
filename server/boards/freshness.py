"""Conditional requests for boards, and pages that are made once for everybody who visits."""

from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from typing import Any, NamedTuple

from flask import Response, make_response, request
from flask import session as cookie
from flask_babel import get_locale

from server.boards.versions import challenge_id_of, version_of
from server.shared.web import now, reading, services, viewer

# A page says "3 minutes ago" and when a phase closes: it is made anew each minute in any case.
WORDS_AGE = 60
HEADERS_BYTES = 1_000


class Answer(NamedTuple):
    """A response as it is kept: what a handler said, without what each request adds."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    @classmethod
    def of(cls, response: Response) -> "Answer":
        """Take down a response."""
        return cls(response.status_code, list(response.headers), response.get_data())

    @property
    def size(self) -> int | None:
        """How many bytes it takes; None: it is no page to keep."""
        return len(self.body) + HEADERS_BYTES if self.status == 200 else None

    def response(self) -> Response:
        """Return a response of one's own."""
        return Response(self.body, self.status, self.headers)


def conditional(view: Callable[..., Any]) -> Callable[..., Any]:
    """Answer 304 to a visitor whose copy of a board is still the present one, else a kept page.

    Only visitors share pages, and what they may see is what everybody may: the private board
    before the reveal is refused to them.
    """

    @wraps(view)
    def answer(slug: str, **arguments: Any) -> Any:
        # Whoever is signed in sees an own row; a cookie may hold a message to show once.
        if viewer().is_authenticated or cookie:
            return view(slug=slug, **arguments)
        tag = _tag(slug)
        if request.if_none_match.contains_weak(tag):
            return _marked(Response(status=304), tag)
        kept = services().cache.fetch(
            ("page", tag),
            lambda: Answer.of(make_response(view(slug=slug, **arguments))),
            size=lambda made: made.size,
        )
        return _marked(kept.response(), tag)

    return answer


def minute() -> int:
    """Return which minute it is: words like "3 minutes ago" are right for so long."""
    return int(now().timestamp()) // WORDS_AGE


def _tag(slug: str) -> str:
    version = version_of(reading(), challenge_id_of(reading(), slug))
    said = f"{version}|{minute()}|{request.full_path}|{get_locale()}"
    return sha256(said.encode()).hexdigest()


def _marked(response: Response, tag: str) -> Response:
    if response.status_code in (200, 304):
        response.set_etag(tag, weak=True)
        response.headers["Cache-Control"] = "no-cache"
        response.vary.update(("Cookie", "Authorization", "Accept-Language"))
    return response
