"""Pages of drafts: one's own, a new one, its people, its check and its launch."""

from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from server.challenges.models import Challenge
from server.challenges.queries import phases_of
from server.drafts import actions
from server.drafts.desk import desk_of
from server.drafts.differences import shown_changes
from server.drafts.documents import new_definition, new_pages
from server.drafts.forms import NewForm, PersonForm
from server.drafts.progress import Mark
from server.drafts.queries import creates, draft_by_id, drafts_of
from server.drafts.rules import DraftState, JobKind, Step
from server.drafts.serving import address, challenge_of, render, rights
from server.drafts.sharing import let_in, take_off
from server.drafts.telling import told
from server.folders.definition import as_slug
from server.shared.access import Who, access
from server.shared.errors import DomainError
from server.shared.web import now, reading, services, viewer, writing

bp = Blueprint("drafts", __name__)
ENDED = ("done", "refused", "failed")


@bp.get("/organise/drafts")
@access(Who.SIGNED_IN)
def index() -> str:
    """List the drafts that the viewer writes."""
    session = reading()
    return render_template(
        "drafts/index.html",
        drafts=[
            desk_of(session, draft.id or 0) for draft in drafts_of(session, viewer().account_id)
        ],
        creates=creates(session, viewer(), services().settings.create_challenges),
    )


@bp.get("/organise/drafts/new")
@access(Who.CREATOR)
def new() -> str:
    """Ask for the title of a new challenge."""
    return render_template("drafts/new.html", form=NewForm())


@bp.post("/organise/drafts/new")
@access(Who.CREATOR)
def begin() -> BaseResponse:
    """Begin a draft and go to its first step."""
    form = NewForm()
    if not form.validate_on_submit():
        return Response(render_template("drafts/new.html", form=form), 422)
    with writing() as session:
        draft = actions.begin_draft(
            session,
            owner_id=viewer().account_id,
            slug=as_slug(form.title.data, otherwise=f"challenge-{now():%Y}"),
            definition=new_definition(form.title.data, now=now()),
            pages=new_pages(),
            now=now(),
            zone=viewer().time_zone or "UTC",
        )
        session.commit()
    return redirect(url_for("draft_steps.about", draft_id=draft.id), 303)


@bp.get("/organise/drafts/<int:draft_id>")
@access(Who.DRAFT_PERSON)
def show(draft_id: int) -> BaseResponse:
    """Go on where the draft was left; a launched one is a challenge."""
    desk = desk_of(reading(), draft_id)
    if desk.draft.state is DraftState.LAUNCHED:
        challenge = challenge_of(desk)
        return redirect(url_for("organise.show", slug=challenge.slug if challenge else ""))
    return redirect(address(draft_id, desk.next_step))


@bp.get("/organise/drafts/<int:draft_id>/people")
@access(Who.DRAFT_PERSON)
def people(draft_id: int) -> str:
    """Show who writes the draft."""
    desk = desk_of(reading(), draft_id)
    return render(desk, Step.PEOPLE, "drafts/people.html", form=PersonForm())


@bp.post("/organise/drafts/<int:draft_id>/people")
@access(Who.DRAFT_OWNER)
def add_person(draft_id: int) -> BaseResponse:
    """Let an account write the draft."""
    form = PersonForm()
    try:
        if not form.validate_on_submit():
            return _people_again(draft_id, form, 422)
        with writing() as session:
            let_in(
                session,
                draft_id,
                email=form.email.data,
                role=form.role.data,
                actor_id=viewer().account_id,
                now=now(),
            )
            session.commit()
    except DomainError as error:
        form.refuse(error)
        return _people_again(draft_id, form, error.status)
    flash(_("They can write the draft with you now."), "success")
    return redirect(url_for("drafts.people", draft_id=draft_id), 303)


def _people_again(draft_id: int, form: PersonForm, status: int) -> BaseResponse:
    page = render(desk_of(reading(), draft_id), Step.PEOPLE, "drafts/people.html", form=form)
    return Response(page, status)


@bp.post("/organise/drafts/<int:draft_id>/people/<int:account_id>/remove")
@access(Who.DRAFT_OWNER)
def remove_person(draft_id: int, account_id: int) -> BaseResponse:
    """Take somebody off the draft."""
    with writing() as session:
        take_off(session, draft_id, account_id=account_id, actor_id=viewer().account_id, now=now())
        session.commit()
    return redirect(url_for("drafts.people", draft_id=draft_id), 303)


