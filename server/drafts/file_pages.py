"""Pages of the step Data files: uploads, what was found in them, and the sample submission."""

from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from server.drafts.actions import GivenFile, require_same_step
from server.drafts.desk import Desk, desk_of
from server.drafts.documents import key_in, path_in_folder, read_as_one, sample_of
from server.drafts.editing import MEGABYTE, submission_of, write_submission
from server.drafts.file_forms import SubmissionForm
from server.drafts.filing import (
    add_files,
    ask_to_look,
    describe_file,
    look_again,
    move_file,
    remove_file,
)
from server.drafts.metric_pages import read_anew
from server.drafts.models import ChallengeDraft, DraftFile
from server.drafts.progress import apart_of_sample
from server.drafts.queries import files_of_draft, of_kind
from server.drafts.rules import FileKind, Step
from server.drafts.serving import address, render, rights, saved
from server.drafts.uploading import UNTIL, by_viewer, gone, state_of, upload_limit
from server.shared.access import Who, access
from server.shared.errors import DomainError
from server.shared.limits import asker, by_setting, limiter
from server.shared.stamps import stamp_of
from server.shared.uploads import all_received
from server.shared.web import accepts_upload, reading, services, writing

bp = Blueprint("draft_files", __name__)
STEP_OF = {
    FileKind.DATA: Step.DATA,
    FileKind.SOLUTION: Step.SOLUTION,
    FileKind.BASELINE: Step.BASELINES,
    FileKind.IMAGE: Step.PAGES,
}


@bp.get("/organise/drafts/<int:draft_id>/data")
@access(Who.DRAFT_PERSON)
def data(draft_id: int) -> str:
    """Show the data files and which of them is the sample."""
    desk = desk_of(reading(), draft_id)
    filled = submission_of(desk.draft.definition)
    key = key_in(desk.draft.definition, sample_of(desk.draft.definition, desk.files))
    return _data(desk, _submission_form(desk, data=filled | ({"id_column": key} if key else {})))


def _submission_form(desk: Desk, **filled: Any) -> SubmissionForm:
    form = SubmissionForm(**filled)
    files = of_kind(desk.files, FileKind.DATA)
    form.sample.choices = [("", "–"), *((path_in_folder(f), f.name) for f in files)]
    form.take_at_most(max(1, services().settings.max_upload_bytes // MEGABYTE))
    return form


def _data(desk: Desk, form: SubmissionForm, **more: Any) -> str:
    return render(
        desk,
        Step.DATA,
        "drafts/data.html",
        form=form,
        files=of_kind(desk.files, FileKind.DATA),
        sample=sample_of(desk.draft.definition, desk.files),
        apart_of_sample=apart_of_sample(desk.draft.definition, desk.files),
        stamp=stamp_of(submission_of(desk.draft.definition)),
        most_bytes=services().settings.max_upload_bytes,
        state=state_of(desk, FileKind.DATA),
        read_as_one=read_as_one,
        until=UNTIL,
        **more,
    )


@bp.get("/organise/drafts/<int:draft_id>/data/state")
@access(Who.DRAFT_PERSON)
def data_state(draft_id: int) -> Response:
    """Say what was found in the data files, for the page that waits."""
    desk = desk_of(reading(), draft_id)
    html = render_template(
        "drafts/_files.html",
        desk=desk,
        draft=desk.draft,
        files=of_kind(desk.files, FileKind.DATA),
        sample=sample_of(desk.draft.definition, desk.files),
        key=key_in(desk.draft.definition, sample_of(desk.draft.definition, desk.files)),
        read_as_one=read_as_one,
        **rights(desk),
    )
    return jsonify({"state": state_of(desk, FileKind.DATA), "html": html})


@bp.post("/organise/drafts/<int:draft_id>/data/files")
@access(Who.DRAFT_PERSON)
@limiter.limit(by_setting("rate_limit_uploads"), key_func=asker)
@accepts_upload(upload_limit)
def add_data(draft_id: int) -> BaseResponse:
    """Take data files; what is called a sample submission is taken for it, until told otherwise."""
    uploads = all_received(request)
    for upload in uploads:
        upload.store()
    given = [GivenFile(FileKind.DATA, u.filename, u.sha256, u.size) for u in uploads]
    with writing() as session:
        files = add_files(session, draft_id, given, by_viewer())
        draft = session.get_one(ChallengeDraft, draft_id)
        _guess_sample(draft, files, files_of_draft(session, draft_id))
        jobs = [ask_to_look(session, draft_id, file, by_viewer()) for file in files]
        if sample_of(draft.definition, files) is not None:
            jobs += look_again(session, draft_id, by_viewer())
        session.commit()
    for job_id in jobs:
        services().jobs.send("draft", job_id=job_id)
    return gone(draft_id, Step.DATA)


def _guess_sample(draft: ChallengeDraft, added: list[DraftFile], files: list[DraftFile]) -> None:
    """Take a file for the sample by its name, unless there is one already that can be read."""
    named = [file for file in added if "sample" in file.name.lower()]
    known = sample_of(draft.definition, files)
    if named and (known is None or (known.found or {}).get("problem")):
        submission = draft.definition.get("submission", {}) | {"sample": path_in_folder(named[0])}
        draft.definition = {**draft.definition, "submission": submission}


@bp.post("/organise/drafts/<int:draft_id>/data")
@access(Who.DRAFT_PERSON)
def save_submission(draft_id: int) -> BaseResponse:
    """Save what a submitted file looks like."""
    form = _submission_form(desk_of(reading(), draft_id))

    def edit(draft: ChallengeDraft) -> None:
        require_same_step(request.form.get("stamp", ""), submission_of(draft.definition))
        write_submission(draft, form.data)

    answer = saved(draft_id, Step.DATA, form, edit, lambda desk: _data(desk, form))
    if answer.status_code == 303:
        read_anew(draft_id)
    return answer


@bp.post("/organise/drafts/<int:draft_id>/files/<int:file_id>")
@access(Who.DRAFT_PERSON)
def describe(draft_id: int, file_id: int) -> BaseResponse:
    """Rename a data file and say what it is."""
    name = request.form.get("name", "").strip()[:255]
    description = " ".join(request.form.get("description", "").split())[:500]
    try:
        with writing() as session:
            describe_file(
                session, draft_id, file_id, name=name, description=description, by=by_viewer()
            )
            session.commit()
    except DomainError as error:
        if error.status == 404:
            raise
        desk = desk_of(reading(), draft_id)
        form = _submission_form(desk, formdata=None, data=submission_of(desk.draft.definition))
        typed = {"id": file_id, "name": name, "description": description, "error": error}
        return Response(_data(desk, form, typed=typed), error.status)
    flash(_("Saved."), "success")
    return redirect(address(draft_id, Step.DATA), 303)


@bp.post("/organise/drafts/<int:draft_id>/files/<int:file_id>/<any(up, down, remove):what>")
@access(Who.DRAFT_PERSON)
def arrange(draft_id: int, file_id: int, what: str) -> BaseResponse:
    """Move a file before or after its neighbour, or take it away."""
    with writing() as session:
        if what == "remove":
            kind = remove_file(session, draft_id, file_id, by=by_viewer()).kind
        else:
            move_file(session, draft_id, file_id, up=what == "up", by=by_viewer())
            kind = FileKind.DATA
        session.commit()
    return redirect(address(draft_id, STEP_OF[kind]), 303)
