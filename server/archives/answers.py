"""The hidden answers as members of an archive: for the server's own commands, never for the web."""

from collections.abc import Sequence

from sqlmodel import Session

from server.archives.definitions import definition_of, phases_now
from server.archives.exporting import solution_files
from server.archives.streaming import Member, of_stored
from server.challenges.models import Challenge
from server.shared.storage import FileStore


def solution_members(
    session: Session, challenge: Challenge, hidden_files: FileStore
) -> Sequence[Member]:
    """Return the solution of each phase that has one, by its name in the folder."""
    phases = phases_now(session, challenge.id or 0)
    named = solution_files(definition_of(session, challenge), phases)
    return [of_stored(name, hidden_files, sha256) for name, (sha256, _) in named.items()]
