"""Writes of looks at public files: queue, claim, end. Every claim is a conditional UPDATE."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from server.kits.found import LookReport
from server.kits.models import LOOKS, FilePreview
from server.kits.queries import interrupted_looks
from server.kits.rules import MOST_ATTEMPTS, VERSION, LookState


def queue_looks(session: Session, files: Iterable[tuple[str, str]], *, now: datetime) -> None:
    """Have files looked at, by their sha256 and name; one that an earlier version saw, again."""
    for sha256, name in files:
        row = session.get(FilePreview, sha256)
        row = row or FilePreview(sha256=sha256, name=name, version=VERSION, asked_at=now)
        row.name, row.version, row.asked_at, row.state = name, VERSION, now, LookState.QUEUED
        row.attempts = row.interruptions = 0
        session.add(row)


def forget_looks(session: Session, sha256s: Iterable[str]) -> None:
    """Delete what was found in files that are gone."""
    gone = col(FilePreview.sha256).in_(list(sha256s))
    session.execute(sa.delete(FilePreview).where(gone))


def claim_look(
    session: Session, sha256: str, *, holder: str, now: datetime, lease: timedelta
) -> FilePreview | None:
    """Take a file to look at, or return None: somebody else has it, or it was looked at."""
    which = col(FilePreview.sha256) == sha256
    if not LOOKS.claim(session, which, holder=holder, now=now, lease=lease):
        return None
    return session.get(FilePreview, sha256, populate_existing=True)


def end_look(
    session: Session, row: FilePreview, *, holder: str, report: LookReport, now: datetime
) -> bool:
    """Write what was found, or what went wrong; False where the claim is no longer ours."""
    attempts = row.attempts + (report.looked is None)
    state = LookState.FAILED if attempts >= MOST_ATTEMPTS else LookState.QUEUED
    values: dict[str, Any] = {"attempts": attempts, "trace": report.trace or None, "state": state}
    if report.looked is not None:
        found = report.looked.model_dump(mode="json", exclude_defaults=True)
        values |= {"state": LookState.LOOKED, "found": found, "looked_at": now}
    return LOOKS.end(session, col(FilePreview.sha256) == row.sha256, holder=holder, **values)


def fail_interrupted_looks(session: Session) -> None:
    """Fail what killed its worker each time: it must end."""
    for row in interrupted_looks(session):
        row.state = LookState.FAILED
        row.trace = f"The worker died {row.interruptions} times while it looked at this file."
        session.add(row)
