"""Reading a backup into an empty instance: all of it, or nothing."""

import json
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa

from server.shared.backup import FORMAT, MANIFEST, Contents, contents_of, tables_to_keep
from server.shared.backup_rows import Advance, Hashed, load_table, set_sequence
from server.shared.database import Database
from server.shared.errors import N_, Conflict, Invalid
from server.shared.migrate import current_revision
from server.shared.storage import FileStore, Stores

LARGEST_MANIFEST = 1 << 30
# The workers of an instance that stands empty already note what is due: not content.
CHORES = ("schedule", "worker_beat")
DAMAGED = N_("%(path)s is damaged: %(what)s. Take another backup.")


class _Stored(NamedTuple):
    store: FileStore
    sha256: str


def read_backup(path: Path, *, database: Database, stores: Stores, advance: Advance) -> Contents:
    """Read a backup, checking every sum. `advance` is told of bytes before compression.

    Raises:
        Conflict: the instance is not empty, or the backup is of another version.
        Invalid: the file is no backup, or is damaged.
        OSError: it can't be read.
    """
    stored: list[_Stored] = []
    try:
        with _opened(path) as tar, database.write_engine.begin() as connection:
            manifest = _manifest(tar, path)
            _require_same_schema(manifest, database)
            _require_empty(connection)
            _load(
                tar,
                manifest,
                connection,
                files=_Files(stores, stored),
                path=path,
                advance=advance,
            )
    except BaseException:
        # Also for Ctrl-C: the rows were rolled back, so nothing refers to these files.
        _remove(stored, stores)
        raise
    return contents_of(manifest)


def _remove(stored: list[_Stored], stores: Stores) -> None:
    for file in stored:
        # The last one may not have come that far.
        with suppress(FileNotFoundError):
            file.store.delete(file.sha256)
    for store in stores:
        store.remove_empty_folders()


@contextmanager
def _opened(path: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(path, mode="r|gz") as tar:
            yield tar
    except (tarfile.TarError, EOFError, zlib.error, ValueError) as error:
        raise _damaged(path, str(error)) from error


def _damaged(path: Path, what: str) -> Invalid:
    return Invalid(DAMAGED, path=str(path), what=what)


def _manifest(tar: tarfile.TarFile, path: Path) -> dict[str, Any]:
    member = tar.next()
    source = tar.extractfile(member) if member else None
    if member is None or source is None or member.name != MANIFEST:
        raise Invalid(N_("%(path)s is not a backup of Varsity."), path=str(path))
    if member.size > LARGEST_MANIFEST:
        raise _damaged(path, "its manifest is too large")
    manifest: dict[str, Any] = json.loads(source.read())
    if manifest.get("format") != FORMAT:
        raise Conflict(
            N_("This backup has the format %(found)s and this version reads %(known)s."),
            found=manifest.get("format"),
            known=FORMAT,
        )
    return manifest


def _require_same_schema(manifest: dict[str, Any], database: Database) -> None:
    here = current_revision(database)
    if manifest["revision"] != here:
        raise Conflict(
            N_(
                "This backup was made by Varsity %(version)s (schema %(theirs)s), and this one has "
                "schema %(ours)s. Restore it with that version, then upgrade."
            ),
            version=manifest["version"],
            theirs=manifest["revision"],
            ours=here,
        )


def _require_empty(connection: sa.Connection) -> None:
    for table in tables_to_keep():
        if table.name in CHORES:
            continue
        if connection.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first():
            raise Conflict(
                N_(
                    "This instance is not empty (the table %(table)s has rows), and a restore "
                    "would mix two instances. Choose another data folder or an empty database."
                ),
                table=table.name,
            )
    for name in CHORES:
        connection.execute(sa.text(f'DELETE FROM "{name}"'))  # noqa: S608 - our own constants


class _Files:
    """Puts files into the stores, and notes which were not there before."""

    def __init__(self, stores: Stores, stored: list[_Stored]) -> None:
        self._stores = {"public": stores.public_files, "hidden": stores.hidden_files}
        self._stored = stored

    def put(self, kind: str, sha256: str, source: Any) -> None:
        """Store a file unless it is there."""
        store = self._stores[kind]
        if not store.has(sha256):
            self._stored.append(_Stored(store, sha256))
            store.copy_from(source, sha256)
        else:
            while source.read(1 << 20):
                pass


def _load(
    tar: tarfile.TarFile,
    manifest: dict[str, Any],
    connection: sa.Connection,
    *,
    files: _Files,
    path: Path,
    advance: Advance,
) -> None:
    tables = {f"tables/{t.name}.jsonl": t for t in tables_to_keep()}
    for expected in (*manifest["tables"], *manifest["files"]):
        member = tar.next()
        packed = tar.extractfile(member) if member else None
        if member is None or packed is None or member.name != expected["name"]:
            raise _damaged(path, f"{expected['name']} is missing")
        source = Hashed(packed, advance)
        _load_member(expected["name"], source, tables, connection, files)
        if source.hexdigest() != expected["sha256"]:
            raise _damaged(path, f"{expected['name']} does not have its checksum")
    for table in tables.values():
        set_sequence(connection, table)


def _load_member(
    name: str,
    source: Hashed,
    tables: dict[str, sa.Table],
    connection: sa.Connection,
    files: _Files,
) -> None:
    if name in tables:
        load_table(connection, tables[name], source.lines())
    else:
        kind, _, sha256 = name.partition("/")
        files.put(kind, sha256, source)
