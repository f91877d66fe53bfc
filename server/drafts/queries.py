"""Reads of drafts: who may write one, its files, its jobs, and those of a person."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, select

from server.accounts.models import Account
from server.accounts.queries import manages_any, told_of
from server.challenges.models import Challenge
from server.drafts.models import DRAFT_JOBS, ChallengeDraft, DraftFile, DraftJob, DraftPerson
from server.drafts.rules import Creators, DraftState, FileKind, JobKind, JobState, may_create
from server.shared.access import Viewer
from server.shared.caching import once
from server.shared.errors import N_, Forbidden, NotFound

UNKNOWN = N_("There is no such draft.")
# Every page of somebody who is signed in asks: made once.
DRAFTS_ANY = "drafts any"
DRAFTS = sa.exists().where(
    sa.or_(
        col(ChallengeDraft.owner_id) == col(Account.id),
        col(ChallengeDraft.id).in_(
            sa.select(col(DraftPerson.draft_id))
            .where(col(DraftPerson.account_id) == col(Account.id))
            .correlate(Account)
        ),
    ),
    col(ChallengeDraft.state) == DraftState.EDITING,
)
WAITS = (JobState.QUEUED, JobState.RUNNING)


class Person(NamedTuple):
    """Somebody who writes a draft, and the role that the launch gives."""

    account: Account
    role: str


def draft_by_id(session: Session, draft_id: int) -> ChallengeDraft:
    """Return a draft. Raises NotFound."""
    draft = session.get(ChallengeDraft, draft_id)
    if draft is None or draft.state in (DraftState.DISCARDED, DraftState.MIRROR):
        raise NotFound(UNKNOWN)
    return draft


def creates(session: Session, viewer: Viewer, creators: str) -> bool:
    """Whether a viewer may create challenges here."""
    return viewer.id is not None and may_create(
        creators=Creators(creators),
        is_admin=viewer.is_admin,
        confirmed=viewer.confirmed,
        manages_any=manages_any(session, viewer.id),
    )


def require_creator(session: Session, viewer: Viewer, creators: str) -> None:
    """Let in who may create challenges. Raises NotSignedIn, Forbidden."""
    if viewer.account_id and not creates(session, viewer, creators):
        raise Forbidden(
            N_("On this server you may not create challenges. Ask its operator to let you."),
            code="may-not-create",
        )


def drafts_of(session: Session, account_id: int) -> list[ChallengeDraft]:
    """Return the open drafts that somebody writes, the latest first."""
    shared = select(DraftPerson.draft_id).where(DraftPerson.account_id == account_id)
    query = select(ChallengeDraft).where(
        sa.or_(col(ChallengeDraft.owner_id) == account_id, col(ChallengeDraft.id).in_(shared)),
        ChallengeDraft.state == DraftState.EDITING,
    )
    return list(session.exec(query.order_by(col(ChallengeDraft.updated_at).desc())))


def has_console(session: Session, viewer: Viewer, creators: str) -> bool:
    """Whether the organiser's console has something for a viewer: a challenge, a draft, the right.

    Asked on each page: whoever may create finds the door before there is a first challenge.
    """
    if viewer.id is None or viewer.organises_any:
        return viewer.organises_any
    may = may_create(
        creators=Creators(creators),
        is_admin=viewer.is_admin,
        confirmed=viewer.confirmed,
        manages_any=viewer.manages_any,
    )
    return may or _drafts_any(session, viewer.id)


def _drafts_any(session: Session, account_id: int) -> bool:
    name = (DRAFTS_ANY, account_id)
    return bool(once(session, name, lambda: told_of(session, account_id, DRAFTS)))


def draft_of_challenge(session: Session, challenge_id: int) -> ChallengeDraft | None:
    """Return the open draft that changes a live challenge."""
    query = select(ChallengeDraft).where(
        ChallengeDraft.challenge_id == challenge_id, ChallengeDraft.state == DraftState.EDITING
    )
    return session.exec(query.order_by(col(ChallengeDraft.id))).first()


def mirror_of(session: Session, challenge_id: int) -> ChallengeDraft | None:
    """Return what the checks of a live challenge hang on; None: it was never checked."""
    query = select(ChallengeDraft).where(
        ChallengeDraft.challenge_id == challenge_id, ChallengeDraft.state == DraftState.MIRROR
    )
    return session.exec(query.order_by(col(ChallengeDraft.id))).first()


def latest_live_check(session: Session, challenge_id: int) -> DraftJob | None:
    """Return the last check of a live challenge as it is."""
    mirror = mirror_of(session, challenge_id)
    return None if mirror is None else latest_job(session, mirror.id or 0, JobKind.LIVE)


def zone_of_challenge(session: Session, challenge_id: int) -> str | None:
    """Return the zone in which a challenge's times were written last; None: never in a draft."""
    query = select(ChallengeDraft.zone).where(
        ChallengeDraft.challenge_id == challenge_id, ChallengeDraft.state == DraftState.LAUNCHED
    )
    return session.exec(query.order_by(col(ChallengeDraft.id).desc())).first()


