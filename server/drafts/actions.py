"""Writes of drafts: begin one, change a step, ask for a check or a launch. The caller commits."""

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, select

from server.drafts.models import ChallengeDraft, DraftFile, DraftJob
from server.drafts.queries import draft_by_id, drafts_of, waiting_job
from server.drafts.rules import MOST_DRAFTS, DraftState, FileKind, FileState, JobKind
from server.shared.errors import N_, Conflict
from server.shared.events import record
from server.shared.stamps import require_same, stamp_of

STALE = N_(
    "Somebody saved this step meanwhile. Nothing of yours is lost: it stands here. Open the step "
    "anew to see theirs, or save again to keep yours."
)


@dataclass(frozen=True)
class GivenFile:
    """A stored file that a new draft begins with; `phase` is of solutions and baselines."""

    kind: FileKind
    name: str
    sha256: str
    size: int
    phase: str = ""
    title: str = ""
    description: str = ""


def begin_draft(
    session: Session,
    *,
    owner_id: int,
    slug: str,
    definition: Mapping[str, Any],
    pages: Mapping[str, str],
    files: Sequence[GivenFile] = (),
    now: datetime,
    challenge_id: int | None = None,
    zone: str = "UTC",
) -> ChallengeDraft:
    """Begin a draft of a definition in its JSON form, with pages by slug and stored files.

    `challenge_id`: the live challenge that it changes; without it, a new challenge. Times in the
    definition are text such as 2026-11-01T00:00:00Z. What a phase's `solution` and a baseline's
    `file` say is passed over: these are found among `files`, by kind and phase; data, images and
    baselines in the public store, solutions in the hidden one.

    Raises:
        Conflict: the owner has too many open drafts.
    """
    if len(drafts_of(session, owner_id)) >= MOST_DRAFTS:
        raise Conflict(
            N_("You have %(most)s open drafts. Discard one that you don't need."), most=MOST_DRAFTS
        )
    draft = ChallengeDraft(
        slug=slug,
        owner_id=owner_id,
        challenge_id=challenge_id,
        definition=dict(definition),
        pages=dict(pages),
        zone=zone,
        created_at=now,
        updated_at=now,
    )
    session.add(draft)
    session.flush()
    rows = [_file(draft, given, position, now) for position, given in enumerate(files)]
    session.add_all(rows)
    session.flush()
    for row in rows:
        if row.kind is not FileKind.IMAGE:
            # No signal is sent: the worker's sweep finds it.
            ask(session, draft, JobKind.LOOK, actor_id=owner_id, now=now, file_id=row.id)
    log_draft(session, "draft.begun", draft, actor_id=owner_id, now=now)
    return draft


def _file(draft: ChallengeDraft, given: GivenFile, position: int, now: datetime) -> DraftFile:
    return DraftFile(
        draft_id=draft.id or 0,
        kind=given.kind,
        state=FileState.STORED,
        name=given.name,
        phase=given.phase,
        title=given.title,
        description=given.description,
        position=position,
        sha256=given.sha256,
        size=given.size,
        created_at=now,
    )


def log_draft(
    session: Session,
    kind: str,
    draft: ChallengeDraft,
    *,
    actor_id: int | None,
    now: datetime,
    **data: Any,
) -> None:
    """Write to the log what was done with a draft."""
    record(
        session,
        kind,
        at=now,
        actor_id=actor_id,
        challenge_id=draft.challenge_id,
        subject_id=draft.id,
        **data,
    )


def hold_draft(session: Session, draft_id: int) -> ChallengeDraft:
    """Have others wait who change a draft too, and see it as it is now. Raises NotFound."""
    query = select(ChallengeDraft).where(ChallengeDraft.id == draft_id).with_for_update()
    session.exec(query).first()
    return draft_by_id(session, draft_id)


def open_draft(session: Session, draft_id: int) -> ChallengeDraft:
    """Hold a draft that may be changed now. Raises NotFound, Conflict."""
    draft = hold_draft(session, draft_id)
    if draft.state is not DraftState.EDITING:
        raise Conflict(N_("This draft was launched: change the challenge itself."))
    if waiting_job(session, draft_id, JobKind.LAUNCH) is not None:
        raise Conflict(
            N_("The draft is just being launched: nothing can be changed until that has ended.")
        )
    return draft


def change(
    session: Session,
    draft_id: int,
    edit: Callable[[ChallengeDraft], None],
    *,
    step: str,
    actor_id: int,
    now: datetime,
) -> ChallengeDraft:
    """Change a draft: `edit` is given one whose JSON it may write to.

    Raises:
        Conflict: it was launched, is being launched, or `edit` refuses.
    """
    draft = open_draft(session, draft_id)
    draft.definition, draft.pages = deepcopy(draft.definition), dict(draft.pages)
    draft.invited = list(draft.invited)
    edit(draft)
    touch(session, draft, step=step, actor_id=actor_id, now=now)
    return draft


def touch(
    session: Session, draft: ChallengeDraft, *, step: str, actor_id: int, now: datetime
) -> None:
    """Note that a draft was changed."""
    draft.version += 1
    draft.updated_at = now
    session.add(draft)
    log_draft(session, "draft.changed", draft, actor_id=actor_id, now=now, step=step)


def require_same_step(typed_from: str, step: Any) -> None:
    """Refuse a form that was made from what is there no more. Raises Conflict."""
    require_same(typed_from, stamp_of(step), said=STALE)


def ask(
    session: Session,
    draft: ChallengeDraft,
    kind: JobKind,
    *,
    actor_id: int,
    now: datetime,
    file_id: int | None = None,
) -> DraftJob:
    """Have a worker look at a file, check or launch a draft; while one waits, no second."""
    waiting = waiting_job(session, draft.id or 0, kind, file_id)
    if waiting is not None:
        return waiting
    job = DraftJob(
        draft_id=draft.id or 0,
        kind=kind,
        file_id=file_id,
        version=draft.version,
        asked_by=actor_id,
        asked_at=now,
    )
    session.add(job)
    session.flush()
    if kind is not JobKind.LOOK:
        log_draft(session, f"draft.{kind.value}_asked", draft, actor_id=actor_id, now=now)
    return job


def ask_to_launch(
    session: Session, draft_id: int, *, version: int, actor_id: int, now: datetime
) -> DraftJob | None:
    """Have a draft launched as it was when the page was made; again, it changes nothing.

    Raises:
        Conflict: it was changed since.
    """
    draft = hold_draft(session, draft_id)
    if draft.state is DraftState.LAUNCHED:
        return None
    if version != draft.version:
        raise Conflict(
            N_("The draft was changed since this page was made. Check it once more."), code="stale"
        )
    return ask(session, draft, JobKind.LAUNCH, actor_id=actor_id, now=now)


def discard(session: Session, draft_id: int, *, actor_id: int, now: datetime) -> None:
    """Give a draft up. Raises Conflict."""
    draft = open_draft(session, draft_id)
    draft.state = DraftState.DISCARDED
    draft.updated_at = now
    session.add(draft)
    log_draft(session, "draft.discarded", draft, actor_id=actor_id, now=now)
