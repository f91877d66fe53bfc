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
from scorers.sentences import Sentence, sentence

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
    b"BZh": sentence("a bzip2 archive"),
    b"\xfd7zXZ": sentence("an xz archive"),
    b"7z\xbc\xaf": sentence("a 7z archive"),
    b"Rar!": sentence("a rar archive"),
    b"\x28\xb5\x2f\xfd": sentence("a Zstandard archive"),
    b"\xd0\xcf\x11\xe0": sentence("an old Excel workbook"),
    b"%PDF": sentence("a PDF document"),
    b"\x93NUMPY": sentence("a single NumPy array"),
    b"\x80\x04": sentence("a Python pickle"),
    b"\x80\x05": sentence("a Python pickle"),
    b"\x89HDF": sentence("an HDF5 file"),
    b"ARROW1": sentence("an Arrow file"),
    b"SQLite": sentence("a SQLite database"),
    b"\x89PNG": sentence("a PNG image, not a table"),
    b"\xff\xd8\xff": sentence("a JPEG image, not a table"),
}
_ACCEPTED = sentence("a CSV file (also .gz, or a .zip holding one), Parquet, JSON Lines or NPZ")
_ONE_FILE = sentence("one file")
_MOST_MEMBERS = 10_000
_PIECE = 1 << 20
# What macOS packs beside the files, about them.
_OF_MACOS = "__MACOSX"
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
    code: str, message: Sentence, line: int | None = None, expected: Sentence | None = None
) -> NoReturn:
    """Raises: InvalidPredictions with this one fault of the whole file."""
    raise InvalidPredictions([Fault(code, message, line=line, expected=expected)])


def too_large_unpacked(max_bytes: int) -> Sentence:
    """What is said of a file that unpacks to more than is allowed."""
    return sentence("Unpacked, the file has more than the %(most)s bytes allowed.", most=max_bytes)


def too_many_rows(max_rows: int) -> Sentence:
    """What is said of a file of more rows than are allowed."""
    return sentence("The file has more than the %(most)s rows allowed.", most=max_rows)


def unpack(path: Path, max_bytes: int) -> Unpacked:
    """The bytes of a file, at most `max_bytes` of them unpacked. Raises: InvalidPredictions."""
    if path.stat().st_size > max_bytes:
        text = sentence("The file is larger than the %(most)s bytes allowed.", most=max_bytes)
        refuse("too_many_bytes", text)
    data = path.read_bytes()
    if data.startswith(_GZIP):
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            return _inner(_read_limited(stream, max_bytes, "gzip"), "gzip")
    if data.startswith(_ZIP):
        return _unzip(data, max_bytes)
    return _plain(data)


def _plain(data: bytes) -> Unpacked:
    if data.startswith(_PARQUET):
        return Unpacked(Format.PARQUET, data, {})
    for magic, name in _FOREIGN.items():
        if data.startswith(magic):
            _refuse_format(name)
    if data.startswith(_TAR, _TAR_AT):
        _refuse_format(sentence("a tar archive, not a table"))
    if _JSON_LIST.match(data):
        text = sentence("The file is one JSON list; write one object on each line (JSON Lines).")
        refuse("format", text, expected=sentence("one object on each line"))
    if not data or data.isspace():
        due = sentence("a header and a row for each id")
        refuse("empty_file", sentence("The file is empty."), expected=due)
    return Unpacked(Format.JSON_LINES if _is_json(data) else Format.CSV, data, {})


def _refuse_format(name: Sentence) -> NoReturn:
    text = sentence("The file is %(name)s; send %(accepted)s.", name=name, accepted=_ACCEPTED)
    refuse("format", text, expected=_ACCEPTED)


def _is_json(start: bytes) -> bool:
    return start[:64].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")


def looks_like_csv(start: bytes) -> bool:
    """Whether a file is taken for CSV as it stands, by its first 64 bytes."""
    others = (_GZIP, *_ZIP, _PARQUET, *_FOREIGN)
    return not (start.startswith(others) or _is_json(start) or _JSON_LIST.match(start))


def _inner(data: bytes, kind: str) -> Unpacked:
    if data.startswith((b"\x1f\x8b", b"PK\x03\x04")):
        refuse(
            "archive",
            sentence("The %(kind)s archive holds another archive; pack the file once.", kind=kind),
        )
    return _plain(data)


def _read_limited(stream: _Readable, max_bytes: int, kind: str) -> bytes:
    """All that is in a stream. In pieces: to ask for all that is allowed would take that memory."""
    found = io.BytesIO()
    try:
        while found.tell() <= max_bytes and (piece := stream.read(_PIECE)):
            found.write(piece)
    except _BROKEN:
        refuse(
            "archive",
            sentence(
                "The %(kind)s archive is damaged, cut short or encrypted; pack it again.", kind=kind
            ),
        )
    except MemoryError:
        if found.tell():
            raise
        refuse(
            "archive",
            sentence(
                "The %(kind)s archive takes too much memory to be unpacked; "
                "pack it in the usual way.",
                kind=kind,
            ),
        )
    if found.tell() > max_bytes:
        refuse("too_many_bytes", too_large_unpacked(max_bytes))
    return found.getvalue()


def _unzip(data: bytes, max_bytes: int) -> Unpacked:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except _BROKEN:
        refuse("archive", sentence("The zip archive is damaged or cut short; pack it again."))
    with archive:
        members = [m for m in archive.infolist() if _is_a_file_of_theirs(m)]
        _check_members(members)
        if all(member.filename.endswith(".npy") for member in members):
            return Unpacked(Format.NPZ, b"", _read_members(archive, members, max_bytes))
        _check_single(members)
        return _inner(_read_member(archive, members[0], max_bytes), "zip")


def _check_members(members: list[zipfile.ZipInfo]) -> None:
    if not members:
        refuse("archive", sentence("The zip archive is empty."), expected=_ONE_FILE)
    if len(members) > _MOST_MEMBERS:
        text = sentence("The zip archive holds %(count)s files.", count=len(members))
        refuse("archive", text, expected=_ONE_FILE)
    names = [member.filename for member in members]
    if "[Content_Types].xml" in names:
        _refuse_format(sentence("an Excel workbook"))


def _check_single(members: list[zipfile.ZipInfo]) -> None:
    if len(members) > 1:
        names = listing([member.filename for member in members], 3)
        told = sentence(
            "The zip archive holds %(count)s files (%(names)s); it must hold one.",
            count=str(len(members)),
            names=names,
        )
        refuse("archive", told, expected=_ONE_FILE)


def _is_a_file_of_theirs(member: zipfile.ZipInfo) -> bool:
    """Whether somebody packed this; folders, and what the system hides in them, are not meant."""
    *folders, name = member.filename.replace("\\", "/").split("/")
    return bool(name) and not name.startswith(".") and _OF_MACOS not in folders


def _read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, max_bytes: int) -> bytes:
    try:
        stream = archive.open(member)
    except _BROKEN:
        refuse(
            "archive",
            sentence("The zip archive is damaged or encrypted; pack it again without a password."),
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
            text = sentence("The array “%(name)s” stands there more than once.", name=shorten(name))
            due = sentence("one array for each column")
            refuse("repeated_column", text, expected=due)
        found[name] = content
    return found
