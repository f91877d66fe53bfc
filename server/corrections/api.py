"""JSON routes of corrections: an organiser corrects a truth, looks, and puts it live or not."""

from datetime import datetime
from typing import Any

from apiflask import APIBlueprint
from pydantic import BaseModel, Field
from sqlmodel import Session

from server.boards.medals import Medal
from server.boards.previews import freshen
from server.boards.schemas import NamedBoard
from server.challenges.models import Phase
from server.corrections.actions import give_up, put_live
from server.corrections.queries import Comparison, preview_of
from server.corrections.receiving import begin, solution_limit
from server.evaluations.differing import SolutionChanges
from server.evaluations.models import Evaluation
from server.evaluations.queries import evaluation_by_id
from server.evaluations.rules import EvaluationState
from server.shared.access import Who, access
from server.shared.web import accepts_upload, now, reading, services, viewer, writing
from server.submissions.api import UPLOAD_EXTENSION

bp = APIBlueprint("evaluations_api", __name__, url_prefix="/api/v1", tag="Evaluations")

BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["phase", "reason"],
                "properties": {
                    "solution": {"type": "string", "format": "binary"},
                    "phase": {"type": "string"},
                    "reason": {"type": "string", "maxLength": 1000},
                    "scorer": {"type": "string"},
                    "params": {"type": "string", "description": "A JSON object."},
                },
            }
        }
    },
}


class Started(BaseModel):
    """A new evaluation, before anything was scored under it."""

    id: int
    number: int
    state: EvaluationState


class Progress(BaseModel):
    """How many submissions are scored under it, of how many."""

    done: int
    total: int


class ChangeOut(BaseModel):
    """What would change for a team."""

    team: dict[str, Any]
    rank_before: int | None
    rank_after: int | None
    score_before: float | None
    score_after: float | None
    medal_before: Medal | None
    medal_after: Medal | None


class ComparisonOut(BaseModel):
    """One board now and under the evaluation: only what changes."""

    board: NamedBoard
    teams: int
    changes: list[ChangeOut]


class LiveQuery(BaseModel):
    """What the decision was made on."""

    replaces: int | None = Field(
        None,
        description="The `replaces` of the preview that was looked at: 409 where another "
        "evaluation went live meanwhile.",
    )


class EvaluationOut(BaseModel):
    """An evaluation with its progress and, while it is not live, what it would change."""

    id: int
    number: int
    phase: str
    state: EvaluationState
    scorer: str
    params: dict[str, Any]
    reason: str
    solution_sha256: str
    created_at: datetime
    live_at: datetime | None
    problem: str | None
    solution_changes: SolutionChanges | None = Field(
        description="How its solution differs from the one that was live when a worker looked at "
        "it: no answers. Null: it is the same, or they could not be compared."
    )
    progress: Progress
    new_rejections: int
    preview: list[ComparisonOut] = Field(
        description="Made by a worker when everything is scored, and anew when something changes."
    )
    preview_as_of: datetime | None
    replaces: int | None = Field(
        description="The number of the evaluation that is live, which the preview compares with."
    )


@bp.post("/challenges/<slug>/evaluations")
@access(Who.ORGANISER)
@accepts_upload(solution_limit)
@bp.output(Started, status_code=202)
@bp.doc(
    summary="Start a new evaluation of a phase",
    operation_id="startEvaluation",
    extensions={UPLOAD_EXTENSION: BODY},
    responses=[401, 403, 404, 408, 409, 422],
)
def start(slug: str) -> Started:
    """Score a phase by a corrected solution or another metric; the live board stays as it is."""
    evaluation = begin(slug)
    return Started(id=evaluation.id or 0, number=evaluation.number, state=evaluation.state)


@bp.get("/evaluations/<int:evaluation_id>")
@access(Who.JUDGE_OF_EVALUATION)
@bp.output(EvaluationOut)
@bp.doc(summary="Progress and preview of an evaluation", operation_id="getEvaluation")
def show(evaluation_id: int) -> EvaluationOut:
    """Give the progress, and every rank and score that going live would change."""
    return _out(reading(), evaluation_by_id(reading(), evaluation_id))


@bp.post("/evaluations/<int:evaluation_id>/live")
@access(Who.ORGANISER_OF_EVALUATION)
@bp.input(LiveQuery, location="query", arg_name="query")
@bp.output(EvaluationOut)
@bp.doc(summary="Put an evaluation live", operation_id="putLive", responses=[401, 403, 409, 422])
def live(evaluation_id: int, query: LiveQuery) -> EvaluationOut:
    """Change the live evaluation and every entry in one transaction; doing it twice is once."""
    freshen(services().database, evaluation_id, now=now())
    with writing() as session:
        evaluation = evaluation_by_id(session, evaluation_id)
        phase = session.get_one(Phase, evaluation.phase_id)
        put_live(
            session,
            evaluation=evaluation,
            phase=phase,
            actor_id=viewer().account_id,
            now=now(),
            replaces=query.replaces,
        )
        session.commit()
    return _out(reading(), evaluation)


@bp.delete("/evaluations/<int:evaluation_id>")
@access(Who.ORGANISER_OF_EVALUATION)
@bp.output({}, status_code=204)
@bp.doc(
    summary="Discard an evaluation", operation_id="discardEvaluation", responses=[401, 403, 409]
)
def drop(evaluation_id: int) -> tuple[str, int]:
    """Give up an evaluation that is not live; what it said stays readable."""
    with writing() as session:
        evaluation = evaluation_by_id(session, evaluation_id)
        phase = session.get_one(Phase, evaluation.phase_id)
        give_up(
            session,
            evaluation=evaluation,
            phase=phase,
            actor_id=viewer().account_id,
            now=now(),
        )
        session.commit()
    return "", 204


def _out(session: Session, evaluation: Evaluation) -> EvaluationOut:
    preview = preview_of(session, evaluation)
    return EvaluationOut(
        id=evaluation.id or 0,
        number=evaluation.number,
        phase=preview.phase.slug,
        state=evaluation.state,
        scorer=evaluation.scorer,
        params=evaluation.spec.get("params", {}),
        reason=evaluation.reason,
        solution_sha256=evaluation.solution_sha256,
        created_at=evaluation.created_at,
        live_at=evaluation.live_at,
        problem=evaluation.problem,
        solution_changes=evaluation.solution_changes,
        progress=Progress(done=preview.rescoring.done, total=preview.rescoring.total),
        new_rejections=preview.rejected,
        preview=[_comparison(c) for c in preview.comparisons],
        preview_as_of=evaluation.compared_at if preview.comparisons else None,
        replaces=preview.live.number if preview.undecided and preview.live else None,
    )


def _comparison(found: Comparison) -> ComparisonOut:
    changes = [
        ChangeOut(
            team={"id": change.team_id, "name": change.team},
            rank_before=change.rank_before,
            rank_after=change.rank_after,
            score_before=change.score_before,
            score_after=change.score_after,
            medal_before=change.medal_before,
            medal_after=change.medal_after,
        )
        for change in found.changes
    ]
    return ComparisonOut(board=found.board, teams=found.teams, changes=changes)
