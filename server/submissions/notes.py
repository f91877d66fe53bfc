"""What a team notes of its submissions, for itself: shared in the team, changed at any time."""

from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session, col, select

from server.shared.errors import N_, Forbidden
from server.shared.events import record
from server.submissions.models import Submission, SubmissionNote
from server.teams.queries import is_member


def notes_of(session: Session, submission_ids: Collection[int]) -> dict[int, SubmissionNote]:
    """Return the notes of submissions, in one query."""
    query = select(SubmissionNote).where(col(SubmissionNote.submission_id).in_(submission_ids))
    return {note.submission_id: note for note in session.exec(query)}


def write_note(
    session: Session, submission: Submission, *, text: str, account_id: int, now: datetime
) -> None:
    """Note something of a submission in the place of what stood there; nothing removes it.

    Raises: Forbidden: the team's own members alone have notes.
    """
    if submission.team_id is None or not is_member(session, submission.team_id, account_id):
        raise Forbidden(N_("Notes are for the members of the team."))
    words, note = text.strip(), session.get(SubmissionNote, submission.id)
    if words == (note.text if note else ""):
        return
    if note is not None and not words:
        session.delete(note)
    else:
        assert submission.id is not None
        note = note or SubmissionNote(submission_id=submission.id, text="", written_at=now)
        note.text, note.account_id, note.written_at = words, account_id, now
        session.add(note)
    record(
        session,
        "submission.noted",
        at=now,
        actor_id=account_id,
        challenge_id=submission.challenge_id,
        team_id=submission.team_id,
        subject_id=submission.id,
    )
