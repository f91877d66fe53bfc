"""JSON routes of the organise room."""

from datetime import date, datetime
from typing import Any

from apiflask import APIBlueprint
from flask import request
from flask_babel import gettext
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from server.boards.actions import reveal as reveal_phase
from server.boards.rejections import in_own_words
from server.boards.schemas import PartQuery
from server.boards.submission_schemas import FAILED, SubmissionOut, submission_out
from server.boards.submission_views import SubmissionView, view_of
from server.challenges.queries import challenge_by_slug
from server.organise.actions import Verdict, judge_submission, judge_team
from server.organise.queries import phase_to_reveal
from server.organise.searching import Filter, Sort, all_submissions
from server.shared.access import Who, access
from server.shared.errors import N_, FieldError, Invalid
from server.shared.numbers import LARGEST_ID
from server.shared.sentences import told
from server.shared.web import now, reading, viewer, writing
from server.submissions.api import UPLOAD_EXTENSION
from server.submissions.queries import submission_by_id

bp = APIBlueprint("organise_api", __name__, url_prefix="/api/v1", tag="Organise")
REFUSALS = [401, 403, 404, 409, 422]


class AllQuery(PartQuery):
    """Which submissions."""

    state: str = Field("", max_length=20, description="A state, `withdrawn` or `disqualified`.")
    phase: str = Field("", max_length=64)
    team: int | None = Field(None, ge=1, le=LARGEST_ID)
    q: str = Field("", max_length=100, description="Part of a team's, a file's name or a comment.")
    university: str = Field("", max_length=100, description="Its slug, or part of its name.")
    since: date | None = Field(None, description="Received on this day, in UTC, or later.")
    until: date | None = Field(None, description="Received on this day, in UTC, or earlier.")
    late: bool = Field(False, description="Only late ones, where true.")
    look: bool = Field(False, description="Only what failed or waits for too long, where true.")
    by: Sort = Field(
        Sort.NEWEST,
        description="The order; `public` and `private`, the best first, are of one phase.",
    )

    @property
    def filter(self) -> Filter:
        """What is asked for, without the page of it."""
        return Filter(**{name: getattr(self, name) for name in Filter._fields})


