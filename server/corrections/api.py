"""JSON routes of corrections: an organiser corrects a truth, looks, and puts it live or not."""

import json
from datetime import datetime
from typing import Any

from apiflask import APIBlueprint
from flask import request
from pydantic import BaseModel
from sqlmodel import Session

from server.boards.actions import go_live
from server.challenges.models import Challenge, Phase
from server.challenges.queries import challenge_by_slug
from server.corrections.actions import Wanted, start_evaluation
from server.corrections.queries import comparisons, new_rejections
from server.evaluations.actions import discard
from server.evaluations.models import Evaluation
from server.evaluations.queries import evaluation_by_id, rescoring_left
from server.evaluations.rules import Board, EvaluationState
from server.shared.access import Who, access
from server.shared.errors import N_, Invalid
from server.shared.uploads import Upload, received
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


class ComparisonOut(BaseModel):
    """One board now and under the evaluation: only what changes."""

    board: Board
    teams: int
    changes: list[ChangeOut]


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
    progress: Progress
    new_rejections: int
    preview: list[ComparisonOut]


def solution_limit(_session: Session, _arguments: dict[str, Any]) -> int:
    """Return how many bytes a solution may have."""
    return services().settings.max_upload_bytes


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
    solution = received(request, "solution") if request.files.get("solution") else None
    wanted = _wanted(solution)
    with writing() as session:
        challenge = challenge_by_slug(session, slug)
        evaluation = start_evaluation(
            session, challenge=challenge, wanted=wanted, actor_id=viewer().account_id, now=now()
        )
        # Not before: of a start that is refused nothing may stay where the web can read.
        if solution is not None:
            solution.store()
        session.commit()
    services().jobs.send("adopt", evaluation_id=evaluation.id)
    return Started(id=evaluation.id or 0, number=evaluation.number, state=evaluation.state)


@bp.get("/evaluations/<int:evaluation_id>")
@access(Who.ORGANISER_OF_EVALUATION)
@bp.output(EvaluationOut)
@bp.doc(summary="Progress and preview of an evaluation", operation_id="getEvaluation")
def show(evaluation_id: int) -> EvaluationOut:
    """Give the progress, and every rank and score that going live would change."""
    return _out(reading(), evaluation_by_id(reading(), evaluation_id))


@bp.post("/evaluations/<int:evaluation_id>/live")
@access(Who.ORGANISER_OF_EVALUATION)
@bp.output(EvaluationOut)
@bp.doc(summary="Put an evaluation live", operation_id="putLive", responses=[401, 403, 409])
def live(evaluation_id: int) -> EvaluationOut:
    """Change the live evaluation and every entry in one transaction; doing it twice is once."""
    with writing() as session:
        evaluation = evaluation_by_id(session, evaluation_id)
        phase = session.get_one(Phase, evaluation.phase_id)
        go_live(
            session,
            evaluation=evaluation,
            phase=phase,
            actor_id=viewer().account_id,
            now=now(),
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
        discard(
            session,
            evaluation=evaluation,
            phase=phase,
            actor_id=viewer().account_id,
            now=now(),
        )
        session.commit()
    return "", 204


def _wanted(solution: Upload | None) -> Wanted:
    phase = request.form.get("phase", "")
    if not phase:
        raise Invalid(
            N_("Say which phase, and why, in the fields of a form: multipart/form-data."),
            field="phase",
        )
    return Wanted(
        phase=phase,
        reason=request.form.get("reason", "").strip(),
        scorer=request.form.get("scorer") or None,
        params=_params(request.form.get("params", "")),
        solution_sha256=solution.sha256 if solution else None,
    )


def _params(text: str) -> dict[str, Any] | None:
    if not text:
        return None
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise Invalid(
            N_('params must be a JSON object, such as {"average": "macro"}.'), field="params"
        )
    return value


def _out(session: Session, evaluation: Evaluation) -> EvaluationOut:
    phase = session.get_one(Phase, evaluation.phase_id)
    challenge = session.get_one(Challenge, phase.challenge_id)
    left, total = rescoring_left(session, evaluation.id or 0)
    undecided = evaluation.state in (EvaluationState.SCORING, EvaluationState.COMPLETE)
    found = (
        comparisons(session, challenge=challenge, phase=phase, evaluation=evaluation)
        if undecided
        else []
    )
    return EvaluationOut(
        id=evaluation.id or 0,
        number=evaluation.number,
        phase=phase.slug,
        state=evaluation.state,
        scorer=evaluation.scorer,
        params=evaluation.spec.get("params", {}),
        reason=evaluation.reason,
        solution_sha256=evaluation.solution_sha256,
        created_at=evaluation.created_at,
        live_at=evaluation.live_at,
        problem=evaluation.problem,
        progress=Progress(done=total - left, total=total),
        new_rejections=new_rejections(session, evaluation.id or 0),
        preview=[
            ComparisonOut(
                board=c.board,
                teams=c.teams,
                changes=[
                    ChangeOut(
                        team={"id": x.team_id, "name": x.team},
                        rank_before=x.rank_before,
                        rank_after=x.rank_after,
                        score_before=x.score_before,
                        score_after=x.score_after,
                    )
                    for x in c.changes
                ],
            )
            for c in found
        ],
    )
