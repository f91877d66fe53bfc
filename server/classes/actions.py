"""Writes of classes: set one up, publish its grades."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import Session

from server.boards.anonymity import follow_anonymity
from server.challenges.models import Challenge, Phase
from server.classes.models import GradeBook, PublishedGrade
from server.classes.queries import Book, Row, book_of, books_of, grades_differ
from server.classes.rules import score_of
from server.folders.course import Grading
from server.notifications.actions import notify
from server.shared.errors import N_, Conflict
from server.shared.events import record
from server.submissions.late_days import require_late_days
from server.teams.drawing import draw_names
from server.teams.seats import hold_challenge


class Wanted(NamedTuple):
    """How a challenge is to be run as a class."""

    anonymous: bool
    late_days: int
    grading: Grading | None


def wanted_of(challenge: Challenge) -> Wanted:
    """Return how a challenge is run as a class now."""
    raw = challenge.grading
    grading = None if raw is None else Grading.model_validate(raw)
    return Wanted(challenge.anonymous, challenge.late_days, grading)


def set_up(
    session: Session, *, challenge: Challenge, wanted: Wanted, actor_id: int, now: datetime
) -> None:
    """Run a challenge as a class. Where the board becomes anonymous every team's name is drawn,
    and no university is named on it any more.

    Raises:
        Conflict: a phase is revealed already, and the late days would have changed what it took;
            or a file that was taken in good faith would fall out of them.
    """
    hold_challenge(session, challenge.id)
    session.refresh(challenge)
    require_late_days(session, challenge, before=challenge.late_days, after=wanted.late_days)
    changes = wanted.anonymous != challenge.anonymous
    challenge.anonymous = wanted.anonymous
    challenge.late_days = wanted.late_days
    grading = wanted.grading
    challenge.grading = None if grading is None else grading.model_dump(mode="json")
    challenge.updated_at = now
    session.add(challenge)
    session.flush()
    if changes and wanted.anonymous:
        draw_names(session, challenge)
    if changes:
        follow_anonymity(session, challenge)
    record(
        session,
        "class.set",
        at=now,
        actor_id=actor_id,
        challenge_id=challenge.id,
        anonymous=wanted.anonymous,
        late_days=wanted.late_days,
        grading=challenge.grading,
    )


def publish(
    session: Session, *, challenge: Challenge, phase: Phase, actor_id: int, now: datetime
) -> GradeBook:
    """Publish the grades of a phase as they are now; each student is told.

    Raises:
        Conflict: the result is not revealed yet, nothing differs from what is published, or as
            `book_of`.
    """
    hold_challenge(session, challenge.id)
    session.refresh(phase)
    if phase.revealed_at is None:
        raise Conflict(
            N_("Grades can be published when the result of the phase is revealed."),
            code="not-revealed",
        )
    book = book_of(session, challenge, phase)
    before = [kept for kept in books_of(session, challenge) if kept.phase_id == phase.id]
    if before and not grades_differ(session, before[0], book.rows):
        raise Conflict(N_("These grades are published already: nothing differs."), code="same")
    kept = GradeBook(
        challenge_id=challenge.id or 0,
        phase_id=phase.id or 0,
        evaluation_id=book.evaluation.id or 0,
        scheme=challenge.grading or {},
        anchors=_anchors(book),
        late_days=challenge.late_days,
        published_at=now,
        published_by=actor_id,
    )
    session.add(kept)
    session.flush()
    told = _write_rows(session, kept, book.rows)
    _tell(session, challenge, told, now)
    record(
        session,
        "grades.published",
        at=now,
        actor_id=actor_id,
        challenge_id=challenge.id,
        subject_id=kept.id,
        students=len(told),
    )
    return kept


def _anchors(book: Book) -> dict[str, float]:
    scheme = book.scheme
    named = [scheme.bottom, scheme.top, *(band.at for band in scheme.bands)]
    return {anchor: score_of(anchor, book.known) for anchor in named if isinstance(anchor, str)}


def _write_rows(session: Session, kept: GradeBook, rows: Sequence[Row]) -> list[int]:
    values = [_values(kept, row) for row in rows if row.student.account_id is not None]
    if values:
        session.execute(sa.insert(PublishedGrade), values)
    return [row.student.account_id for row in rows if row.student.account_id is not None]


def _values(kept: GradeBook, row: Row) -> dict[str, object]:
    handed_in, team = row.handed_in, row.student.team
    score = handed_in.score if handed_in else None
    return {
        "book_id": kept.id,
        "account_id": row.student.account_id,
        "team_id": team.id if team else None,
        "submission_id": handed_in.submission_id if handed_in else None,
        "grade": row.grade.text,
        "worst": row.grade.worst,
        "best": row.grade.best,
        "share": row.grade.share,
        "value": score.value if score else None,
        "low": score.low if score else None,
        "high": score.high if score else None,
        "late_days": handed_in.late if handed_in else 0,
    }


def _tell(session: Session, challenge: Challenge, told: list[int], now: datetime) -> None:
    notify(
        session,
        kind="grade",
        account_ids=told,
        values={"challenge": challenge.title},
        link=f"/challenges/{challenge.slug}/grade",
        now=now,
    )
