"""Writes of copies of people's own data: asked for, made by a worker, ended, purged."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col

from server.accounts.queries import locked_account
from server.portability.models import EXPORTS, DataExport
from server.portability.queries import waiting_export
from server.portability.rules import ExportState
from server.shared import events


def ask_export(session: Session, *, account_id: int, now: datetime) -> DataExport:
    """Have a copy made of an account's data: the one under way, if there is one."""
    locked_account(session, account_id)
    known = waiting_export(session, account_id)
    if known is not None:
        return known
    row = DataExport(account_id=account_id, asked_at=now)
    session.add(row)
    session.flush()
    _note(session, "export.asked", row, actor_id=account_id, now=now)
    return row


def claim_export(
    session: Session, export_id: int, *, holder: str, now: datetime, lease: timedelta
) -> DataExport | None:
    """Take a copy to make, if nobody else did."""
    which = col(DataExport.id) == export_id
    if not EXPORTS.claim(session, which, holder=holder, now=now, lease=lease):
        return None
    return session.get_one(DataExport, export_id, populate_existing=True)


def end_export(
    session: Session, row: DataExport, *, holder: str, sha256: str, size: int, now: datetime
) -> bool:
    """Keep a finished copy, and say whether it was still ours to keep."""
    kept = EXPORTS.end(
        session,
        col(DataExport.id) == row.id,
        holder=holder,
        state=ExportState.READY,
        made_at=now,
        sha256=sha256,
        size=size,
    )
    if kept:
        _note(session, "export.made", row, actor_id=None, now=now)
    return kept


def fail_export(
    session: Session, row: DataExport, *, holder: str, problem: str, now: datetime
) -> None:
    """Keep why a copy could not be made."""
    ended = EXPORTS.end(
        session,
        col(DataExport.id) == row.id,
        holder=holder,
        state=ExportState.FAILED,
        made_at=now,
        problem=problem,
    )
    if ended:
        _note(session, "export.failed", row, actor_id=None, now=now)


def note_fetched(session: Session, row: DataExport, *, now: datetime) -> None:
    """Record that a copy left."""
    _note(session, "export.fetched", row, actor_id=row.account_id, now=now)


def expire_exports(session: Session, account_id: int) -> None:
    """Let nobody fetch an account's copies any more; the purge deletes their files."""
    session.execute(
        sa.update(DataExport)
        .where(col(DataExport.account_id) == account_id)
        .values(state=ExportState.EXPIRED, problem=None, lease_until=None, lease_holder=None)
    )


def forget_export(session: Session, export_id: int) -> None:
    """Delete the row of a copy whose file is gone."""
    session.execute(sa.delete(DataExport).where(col(DataExport.id) == export_id))


def _note(
    session: Session, kind: str, row: DataExport, *, actor_id: int | None, now: datetime
) -> None:
    events.record(session, kind, at=now, actor_id=actor_id, subject_id=row.account_id)
