"""Pages of the step Baselines: reference submissions, and what was found in them."""

from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from server.drafts.actions import GivenFile
from server.drafts.desk import Desk, desk_of
from server.drafts.documents import phases_of
from server.drafts.file_forms import BaselineForm
from server.drafts.filing import add_files, ask_to_look
from server.drafts.queries import of_kind
from server.drafts.rules import FileKind, Step
from server.drafts.serving import render, rights
from server.drafts.uploading import UNTIL, by_viewer, gone, state_of, upload_limit
from server.shared.access import Who, access
from server.shared.errors import DomainError
from server.shared.limits import asker, by_setting, limiter
from server.shared.uploads import received
from server.shared.web import accepts_upload, reading, services, writing

bp = Blueprint("draft_baselines", __name__)


@bp.get("/organise/drafts/<int:draft_id>/baselines")
@access(Who.DRAFT_PERSON)
def baselines(draft_id: int) -> str:
    """Show the reference submissions."""
    desk = desk_of(reading(), draft_id)
    return _baselines(desk, _baseline_form(desk, formdata=None))


def _baseline_form(desk: Desk, **filled: Any) -> BaselineForm:
    form = BaselineForm(**filled)
    phases = phases_of(desk.draft.definition)
    form.phase.choices = [(p.get("slug"), p.get("title") or p.get("slug")) for p in phases]
    return form


def _baselines(desk: Desk, form: BaselineForm) -> str:
    return render(
        desk,
        Step.BASELINES,
        "drafts/baselines.html",
        form=form,
        files=of_kind(desk.files, FileKind.BASELINE),
        most_bytes=services().settings.max_upload_bytes,
        state=state_of(desk, FileKind.BASELINE),
        until=UNTIL,
    )


@bp.get("/organise/drafts/<int:draft_id>/baselines/state")
@access(Who.DRAFT_PERSON)
def baselines_state(draft_id: int) -> Response:
    """Say what was found in the reference submissions, for the page that waits."""
    desk = desk_of(reading(), draft_id)
    files = of_kind(desk.files, FileKind.BASELINE)
    html = render_template("drafts/_baselines.html", draft=desk.draft, files=files, **rights(desk))
    return jsonify({"state": state_of(desk, FileKind.BASELINE), "html": html})


@bp.post("/organise/drafts/<int:draft_id>/baselines")
@access(Who.DRAFT_PERSON)
@limiter.limit(by_setting("rate_limit_uploads"), key_func=asker)
@accepts_upload(upload_limit)
def add_baseline(draft_id: int) -> BaseResponse:
    """Take a reference submission."""
    form = _baseline_form(desk_of(reading(), draft_id))
    status = 422
    try:
        if form.validate_on_submit():
            upload = received(request)
            upload.store()
            _note_baseline(draft_id, form, upload)
            return gone(draft_id, Step.BASELINES)
    except DomainError as error:
        form.refuse(error)
        status = error.status
    return Response(_baselines(desk_of(reading(), draft_id), form), status)


def _note_baseline(draft_id: int, form: BaselineForm, upload: Any) -> None:
    given = GivenFile(
        FileKind.BASELINE,
        upload.filename,
        upload.sha256,
        upload.size,
        phase=form.phase.data,
        title=form.title.data,
    )
    with writing() as session:
        files = add_files(session, draft_id, [given], by_viewer())
        job_id = ask_to_look(session, draft_id, files[0], by_viewer())
        session.commit()
    services().jobs.send("draft", job_id=job_id)
