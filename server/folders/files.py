"""The files of a challenge folder: its pages, its data, and what must never be among the data."""

import stat
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from scorers.sentences import Sentence, sentence
from server.folders.contents import DataFile, Page, SolutionFile, sha256_of
from server.folders.definition import (
    RESERVED_PAGES,
    FileDefinition,
    as_slug,
    as_title,
    is_slug,
)
from server.folders.faults import FolderFault
from server.folders.pictures import PICTURE_BYTES, PICTURES, is_picture_name, picture_type
from server.folders.tables import UnreadableTable, header_of

DATA = "data"
IMAGES = "images"
PRIVATE = "private"
_TABLES = (".csv", ".gz", ".zip", ".parquet", ".jsonl", ".npz")
PREPARE = "prepare.py"
_FIRST_PAGES = ("overview", "data", "rules")
_NOT_PAGES = ("readme", "changelog", "license")

STARTER = "baseline.py"


def misplaced(root: Path, name: str) -> tuple[Sentence, Sentence] | None:
    """Say what is wrong with a file that the definition names, and the remedy."""
    path = root / name
    real = _real(path)
    if real is None:
        return sentence("There is no file %(name)s.", name=name), _absent(root)
    if not real.is_relative_to(root.resolve()):
        return (
            sentence("%(name)s is outside the challenge's folder.", name=name),
            sentence("Copy the file into the folder and name it by its path inside."),
        )
    try:
        status = path.stat()
    except OSError:
        return sentence("There is no file %(name)s.", name=name), _absent(root)
    if not stat.S_ISREG(status.st_mode):
        return sentence("%(name)s is not a file.", name=name), sentence("Name a file.")
    return None


def _real(path: Path) -> Path | None:
    """Where a path leads; None: nowhere, as links in a circle do, and no name has a NUL."""
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError):
        return None


def _absent(root: Path) -> Sentence:
    if (root / PREPARE).exists():
        return sentence("prepare.py should have written it: run it, or correct the path.")
    return sentence("Put the file there, or correct the path.")


def is_served(root: Path, name: str) -> bool:
    """Tell whether a file lies in data/, where anyone may download it."""
    real = _real(root / name)
    return real is not None and real.is_relative_to((root / DATA).resolve())


def page_slugs(root: Path, named: list[str] | None) -> list[str]:
    """Return the tabs: those named, or one for each *.md, the usual ones first."""
    if named is not None:
        return named
    found = sorted(path.stem for path in root.glob("*.md") if path.stem.lower() not in _NOT_PAGES)
    usual = [slug for slug in _FIRST_PAGES if slug in found]
    return usual + [slug for slug in found if slug not in _FIRST_PAGES]


def read_pages(root: Path, named: list[str] | None) -> tuple[list[Page], list[FolderFault]]:
    """Read the Markdown of each tab; a named one that can be no tab has been reported already."""
    slugs = page_slugs(root, named)
    if named is not None:
        slugs = [slug for slug in slugs if _can_be_a_tab(slug)]
    read = [_read_page(root, slug) for slug in slugs]
    pages = [page for page in read if isinstance(page, Page)]
    return pages, [fault for fault in read if isinstance(fault, FolderFault)]


def _can_be_a_tab(slug: str) -> bool:
    return is_slug(slug) and slug not in RESERVED_PAGES


