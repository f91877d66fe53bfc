"""An evaluation begun by an upload: noted first, stored then, and taken in by a worker."""

from typing import Any

from flask import request
from sqlmodel import Session

from server.challenges.queries import challenge_by_slug
from server.corrections.actions import Wanted, start_evaluation
from server.corrections.forms import read_wanted
from server.evaluations.models import Evaluation
from server.shared.uploads import received
from server.shared.web import now, services, viewer, writing


def solution_limit(_session: Session, _arguments: dict[str, Any]) -> int:
    """Return how many bytes a solution may have."""
    return services().settings.max_upload_bytes


def begin(slug: str) -> Evaluation:
    """Begin the evaluation that the request's form wants.

    Raises:
        Invalid, Conflict, NotFound: as `read_wanted` and `start_evaluation` say.
    """
    solution = received(request, "solution") if request.files.get("solution") else None
    evaluation = _note(slug, read_wanted(request.form, solution))
    # Not before: no answers ever lie where the web can read them without a row that has a worker
    # take them away, however this ends.
    if solution is not None:
        solution.store()
    services().jobs.send("adopt", evaluation_id=evaluation.id)
    return evaluation


def _note(slug: str, wanted: Wanted) -> Evaluation:
    with writing() as session:
        evaluation = start_evaluation(
            session,
            challenge=challenge_by_slug(session, slug),
            wanted=wanted,
            actor_id=viewer().account_id,
            now=now(),
        )
        session.commit()
    return evaluation
