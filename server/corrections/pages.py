"""Pages of corrections: begin an evaluation, watch it, look at both boards, decide."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as BaseResponse

from server.boards.previews import freshen
from server.challenges.queries import challenge_by_slug, challenge_frame, phases_of
from server.corrections.actions import begin_again, give_up, put_live
from server.corrections.choices import choices_for
from server.corrections.forms import written
from server.corrections.history import histories
from server.corrections.queries import (
    Preview,
    Which,
    evaluation_in,
    phase_of,
    phase_to_correct,
    preview_of,
    turns,
)
from server.corrections.receiving import begin, solution_limit
from server.evaluations.models import Evaluation
from server.evaluations.rules import Board
from server.shared.access import Who, access
from server.shared.errors import DomainError
from server.shared.limits import asker, by_setting, limiter
from server.shared.paging import Page, clamp
from server.shared.responses import message_of, refused_at
from server.shared.web import accepts_upload, now, reading, services, viewer, writing

bp = Blueprint("corrections", __name__)
A_PAGE = 50
# What a page that waits need not ask about any more.
UNTIL = ("compared", "refused", "live", "past", "discarded")


@bp.get("/challenges/<slug>/evaluations")
@access(Who.SEES_CHALLENGE)
def history(slug: str) -> str:
    """Show everybody the evaluations that were ever live, and why."""
    frame = challenge_frame(reading(), slug=slug, viewer=viewer(), now=now(), active="leaderboard")
    found = histories(reading(), frame.challenge, shown=True)
    return render_template("corrections/history.html", **frame.context(), histories=found)


@bp.get("/organise/<slug>/evaluations")
@access(Who.JUDGE)
def index(slug: str) -> str:
    """List the evaluations of a challenge's phases."""
    challenge = challenge_by_slug(reading(), slug)
    found = histories(reading(), challenge, shown=False)
    return render_template("corrections/index.html", challenge=challenge, histories=found)


@bp.get("/organise/<slug>/evaluations/new")
@access(Who.ORGANISER)
def new(slug: str) -> str:
    """Show the form that begins a phase's next evaluation."""
    return _form(slug, request.args.get("phase", ""))


@bp.post("/organise/<slug>/evaluations/new")
@access(Who.ORGANISER)
@limiter.limit(by_setting("rate_limit_uploads"), key_func=asker)
@accepts_upload(solution_limit)
def send(slug: str) -> BaseResponse:
    """Begin an evaluation by a corrected solution, another metric, or both."""
    try:
        evaluation = begin(slug)
    except DomainError as error:
        page = _form(slug, request.form.get("phase", ""), error=error)
        return Response(page, status=error.status)
    target = _address(slug, evaluation)
    if request.headers.get("X-Requested-With") == "XMLHttpRequest":
        return jsonify(location=target)
    return redirect(target, 303)


def _form(slug: str, wanted: str, *, error: DomainError | None = None) -> str:
    session = reading()
    challenge = challenge_by_slug(session, slug)
    phases = phases_of(session, challenge.id or 0)
    phase, live = phase_to_correct(session, phases, wanted)
    return render_template(
        "corrections/new.html",
        challenge=challenge,
        phases=phases,
        phase=phase,
        live=live,
        written=written,
        choices=choices_for(live) if live else [],
        typed=request.form,
        fault=message_of(error) if error else None,
        field=error.field if error else None,
        most_bytes=services().settings.max_upload_bytes,
    )


@bp.get("/organise/<slug>/evaluations/<int:evaluation_id>")
@access(Who.JUDGE)
def show(slug: str, evaluation_id: int) -> str:
    """Show an evaluation: its progress, and what it would change."""
    return render_template("corrections/show.html", **_live(slug, evaluation_id))


@bp.get("/organise/<slug>/evaluations/<int:evaluation_id>/state")
@access(Who.JUDGE)
def state(slug: str, evaluation_id: int) -> Response:
    """Say how far an evaluation is, for the page that waits."""
    values = _live(slug, evaluation_id)
    html = render_template("corrections/_live.html", **values)
    return jsonify({"state": values["preview"].progress, "html": html})


def _live(slug: str, evaluation_id: int) -> dict[str, Any]:
    session = reading()
    preview = preview_of(session, evaluation_in(session, slug, evaluation_id))
    board = _board(preview)
    rejections = turns(session, evaluation_id, Which.REJECTED, per_page=10)
    return {
        "challenge": preview.challenge,
        "preview": preview,
        "board": board,
        "changes": _changes(preview, board),
        "rejections": rejections.rows if preview.undecided else [],
        "until": ",".join(UNTIL),
    }


def _board(preview: Preview) -> Board:
    if not preview.evaluation.has_private:
        return Board.PUBLIC
    return Board.PUBLIC if request.args.get("board") == Board.PUBLIC else Board.PRIVATE


