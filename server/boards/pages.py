"""Pages of the boards room: leaderboards, universities, submissions and teams."""

from collections.abc import Mapping
from functools import partial
from itertools import chain
from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup, escape
from werkzeug.wrappers import Response as BaseResponse

from server.boards.choosing import Choice, decide
from server.boards.chosen import Chosen, choose
from server.boards.exports import (
    BOARD_COLUMNS,
    LINE_COLUMNS,
    board_cells,
    ctftime,
    line_cells,
    withdrawn_cells,
)
from server.boards.filters import university_options
from server.boards.forms import read_asked
from server.boards.freshness import conditional
from server.boards.ladder import form_of
from server.boards.leaderboards import Leaderboard, board_page, own_standing, whole_board
from server.boards.reading import Standing, part_of
from server.boards.sheets import Outline, Places, Sheet, TeamPlaces, on_a_sheet, own_address
from server.boards.submission_views import SubmissionView, change_by, ranked_on, view_of, why_off
from server.boards.team_views import TeamPage, team_page
from server.boards.university_lines import own_line, university_lines
from server.boards.versions import look_at
from server.boards.withdrawn import withdrawn_on
from server.boards.writing import compares_of, page_links, written_rows
from server.challenges.queries import challenge_by_slug, challenge_frame, is_organiser
from server.challenges.views import Frame
from server.shared.access import Who, access
from server.shared.errors import Conflict
from server.shared.responses import message_of
from server.shared.spreadsheets import ENDING, Table, sent
from server.shared.web import in_turn, now, reading, safe_path, viewer, writing
from server.submissions.failures import is_given_back
from server.submissions.forms import NoteForm
from server.submissions.notes import notes_of
from server.submissions.queries import submission_by_id
from server.submissions.rules import FINAL, SubmissionState
from server.submissions.times import times_of
from server.teams.queries import is_member, team_of, visible_team

bp = Blueprint("boards", __name__)
LINES_A_PAGE = 100


def _frame(slug: str, active: str) -> Frame:
    return challenge_frame(reading(), slug=slug, viewer=viewer(), now=now(), active=active)


def _own_team_id(challenge_id: int | None) -> int | None:
    asker = viewer().id
    team = team_of(reading(), challenge_id or 0, asker) if asker else None
    return team.id if team else None


def _chosen(slug: str) -> Chosen:
    challenge = challenge_by_slug(reading(), slug)
    asked = read_asked(request.args)
    return choose(reading(), challenge, asked, viewer=viewer(), now=now())


@bp.get("/challenges/<slug>/leaderboard")
@access(Who.SEES_CHALLENGE)
@conditional
def leaderboard(slug: str) -> str:
    """Show a page of a board."""
    asked, chosen, session = read_asked(request.args), _chosen(slug), reading()
    own_id = _own_team_id(chosen.challenge.id)
    view = board_page(session, chosen, asked, again=viewer().is_authenticated)
    own = own_standing(session, chosen, own_id, per_page=asked.per_page)
    places = _places(view, own_id, own)
    outline = Outline.of(view, options=bool(places.options))
    frame, draw = partial(_frame, slug, "leaderboard"), partial(_board, outline, view)
    return on_a_sheet(session, Sheet(chosen.challenge.id or 0, outline.name, frame, draw), places)


def _places(view: Leaderboard, own_id: int | None, own: Standing | None) -> Places:
    """Return what stands on this page of a board alone."""
    asked, compares = view.asked, compares_of(view, own_id) if own else None
    return Places(
        rows=written_rows(reading(), view, own_team_id=own_id, compares=compares),
        own=_part("boards/_own.html", view=view, own=own) if own else Markup(),
        pages=page_links(view),
        options=university_options(reading(), view.chosen, selected=asked.university),
        q=escape(asked.q),
        page_address=own_address(),
    )


def _board(
    outline: Outline, view: Leaderboard, frame: Frame, places: Places, more: Mapping[str, Any]
) -> str:
    """Draw a page: of its board what its outline says, and what stands in its places."""
    chosen = outline.chosen
    return render_template(
        "boards/leaderboard.html",
        **frame.context(),
        **more,
        chosen=chosen,
        outline=outline,
        withdrawn=view.withdrawn if outline.shows_withdrawn else (),
        ladder=form_of(reading(), chosen.phase.id) if chosen.is_ladder else None,
        takes_late=times_of(chosen.challenge, chosen.phase).takes_late(now()),
        **places._asdict(),
    )


@bp.get(f"/challenges/<slug>/leaderboard.{ENDING}")
@access(Who.SEES_CHALLENGE)
@in_turn
def leaderboard_table(slug: str, ending: str) -> Response:
    """Send a whole board as a table for spreadsheets."""
    chosen = _chosen(slug)
    rows = map(board_cells, whole_board(reading(), chosen))
    withdrawn = map(withdrawn_cells, withdrawn_on(reading(), chosen.on))
    name = f"{slug}-{chosen.phase.slug}-{chosen.board.value}"
    return sent(Table(name, BOARD_COLUMNS, chain(rows, withdrawn)), ending)


@bp.get("/challenges/<slug>/ctftime.json", endpoint="ctftime")
@access(Who.SEES_CHALLENGE)
def ctftime_feed(slug: str) -> Response:
    """Send a board as CTFtime's feed."""
    chosen = _chosen(slug)
    return jsonify(ctftime(whole_board(reading(), chosen), task=chosen.phase.title))


