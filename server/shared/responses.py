"""How refusals are answered: a page for people, an RFC 9457 problem for programs."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

import structlog
from flask import Flask, Response, flash, g, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.exc import DataError, SQLAlchemyError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from scorers.sentences import Sentence
from server.shared.bidi import set_apart
from server.shared.errors import N_, Conflict, DomainError, Invalid, NotSignedIn, SecondFactorNeeded
from server.shared.outages import cause_of, database_is_away, disk_is_full, store_is_away
from server.shared.sentences import translated
from server.shared.web import SAFE_METHODS, safe_path, services, viewer, wants_json

log = structlog.get_logger(__name__)
View = Callable[..., BaseResponse]
PROBLEM = "application/problem+json"
HTTP_MESSAGES = {
    400: N_("The request could not be understood."),
    404: N_("There is nothing at this address."),
    405: N_("This address does not answer to that method."),
    413: N_("The file is larger than this challenge allows; nothing was kept."),
    415: N_("The body is not of a type that is read here."),
    429: N_("Too many requests in a short time. Wait a little and try again."),
}
BACK = N_("Back to where you were")
DISK_FULL = N_(
    "This server's disk has no room left; nothing was kept. Its operators were told in the log."
)
# The rest of the body is not read: the connection can't be used again.
ENDS_CONNECTION = (408, 413)
# Seconds: a database that is started again is back within some.
BACK_IN = 5
UNREADABLE = N_("The request holds a number that is too large, or characters that can't be kept.")
AWAY = N_("The database does not answer.")
STORE_AWAY = N_(
    "The store of files does not answer; nothing was kept. Try again in a minute: its operators "
    "were told in the log."
)
FAULT = N_("The fault is ours, and it was written to the log. Try again in a little while.")


def message_of(error: DomainError) -> str:
    """Return a refusal's message in the reader's language."""
    if isinstance(error.message, Sentence):
        return translated(error.message)
    text = str(gettext(error.message))
    return text % set_apart(error.values) if error.values else text


def refused_at(way_back: View) -> Callable[[View], View]:
    """Say what stands in a button's way on the page that shows how things stand.

    `way_back` takes what the handler takes, and returns where that page is.
    """

    def declare(handler: View) -> View:
        @wraps(handler)
        def answered(**arguments: Any) -> BaseResponse:
            try:
                return handler(**arguments)
            except Conflict as refusal:
                flash(message_of(refusal), "danger")
                return way_back(**arguments)

        return answered

    return declare


def problem(
    status: int, detail: str, *, code: str, errors: list[dict[str, str]] | None = None
) -> Response:
    """Return an RFC 9457 problem document; `request_id` finds it in the log."""
    body: dict[str, Any] = {
        "type": f"{services().settings.base_url}/api/docs#problem-{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "request_id": g.get("request_id", ""),
    }
    if errors:
        body["errors"] = errors
    response = jsonify(body)
    response.status_code = status
    response.mimetype = PROBLEM
    return response


def _refused(status: int, detail: str, code: str, errors: list[dict[str, str]]) -> BaseResponse:
    if wants_json():
        return problem(status, detail, code=code, errors=errors)
    back = _came_from()
    page = render_template(
        "layout/error.html",
        status=status,
        code=code,
        message=detail,
        errors=errors,
        action=(gettext(BACK), back) if back and _leads_on(back) else None,
        request_id=g.get("request_id", ""),
    )
    return Response(page, status)


def _leads_on(back: str) -> bool:
    """Say whether the page that the reader came from is another, or a form that was refused."""
    return request.method == "POST" or back != request.path


def _came_from() -> str:
    """Return the path of the page of ours that the reader came from, if the browser says so."""
    return safe_path(request.headers.get("Referer", "").removeprefix(request.host_url[:-1]), "")


def _domain(error: DomainError) -> BaseResponse:
    if isinstance(error, NotSignedIn) and not wants_json():
        return redirect(url_for("accounts.sign_in", next=_place()))
    if isinstance(error, SecondFactorNeeded) and not wants_json():
        return redirect(url_for("accounts.second_factor", next=_place()))
    errors = _field_errors(error)
    response = _refused(error.status, message_of(error), error.code, errors)
    if error.status in ENDS_CONNECTION:
        response.headers["Connection"] = "close"
    if isinstance(error, NotSignedIn):
        response.headers["WWW-Authenticate"] = 'Bearer realm="Varsity"'
    return response


def _place() -> str:
    """Return where to go on after signing in: this page, or the one whose button was pressed."""
    if request.method in SAFE_METHODS:
        return request.full_path.rstrip("?")
    return _came_from() or url_for("profiles.home")


def _field_errors(error: DomainError) -> list[dict[str, str]]:
    listed = error.errors if isinstance(error, Invalid) else ()
    errors = [{"field": e.field, "message": gettext(e.message)} for e in listed]
    if error.field and not errors:
        errors = [{"field": error.field, "message": message_of(error)}]
    return errors


def _http(error: HTTPException) -> BaseResponse:
    status = error.code or 500
    if status < 400:
        return error.get_response()
    detail = gettext(HTTP_MESSAGES[status]) if status in HTTP_MESSAGES else error.description or ""
    phrase = HTTPStatus(status).phrase.lower().replace(" ", "-")
    response = _refused(status, detail, phrase, [])
    for name, value in error.get_headers():
        if name not in ("Content-Type", "Content-Length"):
            response.headers.setdefault(name, value)
    if status in ENDS_CONNECTION:
        response.headers["Connection"] = "close"
    return response


def _unreadable(error: Exception) -> BaseResponse:
    """Answer values that no column can hold (NUL, half a character, a number out of bounds)."""
    log.warning("unreadable_request", path=request.path, error=type(error).__name__)
    return _refused(400, gettext(UNREADABLE), "unreadable", [])


def _fault(error: Exception) -> BaseResponse:
    if disk_is_full(error):
        log.critical("disk_full", path=request.path, error=str(error))
        return _refused(507, gettext(DISK_FULL), "no-room", [])
    if database_is_away(error):
        log.error("database_away", path=request.path, error=str(error))
        return _away(AWAY)
    if store_is_away(error):
        log.error("store_away", path=request.path, error=cause_of(error))
        return _away(STORE_AWAY)
    log.exception("request_failed", path=request.path, account=viewer().id)
    try:
        return _refused(500, gettext(FAULT), "internal", [])
    except Exception:
        log.exception("error_page_failed")
        return _bare(500)


def _away(message: str) -> BaseResponse:
    """Answer that what is needed does not; nor may the database, for who is reading."""
    try:
        response = _refused(503, gettext(message), "unavailable", [])
    except SQLAlchemyError:
        response = _bare(503)
    response.headers["Retry-After"] = str(BACK_IN)
    return response


def _bare(status: int) -> Response:
    """Return the last resort: a page that needs no database and no viewer."""
    page = render_template(
        "layout/error_bare.html", status=status, request_id=g.get("request_id", "")
    )
    return Response(page, status)


def install_responses(app: Flask) -> None:
    """Answer every refusal and every fault in one of the two ways."""
    app.register_error_handler(DomainError, _domain)
    app.register_error_handler(HTTPException, _http)
    for unreadable in (DataError, OverflowError, RecursionError, UnicodeEncodeError):
        app.register_error_handler(unreadable, _unreadable)
    if not app.config.get("PROPAGATE_EXCEPTIONS"):
        app.register_error_handler(Exception, _fault)
