"""Pages of the organise room: how a challenge stands, and all its submissions."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from server.boards.actions import reveal as reveal_phase
from server.challenges.queries import challenge_by_slug, phases_of
from server.organise.actions import Verdict, judge_submission, judge_team
from server.organise.forms import read_filter
from server.organise.queries import (
    all_submissions,
    desk_of,
    own_challenges,
    phase_to_reveal,
    submission_in,
    team_in,
)
from server.organise.rules import diagnose
from server.shared.access import Who, access
from server.shared.errors import N_, NotFound
from server.shared.web import now, reading, safe_path, services, viewer, writing
from server.submissions.actions import retry as queue_again
from server.submissions.rules import SubmissionState

bp = Blueprint("organise", __name__)
A_PAGE = 50
STATES = (*SubmissionState, "withdrawn", "disqualified")


@bp.get("/organise")
@access(Who.SIGNED_IN)
def index() -> str:
    """List the challenges that the viewer organises."""
    found = own_challenges(reading(), viewer(), now=now())
    return render_template("organise/index.html", challenges=found)


@bp.get("/organise/<slug>")
@access(Who.ORGANISER)
def show(slug: str) -> str:
    """Show how a challenge stands: its phases, its queue, its failures."""
    desk = desk_of(reading(), slug, now=now())
    return render_template(
        "organise/show.html", desk=desk, challenge=desk.challenge, diagnose=diagnose
    )


@bp.get("/organise/<slug>/submissions")
@access(Who.ORGANISER)
def submissions(slug: str) -> str:
    """List all submissions of a challenge, with both scores."""
    session, wanted = reading(), read_filter(request.args)
    challenge = challenge_by_slug(session, slug)
    number = request.args.get("page", 1, int)
    page, views = all_submissions(session, challenge, wanted, page=number, per_page=A_PAGE)
    return render_template(
        "organise/submissions.html",
        challenge=challenge,
        phases=phases_of(session, challenge.id or 0),
        wanted=wanted,
        states=[str(state) for state in STATES],
        page=page,
        views=views,
        team=team_in(session, challenge, wanted.team),
    )


@bp.get("/organise/<slug>/submissions/<int:submission_id>")
@access(Who.ORGANISER)
def submission(slug: str, submission_id: int) -> str:
    """Show a submission with both scores, and the trace where it failed."""
    view = submission_in(reading(), slug, submission_id)
    team = team_in(reading(), view.challenge, view.submission.team_id)
    return render_template(
        "organise/submission.html",
        challenge=view.challenge,
        view=view,
        team=team,
        diagnose=diagnose,
    )


@bp.post("/organise/<slug>/submissions/<int:submission_id>/retry")
@access(Who.ORGANISER)
def retry(slug: str, submission_id: int) -> BaseResponse:
    """Score a failed submission again."""
    with writing() as session:
        found = submission_in(session, slug, submission_id).submission
        queue_again(session, submission=found, actor_id=viewer().account_id, now=now())
        session.commit()
    services().jobs.send("score", submission_id=submission_id)
    flash(_("It is queued again."), "success")
    return redirect(url_for("organise.submission", slug=slug, submission_id=submission_id), 303)


@bp.post("/organise/<slug>/submissions/<int:submission_id>/<any(disqualify, reinstate):verdict>")
@access(Who.ORGANISER)
def judge(slug: str, submission_id: int, verdict: str) -> BaseResponse:
    """Take a submission off the board, or put it back."""
    with writing() as session:
        submission_in(session, slug, submission_id)
        judge_submission(
            session,
            Verdict(verdict),
            submission_id=submission_id,
            reason=request.form.get("reason", ""),
            actor_id=viewer().account_id,
            now=now(),
        )
        session.commit()
    flash(_said(verdict), "success")
    return redirect(url_for("organise.submission", slug=slug, submission_id=submission_id), 303)


@bp.post("/organise/<slug>/teams/<int:team_id>/<any(disqualify, reinstate):verdict>")
@access(Who.ORGANISER)
def judge_whole_team(slug: str, team_id: int, verdict: str) -> BaseResponse:
    """Take a team off every board, or put it back."""
    with writing() as session:
        if team_in(session, challenge_by_slug(session, slug), team_id) is None:
            raise NotFound(N_("There is no such team."))
        judge_team(
            session,
            Verdict(verdict),
            team_id=team_id,
            reason=request.form.get("reason", ""),
            actor_id=viewer().account_id,
            now=now(),
            shown=request.form.get("shown") == "yes",
        )
        session.commit()
    flash(_said(verdict), "success")
    after = url_for("organise.submissions", slug=slug, team=team_id)
    return redirect(safe_path(request.form.get("next"), after), 303)


def _said(verdict: str) -> str:
    if verdict == Verdict.DISQUALIFY:
        return str(_("Disqualified; the board has followed."))
    return str(_("Reinstated; the board has followed."))


@bp.post("/organise/<slug>/phases/<phase>/reveal")
@access(Who.ORGANISER)
def reveal(slug: str, phase: str) -> BaseResponse:
    """Show the final ranking of a phase to everybody."""
    with writing() as session:
        chosen = phase_to_reveal(session, slug, phase, now=now())
        reveal_phase(session, phase=chosen, actor_id=viewer().account_id, now=now())
        session.commit()
    flash(_("The final ranking of %(phase)s is public now.", phase=chosen.title), "success")
    return redirect(url_for("organise.show", slug=slug), 303)
