"""A ZIP archive as a stream: the same bytes for the same content, and never whole in memory."""

import io
import zipfile
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import NamedTuple

from server.shared.storage import FileStore

CHUNK = 1 << 18
# What is packed already would only cost time.
PACKED = (".gz", ".zip", ".parquet", ".npz", ".png", ".jpg", ".jpeg")
# The first moment that a ZIP archive can name: no clock is in it.
NO_TIME = (1980, 1, 1, 0, 0, 0)


class Member(NamedTuple):
    """A file of the archive: its text, or the sha256 of the stored file that it is."""

    name: str
    text: str = ""
    sha256: str = ""


def version_of(members: Sequence[Member]) -> str:
    """Return a digest that changes with any byte of the archive."""
    digest = sha256()
    for member in members:
        own = member.sha256 or sha256(member.text.encode()).hexdigest()
        digest.update(f"{member.name}\0{own}\n".encode())
    return digest.hexdigest()


def zip_stream(members: Sequence[Member], store: FileStore) -> Iterator[bytes]:
    """Yield the archive's bytes. Raises FileNotFoundError where the store has lost a file."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w") as archive:
        for member in members:
            info = zipfile.ZipInfo(member.name, NO_TIME)
            packed = member.name.lower().endswith(PACKED)
            info.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            source = (
                store.open(member.sha256) if member.sha256 else io.BytesIO(member.text.encode())
            )
            with source, archive.open(info, "w", force_zip64=True) as target:
                while chunk := source.read(CHUNK):
                    target.write(chunk)
                    yield from pipe.taken()
    yield from pipe.taken()


class _Pipe(io.RawIOBase):
    """What is written to it can be taken out again; it can't seek, so that nothing is rewritten."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        part = bytes(data)  # type: ignore[call-overload]
        self._parts.append(part)
        return len(part)

    def taken(self) -> Iterator[bytes]:
        """Yield what was written since it was last taken."""
        parts, self._parts = self._parts, []
        yield from parts
