"""What the pages of a draft's steps have in common: their frame, and how a step is saved."""

from collections.abc import Callable
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from server.challenges.models import Challenge
from server.challenges.rules import WRITING, Role
from server.drafts import actions
from server.drafts.desk import Desk, desk_of
from server.drafts.gates import role_in_draft
from server.drafts.models import ChallengeDraft
from server.drafts.progress import Mark
from server.drafts.rules import Step
from server.shared.errors import DomainError
from server.shared.web import now, reading, viewer, writing

ENDPOINTS = {
    Step.ABOUT: "draft_steps.about",
    Step.PAGES: "draft_texts.index",
    Step.DATA: "draft_files.data",
    Step.METRIC: "draft_metric.choose",
    Step.PHASES: "draft_steps.phases",
    Step.SOLUTION: "draft_solutions.solutions",
    Step.TEAMS: "draft_steps.teams",
    Step.RULES: "draft_texts.rules",
    Step.BASELINES: "draft_baselines.baselines",
    Step.PEOPLE: "drafts.people",
    Step.CHECK: "drafts.check",
}


def address(draft_id: int | None, step: Step | str) -> str:
    """Return the address of a step."""
    return url_for(ENDPOINTS[Step(step)], draft_id=draft_id)


def after(step: Step) -> Step:
    """Return the step that comes next."""
    steps = list(Step)
    return steps[min(steps.index(step) + 1, len(steps) - 1)]


def challenge_of(desk: Desk) -> Challenge | None:
    """Return the challenge that a draft changes, or was launched as."""
    if desk.draft.challenge_id is None:
        return None
    return reading().get(Challenge, desk.draft.challenge_id)


def rights(desk: Desk) -> dict[str, bool]:
    """Return what the viewer may do with a draft, for the templates."""
    role = role_in_draft(reading(), desk.draft, viewer())
    return {"may_write": role in WRITING, "owns_draft": role is Role.OWNER}


def render(desk: Desk, step: Step | None, template: str, **values: Any) -> str:
    """Render a page of a draft in its frame."""
    return render_template(
        template,
        desk=desk,
        draft=desk.draft,
        step=step,
        step_address=address,
        next_step=after(step) if step is not None else None,
        **rights(desk),
        **{"challenge": challenge_of(desk), **values},
    )


def go_on(draft_id: int, step: Step, *, here: str | None = None) -> BaseResponse:
    """Say that a step is saved; go to the next one where that was asked and nothing is wrong."""
    is_wrong = desk_of(reading(), draft_id).view(step).mark is Mark.FAULT
    if is_wrong:
        flash(_("Saved, but something is not right yet: see what this step says."), "warning")
    else:
        flash(_("Saved."), "success")
    if request.form.get("then") == "next" and not is_wrong:
        return redirect(address(draft_id, after(step)), 303)
    return redirect(here or address(draft_id, step), 303)


def save(draft_id: int, step: Step, edit: Callable[[ChallengeDraft], None]) -> ChallengeDraft:
    """Change a draft in a transaction of its own. Raises what `edit` and `change` raise."""
    with writing() as session:
        draft = actions.change(
            session, draft_id, edit, step=step.value, actor_id=viewer().account_id, now=now()
        )
        session.commit()
    return draft


def saved(
    draft_id: int,
    step: Step,
    form: Any,
    edit: Callable[[ChallengeDraft], None],
    again: Callable[[Desk], str],
    *,
    here: str | None = None,
) -> BaseResponse:
    """Save a form, or show it again with what was typed and what is wrong with it."""
    status = 422
    try:
        if form.validate_on_submit():
            save(draft_id, step, edit)
            return go_on(draft_id, step, here=here)
    except DomainError as error:
        form.refuse(error)
        status = error.status
    return Response(again(desk_of(reading(), draft_id)), status)
