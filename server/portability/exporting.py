"""The worker's part of a copy: everything that is kept of a person, in one archive."""

import hashlib
import json
import shutil
import traceback
import zipfile
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from enum import Enum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import sqlalchemy as sa
import structlog
from sqlmodel import Session, SQLModel, col, select

from server.accounts.models import Account
from server.accounts.queries import account_by_id
from server.accounts.rules import language_of_letters
from server.boards.submission_schemas import submission_out
from server.boards.submission_views import views_of
from server.evaluations.tools import Tools
from server.portability.actions import (
    claim_export,
    end_export,
    fail_export,
    forget_export,
)
from server.portability.holdings import Holding
from server.portability.models import DataExport
from server.portability.queries import (
    columns_to_copy,
    exports_to_make,
    hopeless_exports,
    known_holdings,
    old_exports,
    to_show,
)
from server.portability.reading_me import part_name, read_me
from server.shared.asides import Aside
from server.shared.spreadsheets import csv_lines
from server.submissions.models import Submission

log = structlog.get_logger(__name__)
LEASE = timedelta(hours=1)
# More than this is listed by name, to be fetched one by one.
MOST_BYTES_OF_FILES = 2_000_000_000
PARTING_SECONDS = 10
INTERRUPTED = "The worker died again and again while it made this copy."
ACCOUNT_COLUMNS = (
    "id",
    "email",
    "name",
    "confirmed_at",
    "university_id",
    "is_admin",
    "created_at",
    "listed_at",
    "language",
    "language_seen",
    "time_zone",
    "page_seen_by",
)


class Stopping(Exception):
    """The worker stops: the copy is given back, and begun again."""


class Table(NamedTuple):
    """One part of the archive: a name, and rows of plain values."""

    name: str
    rows: list[dict[str, Any]]


class Exporter:
    """Makes the copies that people asked for, one at a time and beside the scoring."""

    def __init__(self, tools: Tools) -> None:
        self.tools = tools
        self.aside = Aside("export_failed", self.make)
        tools.jobs.handle("export", self.begin)

    def begin(self, export_id: int) -> None:
        """Make a copy in a thread of its own; one that is busy leaves it to the sweep."""
        self.aside.begin(export_id)

    def make(self, export_id: int) -> None:
        """Make a copy if nobody else does; called again, it changes nothing."""
        holder = self.tools.new_holder()
        with self.tools.database.writing() as session:
            row = claim_export(
                session, export_id, holder=holder, now=self.tools.clock(), lease=LEASE
            )
            session.commit()
        if row is None:
            return
        try:
            self._make(row, holder)
        except Stopping:
            return
        except Exception:  # noqa: BLE001 - ours: noted for whoever mends it
            self._fail(row, holder, traceback.format_exc())

    def _make(self, row: DataExport, holder: str) -> None:
        with TemporaryDirectory(prefix="varsity-export-") as folder:
            path = Path(folder) / "data.zip"
            with self.tools.database.reading() as session:
                self._write(session, row.account_id, path)
            digest, size = _sha256(path), path.stat().st_size
            self.tools.stores.public_files.put(path, digest)
        with self.tools.database.writing() as session:
            kept = end_export(
                session, row, holder=holder, sha256=digest, size=size, now=self.tools.clock()
            )
            session.commit()
        if not kept:
            # The account was deleted meanwhile, or the lease ran out: nobody may find it.
            self.tools.stores.public_files.delete(digest)
        log.info("export_made", export=row.id, kept=kept, size=size)

    def _fail(self, row: DataExport, holder: str, problem: str) -> None:
        log.error("export_failed", export=row.id, problem=problem)
        with self.tools.database.writing() as session:
            fail_export(session, row, holder=holder, problem=problem, now=self.tools.clock())
            session.commit()

    def _write(self, session: Session, account_id: int, path: Path) -> None:
        account = account_by_id(session, account_id)
        submissions = list(
            session.exec(
                select(Submission)
                .where(Submission.account_id == account_id)
                .order_by(col(Submission.id).desc())
            )
        )
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            parts = [Table("account", [_account(account)]), *_holdings(session, account)]
            parts.append(Table("scores", _scores(session, submissions)))
            for part in parts:
                self._go_on()
                _add(archive, part)
            left_out = self._add_files(archive, submissions)
            counts = {part.name: len(part.rows) for part in parts}
            language = language_of_letters(account.language, account.language_seen)
            said = read_me(counts, left_out, language=language, at=self.tools.clock())
            archive.writestr("README.txt", said)

    def _add_files(self, archive: zipfile.ZipFile, submissions: Sequence[Submission]) -> list[str]:
        """Put the submitted files in, newest first; return the names of those that are too much."""
        store, total, left_out = self.tools.stores.public_files, 0, []
        for each in submissions:
            self._go_on()
            name = f"files/{each.id}-{_plain(each.filename)}"
            if not store.has(each.sha256):
                continue
            total += store.size(each.sha256)
            if total > MOST_BYTES_OF_FILES:
                left_out.append(name)
                continue
            with store.open(each.sha256) as source, archive.open(name, "w") as target:
                shutil.copyfileobj(source, target, 1 << 20)
        return left_out

    def _go_on(self) -> None:
        if self.aside.stops:
            raise Stopping

    def sweep(self) -> None:
        """Find what a lost signal, a dead worker or a busy one left behind."""
        with self.tools.database.reading() as session:
            waiting = exports_to_make(session, now=self.tools.clock())
        if waiting:
            self.begin(waiting[0])

    def fail_interrupted(self) -> None:
        """End what took its worker down each time."""
        now = self.tools.clock()
        with self.tools.database.writing() as session:
            for row in hopeless_exports(session, now=now):
                holder = self.tools.new_holder()
                if claim_export(session, row.id or 0, holder=holder, now=now, lease=LEASE):
                    fail_export(session, row, holder=holder, problem=INTERRUPTED, now=now)
            session.commit()

    def purge(self) -> None:
        """Delete copies whose time is over: the file first, then its row."""
        with self.tools.database.reading() as session:
            over = old_exports(session, now=self.tools.clock())
        for row in over:
            if row.sha256 is not None and self.tools.stores.public_files.has(row.sha256):
                self.tools.stores.public_files.delete(row.sha256)
            with self.tools.database.writing() as session:
                forget_export(session, row.id or 0)
                session.commit()

    def stop(self) -> None:
        """Break off, and wait until the copy is left alone."""
        self.aside.stop()
        self.aside.join(PARTING_SECONDS)


