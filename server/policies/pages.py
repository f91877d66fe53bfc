"""Pages of the privacy notice and the terms: read, agreed to, and written by administrators."""

from functools import lru_cache
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from server.policies import actions, queries
from server.policies.forms import AgreeForm, PolicyForm
from server.policies.rules import Policy
from server.shared.access import Who, access, declared
from server.shared.errors import N_, DomainError, NotFound
from server.shared.language import LANGUAGES, NAMES, language
from server.shared.markdown import pictures_elsewhere, render_markdown
from server.shared.responses import message_of
from server.shared.web import now, reading, safe_path, viewer, wants_json, writing

bp = Blueprint("policies", __name__)
Answer = str | Response | tuple[str, int]
rendered = lru_cache(maxsize=64)(render_markdown)
# Pages that anybody may read ask nothing where they hold no form; nor do those by which one leaves.
ASKS_NOTHING = (Who.EVERYBODY, Who.SEES_CHALLENGE)
FORMS = "addresses that take forms"
NEVER_ASKING = frozenset({"policies", "portability"})


def title_of(policy: Policy) -> str:
    """Return what a text is called."""
    return str(_("Privacy notice") if policy is Policy.PRIVACY else _("Terms of use"))


def _named(name: str) -> Policy:
    try:
        return Policy(name)
    except ValueError as error:
        raise NotFound(N_("There is no such text.")) from error


def _show(policy: Policy) -> str:
    session, number = reading(), request.args.get("version", type=int)
    versions = queries.versions(session, policy)
    text = queries.text_of(queries.version_of(session, policy, number), language())
    return render_template(
        "policies/show.html",
        title=title_of(policy),
        text=text,
        html=rendered(text.markdown),
        versions=versions,
        present=versions[0].version,
    )


@bp.get("/privacy")
@access(Who.EVERYBODY)
def privacy() -> str:
    """Show the privacy notice, or an earlier version of it."""
    return _show(Policy.PRIVACY)


@bp.get("/terms")
@access(Who.EVERYBODY)
def terms() -> str:
    """Show the terms, or an earlier version of them."""
    return _show(Policy.TERMS)


@bp.route("/agree", methods=["GET", "POST"])
@access(Who.SIGNED_IN)
def agree() -> Answer:
    """Ask to agree to what changed, and go on where one wanted to go."""
    target = safe_path(request.args.get("next"), url_for("profiles.home"))
    asked = queries.outstanding(reading(), viewer().account_id)
    form = AgreeForm()
    if asked and form.validate_on_submit() and _agreed(asked):
        return redirect(target, 303)
    if not asked:
        return redirect(target, 303)
    texts = [queries.text_of(queries.present(reading(), policy), language()) for policy in asked]
    page = render_template(
        "policies/agree.html",
        form=form,
        texts=[(title_of(t.policy), t, rendered(t.markdown)) for t in texts],
    )
    return (page, 422) if form.errors else page


def _agreed(asked: list[Policy]) -> bool:
    """Keep that the viewer agreed to the versions that the page showed."""
    try:
        with writing() as session:
            for policy in asked:
                actions.accept(
                    session,
                    account_id=viewer().account_id,
                    policy=policy,
                    version=request.form.get(f"version-{policy}", 0, type=int),
                    now=now(),
                )
            session.commit()
    except DomainError as error:
        flash(message_of(error), "error")
        return False
    return True


@bp.get("/admin/policies")
@access(Who.ADMINISTRATOR)
def index() -> str:
    """Show the texts and their versions."""
    kept = [(title_of(p), p, queries.versions(reading(), p)) for p in Policy]
    return render_template("policies/index.html", kept=kept)


@bp.route("/admin/policies/<policy>", methods=["GET", "POST"])
@access(Who.ADMINISTRATOR)
def edit(policy: str) -> Answer:
    """Write a new version, look at it, and put it into force."""
    which = _named(policy)
    latest = queries.present(reading(), which)
    form = PolicyForm(data={**latest.texts, "before": str(latest.version)})
    if request.method == "POST" and request.form.get("act") != "preview" and _written(form, which):
        flash(_("The new version is in force."), "success")
        return redirect(url_for("policies.index"), 303)
    shown = _previews(form) if request.form.get("act") == "preview" else []
    page = render_template(
        "policies/edit.html",
        form=form,
        title=title_of(which),
        latest=latest,
        previews=shown,
        elsewhere=pictures_elsewhere,
    )
    return (page, 422) if form.errors else page


def _previews(form: PolicyForm) -> list[tuple[str, str, Any]]:
    return [
        (code, NAMES[code], render_markdown(form[code].data or ""))
        for code in LANGUAGES
        if form[code].data
    ]


def _written(form: PolicyForm, policy: Policy) -> bool:
    if not form.validate_on_submit():
        return False
    before = form.before.data or ""
    try:
        with writing() as session:
            me = viewer().account_id
            row = actions.write(
                session,
                policy=policy,
                texts={code: form[code].data or "" for code in LANGUAGES},
                material=form.material.data,
                before=int(before) if before.isascii() and before.isdigit() else 0,
                actor_id=me,
                now=now(),
            )
            # Whoever wrote it knows it.
            actions.accept(session, account_id=me, policy=policy, version=row.version, now=now())
            session.commit()
    except DomainError as error:
        form.refuse(error)
        return False
    return True


@bp.before_app_request
def ask_again() -> Response | None:
    """Lead somebody to what changed, from a page on which something can be done.

    Only where a person looks at a page: programs and what a page fetches are left alone.
    """
    if request.method != "GET" or request.blueprint in NEVER_ASKING or not _is_page():
        return None
    who = declared(current_app.view_functions.get(request.endpoint or ""))
    if who is None or (who in ASKS_NOTHING and not _has_form()):
        return None
    if not queries.outstanding(reading(), viewer().account_id):
        return None
    return redirect(url_for("policies.agree", next=request.full_path.rstrip("?")), 303)


def _has_form() -> bool:
    """Whether something can be sent to the address of this page."""
    known = current_app.extensions.get(FORMS)
    if known is None:
        rules = current_app.url_map.iter_rules()
        known = frozenset(str(rule) for rule in rules if "POST" in (rule.methods or ()))
        current_app.extensions[FORMS] = known
    return str(request.url_rule) in known


def _is_page() -> bool:
    who = viewer()
    asked_for = request.headers.get("Sec-Fetch-Dest", "document")
    by_cookie = who.is_authenticated and not who.by_token
    return by_cookie and asked_for == "document" and not wants_json()
