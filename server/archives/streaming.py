"""A zip archive as a stream: written as it is read, never whole in memory or on a disk."""

import io
import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from server.shared.storage import FileStore

CHUNK = 1 << 20
# What is small already gains nothing by being made smaller.
PACKED = frozenset({".gz", ".zip", ".npz", ".parquet", ".png", ".jpg", ".jpeg", ".gif", ".webp"})
READABLE = 0o644 << 16
MISSING = "MISSING.txt"


class Member(NamedTuple):
    """A file of an archive: its name, and what yields its bytes once it is its turn.

    `chunks` raises FileNotFoundError where the store has lost the file.
    """

    name: str
    chunks: Callable[[], Iterator[bytes]]


def of_text(name: str, text: str) -> Member:
    """Make a member of a text."""
    return Member(name, lambda: iter([text.encode()]))


def of_lines(name: str, lines: Callable[[], Iterator[str]]) -> Member:
    """Make a member of lines, or larger pieces of text."""
    return Member(name, lambda: (line.encode() for line in lines()))


def of_stored(name: str, store: FileStore, sha256: str) -> Member:
    """Make a member of a stored file."""

    def chunks() -> Iterator[bytes]:
        with store.open(sha256) as file:
            while piece := file.read(CHUNK):
                yield piece

    return Member(name, chunks)


class _Sink(io.RawIOBase):
    """Takes what the archive writes, for the stream to give on; it can't go back."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        piece = bytes(data)
        self._pieces.append(piece)
        return len(piece)

    def take(self) -> bytes:
        """Return what was written since the last time."""
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken


def zip_stream(folder: str, members: Iterable[Member], *, now: datetime) -> Iterator[bytes]:
    """Yield a zip archive of members in a folder; what the store has lost is named in it."""
    sink, lost = _Sink(), list[str]()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=5) as archive:
        for member in members:
            try:
                yield from _written(archive, sink, folder, member, now)
            except FileNotFoundError:
                lost.append(member.name)
        if lost:
            said = "The server's store has lost these files:\n" + "".join(f"{n}\n" for n in lost)
            yield from _written(archive, sink, folder, of_text(MISSING, said), now)
    yield sink.take()


def _written(
    archive: zipfile.ZipFile, sink: _Sink, folder: str, member: Member, now: datetime
) -> Iterator[bytes]:
    chunks = member.chunks()
    # Its first bytes come before its head: what is lost leaves no empty file behind.
    first = next(chunks, b"")
    with archive.open(_head(folder, member.name, now), "w", force_zip64=True) as file:
        file.write(first)
        for chunk in chunks:
            file.write(chunk)
            yield sink.take()
    yield sink.take()


def _head(folder: str, name: str, now: datetime) -> zipfile.ZipInfo:
    head = zipfile.ZipInfo(f"{folder}/{safe_name(name)}", now.timetuple()[:6])
    packed = PurePosixPath(name).suffix.lower() in PACKED
    head.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
    head.external_attr = READABLE
    return head


def safe_name(name: str) -> str:
    """Return a member's name without anything that leads out of the archive's folder.

    Raises ValueError where nothing is left of it.
    """
    parts = [_safe_part(part) for part in name.replace("\\", "/").split("/")]
    kept = [part for part in parts if part]
    if not kept:
        raise ValueError(f"no name for a file: {name[:80]!r}")
    return "/".join(kept)


def _safe_part(part: str) -> str:
    plain = "".join(c if c.isprintable() and c not in ':*?"<>|' else "_" for c in part).strip()
    return "" if set(plain) <= {"."} else plain
