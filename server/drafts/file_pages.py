"""Pages of the steps Data files, Solutions and Baselines: uploads, and what was found in them."""

from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from server.drafts.actions import GivenFile, require_same
from server.drafts.desk import Desk, desk_of
from server.drafts.documents import (
    path_in_folder,
    phase_of,
    phases_of,
    sample_of,
    solution_of,
    stamp_of,
)
from server.drafts.editing import split_typed, submission_of, write_split, write_submission
from server.drafts.filing import (
    By,
    add_files,
    ask_to_look,
    describe_file,
    move_file,
    remove_file,
)
from server.drafts.forms import BaselineForm, SplitForm, SubmissionForm
from server.drafts.metric_pages import read_anew
from server.drafts.models import ChallengeDraft, DraftFile
from server.drafts.queries import of_kind
from server.drafts.rules import FileKind, FileState, Step
from server.drafts.serving import address, render, saved
from server.shared.access import Who, access
from server.shared.errors import N_, DomainError, NotFound
from server.shared.limits import asker, by_setting, limiter
from server.shared.uploads import all_received, received
from server.shared.web import accepts_upload, now, reading, services, viewer, writing

bp = Blueprint("draft_files", __name__)
STEP_OF = {
    FileKind.DATA: Step.DATA,
    FileKind.SOLUTION: Step.SOLUTION,
    FileKind.BASELINE: Step.BASELINES,
    FileKind.IMAGE: Step.PAGES,
}
UNTIL = "settled"


def _limit(_session: object, _arguments: dict[str, Any]) -> int:
    return services().settings.max_upload_bytes


def _by() -> By:
    return By(viewer().account_id, now())


def _gone(draft_id: int, step: Step) -> BaseResponse:
    target = address(draft_id, step)
    if request.headers.get("X-Requested-With") == "XMLHttpRequest":
        return jsonify(location=target)
    return redirect(target, 303)


@bp.get("/organise/drafts/<int:draft_id>/data")
@access(Who.DRAFT_WRITER)
def data(draft_id: int) -> str:
    """Show the data files and which of them is the sample."""
    desk = desk_of(reading(), draft_id)
    return _data(desk, _submission_form(desk, data=submission_of(desk.draft.definition)))


def _submission_form(desk: Desk, **filled: Any) -> SubmissionForm:
    form = SubmissionForm(**filled)
    files = of_kind(desk.files, FileKind.DATA)
    form.sample.choices = [("", "–"), *((path_in_folder(f), f.name) for f in files)]
    return form


def _data(desk: Desk, form: SubmissionForm, **more: Any) -> str:
    return render(
        desk,
        Step.DATA,
        "drafts/data.html",
        form=form,
        files=of_kind(desk.files, FileKind.DATA),
        sample=sample_of(desk.draft.definition, desk.files),
        stamp=stamp_of(submission_of(desk.draft.definition)),
        most_bytes=services().settings.max_upload_bytes,
        state=_state(desk, FileKind.DATA),
        until=UNTIL,
        **more,
    )


def _state(desk: Desk, kind: FileKind) -> str:
    waits = (FileState.STORED, FileState.ARRIVING)
    waiting = [str(f.id) for f in of_kind(desk.files, kind) if f.state in waits]
    return ",".join(waiting) or UNTIL


@bp.get("/organise/drafts/<int:draft_id>/data/state")
@access(Who.DRAFT_WRITER)
def data_state(draft_id: int) -> Response:
    """Say what was found in the data files, for the page that waits."""
    desk = desk_of(reading(), draft_id)
    html = render_template(
        "drafts/_files.html",
        desk=desk,
        draft=desk.draft,
        files=of_kind(desk.files, FileKind.DATA),
        sample=sample_of(desk.draft.definition, desk.files),
    )
    return jsonify({"state": _state(desk, FileKind.DATA), "html": html})


@bp.post("/organise/drafts/<int:draft_id>/data/files")
@access(Who.DRAFT_WRITER)
@limiter.limit(by_setting("rate_limit_uploads"), key_func=asker)
@accepts_upload(_limit)
def add_data(draft_id: int) -> BaseResponse:
    """Take data files; what is called a sample submission is taken for it, until told otherwise."""
    uploads = all_received(request)
    for upload in uploads:
        upload.store()
    given = [GivenFile(FileKind.DATA, u.filename, u.sha256, u.size) for u in uploads]
    with writing() as session:
        files = add_files(session, draft_id, given, _by())
        _guess_sample(session.get_one(ChallengeDraft, draft_id), files)
        jobs = [ask_to_look(session, draft_id, file, _by()) for file in files]
        session.commit()
    for job_id in jobs:
        services().jobs.send("draft", job_id=job_id)
    return _gone(draft_id, Step.DATA)


def _guess_sample(draft: ChallengeDraft, files: list[DraftFile]) -> None:
    named = [file for file in files if "sample" in file.name.lower()]
    if named and not draft.definition.get("submission", {}).get("sample"):
        submission = draft.definition.get("submission", {}) | {"sample": path_in_folder(named[0])}
        draft.definition = {**draft.definition, "submission": submission}


@bp.post("/organise/drafts/<int:draft_id>/data")
@access(Who.DRAFT_WRITER)
def save_submission(draft_id: int) -> BaseResponse:
    """Save what a submitted file looks like."""
    form = _submission_form(desk_of(reading(), draft_id))

    def edit(draft: ChallengeDraft) -> None:
        before = stamp_of(submission_of(draft.definition))
        require_same(request.form.get("stamp", ""), before)
        write_submission(draft, form.data)

    answer = saved(draft_id, Step.DATA, form, edit, lambda desk: _data(desk, form))
    if answer.status_code == 303:
        read_anew(draft_id)
    return answer