@bp.get("/organise/drafts/<int:draft_id>/check")
@access(Who.DRAFT_PERSON)
def check(draft_id: int) -> str:
    """Show what the last check found, and what launches the challenge."""
    desk = desk_of(reading(), draft_id)
    return render(desk, Step.CHECK, "drafts/check.html", **_checked(desk))


@bp.get("/organise/drafts/<int:draft_id>/check/state")
@access(Who.DRAFT_PERSON)
def check_state(draft_id: int) -> Response:
    """Say how far the check or the launch is, for the page that waits."""
    desk = desk_of(reading(), draft_id)
    html = render_template(
        "drafts/_check.html", desk=desk, step_address=address, **rights(desk), **_checked(desk)
    )
    return jsonify({"state": _state(desk), "html": html})


def _checked(desk: Any) -> dict[str, Any]:
    report = (desk.check.report or {}) if desk.check is not None else {}
    failed = desk.launch is not None and desk.launch.state == "refused"
    launched = (desk.launch.report or {}) if failed else {}
    challenge = challenge_of(desk)
    faults = report.get("faults") or launched.get("faults")
    return {
        **told({**report, "faults": faults}, desk.files),
        "report": report,
        "launched": launched,
        "missing": [
            view
            for view in desk.steps
            if view.mark in (Mark.TODO, Mark.FAULT) and view.step is not Step.CHECK
        ],
        "changes": shown_changes(report.get("changes") or (), desk.draft.zone),
        "way_to": lambda step: (_(desk.view(step).title), address(desk.draft.id, step)),
        "state": _state(desk),
        "until": ",".join((*ENDED, "launched", "none")),
        "challenge": challenge,
        "opened": challenge is not None and _has_begun(challenge),
        "created": bool(((desk.launch.report or {}) if desk.launch else {}).get("created")),
    }


def _has_begun(challenge: Challenge) -> bool:
    return any(phase.starts <= now() for phase in phases_of(reading(), challenge.id or 0))


def _state(desk: Any) -> str:
    if desk.draft.state is DraftState.LAUNCHED:
        return "launched"
    if desk.is_launching:
        return "launching"
    return str(desk.check.state) if desk.check is not None else "none"


@bp.post("/organise/drafts/<int:draft_id>/check")
@access(Who.DRAFT_PERSON)
def ask_check(draft_id: int) -> BaseResponse:
    """Have a worker check the draft."""
    with writing() as session:
        draft = actions.open_draft(session, draft_id)
        job = actions.ask(session, draft, JobKind.CHECK, actor_id=viewer().account_id, now=now())
        session.commit()
    services().jobs.send("draft", job_id=job.id)
    return redirect(url_for("drafts.check", draft_id=draft_id), 303)


@bp.post("/organise/drafts/<int:draft_id>/launch")
@access(Who.DRAFT_PERSON)
def launch(draft_id: int) -> BaseResponse:
    """Have a worker launch the draft as it was when the page was made."""
    version = request.form.get("version", "0")
    with writing() as session:
        job = actions.ask_to_launch(
            session,
            draft_id,
            version=int(version) if version.isdigit() and len(version) < 9 else 0,
            actor_id=viewer().account_id,
            now=now(),
        )
        session.commit()
    if job is not None:
        services().jobs.send("draft", job_id=job.id)
    return redirect(url_for("drafts.check", draft_id=draft_id), 303)


@bp.get("/organise/drafts/<int:draft_id>/discard")
@access(Who.DRAFT_OWNER)
def ask_discard(draft_id: int) -> str:
    """Say what discarding means, and ask."""
    return render(desk_of(reading(), draft_id), None, "drafts/discard.html")


@bp.post("/organise/drafts/<int:draft_id>/discard")
@access(Who.DRAFT_OWNER)
def discard(draft_id: int) -> BaseResponse:
    """Give the draft up."""
    with writing() as session:
        title = draft_by_id(session, draft_id).definition.get("title", "")
        actions.discard(session, draft_id, actor_id=viewer().account_id, now=now())
        session.commit()
    flash(_("The draft “%(title)s” is discarded.", title=title), "success")
    return redirect(url_for("organise.index"), 303)
