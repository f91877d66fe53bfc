"""Writes of a draft's files: add, describe, order, remove. The caller commits."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy import orm
from sqlmodel import Session, col

from server.drafts.actions import GivenFile, ask, open_draft, touch
from server.drafts.documents import path_in_folder, section
from server.drafts.models import ChallengeDraft, DraftFile, DraftJob
from server.drafts.queries import (
    bytes_of_draft,
    draft_by_id,
    file_of_draft,
    files_of_draft,
    of_kind,
)
from server.drafts.rules import MOST_FILES, DraftState, FileKind, FileState, JobKind
from server.shared.errors import N_, Conflict, Invalid, NotFound

MOST_BYTES = 5_000_000_000
STARTER = "baseline.py"
NO_STARTER = N_("baseline.py is not taken through the browser: rename it.")
STEPS = {
    FileKind.DATA: "data",
    FileKind.IMAGE: "pages",
    FileKind.SOLUTION: "solution",
    FileKind.BASELINE: "baselines",
}


class By(NamedTuple):
    """Who changes something, and when."""

    actor_id: int
    now: datetime


def add_files(
    session: Session, draft_id: int, given: Sequence[GivenFile], by: By
) -> list[DraftFile]:
    """Put stored files into a draft; one of the same name (or phase) takes the other's place.

    A solution is noted before its bytes are stored: `arriving`.

    Raises:
        Invalid: a name can't be served.
        Conflict: there are too many files, or too large ones; or the draft can't be changed now.
    """
    draft = open_draft(session, draft_id)
    known = files_of_draft(session, draft_id)
    if len(known) + len(given) > MOST_FILES:
        raise Conflict(N_("A challenge has at most %(most)s files."), most=MOST_FILES)
    if bytes_of_draft(session, draft_id) + sum(g.size for g in given) > MOST_BYTES:
        raise Conflict(N_("The files of a draft have at most 5 GB together."))
    added = [_put(session, draft, known, file, by) for file in given]
    touch(session, draft, step=STEPS[given[0].kind], actor_id=by.actor_id, now=by.now)
    session.flush()
    return added


def _put(
    session: Session,
    draft: ChallengeDraft,
    known: Sequence[DraftFile],
    given: GivenFile,
    by: By,
) -> DraftFile:
    _refuse_name(given)
    old = _same_place(known, given)
    last = max((file.position for file in known), default=0)
    row = DraftFile(
        draft_id=draft.id or 0,
        kind=given.kind,
        state=FileState.ARRIVING if given.kind is FileKind.SOLUTION else FileState.STORED,
        name=given.name,
        phase=given.phase,
        title=given.title or (old.title if old else ""),
        description=given.description or (old.description if old else ""),
        position=old.position if old else last + 1,
        sha256=given.sha256,
        size=given.size,
        created_at=by.now,
    )
    if old is not None:
        _refuse_arriving(old)
        _forget(session, old)
    session.add(row)
    return row


def _refuse_name(given: GivenFile) -> None:
    name = given.name
    if name.startswith("."):
        raise Invalid(N_("A file whose name begins with a dot is hidden: rename it."), field="file")
    if given.kind is FileKind.DATA and name == STARTER:
        raise Invalid(NO_STARTER, field="file")


def _same_place(known: Sequence[DraftFile], given: GivenFile) -> DraftFile | None:
    for file in known:
        if file.kind is not given.kind:
            continue
        same_phase = file.phase == given.phase
        if given.kind is FileKind.SOLUTION and same_phase:
            return file
        if given.kind is FileKind.BASELINE and same_phase and file.title == given.title:
            return file
        if given.kind in (FileKind.DATA, FileKind.IMAGE) and file.name == given.name:
            return file
    return None


def _refuse_arriving(file: DraftFile) -> None:
    """Answers that are still where the web can read them keep the row that takes them away."""
    if file.kind is FileKind.SOLUTION and file.state is FileState.ARRIVING:
        raise Conflict(N_("The solution is just being taken in. Try again in a moment."))


def _forget(session: Session, file: DraftFile) -> None:
    session.execute(
        sa.delete(DraftJob).where(
            col(DraftJob.draft_id) == file.draft_id, col(DraftJob.file_id) == file.id
        )
    )
    session.delete(file)
    session.flush()


def describe_file(
    session: Session, draft_id: int, file_id: int, *, name: str, description: str, by: By
) -> None:
    """Rename a data file and say what it is. Raises Invalid, Conflict, NotFound."""
    draft = open_draft(session, draft_id)
    file = file_of_draft(session, draft_id, file_id)
    if file.kind is not FileKind.DATA:
        # A picture's name is its type, and what a solution is called decides nothing.
        raise NotFound(N_("This draft has no such file."))
    others = [f.name for f in of_kind(files_of_draft(session, draft_id), file.kind) if f != file]
    if not name or name.startswith(".") or "/" in name or not name.isprintable():
        raise Invalid(N_("Give the file a name without slashes."), field="name")
    if name == STARTER != file.name:
        raise Invalid(NO_STARTER, field="name")
    if name in others:
        raise Invalid(N_("There is a file %(name)s already."), field="name", name=name)
    before = path_in_folder(file)
    file.name, file.description = name, description
    session.add(file)
    submission = section(draft.definition, "submission")
    if submission.get("sample") == before:
        submission["sample"] = path_in_folder(file)
        draft.definition = {**draft.definition, "submission": submission}
    touch(session, draft, step=STEPS[file.kind], actor_id=by.actor_id, now=by.now)


def move_file(session: Session, draft_id: int, file_id: int, *, up: bool, by: By) -> None:
    """Move a file before or after its neighbour. Raises Conflict, NotFound."""
    draft = open_draft(session, draft_id)
    file = file_of_draft(session, draft_id, file_id)
    same = of_kind(files_of_draft(session, draft_id), file.kind)
    at = [f.id for f in same].index(file.id)
    to = at - 1 if up else at + 1
    if 0 <= to < len(same):
        same[at], same[to] = same[to], same[at]
    for position, other in enumerate(same):
        other.position = position
        session.add(other)
    touch(session, draft, step=STEPS[file.kind], actor_id=by.actor_id, now=by.now)


def remove_file(session: Session, draft_id: int, file_id: int, *, by: By) -> DraftFile:
    """Take a file out of a draft. Raises Conflict, NotFound."""
    draft = open_draft(session, draft_id)
    file = file_of_draft(session, draft_id, file_id)
    _refuse_arriving(file)
    _forget(session, file)
    touch(session, draft, step=STEPS[file.kind], actor_id=by.actor_id, now=by.now)
    return file


def follow_phase(session: orm.Session, draft_id: int, old: str, new: str) -> None:
    """Let the files of a phase go with it to its new short name."""
    if old != new:
        moved = sa.update(DraftFile).where(
            col(DraftFile.draft_id) == draft_id, col(DraftFile.phase) == old
        )
        session.execute(moved.values(phase=new))


def look_again(session: Session, draft_id: int, by: By) -> list[int]:
    """Have solutions and baselines looked at once more: what they are read by was changed."""
    files = files_of_draft(session, draft_id)
    concerned = of_kind(files, FileKind.SOLUTION) + of_kind(files, FileKind.BASELINE)
    return [_anew(session, file, by) for file in concerned]


def look_at_baselines(session: Session, solution: DraftFile, by: By) -> list[int]:
    """Have the baselines of a phase looked at once more: its solution is known now."""
    draft = session.get_one(ChallengeDraft, solution.draft_id)
    if draft.state is not DraftState.EDITING:
        return []
    files = of_kind(files_of_draft(session, solution.draft_id), FileKind.BASELINE)
    return [_anew(session, file, by) for file in files if file.phase == solution.phase]


def _anew(session: Session, file: DraftFile, by: By) -> int:
    if file.state is not FileState.ARRIVING:
        file.state = FileState.STORED
        session.add(file)
    return ask_to_look(session, file.draft_id, file, by)


def ask_to_look(session: Session, draft_id: int, file: DraftFile, by: By) -> int:
    """Have a worker look at a file; return the job's id."""
    draft = draft_by_id(session, draft_id)
    job = ask(session, draft, JobKind.LOOK, actor_id=by.actor_id, now=by.now, file_id=file.id)
    return job.id or 0
