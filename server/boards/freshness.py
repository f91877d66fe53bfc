"""Conditional requests for boards, and pages that are made once for everybody who visits."""

import gzip
from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from typing import Any, NamedTuple

from flask import Response, make_response, request
from flask import session as cookie

from server.boards.versions import tick_at, version_of
from server.challenges.queries import challenge_by_slug
from server.shared.language import language
from server.shared.web import in_turn, now, reading, services, viewer

HEADERS_BYTES = 1_000
# A page of 130 kB becomes 14 kB in half a millisecond; level 6 takes twice as long for 1 kB less.
LEVEL = 1


class Answer(NamedTuple):
    """A response as it is kept: what a handler said, compressed, without what each request adds.

    It holds no secret of a reader, which its length could tell: it is the same for everybody.
    """

    status: int
    headers: list[tuple[str, str]]
    packed: bytes

    @classmethod
    def of(cls, response: Response) -> "Answer":
        """Take down a response."""
        packed = gzip.compress(response.get_data(), LEVEL, mtime=0)
        headers = [pair for pair in response.headers if pair[0] != "Content-Length"]
        return cls(response.status_code, headers, packed)

    @property
    def size(self) -> int | None:
        """How many bytes it takes; None: it is no page to keep."""
        return len(self.packed) + HEADERS_BYTES if self.status == 200 else None

    def response(self) -> Response:
        """Return a response of one's own, compressed if the reader takes that."""
        takes = request.accept_encodings.quality("gzip") > 0
        body = self.packed if takes else gzip.decompress(self.packed)
        response = Response(body, self.status, self.headers)
        response.vary.add("Accept-Encoding")
        if takes:
            response.content_encoding = "gzip"
        return response


def is_for_everybody() -> bool:
    """Whether this page is the same for everybody who asks for it.

    Whoever is signed in sees an own row; a cookie may hold a message to show once.
    """
    return not (viewer().is_authenticated or cookie)


def conditional(view: Callable[..., Any]) -> Callable[..., Any]:
    """Answer 304 to a visitor whose copy of a board is still the present one, else a kept page.

    Only visitors share pages, and what they may see is what everybody may: the private board
    before the reveal is refused to them.
    """

    own = in_turn(view)

    @wraps(view)
    def answer(slug: str, **arguments: Any) -> Any:
        if not is_for_everybody():
            return own(slug=slug, **arguments)
        return answer_tagged(_tag(slug), lambda: view(slug=slug, **arguments))

    return answer


def answer_tagged(tag: str, make: Callable[[], Any]) -> Response:
    """Answer 304 to a visitor who has what a tag names, else with the page that is kept of it.

    The tag must name all that the page is made of: the language and the address too.
    """
    if request.if_none_match.contains_weak(tag):
        return _marked(Response(status=304), tag)
    return _marked(kept_answer(tag, make).response(), tag)


def kept_answer(tag: str, make: Callable[[], Any]) -> Answer:
    """Return the page that is kept of what a tag names, else make it in its turn."""

    def answer() -> Answer:
        with services().turns.turn():
            return Answer.of(make_response(make()))

    return services().cache.fetch(("page", tag), answer, size=lambda made: made.size)


def _tag(slug: str) -> str:
    session = reading()
    challenge_id = challenge_by_slug(session, slug).id or 0
    version = version_of(session, challenge_id)
    tick = tick_at(session, challenge_id, now=now())
    said = f"{version}|{tick}|{request.full_path}|{language()}"
    return sha256(said.encode()).hexdigest()


def _marked(response: Response, tag: str) -> Response:
    if response.status_code in (200, 304):
        response.set_etag(tag, weak=True)
        response.headers["Cache-Control"] = "no-cache"
        response.vary.update(("Cookie", "Authorization", "Accept-Language"))
    return response
