"""Looking through a challenge folder: what is right of it, and all that is wrong, at once."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from scorers.metric_files.file import METRIC
from scorers.sentences import sentence
from server.folders.assembling import Texts, assemble, sound_part
from server.folders.consistency import problems_of
from server.folders.contents import Folder
from server.folders.definition import SLUG_LENGTH, as_slug, is_slug
from server.folders.faults import DEFINITION_FILE, FolderFault, InvalidFolder
from server.folders.files import (
    described,
    leaked_solutions,
    list_data,
    list_images,
    read_pages,
    unreadable_tables,
)
from server.folders.metric import faults_of_code
from server.folders.parsing import faults_of, parse_definition
from server.folders.preparing import read_definition_file
from server.folders.rows import row_problems
from server.folders.times import Clock


class Survey(NamedTuple):
    """A folder that is right, or its mistakes and those of its parts that can be tried out."""

    whole: Folder | None
    sound: Folder | None = None
    faults: tuple[FolderFault, ...] = ()


def survey_folder(path: Path, clock: Clock, *, max_bytes_limit: int | None = None) -> Survey:
    """Read a folder as far as that goes; its name is the challenge's slug.

    `max_bytes_limit`: the most bytes a submission may have on this server, where it is known.
    """
    root = Path(os.path.abspath(path))
    try:
        text, document = read_definition_file(root)
    except InvalidFolder as error:
        return Survey(None, None, (*error.faults, *_faults_beside(root)))
    definition, draft, problems = parse_definition(document, clock)
    problems = [*problems, *problems_of(draft, root, max_bytes_limit)]
    problems += row_problems(draft, root, problems)
    texts, text_faults = _texts(root, draft.pages)
    faults = [*_name_faults(root), *faults_of(problems, text), *text_faults]
    if definition is None or faults:
        sound = sound_part(root, draft, problems, texts)
        return Survey(None, sound, (*faults, *_leaks(sound)))
    files = described(list(texts.files), definition.files)
    whole = assemble(root, definition, texts._replace(files=files))
    leaks = _leaks(whole)
    return Survey(None, whole, leaks) if leaks else Survey(whole, whole)


def _leaks(folder: Folder | None) -> tuple[FolderFault, ...]:
    return () if folder is None else tuple(leaked_solutions(folder.files, folder.solutions))


def _texts(root: Path, pages: list[str] | None) -> tuple[Texts, Sequence[FolderFault]]:
    """Read what lies beside the definition, and say what is wrong with it."""
    read, page_faults = read_pages(root, pages)
    files, data_faults = list_data(root)
    images, image_faults = list_images(root)
    return Texts(read, files, images), [*page_faults, *data_faults, *image_faults]


def _faults_beside(root: Path) -> list[FolderFault]:
    """Find what is wrong beside a definition that can't be read: all that needs no word of it."""
    if not (root / DEFINITION_FILE).is_file():
        return []
    code = faults_of_code(root) if (root / METRIC).is_file() else []
    return [*_name_faults(root), *_texts(root, None)[1], *code, *unreadable_tables(root)]


def _name_faults(root: Path) -> list[FolderFault]:
    if is_slug(root.name):
        return []
    said = sentence("The folder's name is the challenge's address, so it can't be this.")
    remedy = sentence(
        "Use lowercase letters, digits and single hyphens, at most %(count)s characters,"
        " such as %(other)s.",
        count=SLUG_LENGTH,
        other=as_slug(root.name),
    )
    return [FolderFault(root.name, None, None, said, remedy)]