def _changes(preview: Preview, board: Board) -> Page[Any]:
    comparison = preview.on(board)
    changes = comparison.changes if comparison else []
    page, per_page = clamp(request.args.get("page", 1, int), A_PAGE)
    first = (page - 1) * per_page
    return Page(len(changes), page, per_page, changes[first : first + per_page])


@bp.get("/organise/<slug>/evaluations/<int:evaluation_id>/submissions")
@access(Who.JUDGE)
def submissions(slug: str, evaluation_id: int) -> str:
    """List the submissions that would end otherwise, or that could not be scored."""
    session = reading()
    preview = preview_of(session, evaluation_in(session, slug, evaluation_id))
    which = request.args.get("which", Which.REJECTED, Which)
    number = request.args.get("page", 1, int)
    return render_template(
        "corrections/submissions.html",
        challenge=preview.challenge,
        preview=preview,
        which=which.value,
        page=turns(session, evaluation_id, which, page=number, per_page=A_PAGE),
    )


def _back_to_evaluation(slug: str, evaluation_id: int) -> BaseResponse:
    return redirect(_address(slug, evaluation_in(reading(), slug, evaluation_id)), 303)


refused_at_evaluation = refused_at(_back_to_evaluation)


@bp.post("/organise/<slug>/evaluations/<int:evaluation_id>/retry")
@access(Who.ORGANISER)
@refused_at_evaluation
def retry(slug: str, evaluation_id: int) -> BaseResponse:
    """Score once more what could not be scored under an evaluation."""
    with writing() as session:
        evaluation = evaluation_in(session, slug, evaluation_id)
        again = begin_again(session, evaluation=evaluation, actor_id=viewer().account_id, now=now())
        session.commit()
    services().jobs.send("rescore_next")
    said = ngettext("%(num)s is queued again.", "%(num)s are queued again.", again)
    flash(said, "success" if again else "info")
    return redirect(_address(slug, evaluation), 303)


@bp.get("/organise/<slug>/evaluations/<int:evaluation_id>/live")
@access(Who.ORGANISER)
def ask_live(slug: str, evaluation_id: int) -> str:
    """Repeat what going live changes, and ask."""
    return _ask(slug, evaluation_id, "corrections/put_live.html")


@bp.get("/organise/<slug>/evaluations/<int:evaluation_id>/discard")
@access(Who.ORGANISER)
def ask_discard(slug: str, evaluation_id: int) -> str:
    """Say what discarding means, and ask."""
    return _ask(slug, evaluation_id, "corrections/discard.html")


def _ask(slug: str, evaluation_id: int, template: str) -> str:
    session = reading()
    preview = preview_of(session, evaluation_in(session, slug, evaluation_id))
    return render_template(template, challenge=preview.challenge, preview=preview)


@bp.post("/organise/<slug>/evaluations/<int:evaluation_id>/live")
@access(Who.ORGANISER)
@refused_at_evaluation
def live(slug: str, evaluation_id: int) -> BaseResponse:
    """Put an evaluation live, as it was when the page was made that asks for it."""
    evaluation_in(reading(), slug, evaluation_id)
    freshen(services().database, evaluation_id, now=now())
    evaluation, people = _decide(put_live, slug, evaluation_id)
    said = _("Evaluation %(number)s is live, and the boards stand on it.", number=evaluation.number)
    flash(f"{said} {_told(people)}", "success")
    return redirect(_address(slug, evaluation), 303)


@bp.post("/organise/<slug>/evaluations/<int:evaluation_id>/discard")
@access(Who.ORGANISER)
@refused_at_evaluation
def discard(slug: str, evaluation_id: int) -> BaseResponse:
    """Give an evaluation up, as it was when the page was made that asks for it."""
    evaluation, _nothing = _decide(give_up, slug, evaluation_id)
    # A solution that nobody has looked at yet still has to leave what the web can read.
    services().jobs.send("adopt", evaluation_id=evaluation_id)
    flash(_("Evaluation %(number)s is discarded.", number=evaluation.number), "success")
    return redirect(_address(slug, evaluation), 303)


def _decide(verb: Callable[..., Any], slug: str, evaluation_id: int) -> tuple[Evaluation, Any]:
    with writing() as session:
        evaluation = evaluation_in(session, slug, evaluation_id)
        came_of_it = verb(
            session,
            evaluation=evaluation,
            phase=phase_of(session, evaluation),
            actor_id=viewer().account_id,
            now=now(),
            stamp=request.form.get("stamp", ""),
        )
        session.commit()
    return evaluation, came_of_it


def _told(people: int | None) -> str:
    if people is None:
        return str(_("Everybody whom it concerns is told within minutes."))
    return str(ngettext("%(num)s person is told.", "%(num)s people are told.", people))


def _address(slug: str, evaluation: Evaluation) -> str:
    return url_for("corrections.show", slug=slug, evaluation_id=evaluation.id)