@bp.post("/organise/drafts/<int:draft_id>/files/<int:file_id>")
@access(Who.DRAFT_WRITER)
def describe(draft_id: int, file_id: int) -> BaseResponse:
    """Rename a data file and say what it is."""
    name = request.form.get("name", "").strip()[:255]
    description = " ".join(request.form.get("description", "").split())[:500]
    try:
        with writing() as session:
            describe_file(session, draft_id, file_id, name=name, description=description, by=_by())
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
@access(Who.DRAFT_WRITER)
def arrange(draft_id: int, file_id: int, what: str) -> BaseResponse:
    """Move a file before or after its neighbour, or take it away."""
    with writing() as session:
        if what == "remove":
            kind = remove_file(session, draft_id, file_id, by=_by()).kind
        else:
            move_file(session, draft_id, file_id, up=what == "up", by=_by())
            kind = FileKind.DATA
        session.commit()
    return redirect(address(draft_id, STEP_OF[kind]), 303)


@bp.get("/organise/drafts/<int:draft_id>/solution")
@access(Who.DRAFT_WRITER)
def solutions(draft_id: int) -> str:
    """Show each phase's solution, what was found in it, and its split."""
    return _solutions(desk_of(reading(), draft_id))


def _solutions(desk: Desk, slug: str = "", form: SplitForm | None = None) -> str:
    phases = [
        {
            "phase": phase,
            "file": solution_of(desk.files, str(phase.get("slug"))),
            "form": form
            if form is not None and phase.get("slug") == slug
            else SplitForm(
                formdata=None, data=split_typed(phase), prefix=_prefix(phase.get("slug"))
            ),
            "stamp": stamp_of(split_typed(phase)),
        }
        for phase in phases_of(desk.draft.definition)
    ]
    return render(
        desk,
        Step.SOLUTION,
        "drafts/solutions.html",
        phases=phases,
        most_bytes=services().settings.max_upload_bytes,
        state=_state(desk, FileKind.SOLUTION),
        until=UNTIL,
    )


def _prefix(phase: object) -> str:
    """Return what the fields of a phase's form begin with: there is a form a phase on the page."""
    return f"split-{phase}-"


@bp.get("/organise/drafts/<int:draft_id>/solution/<phase>/state")
@access(Who.DRAFT_WRITER)
def solution_state(draft_id: int, phase: str) -> Response:
    """Say what was found in a solution, for the page that waits."""
    desk = desk_of(reading(), draft_id)
    file = solution_of(desk.files, phase)
    html = render_template("drafts/_solution.html", file=file)
    return jsonify({"state": file.state.value if file else "none", "html": html})


@bp.post("/organise/drafts/<int:draft_id>/solution/<phase>")
@access(Who.DRAFT_WRITER)
@limiter.limit(by_setting("rate_limit_uploads"), key_func=asker)
@accepts_upload(_limit)
def add_solution(draft_id: int, phase: str) -> BaseResponse:
    """Take the answers of a phase: noted first, stored then, and taken in by a worker."""
    upload = received(request)
    given = GivenFile(FileKind.SOLUTION, upload.filename, upload.sha256, upload.size, phase=phase)
    with writing() as session:
        draft = session.get_one(ChallengeDraft, draft_id)
        if phase_of(draft.definition, phase) is None:
            raise NotFound(N_("This draft has no phase %(slug)s."), slug=phase)
        files = add_files(session, draft_id, [given], _by())
        job_id = ask_to_look(session, draft_id, files[0], _by())
        session.commit()
    # Not before: no answers ever lie where the web can read them without a row that has a worker
    # take them away, however this ends.
    upload.store()
    services().jobs.send("draft", job_id=job_id)
    return _gone(draft_id, Step.SOLUTION)


@bp.post("/organise/drafts/<int:draft_id>/solution/<phase>/split")
@access(Who.DRAFT_WRITER)
def save_split(draft_id: int, phase: str) -> BaseResponse:
    """Save which rows of a solution are public."""
    form = SplitForm(prefix=_prefix(phase))

    def edit(draft: ChallengeDraft) -> None:
        known = phase_of(draft.definition, phase)
        require_same(request.form.get("stamp", ""), stamp_of(split_typed(known or {})))
        write_split(draft, phase, form.data)

    again = lambda desk: _solutions(desk, phase, form)  # noqa: E731 - named for its one use
    answer = saved(draft_id, Step.SOLUTION, form, edit, again)
    if answer.status_code == 303:
        read_anew(draft_id)
    return answer


@bp.get("/organise/drafts/<int:draft_id>/baselines")
@access(Who.DRAFT_WRITER)
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
    files = of_kind(desk.files, FileKind.BASELINE)
    most = services().settings.max_upload_bytes
    return render(
        desk, Step.BASELINES, "drafts/baselines.html", form=form, files=files, most_bytes=most
    )


@bp.post("/organise/drafts/<int:draft_id>/baselines")
@access(Who.DRAFT_WRITER)
@limiter.limit(by_setting("rate_limit_uploads"), key_func=asker)
@accepts_upload(_limit)
def add_baseline(draft_id: int) -> BaseResponse:
    """Take a reference submission."""
    form = _baseline_form(desk_of(reading(), draft_id))
    status = 422
    try:
        if form.validate_on_submit():
            upload = received(request)
            upload.store()
            _note_baseline(draft_id, form, upload)
            return _gone(draft_id, Step.BASELINES)
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
        files = add_files(session, draft_id, [given], _by())
        job_id = ask_to_look(session, draft_id, files[0], _by())
        session.commit()
    services().jobs.send("draft", job_id=job_id)
