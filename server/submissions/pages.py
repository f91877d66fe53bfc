"""Pages of the submissions room: send a file, get one's own back."""

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from server.challenges.downloads import send_stored
from server.challenges.queries import challenge_frame
from server.challenges.tab_contexts import given_to
from server.challenges.views import Frame
from server.shared.access import Who, access
from server.shared.limits import asker, by_setting, limiter
from server.shared.web import accepts_upload, now, reading, services, viewer
from server.submissions.entrances import Entrance, entrance_now
from server.submissions.forms import SubmitForm
from server.submissions.queries import submission_by_id
from server.submissions.receiving import admit_upload, end_arrival, receive
from server.submissions.submit_views import submit_view

bp = Blueprint("submissions", __name__)
bp.teardown_request(end_arrival)


@bp.get("/challenges/<slug>/submit")
@access(Who.SEES_CHALLENGE)
def submit(slug: str) -> str:
    """Show the form, what a file must look like, and what is left of the quotas."""
    frame = challenge_frame(reading(), slug=slug, viewer=viewer(), now=now(), active="submit")
    view = submit_view(reading(), frame, viewer=viewer(), now=now())
    return render_template(
        "submissions/submit.html",
        frame=frame,
        view=view,
        form=SubmitForm.of(view, request.args.get("phase", "")),
        **given_to(frame, "submit"),
    )


@bp.post("/challenges/<slug>/submit")
@access(Who.CONFIRMED)
@limiter.limit(by_setting("rate_limit_uploads"), key_func=asker)
@accepts_upload(admit_upload)
def send(slug: str) -> BaseResponse:
    """Take a file; whoever is in no team competes alone."""
    submitted = receive(slug, alone=True)
    if submitted.same_as is not None:
        earlier = submitted.same_as.id
        flash(
            _("Your team sent the very same file before, as submission %(id)s.", id=earlier),
            "warning",
        )
    target = url_for("boards.submission", submission_id=submitted.submission.id)
    if request.headers.get("X-Requested-With") == "XMLHttpRequest":
        # A script follows a redirect unseen, and what was to be said would be lost on the way.
        return jsonify(location=target)
    return redirect(target, 303)


@bp.get("/submissions/<int:submission_id>/file")
@access(Who.SUBMISSION_TEAM)
def file(submission_id: int) -> Response:
    """Give a team its own file back, or an organiser any of the challenge."""
    submission = submission_by_id(reading(), submission_id)
    return send_stored(
        request, services().files, sha256=submission.sha256, name=submission.filename
    )


def way_to_submit(frame: Frame) -> Entrance:
    """Return the viewer's way into what is open now: every tab of a challenge asks."""
    return entrance_now(reading(), frame.challenge.id or 0, asker=viewer().id, at=now())
