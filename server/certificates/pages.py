"""Public pages of certificates: one by its code, as a paper and as data; and the own ones."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from server.certificates import wording
from server.certificates.actions import show
from server.certificates.models import Certificate
from server.certificates.organiser_pages import add_organiser_routes
from server.certificates.paper import certificate_pdf, signed_json
from server.certificates.progress import own_progress
from server.certificates.queries import certificate_by_code, every_certificate_of
from server.certificates.rules import shown_code, typed_code
from server.certificates.schemas import SignedCertificate
from server.certificates.standard_pages import add_standard_routes
from server.certificates.views import (
    NO_CODE,
    UNKNOWN,
    certificate_to_send,
    certificate_view,
    found_certificate,
    qr_code,
)
from server.shared.access import Who, access
from server.shared.limits import limiter
from server.shared.web import now, reading, services, viewer, writing

bp = Blueprint("certificates", __name__)
add_organiser_routes(bp)
add_standard_routes(bp)
# Laying one out takes about a second.
PAPERS = "60 per minute"


@bp.get("/certificates")
@access(Who.EVERYBODY)
def index() -> BaseResponse | str:
    """Ask for a code, and show the reader's own certificates and levels."""
    typed = request.args.get("code", "").strip()
    kept = typed_code(typed)
    if kept is not None:
        return redirect(url_for("certificates.certificate", code=shown_code(kept)))
    return _index(typed, _(NO_CODE) if typed else "")


def _index(typed: str, problem: str) -> str:
    session, asking = reading(), viewer().id
    return render_template(
        "certificates/index.html",
        typed=typed,
        problem=problem,
        certificates=every_certificate_of(session, asking) if asking else [],
        progress=own_progress(session, viewer()) if asking else [],
        shown_code=shown_code,
    )


@bp.get("/certificates/<code>")
@access(Who.EVERYBODY)
def certificate(code: str) -> Any:
    """Show what a certificate says, and whether it stands."""
    kept = typed_code(code[:100])
    found = certificate_by_code(reading(), kept) if kept else None
    if kept is None or found is None:
        return _unlisted(_index(code[:40], _(UNKNOWN if kept else NO_CODE)), 404)
    if code != shown_code(kept):
        return redirect(url_for("certificates.certificate", code=shown_code(kept)), 301)
    view = certificate_view(reading(), found, viewer())
    url = f"{services().settings.base_url}/certificates/{view.code}"
    return _unlisted(
        render_template(
            "certificates/certificate.html", view=view, body=view.body, url=url, qr=qr_code(url)
        )
    )


def _unlisted(page: str, status: int = 200) -> Response:
    """Return a page that search engines leave alone: who has the code may see it, nobody else."""
    response = Response(page, status)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers.setdefault("Cache-Control", "private, no-cache")
    return response


@bp.get("/certificates/<code>/certificate.pdf")
@access(Who.EVERYBODY)
@limiter.limit(PAPERS)
def pdf(code: str) -> Response:
    """Send a certificate as a paper."""
    found = found_certificate(reading(), code)
    signed = certificate_to_send(reading(), found, viewer())
    return _file(
        _paper(found, signed), "application/pdf", f"certificate-{shown_code(found.code)}.pdf"
    )


def _paper(found: Certificate, signed: SignedCertificate) -> bytes:
    name: Any = ("certificate", found.id, signed.signature, found.state)
    ended = wording.ended(found.state, found.ended_at)
    return services().cache.fetch(name, lambda: certificate_pdf(signed, ended=ended), size=len)


@bp.get("/certificates/<code>/certificate.json")
@access(Who.EVERYBODY)
def data(code: str) -> Response:
    """Send a certificate as the data that was signed."""
    found = found_certificate(reading(), code)
    signed = certificate_to_send(reading(), found, viewer())
    name = f"certificate-{shown_code(found.code)}.json"
    return _file(signed_json(signed), "application/json", name)


def _file(content: bytes, mimetype: str, name: str) -> Response:
    response = Response(content, mimetype=mimetype)
    response.headers.set("Content-Disposition", "inline", filename=name)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@bp.post("/certificates/<code>/shown")
@access(Who.SIGNED_IN)
def shown(code: str) -> BaseResponse:
    """Show the own certificate to who has its code, or to nobody."""
    wanted = request.form.get("shown") == "yes"
    with writing() as session:
        found = found_certificate(session, code)
        show(session, certificate=found, shown=wanted, viewer=viewer(), now=now())
        session.commit()
    said = _("Whoever has the code can see it now.") if wanted else _("Nobody else sees it now.")
    flash(said, "success")
    return redirect(url_for("certificates.certificate", code=shown_code(found.code)), 303)
