"""Is it alive, is it ready, and how is it doing."""

import hmac

from flask import Blueprint, Response, jsonify, request
from sqlalchemy.exc import SQLAlchemyError

from server.administration.queries import disk_of, mail_facts, worker_lines
from server.shared.access import Who, access, own_credentials
from server.shared.errors import N_, Forbidden, Unavailable
from server.shared.measures import exposition
from server.shared.migrate import current_revision, newest_revision
from server.shared.web import now, reading, services
from server.submissions.worklist import queue_facts

bp = Blueprint("health", __name__)
LOOPBACK = ("127.0.0.1", "::1")
# A proxy of this machine connects from here as well; nearly every one adds one of these.
OF_PROXIES = (
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-Real-IP",
    "Forwarded",
    "Via",
)


@bp.get("/healthz")
@access(Who.EVERYBODY)
def healthz() -> Response:
    """Answer as long as the process answers at all."""
    return jsonify(status="ok")


@bp.get("/readyz")
@access(Who.EVERYBODY)
def readyz() -> Response:
    """Answer when the database answers, with the schema that this program was written for."""
    try:
        revision = current_revision(services().database)
    except SQLAlchemyError as error:
        raise Unavailable(N_("The database does not answer.")) from error
    if revision != newest_revision():
        raise Unavailable(N_("The database is not migrated yet."))
    return jsonify(status="ready")


@bp.get("/metrics")
@access(Who.EVERYBODY)
@own_credentials
def metrics() -> Response:
    """Give the numbers to this machine, or to whoever has the operator's token."""
    _require_operator()
    session, moment = reading(), now()
    queue, mail = queue_facts(session, now=moment), mail_facts(session, now=moment)
    return exposition(
        {
            "varsity_waiting": queue.waiting,
            "varsity_oldest_waiting_seconds": queue.oldest_seconds,
            "varsity_failed_today": queue.failed_today,
            "varsity_workers": sum(line.alive for line in worker_lines(session, now=moment)),
            "varsity_mail_waiting": mail.waiting,
            "varsity_mail_given_up": mail.given_up,
            "varsity_disk_free_bytes": disk_of(services().settings.data_dir).free,
        }
    )


def _require_operator() -> None:
    token = services().settings.metrics_token
    sent = request.headers.get("Authorization", "")
    if token and hmac.compare_digest(sent.encode(), f"Bearer {token}".encode()):
        return
    if not token and _is_of_this_machine():
        return
    raise Forbidden(N_("The numbers are for the operator: send VARSITY_METRICS_TOKEN."))


def _is_of_this_machine() -> bool:
    """Whether a program of this machine asks, and no proxy for somebody elsewhere.

    The address of the connection itself counts, whatever a header says that it stands for.
    """
    before = request.environ.get("werkzeug.proxy_fix.orig", request.environ)
    passed_on = any(name in request.headers for name in OF_PROXIES)
    return not passed_on and before.get("REMOTE_ADDR") in LOOPBACK
