"""Reading the beginning of a table, whatever it holds: in the limited child only."""

import csv
import gzip
import io
import itertools
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
from polars.exceptions import PanicException, PolarsError

from scorers.sentences import Sentence, sentence
from server.folders.faults import repeated

MOST_ROWS = 200_000
MOST_CELLS = 8_000_000
MOST_BYTES = 64_000_000
MOST_COLUMNS = 500
# To count the rows of a longer file takes longer than it is worth.
MOST_BYTES_COUNTED = 4_000_000_000
SEPARATORS = ",;\t|"


class Unreadable(Exception):
    """It is no table after all; the message says why."""

    def __init__(self, said: Sentence) -> None:
        super().__init__(said)
        self.said = said


class Start(NamedTuple):
    """The beginning of a table; `rows` in all (None: not counted), `width` columns in all."""

    frame: pl.DataFrame
    rows: int | None
    width: int


def read_start(path: Path, name: str) -> Start:
    """Read the first rows and columns of a CSV, JSON Lines or Parquet file, gzipped or not.

    Raises: Unreadable; FileNotFoundError where the store has lost it.
    """
    plain = name.lower().removesuffix(".gz")
    try:
        if plain.endswith(".parquet"):
            return _parquet(path)
        if plain.endswith((".jsonl", ".ndjson")):
            return _json_lines(path)
        return _csv(path)
    except FileNotFoundError:
        raise
    except (PolarsError, PanicException, OSError, EOFError, ValueError, RecursionError) as error:
        # Where the file lies on this machine is nobody's business.
        said = str(error).replace(str(path), name)
        raise Unreadable(broken(said)) from error


def broken(said: str) -> Sentence:
    """What is told of a file that its library refused, and in whose words."""
    first = said.partition("\n")[0][:120]
    return sentence("it is damaged, or something else than its name says (%(error)s)", error=first)


def most_rows(width: int) -> int:
    """Return how many rows of so many columns are read."""
    return max(100, min(MOST_ROWS, MOST_CELLS // max(1, width)))


def _beginning(path: Path) -> tuple[bytes, bool]:
    """Return the first whole lines of a file, unpacked, and whether that is all of it."""
    with path.open("rb") as raw:
        packed = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        source: Any = gzip.GzipFile(fileobj=raw) if packed else raw
        data = source.read(MOST_BYTES + 1)
    if len(data) <= MOST_BYTES:
        return data, True
    end = data.rfind(b"\n")
    if end < 0:
        said = sentence("its first line is longer than %(most)s bytes", most=MOST_BYTES)
        raise Unreadable(said)
    return data[: end + 1], False


def _csv(path: Path) -> Start:
    data, whole = _beginning(path)
    if not data.strip():
        raise Unreadable(sentence("it is empty"))
    separator = _separator(data)
    names = _header(data, separator)
    _refuse_repeated(names)
    width = len(names)
    most = most_rows(width)
    frame = pl.read_csv(
        data,
        separator=separator,
        columns=list(range(min(width, MOST_COLUMNS))),
        n_rows=most + 1,
        infer_schema=False,
        encoding="utf8-lossy",
        truncate_ragged_lines=True,
    )
    # Polars keeps the quotes within a quoted name doubled.
    frame.columns = names[: frame.width]
    if whole and frame.height <= most:
        return Start(frame, frame.height, width)
    # Where it was cut the last row may be half of one.
    read = frame.head(min(most, frame.height - (not whole)))
    return Start(read, _count_csv(path, separator), width)


def _separator(data: bytes) -> str:
    line = data[: data.find(b"\n") + 1 or len(data)]
    return max(SEPARATORS, key=lambda sign: line.count(sign.encode()))


def _header(data: bytes, separator: str) -> list[str]:
    text = io.TextIOWrapper(io.BytesIO(data), "utf-8-sig", "replace", newline="")
    try:
        return next(csv.reader(text, delimiter=separator), [])
    except csv.Error as error:
        raise Unreadable(broken(str(error))) from error


def _refuse_repeated(names: Sequence[str]) -> None:
    """Refuse a name that stands there again: pandas and others would each rename it their way."""
    for _, name in repeated(names):
        raise Unreadable(sentence("it has the column “%(column)s” more than once", column=name))


def _count_csv(path: Path, separator: str) -> int | None:
    with path.open("rb") as raw:
        packed = raw.read(2) == b"\x1f\x8b"
    if packed or path.stat().st_size > MOST_BYTES_COUNTED:
        return None
    scan = pl.scan_csv(path, separator=separator, infer_schema=False, truncate_ragged_lines=True)
    return int(scan.select(pl.len()).collect(engine="streaming").item())


def _json_lines(path: Path) -> Start:
    data, whole = _beginning(path)
    lines = [line for line in data.split(b"\n") if line.strip()]
    if not lines:
        raise Unreadable(sentence("it is empty"))
    width = len(_record(lines[0]))
    most = most_rows(width)
    records = [_record(line) for line in itertools.islice(lines, most)]
    names = list(dict.fromkeys(key for record in records for key in record))
    kept = names[:MOST_COLUMNS]
    cells = {name: [_cell(record.get(name)) for record in records] for name in kept}
    frame = pl.DataFrame(cells, dict.fromkeys(kept, pl.String))
    return Start(frame, len(lines) if whole else None, len(names))


def _record(line: bytes) -> dict[str, Any]:
    found = json.loads(line, object_pairs_hook=_distinct)
    if not isinstance(found, dict):
        raise Unreadable(sentence("a line of it is no JSON object"))
    return found


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    _refuse_repeated([name for name, _ in pairs])
    return dict(pairs)


def _cell(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _parquet(path: Path) -> Start:
    scan = pl.scan_parquet(path)
    names = scan.collect_schema().names()
    rows = int(scan.select(pl.len()).collect().item())
    kept = names[:MOST_COLUMNS]
    return Start(scan.select(kept).head(most_rows(len(kept))).collect(), rows, len(names))
