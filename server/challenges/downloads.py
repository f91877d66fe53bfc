"""Serving a stored file over HTTP as RFC 9110 has it: one range, conditions, no copy in memory."""

import mimetypes
import re
import unicodedata
from collections.abc import Iterator
from typing import IO, NamedTuple
from urllib.parse import quote

from flask import Request, Response
from werkzeug.exceptions import PreconditionFailed, RequestedRangeNotSatisfiable

from server.folders.pictures import type_by_name
from server.shared.storage import FileStore

CHUNK = 1 << 20
_SPEC = re.compile(r"([0-9]*)-([0-9]*)")
_BLANKS = " \t"
_UNSAFE_IN_QUOTES = re.compile(r"[^ !#-\[\]-~]")
# More digits than any size has; int() refuses to read thousands of them.
_DIGITS = 24
# How the OpenAPI document says what `send_stored` answers; the type is the file's own.
BINARY = {"*/*": {"schema": {"type": "string", "format": "binary"}}}
RANGES = {
    200: {"description": "The whole file.", "content": BINARY},
    206: {"description": "The range that was asked for.", "content": BINARY},
    304: {"description": "The file is still the one of If-None-Match."},
    416: {"description": "The range begins after the end of the file."},
}


class ByteRange(NamedTuple):
    """Bytes `first` to `last`, both included."""

    first: int
    last: int

    @property
    def length(self) -> int:
        """The number of bytes."""
        return self.last - self.first + 1


class Unsatisfiable(Exception):
    """The range begins after the file's end."""


def requested_range(header: str | None, size: int) -> ByteRange | None:
    """Return the single range that a Range header asks of a file of `size` bytes.

    None means the whole file: no header, another unit, several ranges, or what is not a range
    (RFC 9110, section 14.2). Raises Unsatisfiable.
    """
    unit, equals, ranges = (header or "").partition("=")
    specs = [spec.strip(_BLANKS) for spec in ranges.split(",") if spec.strip(_BLANKS)]
    if unit.lower() != "bytes" or not equals or len(specs) != 1:
        return None
    found = _SPEC.fullmatch(specs[0])
    if found is None or specs[0] == "-":
        return None
    return _resolve(*found.groups(), size=size)


def _resolve(first: str, last: str, *, size: int) -> ByteRange | None:
    if not first:
        return _suffix(_number(last), size)
    start = _number(first)
    if last and _number(last) < start:
        return None
    if start >= size:
        raise Unsatisfiable
    return ByteRange(start, min(_number(last), size - 1) if last else size - 1)


def _suffix(length: int, size: int) -> ByteRange | None:
    if length == 0:
        raise Unsatisfiable
    # An empty file has no byte to name in Content-Range: it is sent whole.
    return ByteRange(max(0, size - length), size - 1) if size else None


def _number(digits: str) -> int:
    return int(digits.lstrip("0")[:_DIGITS] or "0")


def send_stored(request: Request, store: FileStore, *, sha256: str, name: str) -> Response:
    """Answer a GET or HEAD with a stored file, under its name.

    Raises:
        FileNotFoundError: the store has lost it.
        PreconditionFailed, RequestedRangeNotSatisfiable: as RFC 9110 has them.
    """
    if request.if_match and not request.if_match.contains(sha256):
        raise PreconditionFailed
    headers = _headers(sha256, name)
    if request.if_none_match.contains_weak(sha256):
        return Response(status=304, headers=headers)
    # Not the row's size: what is sent must be what the store has.
    size = store.size(sha256)
    part = _wanted(request, sha256, size)
    span = part or ByteRange(0, size - 1)
    headers["Content-Length"] = str(span.length)
    if part:
        headers["Content-Range"] = f"bytes {part.first}-{part.last}/{size}"
    body = iter(()) if request.method == "HEAD" else _chunks(store.open(sha256), span)
    return Response(
        body,
        status=206 if part else 200,
        headers=headers,
        mimetype=_media_type(name),
        direct_passthrough=True,
    )


def send_picture(request: Request, store: FileStore, *, sha256: str, name: str) -> Response:
    """Answer a GET or HEAD with a picture that a page shows; what its name says is its type."""
    answer = send_stored(request, store, sha256=sha256, name=name)
    kind = type_by_name(name)
    if kind is not None:
        answer.headers["Content-Type"] = kind
        answer.headers["Content-Disposition"] = "inline"
    # Whatever it is, opened by itself it runs nothing.
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["Cache-Control"] = "private, max-age=3600"
    return answer


def _wanted(request: Request, sha256: str, size: int) -> ByteRange | None:
    if request.method != "GET" or not _unchanged(request, sha256):
        return None
    try:
        return requested_range(request.headers.get("Range"), size)
    except Unsatisfiable:
        raise RequestedRangeNotSatisfiable(length=size) from None


def _unchanged(request: Request, sha256: str) -> bool:
    """Whether If-Range allows a part: only the strong tag does, for no date is ever sent."""
    condition = request.headers.get("If-Range")
    return condition is None or condition.strip(_BLANKS) == f'"{sha256}"'


def _headers(sha256: str, name: str) -> dict[str, str]:
    return {
        "ETag": f'"{sha256}"',
        "Accept-Ranges": "bytes",
        "Content-Disposition": _attachment(name),
        "Cache-Control": "private, no-cache",
    }


def _attachment(name: str) -> str:
    """Name the file in UTF-8 (RFC 8187), and in ASCII for what can't read that."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii")
    plain = _UNSAFE_IN_QUOTES.sub("_", plain)
    if plain == name:
        return f'attachment; filename="{plain}"'
    encoded = quote(name, safe="!#$&+-.^_`|~")
    return f"attachment; filename=\"{plain or 'file'}\"; filename*=UTF-8''{encoded}"


def _media_type(name: str) -> str:
    guessed, encoding = mimetypes.guess_type(name)
    if encoding == "gzip":
        return "application/gzip"
    return guessed if guessed and encoding is None else "application/octet-stream"


def _chunks(reader: IO[bytes], span: ByteRange) -> Iterator[bytes]:
    left = span.length
    try:
        reader.seek(span.first)
        while left > 0:
            chunk = bytes(reader.read(min(CHUNK, left)))
            if not chunk:
                return
            left -= len(chunk)
            yield chunk
    finally:
        reader.close()
