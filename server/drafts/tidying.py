"""Files of drafts that were given up: a day later they go, unless somebody else needs them."""

from datetime import datetime, timedelta

import sqlalchemy as sa
import structlog
from sqlmodel import Session, col, select

from server.drafts.models import ChallengeDraft, DraftFile
from server.drafts.rules import DraftState, FileKind
from server.evaluations.models import Evaluation
from server.evaluations.tools import Tools

log = structlog.get_logger(__name__)
# Time to have it put back from a backup of yesterday, if it was a mistake.
KEPT = timedelta(days=1)
DRAFTS_AT_ONCE = 20


def tidy_discarded(tools: Tools) -> int:
    """Delete the files of discarded drafts from both stores; return how many.

    Whoever stores the same bytes anew notes a row of them first, and waits for this transaction.
    """
    gone = 0
    with tools.database.writing() as session:
        for draft_id in _discarded(session, before=tools.clock() - KEPT):
            files = session.exec(select(DraftFile).where(DraftFile.draft_id == draft_id)).all()
            session.execute(sa.delete(DraftFile).where(col(DraftFile.draft_id) == draft_id))
            gone += sum(_forget(session, tools, file) for file in files)
        session.commit()
    if gone:
        log.info("draft_files_deleted", files=gone)
    return gone


def _discarded(session: Session, *, before: datetime) -> list[int]:
    query = (
        select(col(DraftFile.draft_id))
        .join(ChallengeDraft, col(ChallengeDraft.id) == col(DraftFile.draft_id))
        .where(
            ChallengeDraft.state == DraftState.DISCARDED, col(ChallengeDraft.updated_at) < before
        )
        .distinct()
        .limit(DRAFTS_AT_ONCE)
    )
    return list(session.exec(query))


def _forget(session: Session, tools: Tools, file: DraftFile) -> bool:
    """Delete a file whose row is gone, where nothing else refers to its bytes."""
    public, hidden = tools.stores
    deleted = False
    shown = any(is_needed(session, file.sha256) for is_needed in tools.needed_in_public)
    # Answers that were not looked at yet still lie in the public store.
    if not shown and public.has(file.sha256):
        public.delete(file.sha256)
        deleted = True
    answers = file.kind is FileKind.SOLUTION and not _are_answers(session, file.sha256)
    if answers and hidden.has(file.sha256):
        hidden.delete(file.sha256)
        deleted = True
    return deleted


def _are_answers(session: Session, sha256: str) -> bool:
    """Whether an evaluation or another draft is scored by these bytes."""
    scored = select(Evaluation.id).where(
        sa.or_(
            col(Evaluation.solution_sha256) == sha256,
            col(Evaluation.spec)["sides"].as_string() == sha256,
        )
    )
    drafted = select(DraftFile.id).where(
        DraftFile.sha256 == sha256, DraftFile.kind == FileKind.SOLUTION
    )
    return any(session.exec(query.limit(1)).first() is not None for query in (scored, drafted))
