"""Pages of a team's own submissions: all of them over time, and the notes it keeps."""

from typing import Any, NamedTuple

from flask import flash, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask_babel import gettext as _
from sqlmodel import Session
from werkzeug.wrappers import Response as BaseResponse

from server.boards.own_history import history_of
from server.boards.pages import bp, submission_page
from server.boards.submission_views import views_of
from server.challenges.models import Phase
from server.challenges.queries import challenge_frame
from server.challenges.rules import INCLUSIVE, Ranking
from server.challenges.tab_contexts import add_to_tab
from server.challenges.views import Frame
from server.shared.access import Who, access
from server.shared.web import now, reading, viewer, writing
from server.submissions.forms import NoteForm
from server.submissions.notes import notes_of, write_note
from server.submissions.queries import (
    selected_count,
    submission_by_id,
)
from server.submissions.sifting import Sift, own_submissions
from server.teams.queries import team_of

__all__ = ["bp"]

SUBMISSIONS_A_PAGE = 50
STATES = ("scored", "waiting", "rejected", "failed", "picked")
LONGEST_SEARCH = 100
RECENT = 3


@bp.record_once
def _add_to_the_form(state: BlueprintSetupState) -> None:
    add_to_tab(state.app, "submit", _recent)


def _recent(frame: Frame) -> dict[str, Any]:
    """Return what the viewer's team sent last, for whoever is about to send more."""
    asker, session = viewer().id, reading()
    team = team_of(session, frame.challenge.id or 0, asker) if asker else None
    if team is None or team.id is None:
        return {"recent": []}
    page = own_submissions(
        session, team_id=team.id, challenge_id=team.challenge_id, page=1, per_page=RECENT
    )
    return {"recent": views_of(session, page.rows)}


class Picks(NamedTuple):
    """How many of a phase's final places a team has filled by hand."""

    phase: Phase
    picked: int
    is_open: bool


@bp.get("/challenges/<slug>/submissions")
@access(Who.SEES_CHALLENGE)
def submissions(slug: str) -> str:
    """Show what the viewer's team has sent, and its scores over time."""
    account_id, session = viewer().account_id, reading()
    frame = challenge_frame(session, slug=slug, viewer=viewer(), now=now(), active="submissions")
    team = team_of(session, frame.challenge.id or 0, account_id)
    team_id = team.id if team and team.id else 0
    sift, phase = _sift(frame), _phase_shown(frame)
    page = own_submissions(
        session,
        team_id=team_id,
        challenge_id=frame.challenge.id or 0,
        page=request.args.get("page", 1, int),
        per_page=SUBMISSIONS_A_PAGE,
        sift=sift,
    )
    return render_template(
        "boards/submissions.html",
        **frame.context(),
        page=page,
        views=views_of(session, page.rows),
        notes=notes_of(session, [s.id for s in page.rows if s.id]),
        sift=sift,
        asked=_asked(),
        states=STATES,
        shown_phase=phase,
        chart=history_of(session, team_id=team_id, phase_id=phase.id or 0) if phase else None,
        picks=_picks(session, frame, team_id),
    )


def _asked() -> dict[str, str]:
    """Return the filters that the address names and that mean something."""
    state = request.args.get("state", "")
    found = {
        "phase": request.args.get("phase", ""),
        "state": state if state in STATES else "",
        "q": request.args.get("q", "").strip()[:LONGEST_SEARCH],
    }
    return {name: value for name, value in found.items() if value}


def _sift(frame: Frame) -> Sift:
    asked = _asked()
    ids = {p.slug: p.id for p in frame.phases}
    return Sift(ids.get(asked.get("phase", "")), asked.get("state", ""), asked.get("q", ""))


def _phase_shown(frame: Frame) -> Phase | None:
    """Return the phase whose scores are drawn: that of the filter, or the present one."""
    asked = {p.slug: p.phase for p in frame.phases}.get(_asked().get("phase", ""))
    current = frame.current_phase
    return asked or (current.phase if current else None)


def _picks(session: Session, frame: Frame, team_id: int) -> list[Picks]:
    phases = [p.phase for p in frame.phases if p.phase.ranking is Ranking.SELECTED]
    return [
        Picks(
            phase,
            selected_count(session, team_id=team_id, phase_id=phase.id),
            phase.starts <= now() < phase.ends + INCLUSIVE,
        )
        for phase in phases
        if phase.starts <= now() and phase.revealed_at is None
    ]


@bp.post("/submissions/<int:submission_id>/note")
@access(Who.SUBMISSION_TEAM)
def note(submission_id: int) -> str | BaseResponse | tuple[str, int]:
    """Keep what the team notes of a submission."""
    form = NoteForm()
    if not form.validate_on_submit():
        return submission_page(submission_id, form), 422
    with writing() as session:
        write_note(
            session,
            submission_by_id(session, submission_id),
            text=form.note.data or "",
            account_id=viewer().account_id,
            now=now(),
        )
        session.commit()
    flash(_("Your team's note is kept."), "success")
    return redirect(url_for("boards.submission", submission_id=submission_id) + "#team-note", 303)