@bp.get("/challenges/<slug>/universities")
@access(Who.SEES_CHALLENGE)
@conditional
def universities(slug: str) -> str:
    """Show the universities of a board, each by its best team."""
    chosen, session = _chosen(slug), reading()
    lines = university_lines(session, chosen)
    asked = read_asked(request.args, a_page=LINES_A_PAGE)
    return render_template(
        "boards/universities.html",
        **_frame(slug, "universities").context(),
        chosen=chosen,
        asked=asked,
        lines=part_of(lines, page=asked.page, per_page=asked.per_page),
        own=own_line(session, lines, viewer().university_id, per_page=asked.per_page),
    )


@bp.get(f"/challenges/<slug>/universities.{ENDING}")
@access(Who.SEES_CHALLENGE)
def universities_table(slug: str, ending: str) -> Response:
    """Send the universities of a board as a table for spreadsheets."""
    chosen = _chosen(slug)
    name = f"{slug}-{chosen.phase.slug}-{chosen.board.value}-universities"
    rows = map(line_cells, university_lines(reading(), chosen))
    return sent(Table(name, LINE_COLUMNS, rows), ending)


@bp.get("/submissions/<int:submission_id>")
@access(Who.SUBMISSION_TEAM)
def submission(submission_id: int) -> str:
    """Show a submission: its state live, then its score and its place."""
    return submission_page(submission_id)


def submission_page(submission_id: int, note: NoteForm | None = None) -> str:
    """Return a submission's page; `note`: as it was sent, where it could not be taken."""
    view = _view(submission_id)
    live = _live(view)
    # An organiser's look at another team's is not under "My submissions", nor any other tab.
    frame = _frame(view.challenge.slug, "submissions" if live["is_member"] else "")
    kept = notes_of(reading(), [submission_id]).get(submission_id) if live["is_member"] else None
    return render_template(
        "boards/submission.html",
        **frame.context(),
        **live,
        until=",".join(FINAL),
        note=kept,
        note_form=note or NoteForm(note=kept.text if kept else ""),
    )


@bp.get("/submissions/<int:submission_id>/state")
@access(Who.SUBMISSION_TEAM)
def submission_state(submission_id: int) -> Response:
    """Say where a submission stands, for the page that waits."""
    view = _view(submission_id)
    html = render_template("boards/_submission_live.html", **_live(view))
    return jsonify({"state": view.state.value, "html": html})


def _view(submission_id: int) -> SubmissionView:
    return view_of(reading(), submission_by_id(reading(), submission_id))


def _live(view: SubmissionView) -> dict[str, object]:
    session = reading()
    return {
        "view": view,
        "change": change_by(session, view),
        "ranked": ranked_on(session, view),
        "off": why_off(session, view),
        "given_back": view.submission.state is SubmissionState.FAILED
        and is_given_back(session, view.submission),
        "is_member": is_member(session, view.submission.team_id or 0, viewer().account_id),
        "organises": viewer().is_admin
        or is_organiser(session, view.submission.challenge_id, viewer().id),
    }


def _decide(submission_id: int, choice: Choice, said: str) -> BaseResponse:
    actor_id, own = viewer().account_id, url_for("boards.submission", submission_id=submission_id)
    try:
        with writing() as session:
            decide(session, choice, submission_id=submission_id, actor_id=actor_id, now=now())
            session.commit()
        flash(said, "success")
    except Conflict as refusal:
        flash(message_of(refusal), "danger")
    return redirect(safe_path(request.form.get("next"), own), 303)


@bp.post("/submissions/<int:submission_id>/select")
@access(Who.SUBMISSION_TEAM)
def select(submission_id: int) -> BaseResponse:
    """Pick a submission for the final board."""
    return _decide(submission_id, Choice.SELECT, _("Picked for the final board."))


@bp.post("/submissions/<int:submission_id>/unselect")
@access(Who.SUBMISSION_TEAM)
def unselect(submission_id: int) -> BaseResponse:
    """Drop a pick."""
    return _decide(submission_id, Choice.UNSELECT, _("It is no longer picked."))


@bp.post("/submissions/<int:submission_id>/withdraw")
@access(Who.SUBMISSION_TEAM)
def withdraw(submission_id: int) -> BaseResponse:
    """Take a submission off the board."""
    return _decide(submission_id, Choice.WITHDRAW, _("Withdrawn: it counts on no board now."))


@bp.get("/teams/<int:team_id>")
@access(Who.EVERYBODY)
@in_turn
def team(team_id: int) -> str:
    """Show a team to everybody."""
    session = reading()
    look_at(session, team=team_id)
    page = team_page(session, visible_team(session, team_id, viewer()), viewer())
    places = TeamPlaces(
        title=escape(page.team.name),
        tab=_team_part("boards/_team.html", page),
        aside=_team_part("boards/_team_aside.html", page),
        page_path=request.path,
        page_address=own_address(),
    )
    frame = partial(_frame, page.challenge.slug, "leaderboard")
    return on_a_sheet(session, Sheet(page.challenge.id or 0, "team", frame, _around), places)


def _team_part(name: str, page: TeamPage) -> Markup:
    own = _own_team_id(page.challenge.id)
    return _part(name, page=page, challenge=page.challenge, own_team_id=own)


def _part(name: str, **said: Any) -> Markup:
    return Markup(render_template(name, **said))  # noqa: S704 - what a template has escaped


def _around(frame: Frame, places: TeamPlaces, more: Mapping[str, Any]) -> str:
    return render_template("boards/team.html", **frame.context(), **more, **places._asdict())
