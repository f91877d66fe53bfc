"""Two stores of files, public and hidden: a local folder or an S3 bucket, the same way."""

import io
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, NamedTuple

import obstore
from obstore.exceptions import AlreadyExistsError
from obstore.store import LocalStore, ObjectStore, from_url


class _Reader(io.RawIOBase):
    """A stored object as Python's own kind of file: with `with`, and with plain bytes."""

    def __init__(self, source: Any) -> None:
        self._source = source

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = memoryview(self._source.read(len(buffer)))
        buffer[: len(data)] = data
        return len(data)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return int(self._source.seek(offset, whence))

    def tell(self) -> int:
        return int(self._source.tell())

    def close(self) -> None:
        if not self.closed:
            self._source.close()
        super().close()


class FileStore:
    """Files by key, written once and never changed (a key is a sha256)."""

    def __init__(self, url: str) -> None:
        self.root = None if "://" in url else Path(url)
        if self.root is None:
            self.store: ObjectStore = from_url(url)
        else:
            self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.store = LocalStore(self.root)

    def put(self, path: Path, sha256: str) -> None:
        """Store a local file under its sha256 and flush it and its folder to the disk."""
        key = _key(sha256)
        try:
            obstore.put(self.store, key, path, mode="create")
        except AlreadyExistsError:
            return
        if self.root is not None:
            flush(self.root / key)

    def open(self, sha256: str) -> IO[bytes]:
        """Open a stored file for reading; it can seek.

        Raises:
            FileNotFoundError: there is none under this sha256.
        """
        return io.BufferedReader(_Reader(obstore.open_reader(self.store, _key(sha256))), 1 << 20)

    def size(self, sha256: str) -> int:
        """Return a stored file's size in bytes. Raises FileNotFoundError."""
        return int(obstore.head(self.store, _key(sha256))["size"])

    def has(self, sha256: str) -> bool:
        """Whether there is a file under this sha256."""
        try:
            self.size(sha256)
        except FileNotFoundError:
            return False
        return True

    def delete(self, sha256: str) -> None:
        """Remove a stored file."""
        obstore.delete(self.store, _key(sha256))

    def remove_empty_folders(self) -> None:
        """Remove what deleted files leave of a local store; only while nobody stores a file."""
        for folder in () if self.root is None else tuple(self.root.iterdir()):
            # One that holds something stays.
            with suppress(OSError):
                folder.rmdir()

    def keys(self) -> Iterator[str]:
        """Yield the sha256 of every stored file."""
        for batch in obstore.list(self.store):
            for item in batch:
                yield item["path"].rpartition("/")[2]

    @contextmanager
    def local(self, sha256: str) -> Iterator[Path]:
        """Yield a path on this machine with the file's bytes (a copy where it is remote)."""
        if self.root is not None:
            yield self.root / _key(sha256)
            return
        with tempfile.NamedTemporaryFile(prefix="varsity-copy-") as copy:
            with self.open(sha256) as source:
                shutil.copyfileobj(source, copy, 1 << 20)
            copy.flush()
            yield Path(copy.name)

    def copy_from(self, stream: IO[bytes], sha256: str) -> None:
        """Store a stream (a restored backup's member) under its sha256."""
        with tempfile.NamedTemporaryFile(prefix="varsity-copy-") as copy:
            shutil.copyfileobj(stream, copy, 1 << 20)
            copy.flush()
            self.put(Path(copy.name), sha256)


class Stores(NamedTuple):
    """The public files and, where this process may have them, the hidden answers."""

    public_files: FileStore
    hidden_files: FileStore


def flush(path: Path) -> None:
    """Flush a file and the folders that name it to the disk."""
    _fsync(path)
    _fsync(path.parent)
    _fsync(path.parent.parent)


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _key(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256}"