def _account(account: Account) -> dict[str, Any]:
    return {name: _plain_value(getattr(account, name)) for name in ACCOUNT_COLUMNS}


def _holdings(session: Session, account: Account) -> Iterator[Table]:
    for holding in known_holdings():
        rows = list(_rows(session, holding, account))
        if rows:
            yield Table(part_name(holding), rows)


def _rows(session: Session, holding: Holding, account: Account) -> Iterator[dict[str, Any]]:
    table = SQLModel.metadata.tables[holding.table]
    which = to_show(holding, account)
    columns = [table.c[name] for name in columns_to_copy(holding)]
    for row in session.execute(sa.select(*columns).where(which).order_by(*table.primary_key)):
        yield {name: _plain_value(value) for name, value in row._mapping.items()}


def _scores(session: Session, submissions: Sequence[Submission]) -> list[dict[str, Any]]:
    """Return what the submissions' pages show their teams: private scores after the reveal."""
    shown = (submission_out(view, failed="") for view in views_of(session, submissions))
    return [each.model_dump(mode="json") for each in shown]


def _add(archive: zipfile.ZipFile, part: Table) -> None:
    text = json.dumps(part.rows, ensure_ascii=False, indent=2)
    archive.writestr(f"json/{part.name}.json", text)
    if part.rows:
        header = list(part.rows[0])
        cells = ([_cell(row.get(name)) for name in header] for row in part.rows)
        archive.writestr(f"csv/{part.name}.csv", "".join(csv_lines(header, cells)))


def _cell(value: Any) -> Any:
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return value


def _plain_value(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else value


def _plain(filename: str) -> str:
    """Return a name that no archive program takes for a path."""
    return "".join(c if c.isalnum() or c in "._-" else "_" for c in filename)[-100:] or "file"


def _sha256(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
