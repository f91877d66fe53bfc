"""Reads of what was found in the files that participants download."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from server.challenges.models import ChallengeFile
from server.kits.found import Looked, Table
from server.kits.models import LOOKS, FilePreview
from server.kits.rules import MOST_INTERRUPTIONS, VERSION, LookState


@dataclass(frozen=True)
class FileView:
    """A file that participants download, and what was found in it so far."""

    file: ChallengeFile
    looked: Looked | None
    state: str

    @property
    def name(self) -> str:
        """The file's name."""
        return self.file.name

    @property
    def table(self) -> Table | None:
        """What was found, where the file is a table that can be read."""
        return self.looked.table if self.looked else None

    @property
    def waits(self) -> bool:
        """Whether a worker has still to look at it."""
        return self.looked is None and self.state != LookState.FAILED


def views_of_files(session: Session, files: Sequence[ChallengeFile]) -> list[FileView]:
    """Return files with what was found in them, in one query."""
    wanted = {file.sha256 for file in files}
    rows = session.exec(select(FilePreview).where(col(FilePreview.sha256).in_(wanted)))
    found = {row.sha256: row for row in rows}
    return [_view(file, found.get(file.sha256)) for file in files]


def _view(file: ChallengeFile, row: FilePreview | None) -> FileView:
    looked = Looked.model_validate(row.found) if row is not None and row.found else None
    return FileView(file, looked, row.state.value if row else LookState.QUEUED.value)


def columns_by_name(views: Iterable[FileView]) -> dict[str, list[str]]:
    """Return the names of the columns of those files that are tables."""
    return {v.name: [c.name for c in v.table.columns] for v in views if v.table is not None}


def unseen_files(session: Session, *, limit: int) -> list[tuple[str, str]]:
    """Return the sha256 and a name of public files that nobody has looked at (in this version)."""
    query = (
        sa.select(col(ChallengeFile.sha256), func.min(col(ChallengeFile.name)))
        .outerjoin(FilePreview, col(FilePreview.sha256) == col(ChallengeFile.sha256))
        .where(sa.or_(col(FilePreview.sha256).is_(None), col(FilePreview.version) != VERSION))
        .group_by(col(ChallengeFile.sha256))
        .order_by(func.min(col(ChallengeFile.id)))
        .limit(limit)
    )
    return [(sha256, name) for sha256, name in session.execute(query)]


def orphans(session: Session) -> list[str]:
    """Return what was found in files that no challenge has any more."""
    kept = sa.select(col(ChallengeFile.sha256))
    query = sa.select(col(FilePreview.sha256)).where(col(FilePreview.sha256).not_in(kept))
    return list(session.execute(query).scalars())


def waiting_looks(session: Session, *, now: datetime, limit: int) -> list[str]:
    """Return the files that nobody looks at yet, those asked for first first."""
    query = sa.select(col(FilePreview.sha256)).where(LOOKS.free(now))
    return list(session.execute(query.order_by(col(FilePreview.asked_at)).limit(limit)).scalars())


def interrupted_looks(session: Session) -> list[FilePreview]:
    """Return what took its worker down too often."""
    query = select(FilePreview).where(
        FilePreview.state == LookState.QUEUED, FilePreview.interruptions >= MOST_INTERRUPTIONS
    )
    return list(session.exec(query.with_for_update(skip_locked=True)))
