"""The stored files of a live challenge, as another edition or a change of it begins with them."""

from enum import StrEnum
from typing import NamedTuple

from sqlmodel import Session

from server.archives.definitions import definition_of, phases_now
from server.challenges.file_queries import files_of, images_of
from server.challenges.models import Challenge


class HeldKind(StrEnum):
    """What a file of a challenge is; solutions are named by their sha256 alone, never read."""

    DATA = "data"
    IMAGE = "image"
    SOLUTION = "solution"
    BASELINE = "baseline"


class Held(NamedTuple):
    """A stored file: what it is, and of solutions and baselines the phase.

    `title` is a baseline's name on the board; the size of a hidden file is not known here: 0.
    """

    kind: HeldKind
    name: str
    sha256: str
    size: int = 0
    phase: str = ""
    title: str = ""
    description: str = ""


def held_files(session: Session, challenge: Challenge) -> list[Held]:
    """Return every stored file of a live challenge, in the order of its folder."""
    assert challenge.id is not None
    phases = phases_now(session, challenge.id)
    definition = definition_of(session, challenge)
    hidden = {phase["slug"]: phase["solution"] for phase in definition["phases"]}
    return [
        *(
            Held(HeldKind.DATA, f.name, f.sha256, f.size, description=f.description)
            for f in files_of(session, challenge.id)
        ),
        *(Held(HeldKind.IMAGE, i.name, i.sha256, i.size) for i in images_of(session, challenge.id)),
        *(
            Held(
                HeldKind.SOLUTION,
                hidden[now.phase.slug].rpartition("/")[2],
                now.evaluation.solution_sha256,
                phase=now.phase.slug,
            )
            for now in phases
            if now.evaluation is not None
        ),
        *(
            Held(
                HeldKind.BASELINE,
                row.filename,
                row.sha256,
                row.size,
                now.phase.slug,
                row.baseline or "",
            )
            for now in phases
            for row in now.baselines
        ),
    ]
