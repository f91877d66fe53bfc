"""Pages of a challenge's submissions: found, downloaded, looked at, decided on."""

from collections.abc import Iterator
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlmodel import Session
from werkzeug.wrappers import Response as BaseResponse

from server.archives.tables import SUBMISSION_COLUMNS, submission_rows
from server.certificates.queries import rules_in_force
from server.challenges.queries import challenge_by_slug, phases_of
from server.organise.actions import Verdict, judge_submission, judge_team
from server.organise.forms import read_filter
from server.organise.queries import submission_in, team_in
from server.organise.room import bp
from server.organise.rules import diagnose
from server.organise.searching import (
    Filter,
    Sort,
    all_submissions,
    count_up_to,
    everything,
    scored_phase,
)
from server.shared.access import Who, access
from server.shared.errors import N_, NotFound
from server.shared.spreadsheets import ENDING, Table, sent
from server.shared.web import in_turn, now, reading, safe_path, services, viewer, writing
from server.shared.workbooks import MOST_ROWS, refuse_more
from server.submissions.actions import retry as queue_again
from server.submissions.rules import SubmissionState

A_PAGE = 50
STATES = (*SubmissionState, "withdrawn", "disqualified")


@bp.get("/organise/<slug>/submissions")
@access(Who.JUDGE)
def submissions(slug: str) -> str:
    """List the submissions of a challenge that a filter leaves in, with both scores."""
    session, wanted = reading(), read_filter(request.args)
    challenge = challenge_by_slug(session, slug)
    number = request.args.get("page", 1, int)
    page, views = all_submissions(
        session, challenge, wanted, now=now(), page=number, per_page=A_PAGE
    )
    return render_template(
        "organise/submissions.html",
        challenge=challenge,
        phases=phases_of(session, challenge.id or 0),
        wanted=wanted,
        states=[str(state) for state in STATES],
        sorts=list(Sort),
        by_score=scored_phase(session, challenge, wanted) is not None,
        page=page,
        most_in_a_workbook=MOST_ROWS,
        views=views,
        team=team_in(session, challenge, wanted.team),
    )


@bp.get(f"/organise/<slug>/submissions.{ENDING}")
@access(Who.JUDGE)
@in_turn
def submissions_table(slug: str, ending: str) -> Response:
    """Send what a filter leaves in as a table for spreadsheets, as CSV while it is read."""
    wanted, challenge_id = read_filter(request.args), challenge_by_slug(reading(), slug).id or 0
    if ending == "xlsx":
        most = MOST_ROWS + 1
        refuse_more(count_up_to(reading(), challenge_id, wanted, most=most, now=now()))
    rows = _rows(challenge_id, wanted)
    return sent(Table(f"{slug}-submissions", SUBMISSION_COLUMNS, rows), ending, lasting=True)


def _rows(challenge_id: int, wanted: Filter) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of the table; read in a session of its own, which outlives the request."""
    engine, moment = services().database.read_engine, now()

    def rows() -> Iterator[tuple[Any, ...]]:
        with Session(engine) as session:
            found = everything(challenge_id, wanted, now=moment)
            yield from submission_rows(session, found)

    return rows()


@bp.get("/organise/<slug>/submissions/<int:submission_id>")
@access(Who.JUDGE)
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
        challenge = challenge_by_slug(session, slug)
        if team_in(session, challenge, team_id) is None:
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
        given_out = rules_in_force(session, challenge.id) is not None
        session.commit()
    flash(_said(verdict), "success")
    if given_out and verdict == Verdict.REINSTATE:
        # What a disqualification revoked stays so: only a person gives certificates.
        flash(
            _("Its certificates stay revoked: hand out new ones under “Certificates”."), "warning"
        )
    after = url_for("organise.submissions", slug=slug, team=team_id)
    return redirect(safe_path(request.form.get("next"), after), 303)


def _said(verdict: str) -> str:
    if verdict == Verdict.DISQUALIFY:
        return str(_("Disqualified; the board has followed."))
    return str(_("Reinstated; the board has followed."))
