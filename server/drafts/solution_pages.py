"""Pages of the step Solutions: the answers of each phase, and which of them are public."""

from flask import Blueprint, Response, jsonify, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from server.drafts.actions import GivenFile, require_same_step
from server.drafts.desk import Desk, desk_of
from server.drafts.documents import phase_of, phases_of, solution_of
from server.drafts.editing import split_typed, write_split
from server.drafts.filing import add_files, ask_to_look
from server.drafts.metric_pages import read_anew
from server.drafts.models import ChallengeDraft
from server.drafts.phase_forms import SplitForm
from server.drafts.rules import FileKind, Step
from server.drafts.serving import render, saved
from server.drafts.uploading import UNTIL, by_viewer, gone, state_of, upload_limit
from server.shared.access import Who, access
from server.shared.errors import N_, NotFound
from server.shared.limits import asker, by_setting, limiter
from server.shared.stamps import stamp_of
from server.shared.uploads import received
from server.shared.web import accepts_upload, reading, services, writing

bp = Blueprint("draft_solutions", __name__)


@bp.get("/organise/drafts/<int:draft_id>/solution")
@access(Who.DRAFT_PERSON)
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
        state=state_of(desk, FileKind.SOLUTION),
        until=UNTIL,
    )


def _prefix(phase: object) -> str:
    """Return what the fields of a phase's form begin with: there is a form a phase on the page."""
    return f"split-{phase}-"


@bp.get("/organise/drafts/<int:draft_id>/solution/<phase>/state")
@access(Who.DRAFT_PERSON)
def solution_state(draft_id: int, phase: str) -> Response:
    """Say what was found in a solution, for the page that waits."""
    desk = desk_of(reading(), draft_id)
    file = solution_of(desk.files, phase)
    is_first = [p.get("slug") for p in phases_of(desk.draft.definition)][:1] == [phase]
    html = render_template("drafts/_solution.html", file=file, is_first=is_first)
    return jsonify({"state": file.state.value if file else "none", "html": html})


@bp.post("/organise/drafts/<int:draft_id>/solution/<phase>")
@access(Who.DRAFT_PERSON)
@limiter.limit(by_setting("rate_limit_uploads"), key_func=asker)
@accepts_upload(upload_limit)
def add_solution(draft_id: int, phase: str) -> BaseResponse:
    """Take the answers of a phase: noted first, stored then, and taken in by a worker."""
    upload = received(request)
    given = GivenFile(FileKind.SOLUTION, upload.filename, upload.sha256, upload.size, phase=phase)
    with writing() as session:
        draft = session.get_one(ChallengeDraft, draft_id)
        if phase_of(draft.definition, phase) is None:
            raise NotFound(N_("This draft has no phase %(slug)s."), slug=phase)
        files = add_files(session, draft_id, [given], by_viewer())
        job_id = ask_to_look(session, draft_id, files[0], by_viewer())
        session.commit()
    # Not before: no answers ever lie where the web can read them without a row that has a worker
    # take them away, however this ends.
    upload.store()
    services().jobs.send("draft", job_id=job_id)
    return gone(draft_id, Step.SOLUTION)


@bp.post("/organise/drafts/<int:draft_id>/solution/<phase>/split")
@access(Who.DRAFT_PERSON)
def save_split(draft_id: int, phase: str) -> BaseResponse:
    """Save which rows of a solution are public."""
    form = SplitForm(prefix=_prefix(phase))

    def edit(draft: ChallengeDraft) -> None:
        known = phase_of(draft.definition, phase)
        require_same_step(request.form.get("stamp", ""), split_typed(known or {}))
        write_split(draft, phase, form.data)

    again = lambda desk: _solutions(desk, phase, form)  # noqa: E731 - named for its one use
    answer = saved(draft_id, Step.SOLUTION, form, edit, again)
    if answer.status_code == 303:
        read_anew(draft_id)
    return answer
