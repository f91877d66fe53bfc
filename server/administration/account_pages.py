"""Pages of the accounts, for administrators."""

from flask import render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from server.accounts.queries import account_by_id, find_accounts, managed_by, tokens_of
from server.accounts.second_factor_queries import factor_in_use
from server.administration import actions
from server.administration.forms import MoveForm
from server.administration.queries import organised_by, teams_of_account
from server.administration.room import attempt, bp, done, page_number, perform, search_text
from server.shared.access import Who, access
from server.shared.web import now, reading, viewer
from server.universities.queries import all_universities, universities_by_id


@bp.get("/admin/accounts")
@access(Who.ADMINISTRATOR)
def accounts() -> str:
    """List accounts by name, searched."""
    session, q = reading(), search_text()
    found = find_accounts(session, q=q, page=page_number())
    universities = universities_by_id(session, [a.university_id for a in found.rows])
    return render_template(
        "administration/accounts.html", found=found, q=q, universities=universities
    )


@bp.get("/admin/accounts/<int:account_id>")
@access(Who.ADMINISTRATOR)
def account(account_id: int) -> str:
    """Show one account and what may be done with it."""
    form = MoveForm()
    session = reading()
    row = account_by_id(session, account_id)
    own = universities_by_id(session, [row.university_id]).get(row.university_id or 0)
    form.university.data = own.slug if own else ""
    return _page(account_id, form)


def _page(account_id: int, form: MoveForm) -> str:
    session = reading()
    row = account_by_id(session, account_id)
    return render_template(
        "administration/account.html",
        account=row,
        university=universities_by_id(session, [row.university_id]).get(row.university_id or 0),
        universities=all_universities(session),
        manages=managed_by(session, account_id),
        organises=organised_by(session, account_id),
        teams=teams_of_account(session, account_id),
        tokens=tokens_of(session, account_id).total,
        second_factor=factor_in_use(session, account_id),
        form=form,
    )


@bp.post("/admin/accounts/<int:account_id>/university")
@access(Who.ADMINISTRATOR)
def account_university(account_id: int) -> Response | tuple[str, int]:
    """Put an account into a university, or into none."""
    form, actor, moment = MoveForm(), viewer().account_id, now()
    slug = (form.university.data or "").strip()
    moved = attempt(
        form,
        lambda session: actions.set_university(
            session, account_id=account_id, slug=slug, actor_id=actor, now=moment
        ),
    )
    if not moved:
        return _page(account_id, form), 422
    return done(_("The university was set."), "administration.account", account_id=account_id)


@bp.post("/admin/accounts/<int:account_id>/confirm")
@access(Who.ADMINISTRATOR)
def account_confirm(account_id: int) -> Response:
    """Confirm an address on the administrator's word."""
    actor, moment = viewer().account_id, now()
    perform(
        lambda session: actions.confirm_account(
            session, account_id=account_id, actor_id=actor, now=moment
        )
    )
    return done(_("The address is confirmed."), "administration.account", account_id=account_id)


@bp.post("/admin/accounts/<int:account_id>/administrator")
@access(Who.ADMINISTRATOR)
def account_administrator(account_id: int) -> Response:
    """Make an account an administrator, or no longer one."""
    actor, moment, is_admin = viewer().account_id, now(), request.form.get("grant") == "yes"
    perform(
        lambda session: actions.set_administrator(
            session, account_id=account_id, is_admin=is_admin, actor_id=actor, now=moment
        )
    )
    if account_id == actor:
        return done(_("You are an administrator no longer."), "profiles.home")
    return done(_("The role was changed."), "administration.account", account_id=account_id)


@bp.post("/admin/accounts/<int:account_id>/sessions")
@access(Who.ADMINISTRATOR)
def account_sessions(account_id: int) -> Response:
    """Sign an account out everywhere."""
    actor, moment = viewer().account_id, now()
    perform(
        lambda session: actions.end_sessions(
            session, account_id=account_id, actor_id=actor, now=moment
        )
    )
    message = _("The account is signed out everywhere.")
    return done(message, "administration.account", account_id=account_id)


@bp.post("/admin/accounts/<int:account_id>/second-factor")
@access(Who.ADMINISTRATOR)
def account_second_factor(account_id: int) -> Response:
    """Turn off two-step sign-in for somebody who lost the device."""
    actor, moment = viewer().account_id, now()
    perform(
        lambda session: actions.reset_second_factor(
            session, account_id=account_id, actor_id=actor, now=moment
        )
    )
    message = _("Two-step sign-in is off for this account, and the person was told.")
    return done(message, "administration.account", account_id=account_id)


@bp.post("/admin/accounts/<int:account_id>/close")
@access(Who.ADMINISTRATOR)
def account_close(account_id: int) -> Response:
    """Close an account and make it anonymous."""
    actor, moment = viewer().account_id, now()
    perform(
        lambda session: actions.close_account(
            session, account_id=account_id, actor_id=actor, now=moment
        )
    )
    return done(_("The account was closed."), "administration.accounts")