class ReasonIn(BaseModel):
    """Why: the team and the log read it."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(min_length=1, max_length=1000)


class DisqualifyTeamIn(ReasonIn):
    """Why, and whether boards say that it was withdrawn by the organiser (never why)."""

    shown: bool = Field(False, description="Boards name the team below their last row.")


class RevealIn(BaseModel):
    """Which phase; left out: the first that has ended and is not revealed."""

    model_config = ConfigDict(extra="forbid")

    phase: str | None = None


REVEAL_BODY: dict[str, Any] = {
    "required": False,
    "content": {"application/json": {"schema": RevealIn.model_json_schema()}},
}


class OrganisersSubmissionOut(SubmissionOut):
    """A submission as its organisers see it: both scores at any time, and what went wrong."""

    baseline: str | None
    withdrawn_at: datetime | None
    disqualified_at: datetime | None
    disqualified_reason: str
    trace: str | None


class AllSubmissionsOut(BaseModel):
    """A page of all submissions of a challenge, the newest first."""

    total: int
    page: int
    per_page: int
    rows: list[OrganisersSubmissionOut]


class JudgedTeamOut(BaseModel):
    """A team after the decision."""

    id: int
    name: str
    disqualified: bool
    reason: str
    shown: bool


class RevealedOut(BaseModel):
    """A phase whose final ranking is public now."""

    challenge: str
    phase: str
    revealed_at: datetime
    admitted: int = Field(description="Teams admitted to the next phase, where that counts.")


@bp.get("/challenges/<slug>/submissions/all")
@access(Who.JUDGE)
@bp.input(AllQuery, location="query", arg_name="query")
@bp.output(AllSubmissionsOut)
@bp.doc(summary="List all submissions", operation_id="allSubmissions", responses=[401, 403, 404])
def submissions(slug: str, query: AllQuery) -> AllSubmissionsOut:
    """Of all teams and baselines, with public and private scores."""
    challenge = challenge_by_slug(reading(), slug)
    page, views = all_submissions(
        reading(), challenge, query.filter, now=now(), page=query.page, per_page=query.per_page
    )
    return AllSubmissionsOut(
        total=page.total, page=page.page, per_page=page.per_page, rows=[_out(v) for v in views]
    )


def _out(view: SubmissionView) -> OrganisersSubmissionOut:
    known: dict[str, Any] = submission_out(
        view, failed=gettext(FAILED), told=in_own_words
    ).model_dump()
    s = view.submission
    return OrganisersSubmissionOut(
        **known,
        baseline=s.baseline,
        withdrawn_at=s.withdrawn_at,
        disqualified_at=s.disqualified_at,
        disqualified_reason=s.disqualified_reason,
        trace=told(s.trace_said or s.trace) if s.trace else None,
    )


def _judge(submission_id: int, verdict: Verdict, reason: str) -> OrganisersSubmissionOut:
    with writing() as session:
        judge_submission(
            session,
            verdict,
            submission_id=submission_id,
            reason=reason,
            actor_id=viewer().account_id,
            now=now(),
        )
        session.commit()
    found = submission_by_id(reading(), submission_id)
    return _out(view_of(reading(), found, for_organisers=True))


@bp.post("/submissions/<int:submission_id>/disqualify")
@access(Who.ORGANISER_OF_SUBMISSION)
@bp.input(ReasonIn, arg_name="body")
@bp.output(OrganisersSubmissionOut)
@bp.doc(summary="Disqualify a submission", operation_id="disqualifySubmission", responses=REFUSALS)
def disqualify(submission_id: int, body: ReasonIn) -> OrganisersSubmissionOut:
    """The board follows at once."""
    return _judge(submission_id, Verdict.DISQUALIFY, body.reason)


@bp.post("/submissions/<int:submission_id>/reinstate")
@access(Who.ORGANISER_OF_SUBMISSION)
@bp.input(ReasonIn, arg_name="body")
@bp.output(OrganisersSubmissionOut)
@bp.doc(summary="Reinstate a submission", operation_id="reinstateSubmission", responses=REFUSALS)
def reinstate(submission_id: int, body: ReasonIn) -> OrganisersSubmissionOut:
    """The board follows at once."""
    return _judge(submission_id, Verdict.REINSTATE, body.reason)


def _judge_team(
    team_id: int, verdict: Verdict, reason: str, *, shown: bool = False
) -> JudgedTeamOut:
    with writing() as session:
        team = judge_team(
            session,
            verdict,
            team_id=team_id,
            reason=reason,
            actor_id=viewer().account_id,
            now=now(),
            shown=shown,
        )
        session.commit()
    return JudgedTeamOut(
        id=team_id,
        name=team.name,
        disqualified=team.disqualified_at is not None,
        reason=team.disqualified_reason,
        shown=team.disqualified_shown,
    )


@bp.post("/teams/<int:team_id>/disqualify")
@access(Who.ORGANISER_OF_TEAM)
@bp.input(DisqualifyTeamIn, arg_name="body")
@bp.output(JudgedTeamOut)
@bp.doc(summary="Disqualify a team", operation_id="disqualifyTeam", responses=REFUSALS)
def disqualify_team(team_id: int, body: DisqualifyTeamIn) -> JudgedTeamOut:
    """It is on no board of the challenge from then on; its members are told why."""
    return _judge_team(team_id, Verdict.DISQUALIFY, body.reason, shown=body.shown)


@bp.post("/teams/<int:team_id>/reinstate")
@access(Who.ORGANISER_OF_TEAM)
@bp.input(ReasonIn, arg_name="body")
@bp.output(JudgedTeamOut)
@bp.doc(summary="Reinstate a team", operation_id="reinstateTeam", responses=REFUSALS)
def reinstate_team(team_id: int, body: ReasonIn) -> JudgedTeamOut:
    """It is back on the boards at once."""
    return _judge_team(team_id, Verdict.REINSTATE, body.reason)


def _wanted() -> RevealIn:
    """Read a body that may be left out. Raises Invalid."""
    if not request.get_data():
        return RevealIn()
    try:
        return RevealIn.model_validate(request.get_json())
    except ValidationError as error:
        raise Invalid(
            N_("The request has fields that can't be read."),
            errors=tuple(
                FieldError(".".join(map(str, e["loc"])) or "body", e["msg"]) for e in error.errors()
            ),
        ) from error


@bp.post("/challenges/<slug>/reveal")
@access(Who.ORGANISER)
@bp.output(RevealedOut)
@bp.doc(
    summary="Reveal the final ranking of a phase",
    operation_id="reveal",
    extensions={UPLOAD_EXTENSION: REVEAL_BODY},
    responses=[400, 415, *REFUSALS],
)
def reveal(slug: str) -> RevealedOut:
    """Body: `{phase?}`; without it, the first phase that has ended and is not revealed."""
    body = _wanted()
    with writing() as session:
        phase = phase_to_reveal(session, slug, body.phase, now=now())
        revealed = reveal_phase(session, phase=phase, actor_id=viewer().account_id, now=now())
        session.commit()
    assert phase.revealed_at is not None
    return RevealedOut(
        challenge=slug,
        phase=phase.slug,
        revealed_at=phase.revealed_at,
        admitted=revealed.admitted,
    )
