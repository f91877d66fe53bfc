"""A draft as a challenge folder on the disk: for the worker alone, for it holds the answers."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from scorers.sentences import sentence
from server.drafts.documents import path_in_folder, whole_definition
from server.drafts.models import ChallengeDraft, DraftFile
from server.drafts.rules import FileKind
from server.folders.faults import DEFINITION_FILE, FolderFault
from server.folders.writing import toml_of
from server.shared.storage import Stores

METRIC = "metric.py"


def make_folder(
    draft: ChallengeDraft,
    files: Sequence[DraftFile],
    parent: Path,
    *,
    stores: Stores,
    code: str | None = None,
) -> tuple[Path, list[FolderFault]]:
    """Write a draft as the folder that `varsity deploy` reads; say which bytes are not there.

    `code`: the text of the metric file of the live challenge that the draft changes.
    """
    root = parent / draft.slug
    for folder in ("data", "private", "images"):
        (root / folder).mkdir(parents=True)
    text = toml_of(whole_definition(draft.definition, draft.pages, files))
    (root / DEFINITION_FILE).write_text(text, "utf-8")
    for slug, markdown in draft.pages.items():
        if markdown.strip():
            (root / f"{slug}.md").write_text(markdown, "utf-8")
    if code is not None:
        (root / METRIC).write_text(code, "utf-8")
    faults = [_place(file, root, stores) for file in files]
    return root, [fault for fault in faults if fault is not None]


def _place(file: DraftFile, root: Path, stores: Stores) -> FolderFault | None:
    name = path_in_folder(file)
    hidden = file.kind is FileKind.SOLUTION
    store = stores.hidden_files if hidden else stores.public_files
    try:
        with store.local(file.sha256) as source:
            shutil.copyfile(source, root / name)
    except FileNotFoundError:
        said = sentence("The bytes of %(name)s are not here.", name=file.name)
        return FolderFault(name, None, None, said, sentence("Upload the file again."))
    return None
