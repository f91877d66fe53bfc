"""What is kept of me: a copy of it, and the end of it."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from server.accounts.attempts import limit_password_tries
from server.accounts.forms import CloseForm, ProofForm
from server.accounts.models import Account
from server.accounts.proving import asks_for_code, proved
from server.accounts.queries import account_by_id
from server.accounts.signin import forget_cookie
from server.portability import actions, queries
from server.portability.deleting import delete_account, refuse_only_owner
from server.portability.holdings import After
from server.portability.rules import ExportState, expires
from server.shared.access import Who, access
from server.shared.errors import DomainError
from server.shared.limits import asker, by_setting, limiter
from server.shared.web import now, reading, services, viewer, writing

bp = Blueprint("portability", __name__)
Answer = str | AnyResponse | tuple[str, int]
PIECE = 1 << 20


def _account() -> Account:
    return account_by_id(reading(), viewer().account_id)


def _page(form: ProofForm | None = None) -> str:
    session, me = reading(), viewer().account_id
    latest = queries.latest_export(session, me)
    return render_template(
        "portability/index.html",
        held=queries.held_of(session, me),
        export=latest,
        expires=expires(latest.made_at) if latest and latest.made_at else None,
        states=ExportState,
        form=form or ProofForm(has_factor=asks_for_code(session), formdata=None),
    )


@bp.get("/settings/data")
@access(Who.SIGNED_IN)
def index() -> str:
    """Say what is kept of the person who asks, and offer a copy of it."""
    return _page()


@bp.post("/settings/data/export")
@access(Who.SIGNED_IN)
@limit_password_tries
@limiter.limit(
    by_setting("rate_limit_exports"), key_func=asker, deduct_when=lambda r: r.status_code == 303
)
def ask_export() -> Answer:
    """Have a copy made, for whoever proves to be the person."""
    form = ProofForm(has_factor=asks_for_code(reading()))
    if not proved(form, _account()):
        return _page(form), 422
    with writing() as session:
        row = actions.ask_export(session, account_id=viewer().account_id, now=now())
        session.commit()
    services().jobs.send("export", export_id=row.id)
    flash(_("Your copy is being made. It is here in a moment; look at this page again."), "success")
    return redirect(url_for("portability.index"), 303)


@bp.post("/settings/data/export/<int:export_id>")
@access(Who.SIGNED_IN)
def fetch_export(export_id: int) -> Response:
    """Send a copy to its owner: a button, so that the log says when it left."""
    row = queries.own_export(
        reading(), export_id=export_id, account_id=viewer().account_id, now=now()
    )
    source = services().files.open(row.sha256 or "")
    with writing() as session:
        actions.note_fetched(session, row, now=now())
        session.commit()
    response = Response(iter(lambda: source.read(PIECE), b""), mimetype="application/zip")
    response.call_on_close(source.close)
    response.content_length = row.size
    made = row.made_at or now()
    response.headers["Content-Disposition"] = f"attachment; filename=varsity-{made:%Y-%m-%d}.zip"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.route("/settings/close", methods=["GET", "POST"])
@access(Who.SIGNED_IN)
@limit_password_tries
def close() -> Answer:
    """Say what the deletion of the account means, and delete it."""
    form = CloseForm(has_factor=asks_for_code(reading()))
    if request.method == "POST" and _closed(form):
        forget_cookie()
        flash(_("Your account is deleted."), "success")
        return redirect(url_for("profiles.home"), 303)
    session, me = reading(), viewer().account_id
    held = [each for each in queries.held_of(session, me) if not each.holding.only]
    page = render_template(
        "portability/close.html",
        form=form,
        deleted=[each for each in held if each.holding.after is After.DELETED],
        kept=[each for each in held if each.holding.after is After.ANONYMOUS],
        alone=queries.owned_alone(session, me),
    )
    return (page, 422) if form.errors else page


def _closed(form: CloseForm) -> bool:
    me = viewer().account_id
    try:
        # Before a code is spent on what would be refused.
        refuse_only_owner(reading(), me)
        if not proved(form, _account()):
            return False
        with writing() as session:
            delete_account(session, account_id=me, actor_id=me, now=now())
            session.commit()
    except DomainError as error:
        form.refuse(error)
        return False
    return True
