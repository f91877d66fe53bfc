"""`varsity backup` and `varsity restore`."""

from importlib.metadata import version
from pathlib import Path

import click

import server.app
from server.cli.instance import Instance, data_option, opened
from server.cli.output import Refusal, json_option, print_json
from server.cli.progress import transfer
from server.receipts.listing import signs_as_another
from server.shared.backup import Contents, write_backup
from server.shared.clock import utcnow
from server.shared.restore import read_backup

# The application knows every room, so that every room's tables are known to the backup.
TABLES_ARE_KNOWN = server.app.create_app
NO_KEY = (
    "The key that signed this instance's receipts and certificates is not here, and no backup "
    "holds it. Copy the old data folder's receipt_key.pem into this one (or set "
    "VARSITY_RECEIPT_KEY) before the web starts. Else it makes a new key: what was signed before "
    "still verifies."
)
file_argument = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))


@click.command()
@file_argument
@data_option
@json_option
def backup(file: Path, as_json: bool) -> None:
    """Write the database and all files into FILE (.tar.gz), while the server runs.

    FILE holds the hidden answers and the password hashes: keep it where nobody else can read it.
    """
    folder = file.absolute().parent
    if not folder.is_dir():
        raise Refusal(f"There is no folder {folder}. Make it first, or write the backup elsewhere.")
    with opened() as instance:
        contents = _guarded(_write, instance, file)
    _report(contents, file, as_json, "Wrote")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@data_option
@json_option
def restore(file: Path, as_json: bool) -> None:
    """Read FILE, a backup, into an empty instance, on whatever database this one uses.

    Stop the server first. A restore that fails leaves the instance empty.
    """
    with opened() as instance:
        contents = _guarded(_read, instance, file)
        with instance.database.reading() as session:
            without_key = signs_as_another(session, instance.settings)
    _report(contents, file, as_json, "Restored")
    if without_key:
        click.echo(NO_KEY, err=True)


def _guarded(work: object, instance: Instance, file: Path) -> Contents:
    assert callable(work)
    try:
        contents: Contents = work(instance, file)
    except OSError as error:
        raise Refusal(f"{file}: {error.strerror or error}") from error
    return contents


def _write(instance: Instance, file: Path) -> Contents:
    with transfer("Backing up", 0) as advance:
        return write_backup(
            file,
            database=instance.database,
            stores=instance.stores(),
            version=version("varsity"),
            now=utcnow(),
            advance=advance,
        )


def _read(instance: Instance, file: Path) -> Contents:
    with transfer("Restoring", file.stat().st_size) as advance:
        return read_backup(
            file, database=instance.database, stores=instance.stores(), advance=advance
        )


def _report(contents: Contents, file: Path, as_json: bool, verb: str) -> None:
    if as_json:
        print_json({"file": str(file), **contents._asdict()})
        return
    click.echo(
        f"{verb} {file}: {contents.rows:,} rows of {contents.tables} tables and "
        f"{contents.files:,} files ({contents.bytes:,} bytes), schema {contents.revision}."
    )