def _read_page(root: Path, slug: str) -> Page | FolderFault:
    name = f"{slug}.md"
    if not _can_be_a_tab(slug):
        said = sentence('"%(name)s" can\'t be the name of a tab.', name=slug)
        remedy = sentence(
            "Rename it, %(other)s for instance, or list the tabs in `pages`.",
            other=f"{as_slug(slug)}-page.md",
        )
        return FolderFault(name, None, None, said, remedy)
    wrong = misplaced(root, name)
    if wrong:
        return FolderFault(name, None, None, *wrong)
    content = (root / name).read_bytes()
    try:
        return Page(slug, as_title(slug), content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        said, remedy = sentence("The page is not UTF-8."), sentence("Save it as UTF-8.")
        return FolderFault(name, line, None, said, remedy)


def list_data(root: Path) -> tuple[list[DataFile], list[FolderFault]]:
    """List what participants get: what lies in data/, by name, and baseline.py to start from.

    Hidden files such as .DS_Store are passed over.
    """
    files: list[DataFile] = []
    faults: list[FolderFault] = []
    found = sorted((root / DATA).iterdir()) if (root / DATA).is_dir() else []
    for path in found:
        if path.name.startswith("."):
            continue
        fault = _unservable(root, path)
        if fault:
            faults.append(fault)
        else:
            files.append(DataFile(path.name, path, path.stat().st_size))
    starter = root / STARTER
    if starter.is_file() and STARTER not in [file.name for file in files]:
        files.append(DataFile(STARTER, starter, starter.stat().st_size))
    return files, faults


def described(files: list[DataFile], said: Sequence[FileDefinition]) -> list[DataFile]:
    """Put the files in the order in which the definition names them, with what it says of them."""
    order = {file.name: position for position, file in enumerate(said)}
    words = {file.name: file.description for file in said}
    known = [replace(file, description=words.get(file.name, "")) for file in files]
    return sorted(known, key=lambda file: order.get(file.name, len(order)))


def list_images(root: Path) -> tuple[list[DataFile], list[FolderFault]]:
    """List the pictures of the pages: what lies in images/, by name; each must be a picture."""
    files: list[DataFile] = []
    faults: list[FolderFault] = []
    found = sorted((root / IMAGES).iterdir()) if (root / IMAGES).is_dir() else []
    for path in [path for path in found if not path.name.startswith(".")]:
        name = f"{IMAGES}/{path.name}"
        wrong = misplaced(root, name) or _no_picture(path, name)
        if wrong:
            faults.append(FolderFault(name, None, None, *wrong))
        else:
            files.append(DataFile(path.name, path, path.stat().st_size))
    return files, faults


def _no_picture(path: Path, name: str) -> tuple[Sentence, Sentence] | None:
    with path.open("rb") as file:
        kind = picture_type(file.read(PICTURE_BYTES))
    if kind is None:
        said = sentence("%(name)s is no PNG, JPEG, GIF or WebP.", name=name)
        return said, sentence("Convert it, or put it into data/.")
    if path.suffix.lower() not in PICTURES[kind] or not is_picture_name(path.name):
        said = sentence("%(name)s is %(kind)s, which its name does not say.", name=name, kind=kind)
        return said, sentence("Rename the file.")
    return None


def _unservable(root: Path, path: Path) -> FolderFault | None:
    name = f"{DATA}/{path.name}"
    if path.is_dir():
        said = sentence("Folders inside data/ are not served.")
        remedy = sentence("Pack it into %(name)s.", name=f"{name}.zip")
        return FolderFault(name, None, None, said, remedy)
    wrong = misplaced(root, name)
    if wrong:
        return FolderFault(name, None, None, *wrong)
    if not path.name.isprintable() or "\\" in path.name:
        said = sentence("The file's name has unprintable characters.")
        return FolderFault(name, None, None, said, sentence("Rename the file."))
    return None


def unreadable_tables(root: Path) -> list[FolderFault]:
    """Find the files in private/ that are called tables and are none."""
    found = sorted((root / PRIVATE).iterdir()) if (root / PRIVATE).is_dir() else []
    tables = [path for path in found if path.suffix.lower() in _TABLES and path.is_file()]
    return [fault for path in tables if (fault := _no_table(root, path)) is not None]


def _no_table(root: Path, path: Path) -> FolderFault | None:
    try:
        header_of(path)
    except UnreadableTable as error:
        name = path.relative_to(root).as_posix()
        said = sentence("%(name)s: %(problem)s", name=name, problem=error.said)
        return FolderFault(name, None, None, said, sentence("Write the file anew."))
    return None


def leaked_solutions(files: list[DataFile], solutions: list[SolutionFile]) -> list[FolderFault]:
    """Find the data files that are a solution under another name."""
    sizes = {solution.size for solution in solutions}
    hidden = {solution.sha256: solution.phase for solution in solutions}
    suspects = {file.name: sha256_of(file.path) for file in files if file.size in sizes}
    return [
        FolderFault(
            f"{DATA}/{name}",
            None,
            None,
            sentence(
                "This is the solution of phase %(phase)s: participants would download it.",
                phase=hidden[digest],
            ),
            sentence("Take the file out of data/."),
        )
        for name, digest in suspects.items()
        if digest in hidden
    ]
