"""What every request has: its clock, its viewer, its sessions and its security headers."""

import secrets
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

import structlog
from flask import Flask, Response, current_app, g, request
from flask import session as cookie
from sqlmodel import Session
from werkzeug.exceptions import UnsupportedMediaType

from server.shared.access import VISITOR, Gate, Viewer, Who, declared
from server.shared.bodies import ArrivingBody, Hurry
from server.shared.caching import FOUND, IN_SESSION, Cache
from server.shared.clock import Clock
from server.shared.database import Database
from server.shared.errors import N_, Forbidden
from server.shared.queue import Jobs
from server.shared.settings import Settings
from server.shared.signing import Signer
from server.shared.slots import Slots
from server.shared.storage import FileStore
from server.shared.turns import Turns

View = TypeVar("View", bound=Callable[..., Any])
ORDINARY_BODY = 1_000_000
ORDINARY_SECONDS = 20
# So long a client that is still sending has to read that it was refused.
LINGERING_SECONDS = 5
# What an earlier request of a connection left unread has come: the next one has its own time.
lingering: WeakKeyDictionary[socket.socket, Hurry] = WeakKeyDictionary()
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


@dataclass
class Services:
    """What the composition root hands to every room. There is no hidden store here."""

    settings: Settings
    database: Database
    files: FileStore
    jobs: Jobs
    clock: Clock
    signer: Signer
    gates: dict[Who, Gate]
    load_viewer: Callable[[Session, datetime], Viewer]
    uploads: Slots
    cache: Cache = field(default_factory=Cache)
    # At pages that take long to make.
    turns: Turns = field(default_factory=Turns)


def services() -> Services:
    """Return the application's services."""
    return cast(Services, current_app.extensions["varsity"])


def now() -> datetime:
    """The moment at which this request began to arrive."""
    return cast(datetime, g.now)


def viewer() -> Viewer:
    """Who asks."""
    return cast(Viewer, g.get("viewer", VISITOR))


def reading() -> Session:
    """Return this request's session for reading; it is closed with the request."""
    if "read_session" not in g:
        service = services()
        info: dict[str, Any] = {IN_SESSION: service.cache}
        if request.method in SAFE_METHODS:
            info[FOUND] = {}
        g.read_session = Session(service.database.read_engine, info=info)
    return cast(Session, g.read_session)


@contextmanager
def writing() -> Iterator[Session]:
    """Yield a session that writes. The handler commits, once; it reads what is there then."""
    with services().database.writing() as session:
        yield session
    if "read_session" in g:
        # What was read before is as it was before; its rows stay readable, bound to no session.
        g.read_session.close()


def in_turn(view: View) -> View:
    """Say that a page takes long to make: it is made when it is its turn (`shared/turns.py`)."""

    @wraps(view)
    def made(*arguments: Any, **named: Any) -> Any:
        with services().turns.turn():
            return view(*arguments, **named)

    return cast(View, made)


def accepts_upload(limit: Callable[[Session, dict[str, Any]], int]) -> Callable[[View], View]:
    """Say how many bytes a route's body may have: asked before any of it is read."""

    def declare(view: View) -> View:
        view.upload_limit = limit  # type: ignore[attr-defined]
        return view

    return declare


def is_api() -> bool:
    """Whether this request wants JSON by its path."""
    return request.path.startswith("/api/v1")


def wants_json() -> bool:
    """Whether a refusal should be a problem document and not a page."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"], "text/html")
    return is_api() or best == "application/json"


def safe_path(target: str | None, fallback: str) -> str:
    """Return a path of this site to go to, or the fallback: never another site."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return fallback
    parts = urlsplit(target)
    clean = not parts.scheme and not parts.netloc and "\\" not in target
    return target if clean and target.isprintable() else fallback


def _begin() -> None:
    service = services()
    g.now = service.clock()
    g.request_id = secrets.token_hex(8)
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _let_in() -> None:
    """Load the viewer, ask the route's gate, and limit the body: all before it is read."""
    view = current_app.view_functions.get(request.endpoint or "")
    _take_body()
    request.max_content_length = ORDINARY_BODY
    _hurry(ORDINARY_SECONDS)
    if view is None:
        # There is no such page: whoever is signed in reads that as such, in the own language.
        if cookie and not is_api():
            g.viewer = services().load_viewer(reading(), g.now)
        return
    who = Who.EVERYBODY if request.endpoint in ("static", "bootstrap.static") else declared(view)
    if who is None:
        raise Forbidden(N_("Nobody may ask for this: the route declares no access."))
    if request.endpoint in ("static", "bootstrap.static"):
        return
    if request.method not in SAFE_METHODS and request.is_json and not is_api():
        # A form that is sent as JSON can hold what no field expects: lists, numbers, depth.
        raise UnsupportedMediaType
    session, arguments = reading(), dict(request.view_args or {})
    if not getattr(view, "own_credentials", False):
        g.viewer = services().load_viewer(session, g.now)
    services().gates[who](session, viewer(), arguments)
    limit = getattr(view, "upload_limit", None)
    if limit is None and request.mimetype == "multipart/form-data":
        # A file where a word is expected.
        raise UnsupportedMediaType
    if limit is not None and request.method not in SAFE_METHODS:
        request.max_content_length = limit(session, arguments)
        services().uploads.take(viewer().account_id)
        g.upload_of = viewer().account_id
        # A second more than is said: who needs that is told by the clock of the upload itself.
        _hurry(services().settings.upload_seconds, grace=1)
    if request.method not in SAFE_METHODS:
        # No transaction stays open while a slow body arrives.
        session.rollback()


def _take_body() -> None:
    """Have a body that breaks off refused, where gunicorn would give the part for the whole."""
    connection = request.environ.get("gunicorn.socket")
    if connection is not None and (earlier := lingering.pop(connection, None)) is not None:
        earlier.cancel()
    if request.content_length is not None:
        request.environ.pop("wsgi.input_terminated", None)
    g.body = ArrivingBody(request.environ["wsgi.input"])
    request.environ["wsgi.input"] = g.body


def _hurry(seconds: float, *, grace: float = 0) -> None:
    """Break off a body that has not arrived in time: it holds a thread as long as it arrives."""
    connection = request.environ.get("gunicorn.socket")
    if connection is None or request.method in SAFE_METHODS:
        return
    if g.body.hurry is not None:
        g.body.hurry.cancel()
    g.body.hurry = Hurry(connection, allowed=seconds, grace=grace)


def _headers(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    if "frame-ancestors *" not in response.headers["Content-Security-Policy"]:
        response.headers["X-Frame-Options"] = "DENY"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
    response.headers["X-Request-ID"] = g.get("request_id", "")
    if services().settings.secure_cookies:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    if viewer().is_authenticated:
        response.headers.setdefault("Cache-Control", "private, no-store")
    return response


def _close(_error: BaseException | None) -> None:
    body = g.pop("body", None)
    if body is not None and body.hurry is not None:
        if body.unread:
            # Gunicorn waits in this thread for what a refusal left unread.
            lingering[request.environ["gunicorn.socket"]] = body.hurry.shorten(LINGERING_SECONDS)
        else:
            body.hurry.cancel()
    account_id = g.pop("upload_of", None)
    if account_id is not None:
        services().uploads.give_back(account_id)
    session = g.pop("read_session", None)
    if session is not None:
        session.close()


def install(app: Flask, service: Services) -> None:
    """Hang the request's beginning, gate, headers and end onto the application."""
    app.extensions["varsity"] = service
    app.before_request(_begin)
    app.before_request(_let_in)
    app.after_request(_headers)
    app.teardown_request(_close)
