"""What a file really is, by its content: unpacked within limits, or refused with the remedy."""

import gzip
import io
import lzma
import re
import zipfile
import zlib
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple, NoReturn, Protocol

from scorers.errors import Fault, InvalidPredictions, listing, shorten

_BROKEN = (
    OSError,
    EOFError,
    ValueError,
    RuntimeError,
    NotImplementedError,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
)
_FOREIGN = {
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"Rar!": "a rar archive",
    b"\x28\xb5\x2f\xfd": "a Zstandard archive",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"%PDF": "a PDF document",
    b"\x93NUMPY": "a single NumPy array",
    b"\x80\x04": "a Python pickle",
    b"\x80\x05": "a Python pickle",
    b"\x89HDF": "an HDF5 file",
    b"ARROW1": "an Arrow file",
    b"SQLite": "a SQLite database",
    b"\x89PNG": "a PNG image, not a table",
    b"\xff\xd8\xff": "a JPEG image, not a table",
}
_ACCEPTED = "a CSV file (also .gz, or a .zip holding one), Parquet, JSON Lines or NPZ"
_MOST_MEMBERS = 10_000
_PIECE = 1 << 20
# What macOS packs beside each file, about the file.
_OF_MACOS = "__MACOSX/"
_GZIP = b"\x1f\x8b"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_PARQUET = b"PAR1"
# Where the header of a tar archive says what it is.
_TAR, _TAR_AT = b"ustar", 257
# A list of objects or of lists; a CSV header may begin with a bracket too.
_JSON_LIST = re.compile(rb"(?:\xef\xbb\xbf)?\s*\[\s*(?:[\[{]|\]\s*$)")


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


class Format(StrEnum):
    """What the unpacked bytes are."""

    CSV = "CSV"
    JSON_LINES = "JSON Lines"
    PARQUET = "Parquet"
    NPZ = "NPZ"


class Unpacked(NamedTuple):
    """A file's format and its bytes; for NPZ the arrays' files by name."""

    format: Format
    data: bytes
    members: dict[str, bytes]


def refuse(
    code: str, message: str, line: int | None = None, expected: str | None = None
) -> NoReturn:
    """Raises: InvalidPredictions with this one fault of the whole file."""
    raise InvalidPredictions([Fault(code, message, line=line, expected=expected)])


def unpack(path: Path, max_bytes: int) -> Unpacked:
    """The bytes of a file, at most `max_bytes` of them unpacked. Raises: InvalidPredictions."""
    if path.stat().st_size > max_bytes:
        refuse("too_many_bytes", f"The file is larger than the {max_bytes:,} bytes allowed.")
    data = path.read_bytes()
    if data.startswith(_GZIP):
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            return _inner(_read_limited(stream, max_bytes, "gzip"), "The gzip archive")
    if data.startswith(_ZIP):
        return _unzip(data, max_bytes)
    return _plain(data)


def _plain(data: bytes) -> Unpacked:
    if data.startswith(_PARQUET):
        return Unpacked(Format.PARQUET, data, {})
    for magic, name in _FOREIGN.items():
        if data.startswith(magic):
            refuse("format", f"The file is {name}; send {_ACCEPTED}.", expected=_ACCEPTED)
    if data.startswith(_TAR, _TAR_AT):
        text = f"The file is a tar archive, not a table; send {_ACCEPTED}."
        refuse("format", text, expected=_ACCEPTED)
    if _JSON_LIST.match(data):
        text = "The file is one JSON list; write one object on each line (JSON Lines)."
        refuse("format", text, expected="one object on each line")
    if not data or data.isspace():
        refuse("empty_file", "The file is empty.", expected="a header and a row for each id")
    return Unpacked(Format.JSON_LINES if _is_json(data) else Format.CSV, data, {})


def _is_json(start: bytes) -> bool:
    return start[:64].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")


def looks_like_csv(start: bytes) -> bool:
    """Whether a file is taken for CSV as it stands, by its first 64 bytes."""
    others = (_GZIP, *_ZIP, _PARQUET, *_FOREIGN)
    return not (start.startswith(others) or _is_json(start) or _JSON_LIST.match(start))


def _inner(data: bytes, what: str) -> Unpacked:
    if data.startswith((b"\x1f\x8b", b"PK\x03\x04")):
        refuse("archive", f"{what} holds another archive; pack the file once.")
    return _plain(data)


def _read_limited(stream: _Readable, max_bytes: int, what: str) -> bytes:
    """All that is in a stream. In pieces: to ask for all that is allowed would take that memory."""
    found = io.BytesIO()
    try:
        while found.tell() <= max_bytes and (piece := stream.read(_PIECE)):
            found.write(piece)
    except _BROKEN:
        refuse("archive", f"The {what} archive is damaged, cut short or encrypted; pack it again.")
    except MemoryError:
        if found.tell():
            raise
        text = f"The {what} archive takes too much memory to be unpacked; pack it in the usual way."
        refuse("archive", text)
    if found.tell() > max_bytes:
        refuse(
            "too_many_bytes", f"Unpacked, the file has more than the {max_bytes:,} bytes allowed."
        )
    return found.getvalue()


def _unzip(data: bytes, max_bytes: int) -> Unpacked:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except _BROKEN:
        refuse("archive", "The zip archive is damaged or cut short; pack it again.")
    with archive:
        members = [m for m in archive.infolist() if not m.filename.startswith(_OF_MACOS)]
        _check_members(members)
        if all(member.filename.endswith(".npy") for member in members):
            return Unpacked(Format.NPZ, b"", _read_members(archive, members, max_bytes))
        _check_single(members)
        return _inner(_read_member(archive, members[0], max_bytes), "The zip archive")


def _check_members(members: list[zipfile.ZipInfo]) -> None:
    if not members:
        refuse("archive", "The zip archive is empty.", expected="one file")
    if len(members) > _MOST_MEMBERS:
        refuse("archive", f"The zip archive holds {len(members):,} files.", expected="one file")
    names = [member.filename for member in members]
    if "[Content_Types].xml" in names:
        refuse("format", f"The file is an Excel workbook; send {_ACCEPTED}.", expected=_ACCEPTED)


def _check_single(members: list[zipfile.ZipInfo]) -> None:
    if len(members) > 1:
        names = listing([member.filename for member in members], 3)
        text = f"The zip archive holds {len(members)} files ({names}); it must hold one."
        refuse("archive", text, expected="one file")
    name = members[0].filename
    if "/" in name or "\\" in name or name.startswith("."):
        text = f"The zip archive's file “{shorten(name)}” carries a path; pack the file alone."
        refuse("archive", text, expected="a file name without a folder")


def _read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, max_bytes: int) -> bytes:
    try:
        stream = archive.open(member)
    except _BROKEN:
        refuse(
            "archive", "The zip archive is damaged or encrypted; pack it again without a password."
        )
    with stream:
        return _read_limited(stream, max_bytes, "zip")


def _read_members(
    archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], max_bytes: int
) -> dict[str, bytes]:
    found, left = {}, max_bytes
    for member in members:
        content = _read_member(archive, member, left)
        left -= len(content)
        name = member.filename.removesuffix(".npy")
        if name in found:
            text = f"The array “{shorten(name)}” stands there more than once."
            refuse("repeated_column", text, expected="one array for each column")
        found[name] = content
    return found
