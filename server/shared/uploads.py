"""Uploads are hashed while they arrive and never whole in memory."""

import contextlib
import hashlib
import os
import tempfile
from pathlib import Path
from typing import IO, Any

from flask import Request
from werkzeug.datastructures import FileStorage

from server.shared.errors import N_, Invalid
from server.shared.web import services


class HashingFile:
    """A temporary file that knows the sha256 of what was written to it."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._file = tempfile.NamedTemporaryFile(dir=folder, prefix="upload-")  # noqa: SIM115
        self._hash = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> int:
        """Append bytes."""
        self._hash.update(data)
        self.size += len(data)
        return self._file.write(data)

    @property
    def sha256(self) -> str:
        """The sha256 of all bytes so far, in hexadecimal."""
        return self._hash.hexdigest()

    @property
    def path(self) -> Path:
        """Where the bytes are, flushed to the file."""
        self._file.flush()
        return Path(self._file.name)

    def close(self) -> None:
        """Close, and so remove, the file; what a full disk did not take is not missed."""
        with contextlib.suppress(OSError):
            self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def __iter__(self) -> Any:
        return iter(self._file)


class UploadRequest(Request):
    """A request whose uploaded files arrive in the data folder, hashed."""

    max_form_parts = 50

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        stream = HashingFile(services().settings.data_dir / "incoming")
        self.__dict__.setdefault("arriving", []).append(stream)
        return stream  # type: ignore[return-value]

    def close(self) -> None:
        """Close, and so remove, what arrived, also where the body broke off in the middle."""
        super().close()
        for stream in self.__dict__.get("arriving", ()):
            stream.close()


class Upload:
    """One received file: its name as sent, its size in bytes and its sha256."""

    def __init__(self, storage: FileStorage) -> None:
        stream: Any = storage.stream
        self._file: HashingFile = stream
        self.filename = clean_filename(storage.filename or "")

    @property
    def size(self) -> int:
        """Bytes received."""
        return self._file.size

    @property
    def sha256(self) -> str:
        """The sha256 of the bytes received."""
        return self._file.sha256

    def beginning(self, length: int) -> bytes:
        """Return the first bytes received."""
        with self._file.path.open("rb") as file:
            return file.read(length)

    def store(self) -> None:
        """Put the bytes among the public files, flushed to the disk."""
        services().files.put(self._file.path, self.sha256)


def clean_filename(name: str) -> str:
    """Return a file's name without folders or control characters, at most 255 characters."""
    last = name.replace("\\", "/").rpartition("/")[2]
    printable = "".join(c for c in last if c.isprintable() and c not in '"<>|:*?')
    stem, dot, extension = printable.strip().rpartition(".")
    if len(printable) > 255 and dot:
        return f"{stem[: 254 - len(extension)]}.{extension}"[:255]
    return printable.strip()[:255] or "predictions"


def all_received(request: Request, name: str = "file") -> list[Upload]:
    """Return the files of a multipart request under one name.

    Raises:
        Invalid: there is none.
    """
    files = [Upload(each) for each in request.files.getlist(name) if each.filename]
    return files or [received(request, name)]


def received(request: Request, name: str = "file") -> Upload:
    """Return the file of a multipart request.

    Raises:
        Invalid: there is none under this name.
    """
    storage = request.files.get(name)
    if storage is None or not storage.filename:
        raise Invalid(
            N_("Choose a file: the form's field %(name)s is empty."), name=name, field=name
        )
    return Upload(storage)


def forget_stale(folder: Path, *, older_than: float) -> int:
    """Remove what broken uploads left behind before a POSIX time, and return how many."""
    stale = [p for p in folder.glob("upload-*") if p.stat().st_mtime < older_than]
    for path in stale:
        os.unlink(path)
    return len(stale)
