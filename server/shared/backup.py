"""One file with everything: every row as of one moment, and every stored file.

The file is a gzipped tar: `manifest.json` (what there is, and the sha256 of each member) first,
then `tables/<name>.jsonl` in foreign-key order, then `public/<sha256>` and `hidden/<sha256>`.
"""

import gzip
import json
import os
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import SQLModel

from server.shared.backup_rows import Advance, Hashed, dump_table
from server.shared.database import Database
from server.shared.errors import N_, Conflict
from server.shared.migrate import current_revision
from server.shared.storage import FileStore, Stores

FORMAT = 1
MANIFEST = "manifest.json"
# Gzip's middle levels cost several times this one's time for a few per cent.
COMPRESSION = 3
# Which processes run where is no content: on another machine it would be a lie. A session that was
# ended after the backup must not come back with it: people sign in again.
OF_THE_MOMENT = frozenset({"worker_beat", "browser_session", "trial"})
# The job engine may live in the same database: what it keeps are signals, which are sent again.
OF_THE_ENGINE = "huey_"


class Contents(NamedTuple):
    """What a backup holds; `bytes` before compression."""

    revision: str
    tables: int
    rows: int
    files: int
    bytes: int


def tables_to_keep() -> list[sa.Table]:
    """Return every table, those that others refer to first."""
    return [t for t in SQLModel.metadata.sorted_tables if t.name not in OF_THE_MOMENT]


def write_backup(
    path: Path,
    *,
    database: Database,
    stores: Stores,
    version: str,
    now: datetime,
    advance: Advance,
) -> Contents:
    """Write a backup, readable by its owner alone; it appears under its name when it is whole.

    Raises:
        Conflict: the file exists already, or a stored file is damaged or vanished meanwhile.
        OSError: it can't be written.
    """
    if path.exists():
        raise Conflict(N_("%(path)s exists already. Choose another name."), path=str(path))
    with tempfile.TemporaryDirectory(
        prefix="varsity-backup-", dir=path.resolve().parent
    ) as scratch:
        # Rows first: a row's file is stored before the row, so every row's file is found after.
        tables = _dump_tables(database, Path(scratch))
        files = [*_listed(stores.public_files, "public"), *_listed(stores.hidden_files, "hidden")]
        manifest = {
            "format": FORMAT,
            "version": version,
            "revision": current_revision(database),
            "created_at": now.isoformat(),
            "tables": tables,
            "files": files,
        }
        partial = Path(scratch) / "backup.tar.gz"
        with _private(partial) as target:
            _write_tar(target, manifest, Path(scratch), stores=stores, now=now, advance=advance)
        # A hard link fails where a rename would silently replace what appeared meanwhile.
        os.link(partial, path)
    _flush_folder(path)
    return contents_of(manifest)


def contents_of(manifest: dict[str, Any]) -> Contents:
    """Return what a manifest says that there is."""
    tables, files = manifest["tables"], manifest["files"]
    return Contents(
        revision=str(manifest["revision"]),
        tables=len(tables),
        rows=sum(t["rows"] for t in tables),
        files=len(files),
        bytes=sum(member["size"] for member in (*tables, *files)),
    )


def _dump_tables(database: Database, scratch: Path) -> list[dict[str, Any]]:
    # As of one moment, and holding nobody up.
    with database.read_engine.connect() as connection:
        _require_all_known(connection)
        return [dump_table(connection, t, scratch / f"{t.name}.jsonl") for t in tables_to_keep()]


def _require_all_known(connection: sa.Connection) -> None:
    known = {*SQLModel.metadata.tables, "alembic_version"}
    found = set(sa.inspect(connection).get_table_names()) - known
    strange = {name for name in found if not name.startswith(OF_THE_ENGINE)}
    if strange:
        names = ", ".join(sorted(strange))
        raise Conflict(N_("These tables are not of this version: %(names)s"), names=names)


def _listed(store: FileStore, kind: str) -> list[dict[str, Any]]:
    found = []
    for sha256 in sorted(store.keys()):
        name = f"{kind}/{sha256}"
        found.append({"name": name, "size": store.size(sha256), "sha256": sha256})
    return found


@contextmanager
def _private(path: Path) -> Iterator[IO[bytes]]:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as target:
        yield target
        target.flush()
        os.fsync(target.fileno())


def _flush_folder(path: Path) -> None:
    descriptor = os.open(path.resolve().parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_tar(
    target: IO[bytes],
    manifest: dict[str, Any],
    scratch: Path,
    *,
    stores: Stores,
    now: datetime,
    advance: Advance,
) -> None:
    with (
        gzip.GzipFile(fileobj=target, mode="wb", compresslevel=COMPRESSION, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as tar,
    ):
        _add_manifest(tar, manifest, scratch, now)
        for table in manifest["tables"]:
            with (scratch / Path(table["name"]).name).open("rb") as source:
                _add(tar, table, source, now, advance)
        for file in manifest["files"]:
            _add_file(tar, file, stores, now, advance)


def _add_manifest(tar: tarfile.TarFile, manifest: Any, scratch: Path, now: datetime) -> None:
    path = scratch / MANIFEST
    path.write_text(json.dumps(manifest), "utf-8")
    with path.open("rb") as source:
        tar.addfile(_member(MANIFEST, path.stat().st_size, now), source)


def _add_file(
    tar: tarfile.TarFile, file: Any, stores: Stores, now: datetime, advance: Advance
) -> None:
    kind, _, sha256 = file["name"].partition("/")
    store = stores.public_files if kind == "public" else stores.hidden_files
    try:
        with closing(store.open(sha256)) as source:
            _add(tar, file, source, now, advance)
    except FileNotFoundError as error:
        raise Conflict(
            N_("The file %(name)s was removed during the backup. Run it again."), name=file["name"]
        ) from error


def _add(
    tar: tarfile.TarFile, member: Any, source: IO[bytes], now: datetime, advance: Advance
) -> None:
    checked = Hashed(source, advance)
    tar.addfile(_member(member["name"], member["size"], now), checked)
    if checked.hexdigest() != member["sha256"]:
        raise Conflict(
            N_("The stored file %(name)s is damaged: put it back from an older backup first."),
            name=member["name"],
        )


def _member(name: str, size: int, now: datetime) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.mtime = size, 0o600, int(now.timestamp())
    return info
