"""What runs in the limited child: it looks at one public file and answers with JSON."""

import mimetypes
import os
import traceback
import zipfile
from pathlib import Path

from polars.exceptions import PanicException

from scorers.sentences import Sentence, to_json
from server.kits.columns import column_of, cut, first_rows
from server.kits.found import Archive, Looked, LookReport, Member, Table
from server.kits.rules import is_table
from server.kits.tables import Unreadable, broken, read_start

ROWS_SHOWN, COLUMNS_SHOWN = 10, 50
MOST_MEMBERS = 50
MOST_LINES, LINE_LENGTH, TEXT_BYTES = 40, 160, 8_000
# Behind the scoring of what students wait for.
NICENESS = 10
TEXTS = (".py", ".md", ".txt", ".json", ".toml", ".yaml", ".yml", ".r", ".ipynb")
IMAGES = "image/"


def look_in_child(path: str, name: str) -> str:
    """Look at a file and return a `LookReport` as JSON. The path is local, `name` its own."""
    os.nice(NICENESS)
    try:
        report = LookReport(looked=look(Path(path), name))
    except MemoryError:
        raise
    # A panic of polars is no Exception: it would end the worker's thread.
    except (Exception, PanicException):  # noqa: BLE001 - the trace is for the operator
        report = LookReport(trace=traceback.format_exc())
    return report.model_dump_json()


def look(path: Path, name: str) -> Looked:
    """Say what a file is, and what is in it."""
    if is_table(name):
        return _table(path, name)
    if zipfile.is_zipfile(path) and not name.lower().endswith(".npz"):
        return _archive(path)
    kind = mimetypes.guess_type(name)[0] or ""
    if name.lower().endswith(TEXTS):
        return Looked(kind="text", lines=_lines(path))
    return Looked(kind="image" if kind.startswith(IMAGES) else "other")


def _table(path: Path, name: str) -> Looked:
    try:
        start = read_start(path, name)
    except Unreadable as error:
        return _unreadable("table", error.said)
    frame = start.frame
    table = Table(
        rows=start.rows,
        read=frame.height,
        width=start.width,
        columns=[column_of(frame[name]) for name in frame.columns],
        first=first_rows(frame, rows=ROWS_SHOWN, columns=COLUMNS_SHOWN),
    )
    return Looked(kind="table", table=table)


def _archive(path: Path) -> Looked:
    try:
        with zipfile.ZipFile(path) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        return _unreadable("archive", broken(str(error)))
    members = [Member(name=cut(i.filename, 160), size=i.file_size) for i in infos[:MOST_MEMBERS]]
    return Looked(kind="archive", archive=Archive(files=len(infos), members=members))


def _unreadable(kind: str, said: Sentence) -> Looked:
    return Looked(kind=kind, problem=str(said), sentence=to_json(said))


def _lines(path: Path) -> list[str]:
    with path.open("rb") as file:
        text = file.read(TEXT_BYTES).decode("utf-8", "replace")
    return [cut(line, LINE_LENGTH) for line in text.splitlines()[:MOST_LINES]]
