"""A draft with everything that its pages show."""

from typing import Any, NamedTuple

from sqlmodel import Session

from server.accounts.models import Account
from server.accounts.queries import accounts_by_id
from server.drafts.documents import page_order
from server.drafts.models import ChallengeDraft, DraftFile, DraftJob
from server.drafts.progress import Mark, StepView, is_ready, passed, steps_of
from server.drafts.queries import (
    draft_by_id,
    files_of_draft,
    latest_job,
    people_of_draft,
    slug_taken,
)
from server.drafts.rules import DraftState, JobKind, JobState, Step


class Desk(NamedTuple):
    """A draft, its files, its people, its steps and its last jobs."""

    draft: ChallengeDraft
    owner: Account | None
    files: list[DraftFile]
    people: list[Any]
    steps: list[StepView]
    check: DraftJob | None
    launch: DraftJob | None

    @property
    def title(self) -> str:
        """What the draft is called."""
        return str(self.draft.definition.get("title") or self.draft.slug)

    @property
    def tabs(self) -> list[str]:
        """The tabs but the rules, in their order."""
        order = page_order(self.draft.definition, self.draft.pages)
        return [slug for slug in order if slug != "rules"]

    @property
    def changes_challenge(self) -> bool:
        """Whether it changes a live challenge: one that was launched as one does not."""
        return self.draft.challenge_id is not None and not self.has_created

    @property
    def has_created(self) -> bool:
        """Whether its launch made a new challenge."""
        report = self.launch.report if self.launch is not None else None
        return self.draft.state is DraftState.LAUNCHED and bool((report or {}).get("created"))

    @property
    def is_open(self) -> bool:
        """Whether it can be changed."""
        return self.draft.state is DraftState.EDITING and not self.is_launching

    @property
    def is_launching(self) -> bool:
        """Whether a worker is about to launch it."""
        return self.launch is not None and self.launch.state in (
            JobState.QUEUED,
            JobState.RUNNING,
        )

    @property
    def is_ready(self) -> bool:
        """Whether it can be checked with some hope."""
        return is_ready(self.steps)

    @property
    def may_launch(self) -> bool:
        """Whether its last check is of what it is now, and found nothing against a launch."""
        current = self.check is not None and self.check.version == self.draft.version
        return self.is_open and current and passed(self.check)

    def view(self, step: Step) -> StepView:
        """Return a step."""
        return next(view for view in self.steps if view.step == step)

    @property
    def next_step(self) -> Step:
        """The first step that is not done."""
        waits = [view.step for view in self.steps if view.mark in (Mark.TODO, Mark.FAULT)]
        return waits[0] if waits else Step.CHECK


def desk_of(session: Session, draft_id: int) -> Desk:
    """Return a draft with everything that its pages show. Raises NotFound."""
    draft = draft_by_id(session, draft_id)
    files = files_of_draft(session, draft_id)
    check = latest_job(session, draft_id, JobKind.CHECK)
    taken = slug_taken(session, draft)
    return Desk(
        draft=draft,
        owner=accounts_by_id(session, [draft.owner_id]).get(draft.owner_id),
        files=files,
        people=people_of_draft(session, draft_id),
        steps=steps_of(draft, files, check, taken=taken),
        check=check,
        launch=latest_job(session, draft_id, JobKind.LAUNCH),
    )
