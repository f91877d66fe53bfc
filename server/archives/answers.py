"""The hidden answers as members of an archive: for the server's own commands, never for the web."""

from collections.abc import Iterator, Sequence
from functools import partial

from sqlmodel import Session

from scorers.evaluate import EvaluationSpec
from scorers.keeping import sides_of, written
from server.archives.definitions import definition_of, phases_now, usage_file
from server.archives.exporting import keeps_sides, solution_files
from server.archives.streaming import Member, of_stored
from server.challenges.models import Challenge
from server.evaluations.models import Evaluation
from server.evaluations.sides import truth_of
from server.shared.storage import FileStore


def solution_members(
    session: Session, challenge: Challenge, hidden_files: FileStore
) -> Sequence[Member]:
    """Return the solution of each phase that has one, by its name in the folder.

    Beside one that was corrected stands the table that says which of its rows are public.
    """
    phases = phases_now(session, challenge.id or 0)
    named = solution_files(definition_of(session, challenge), phases)
    return [
        *(of_stored(name, hidden_files, sha256) for name, (sha256, _) in named.items()),
        *(
            Member(usage_file(now.phase.slug), partial(_sides, hidden_files, now.evaluation))
            for now in phases
            if now.evaluation is not None and keeps_sides(now.evaluation)
        ),
    ]


def _sides(hidden_files: FileStore, evaluation: Evaluation) -> Iterator[bytes]:
    with truth_of(hidden_files, evaluation.solution_sha256, evaluation.spec) as truth:
        yield written(sides_of(truth.solution, EvaluationSpec.from_json(truth.spec)))
