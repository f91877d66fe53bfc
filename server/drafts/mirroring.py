"""A live challenge as a draft would have it: asked to be checked, and read for the worker."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session, select

from server.archives.definitions import definition_of, phases_now, usage_file
from server.archives.exporting import keeps_sides, with_usage
from server.archives.holdings import Held, held_files
from server.boards.queries import top_entries
from server.challenges.models import Challenge
from server.challenges.queries import pages_of, phases_of
from server.drafts.actions import ask
from server.drafts.models import ChallengeDraft, DraftFile, DraftJob
from server.drafts.queries import mirror_of
from server.drafts.rules import DraftState, FileKind, FileState, JobKind
from server.evaluations.models import Evaluation
from server.evaluations.rules import Board
from server.submissions.models import Submission
from server.teams.queries import teams_by_id

# How many teams' files are scored anew, and how many teams' scores are looked at.
FIRST_TEAMS, MOST_TEAMS = 5, 1000


class Team(NamedTuple):
    """One of the first teams of a board: its name, and the file that counts."""

    name: str
    filename: str
    sha256: str


class Field(NamedTuple):
    """The teams of a phase: the first of them, and every public score."""

    teams: list[Team]
    scores: list[float]


class Mirror(NamedTuple):
    """A challenge as it is: as a draft that is in no database, with its files and its teams.

    `corrected`: the live evaluations of phases whose rows stand where an earlier one put them.
    """

    draft: ChallengeDraft
    files: list[DraftFile]
    fields: Mapping[str, Field]
    corrected: Mapping[str, Evaluation]


def ask_live_check(
    session: Session, challenge: Challenge, *, actor_id: int, now: datetime
) -> DraftJob:
    """Have a worker check a live challenge as it is; while one waits, no second."""
    # Of two who ask at once the second waits here, and finds what the first made.
    held = select(Challenge.id).where(Challenge.id == challenge.id)
    session.exec(held.with_for_update(key_share=True)).one()
    mirror = mirror_of(session, challenge.id or 0)
    if mirror is None:
        mirror = ChallengeDraft(
            slug=challenge.slug,
            owner_id=actor_id,
            challenge_id=challenge.id,
            state=DraftState.MIRROR,
            created_at=now,
            updated_at=now,
        )
        session.add(mirror)
        session.flush()
    return ask(session, mirror, JobKind.LIVE, actor_id=actor_id, now=now)


def read_mirror(session: Session, challenge_id: int, *, now: datetime) -> Mirror:
    """Read a live challenge as it is now."""
    challenge = session.get_one(Challenge, challenge_id)
    corrected = {
        now.phase.slug: now.evaluation
        for now in phases_now(session, challenge_id)
        if now.evaluation is not None and keeps_sides(now.evaluation)
    }
    draft = ChallengeDraft(
        slug=challenge.slug,
        owner_id=0,
        challenge_id=challenge_id,
        definition=with_usage(definition_of(session, challenge), map(usage_file, corrected)),
        pages={page.slug: page.markdown for page in pages_of(session, challenge_id)},
        created_at=now,
        updated_at=now,
    )
    files = as_draft_files(held_files(session, challenge), now=now)
    fields = {
        phase.slug: _field(session, phase.id or 0) for phase in phases_of(session, challenge_id)
    }
    return Mirror(draft, files, fields, corrected)


def as_draft_files(held: Sequence[Held], *, now: datetime) -> list[DraftFile]:
    """Return the files of a live challenge as those of a draft, in no database."""
    return [_file(number, one, now) for number, one in enumerate(held, start=1)]


def _file(number: int, held: Held, now: datetime) -> DraftFile:
    return DraftFile(
        id=number,
        draft_id=0,
        kind=FileKind(held.kind.value),
        state=FileState.READ,
        name=held.name,
        phase=held.phase,
        title=held.title,
        description=held.description,
        sha256=held.sha256,
        size=held.size,
        created_at=now,
    )


def _field(session: Session, phase_id: int) -> Field:
    entries = top_entries(session, phase_id, Board.PUBLIC, limit=MOST_TEAMS)
    first = [entry for entry in entries if entry.team_id is not None][:FIRST_TEAMS]
    names = teams_by_id(session, [entry.team_id for entry in first])
    teams = []
    for entry in first:
        submission = session.get_one(Submission, entry.submission_id)
        name = names[entry.team_id or 0].name
        teams.append(Team(name, submission.filename, submission.sha256))
    return Field(teams, [entry.value for entry in entries if entry.team_id is not None])
