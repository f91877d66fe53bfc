"""A challenge folder out of a zip archive that may come from anybody: unpacked, or refused."""

import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import NamedTuple

from server.folders.definition import as_slug, is_slug
from server.folders.faults import DEFINITION_FILE
from server.folders.files import PREPARE

MOST_BYTES = 20_000_000_000
MOST_FILES = 10_000
# More than this out of one byte is no table: packed text comes to ten or twenty.
MOST_PER_BYTE = 500
HARMLESS = 50_000_000
CHUNK = 1 << 20
# A folder's files lie in it, or in one of its own folders.
DEEPEST = 2
ENCRYPTED = 0x1
BROKEN = (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, zlib.error, EOFError)
# What an export puts beside the folder, and what other systems leave behind.
PASSED_OVER = ("results", "__MACOSX")
LEFT_BEHIND = (".DS_Store", "Thumbs.db", "desktop.ini")


class UnreadableArchive(Exception):
    """The archive holds no challenge folder, or more than that; the message says what to do."""


class _File(NamedTuple):
    """A member that is unpacked: where in the archive, and its path in the folder."""

    info: zipfile.ZipInfo
    path: PurePosixPath


@contextmanager
def unpacked(archive: Path, *, most_bytes: int = MOST_BYTES) -> Iterator[Path]:
    """Yield the challenge folder of an archive, in a folder that is gone afterwards.

    Its results are passed over, and its prepare.py: nothing that came in an archive is run.
    Raises UnreadableArchive.
    """
    try:
        with zipfile.ZipFile(archive) as opened, TemporaryDirectory(prefix="varsity-") as scratch:
            yield _unpack(opened, archive, Path(scratch), most_bytes)
    except BROKEN as error:
        raise UnreadableArchive(f"{archive.name} is no zip archive, or a broken one.") from error


def _unpack(opened: zipfile.ZipFile, archive: Path, scratch: Path, most_bytes: int) -> Path:
    root = _root_of(opened)
    files = list(_files(opened, root))
    if len(files) > MOST_FILES:
        raise UnreadableArchive(f"The archive has more than {MOST_FILES:,} files.")
    folder = scratch / _slug(root, archive)
    left = most_bytes
    for file in files:
        left -= _write(opened, file, folder, left)
    return folder


def _root_of(opened: zipfile.ZipFile) -> PurePosixPath:
    """Return the folder in the archive that holds the definition. Raises UnreadableArchive."""
    paths = [_path(info) for info in opened.infolist() if not info.is_dir()]
    found = [path for path in paths if path.name == DEFINITION_FILE and len(path.parts) <= DEEPEST]
    if len(found) == 1:
        return found[0].parent
    if found:
        raise UnreadableArchive(
            f"The archive has {len(found)} challenges. Deploy an archive of one."
        )
    if any(path.suffix.lower() == ".zip" for path in paths):
        raise UnreadableArchive("The archive holds another archive: unpack that one first.")
    raise UnreadableArchive(
        f"The archive has no {DEFINITION_FILE}, neither at its top nor in its one folder."
    )


def _files(opened: zipfile.ZipFile, root: PurePosixPath) -> Iterator[_File]:
    seen = set[str]()
    for info in opened.infolist():
        path = _path(info)
        if info.is_dir() or not path.is_relative_to(root):
            continue
        inside = path.relative_to(root)
        if inside.parts[0] in PASSED_OVER or inside.name in LEFT_BEHIND:
            continue
        if str(inside).casefold() in seen:
            raise UnreadableArchive(f"The archive has {inside} twice.")
        seen.add(str(inside).casefold())
        _check(info, inside)
        if str(inside) != PREPARE:
            yield _File(info, inside)


def _path(info: zipfile.ZipInfo) -> PurePosixPath:
    """Return a member's path. Raises UnreadableArchive for one that leads out of the archive."""
    name = info.orig_filename
    path = PurePosixPath(name)
    odd = "\\" in name or "\0" in name or re.match(r"[A-Za-z]:", name) is not None
    if odd or path.is_absolute() or ".." in path.parts or not path.parts:
        raise UnreadableArchive(f"The archive names a file outside itself: {name[:100]!r}.")
    return path


def _check(info: zipfile.ZipInfo, inside: PurePosixPath) -> None:
    mode = info.external_attr >> 16
    if mode and not stat.S_ISREG(mode) and stat.S_IFMT(mode):
        raise UnreadableArchive(f"{inside} is no plain file but a link or a device.")
    if info.flag_bits & ENCRYPTED:
        raise UnreadableArchive(f"{inside} is locked with a password: pack it without one.")
    if len(inside.parts) > DEEPEST:
        raise UnreadableArchive(
            f"{inside} lies too deep: a challenge has no folders inside its folders."
        )


def _slug(root: PurePosixPath, archive: Path) -> str:
    """Name the folder: as in the archive, else as the archive is called."""
    name = root.name or archive.name.removesuffix(".zip")
    return name if is_slug(name) else as_slug(name)


def _write(opened: zipfile.ZipFile, file: _File, folder: Path, left: int) -> int:
    """Unpack one file and return its bytes: as they come, whatever its head says of them."""
    target = folder / file.path
    target.parent.mkdir(parents=True, exist_ok=True)
    most = max(HARMLESS, file.info.compress_size * MOST_PER_BYTE)
    written = 0
    with opened.open(file.info) as source, target.open("wb") as copy:
        while piece := source.read(CHUNK):
            written += len(piece)
            if written > min(left, most):
                raise UnreadableArchive(
                    f"{file.path} unpacks to more than it can be meant to: {written:,} bytes and"
                    " more."
                )
            copy.write(piece)
    return written