def files_of_draft(session: Session, draft_id: int) -> list[DraftFile]:
    """Return a draft's files in their order."""
    query = select(DraftFile).where(DraftFile.draft_id == draft_id)
    return list(session.exec(query.order_by(col(DraftFile.position), col(DraftFile.id))))


def file_of_draft(session: Session, draft_id: int, file_id: int) -> DraftFile:
    """Return a file of a draft. Raises NotFound."""
    file = session.get(DraftFile, file_id)
    if file is None or file.draft_id != draft_id:
        raise NotFound(N_("This draft has no such file."))
    return file


def of_kind(files: Sequence[DraftFile], kind: FileKind) -> list[DraftFile]:
    """Return the files of a kind."""
    return [file for file in files if file.kind is kind]


def people_of_draft(session: Session, draft_id: int) -> list[Person]:
    """Return who writes a draft beside its owner."""
    query = (
        select(Account, DraftPerson.role)
        .join(DraftPerson, col(DraftPerson.account_id) == col(Account.id))
        .where(DraftPerson.draft_id == draft_id)
        .order_by(col(Account.name))
    )
    return [Person(account, role) for account, role in session.exec(query)]


def latest_job(session: Session, draft_id: int, kind: JobKind) -> DraftJob | None:
    """Return the last job of a kind."""
    query = select(DraftJob).where(DraftJob.draft_id == draft_id, DraftJob.kind == kind)
    return session.exec(query.order_by(col(DraftJob.id).desc())).first()


def waiting_job(
    session: Session, draft_id: int, kind: JobKind, file_id: int | None = None
) -> DraftJob | None:
    """Return the job of a kind that is not ended."""
    query = select(DraftJob).where(
        DraftJob.draft_id == draft_id,
        DraftJob.kind == kind,
        DraftJob.file_id == file_id,
        col(DraftJob.state).in_(WAITS),
    )
    return session.exec(query).first()


def job_by_id(session: Session, job_id: int) -> DraftJob | None:
    """Return a job."""
    return session.get(DraftJob, job_id)


def waiting_jobs(session: Session, *, now: datetime, limit: int) -> list[int]:
    """Return the jobs that a worker may take, the oldest first."""
    query = select(DraftJob.id).where(DRAFT_JOBS.free(now)).order_by(col(DraftJob.id)).limit(limit)
    return [job_id for job_id in session.exec(query) if job_id is not None]


def slug_taken(session: Session, draft: ChallengeDraft) -> bool:
    """Whether the address of a draft is another challenge's."""
    other = session.exec(select(Challenge.id).where(Challenge.slug == draft.slug)).first()
    return other is not None and other != draft.challenge_id


def is_data_of_a_draft(session: Session, sha256: str) -> bool:
    """Whether stored bytes are a draft's file that is no answer."""
    query = select(DraftFile.id).where(
        DraftFile.sha256 == sha256, DraftFile.kind != FileKind.SOLUTION
    )
    return session.exec(query.limit(1)).first() is not None


def bytes_of_draft(session: Session, draft_id: int) -> int:
    """Return how many bytes the files of a draft have together."""
    total = sa.func.coalesce(sa.func.sum(col(DraftFile.size)), 0)
    return int(
        session.execute(sa.select(total).where(col(DraftFile.draft_id) == draft_id)).scalar_one()
    )
