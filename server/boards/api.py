"""JSON routes of the boards room."""

from apiflask import APIBlueprint
from flask_babel import gettext

from server.boards.choosing import Choice, decide
from server.boards.chosen import Asked, Chosen, choose
from server.boards.freshness import conditional
from server.boards.leaderboards import board_page
from server.boards.reading import part_of
from server.boards.rejections import in_own_words
from server.boards.schemas import (
    BoardOut,
    BoardQuery,
    LinesOut,
    LinesQuery,
    PartQuery,
    board_out,
    lines_out,
)
from server.boards.submission_schemas import (
    FAILED,
    SubmissionOut,
    SubmissionsOut,
    submission_out,
    submissions_out,
)
from server.boards.submission_views import view_of, views_of
from server.boards.university_lines import university_lines
from server.challenges.queries import challenge_by_slug
from server.shared.access import Who, access
from server.shared.web import now, reading, viewer, writing
from server.submissions.queries import submission_by_id
from server.submissions.sifting import own_submissions
from server.teams.queries import team_of

bp = APIBlueprint("boards_api", __name__, url_prefix="/api/v1", tag="Boards")


def _chosen(slug: str, asked: Asked) -> Chosen:
    challenge = challenge_by_slug(reading(), slug)
    return choose(reading(), challenge, asked, viewer=viewer(), now=now())


@bp.get("/challenges/<slug>/leaderboard")
@access(Who.SEES_CHALLENGE)
@conditional
@bp.input(BoardQuery, location="query", arg_name="query")
@bp.output(BoardOut)
@bp.doc(summary="Read a board", operation_id="leaderboard", responses=[403, 404, 422])
def leaderboard(slug: str, query: BoardQuery) -> BoardOut:
    """The private board is the organisers' alone until the result is revealed."""
    asked = query.asked()
    again = viewer().is_authenticated
    return board_out(board_page(reading(), _chosen(slug, asked), asked, again=again))


@bp.get("/challenges/<slug>/universities")
@access(Who.SEES_CHALLENGE)
@conditional
@bp.input(LinesQuery, location="query", arg_name="query")
@bp.output(LinesOut)
@bp.doc(
    summary="List the universities of a board", operation_id="universities", responses=[403, 404]
)
def universities(slug: str, query: LinesQuery) -> LinesOut:
    """Each by its best team. Teams without a university are one line without a rank."""
    chosen = _chosen(slug, query.asked())
    lines = university_lines(reading(), chosen)
    return lines_out(chosen, part_of(lines, page=query.page, per_page=query.per_page))


@bp.get("/challenges/<slug>/submissions")
@access(Who.SEES_CHALLENGE)
@bp.input(PartQuery, location="query", arg_name="query")
@bp.output(SubmissionsOut)
@bp.doc(summary="List the submissions of one's team", operation_id="listSubmissions")
def submissions(slug: str, query: PartQuery) -> SubmissionsOut:
    """The newest first; empty for somebody in no team."""
    challenge = challenge_by_slug(reading(), slug)
    team = team_of(reading(), challenge.id or 0, viewer().account_id)
    page = own_submissions(
        reading(),
        team_id=(team and team.id) or 0,
        challenge_id=challenge.id or 0,
        page=query.page,
        per_page=query.per_page,
    )
    return submissions_out(
        page, views_of(reading(), page.rows), failed=gettext(FAILED), told=in_own_words
    )


@bp.get("/submissions/<int:submission_id>")
@access(Who.SUBMISSION_TEAM)
@bp.output(SubmissionOut)
@bp.doc(summary="Read a submission", operation_id="readSubmission", responses=[401, 404])
def submission(submission_id: int) -> SubmissionOut:
    """For its team and the organisers of the challenge."""
    found = submission_by_id(reading(), submission_id)
    return submission_out(view_of(reading(), found), failed=gettext(FAILED), told=in_own_words)


def _decide(submission_id: int, choice: Choice) -> SubmissionOut:
    with writing() as session:
        decide(
            session,
            choice,
            submission_id=submission_id,
            actor_id=viewer().account_id,
            now=now(),
        )
        session.commit()
    found = submission_by_id(reading(), submission_id)
    return submission_out(view_of(reading(), found), failed=gettext(FAILED), told=in_own_words)


@bp.post("/submissions/<int:submission_id>/select")
@access(Who.SUBMISSION_TEAM)
@bp.output(SubmissionOut)
@bp.doc(summary="Pick for the final board", operation_id="select", responses=[401, 403, 404, 409])
def select(submission_id: int) -> SubmissionOut:
    """Doing it again changes nothing."""
    return _decide(submission_id, Choice.SELECT)


@bp.delete("/submissions/<int:submission_id>/select")
@access(Who.SUBMISSION_TEAM)
@bp.output(SubmissionOut)
@bp.doc(summary="Drop a pick", operation_id="unselect", responses=[401, 403, 404, 409])
def unselect(submission_id: int) -> SubmissionOut:
    """Until the phase ends."""
    return _decide(submission_id, Choice.UNSELECT)


@bp.post("/submissions/<int:submission_id>/withdraw")
@access(Who.SUBMISSION_TEAM)
@bp.output(SubmissionOut)
@bp.doc(summary="Withdraw a submission", operation_id="withdraw", responses=[401, 403, 404, 409])
def withdraw(submission_id: int) -> SubmissionOut:
    """It counts on no board then; its place in the quota stays used."""
    return _decide(submission_id, Choice.WITHDRAW)
