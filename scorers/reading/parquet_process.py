"""The process that decodes one Parquet file: polars may end it, and only it, by a damaged one.

Run as a script with the most rows and the most bytes unpacked: the file on standard input; on
standard output one line of JSON, `{}` or the `code`, `column` and `type` of a refusal, then the
table as an Arrow stream.
"""

import io
import json
import re
import resource
import sys

import polars as pl

# The library with its threads, before it holds any data; and how often it holds what it decodes.
_MEMORY_OF_POLARS, _COPIES = 2 << 30, 6
_TEXTS = (pl.String, pl.Binary, pl.Categorical, pl.Enum)
_OTHERS = (pl.Boolean, pl.Date, pl.Datetime, pl.Time, pl.Decimal, pl.Null)


class Refusal(Exception):
    """What is wrong with the file: a code, the column, and what that holds (“”: lists)."""

    def __init__(self, code: str, column: str = "", kind: str = "") -> None:
        super().__init__(code)
        self.said = {"code": code, "column": column, "type": kind}


def limit_memory(max_bytes: int) -> None:
    """Lower this process's own limits: a damaged length must not be taken at its word."""
    # A solution may have any size: the system knows no limit beyond this.
    wanted = min(_MEMORY_OF_POLARS + _COPIES * max_bytes, sys.maxsize)
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def decode(data: bytes, max_rows: int, max_bytes: int) -> pl.DataFrame:
    """The table, with what is neither text nor a number as text. Raises: Refusal, PolarsError."""
    lazy = pl.scan_parquet(io.BytesIO(data))
    schema = lazy.collect_schema()
    rows = int(lazy.select(pl.len()).collect().item())
    if rows > max_rows:
        raise Refusal("too_many_rows")
    for name, kind in schema.items():
        _check_kind(name, kind)
    _check_size(rows * sum(_width(kind) for kind in schema.values()), max_bytes)
    texts = [name for name, kind in schema.items() if isinstance(kind, _TEXTS)]
    sizes = lazy.select(_length(name, schema[name]) for name in texts)
    _check_size(sum(sizes.collect(engine="streaming").row(0)) if texts else 0, max_bytes)
    frame = lazy.collect()
    return frame.select(_plain(column) for column in frame)


def _check_kind(name: str, kind: pl.DataType) -> None:
    if kind.is_nested():
        raise Refusal("format", name)
    if not (kind.is_numeric() or isinstance(kind, (*_TEXTS, *_OTHERS))):
        raise Refusal("format", name, type(kind).__name__)


def _check_size(size: int, max_bytes: int) -> None:
    if size > max_bytes:
        raise Refusal("too_many_bytes")


def _width(kind: pl.DataType) -> int:
    """The bytes of a value of fixed width; those of texts are counted one by one."""
    if isinstance(kind, _TEXTS):
        return 0
    bits = re.search(r"^U?(?:Int|Float)(\d+)$", str(kind))
    return int(bits[1]) // 8 if bits else 1 if kind in (pl.Boolean, pl.Null) else 8


def _length(name: str, kind: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if isinstance(kind, pl.Binary):
        return column.bin.size().cast(pl.Int64).sum()
    return column.cast(pl.String).str.len_bytes().cast(pl.Int64).sum()


def _plain(column: pl.Series) -> pl.Series:
    if column.dtype.is_numeric() and not isinstance(column.dtype, pl.Decimal):
        return column
    try:
        return column.cast(pl.String)
    except pl.exceptions.PolarsError:
        raise Refusal("encoding", column.name) from None


def main() -> None:
    """Answer for the file on standard input."""
    max_rows, max_bytes = int(sys.argv[1]), int(sys.argv[2])
    limit_memory(max_bytes)
    try:
        frame = decode(sys.stdin.buffer.read(), max_rows, max_bytes)
    except Refusal as refusal:
        sys.stdout.buffer.write(json.dumps(refusal.said).encode() + b"\n")
        return
    sys.stdout.buffer.write(b"{}\n")
    frame.write_ipc_stream(sys.stdout.buffer)


if __name__ == "__main__":
    main()
