"""How long a line may be: read, its fields take many times the memory of its bytes."""

import csv
import io

from scorers.reading.containers import refuse
from scorers.reading.wording import said_of, where
from scorers.sentences import sentence

LONGEST_LINE = 1 << 25
# Of its columns each one that is not due is a fault of its own.
LONGEST_HEADER = 1 << 22


def check_lengths(data: bytes, first: int) -> None:
    """Refuse a line that no table has; `first`: how long the first may be.

    Raises: InvalidPredictions.
    """
    if _end(data, 0, first) is None:
        _refuse_line(1, first)
    at = 0
    while (end := _end(data, at, LONGEST_LINE)) is not None:
        if end == len(data):
            return
        at = end + 1
    _refuse_line(data.count(b"\n", 0, at) + 1, LONGEST_LINE)


def _end(data: bytes, at: int, most: int) -> int | None:
    """The last end of a line that lies at most so many bytes further on; None: there is none."""
    if len(data) - at <= most:
        return len(data)
    end = max(data.rfind(b"\n", at, at + most + 1), data.rfind(b"\r", at, at + most + 1))
    return None if end < 0 else end


def _refuse_line(line: int, most: int) -> None:
    said = sentence("the line is longer than the %(most)s bytes allowed.", most=most)
    refuse("too_many_bytes", said_of(where(line, 0), said), line)


class RowsOfText:
    """The rows of a CSV file in UTF-8; `line_num` is the line of its last one's end.

    Raises: csv.Error where a quote is not closed, at the latest after as many characters as a row
    may have.
    """

    def __init__(self, data: bytes, most: int = LONGEST_LINE) -> None:
        self._text = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", newline="")
        self._reader = csv.reader(iter(self._line, ""), strict=True)
        self._most = self._left = most

    def _line(self) -> str:
        line = self._text.readline()
        self._left -= len(line)
        if self._left < 0:
            raise csv.Error("a row without end")
        return line

    def __iter__(self) -> "RowsOfText":
        return self

    def __next__(self) -> list[str]:
        self._left = self._most
        return next(self._reader)

    @property
    def line_num(self) -> int:
        """How many lines were read."""
        return self._reader.line_num
