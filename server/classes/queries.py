"""Reads of classes: who is in one, what each handed in, and the grades it comes to."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, select

from server.boards.models import Entry
from server.challenges.models import Challenge, Phase
from server.challenges.queries import phases_of
from server.challenges.rules import late_days
from server.classes.models import GradeBook, PublishedGrade
from server.classes.rules import (
    Band,
    Chosen,
    Grade,
    HandedIn,
    Known,
    Measured,
    Scheme,
    choose,
    grade,
    late_until,
)
from server.classes.students import Student, students_of
from server.evaluations.models import Evaluation, Score
from server.evaluations.queries import live_evaluation
from server.evaluations.rules import Board
from server.folders.course import Grading
from server.shared.errors import N_, Conflict, NotFound
from server.submissions.models import Submission
from server.submissions.rules import INCLUSIVE, SubmissionState
from server.teams.models import Team


class Row(NamedTuple):
    """A student's line of the gradebook."""

    student: Student
    handed_in: HandedIn | None
    grade: Grade


class Book(NamedTuple):
    """The grades of a phase as they would be published now."""

    phase: Phase
    evaluation: Evaluation
    board: Board
    scheme: Scheme
    known: Known
    rows: list[Row]


class OwnGrade(NamedTuple):
    """A published grade with the book it stands in."""

    book: GradeBook
    phase: Phase
    row: PublishedGrade
    submission: Submission | None


def scheme_of(raw: dict[str, Any]) -> Scheme:
    """Return a stored grading as plain values."""
    grading = Grading.model_validate(raw)
    return Scheme(
        bottom=grading.bottom,
        top=grading.top,
        lowest=grading.lowest,
        highest=grading.highest,
        decimals=grading.decimals,
        bands=tuple(Band(band.at, band.grade) for band in grading.bands),
        otherwise=grading.otherwise,
        missing=grading.missing,
        late_cost=grading.late_cost,
    )


def phase_to_grade(session: Session, challenge: Challenge, slug: str | None) -> Phase | None:
    """Return the phase asked for, or the last one that began to be scored. Raises NotFound."""
    phases = phases_of(session, challenge.id or 0)
    if slug:
        found = [phase for phase in phases if phase.slug == slug]
        if not found:
            raise NotFound(N_("There is no such phase."))
        return found[0]
    scored = [phase for phase in phases if live_evaluation(session, phase.id) is not None]
    return scored[-1] if scored else None


def book_of(session: Session, challenge: Challenge, phase: Phase) -> Book:
    """Return the grades of a phase by the challenge's grading.

    Raises:
        Conflict: no grading is set, the phase has nothing to score by, or a score that grades
            are measured by is missing.
    """
    if challenge.grading is None:
        raise Conflict(N_("Say first how scores become grades."), code="no-grading")
    evaluation = live_evaluation(session, phase.id)
    if evaluation is None:
        raise Conflict(N_("The phase has nothing to score by yet."), code="no-evaluation")
    board = Board.PRIVATE if evaluation.has_private else Board.PUBLIC
    scheme = scheme_of(challenge.grading)
    known = _known(session, challenge, phase, evaluation, board)
    in_time = _in_time(session, phase, board)
    late = _last_late(session, challenge, phase, evaluation, board)
    nothing = Chosen(None, grade(None, scheme=scheme, known=known))
    teams = {*in_time, *late}
    chosen = {
        team: choose(in_time.get(team), late.get(team), scheme=scheme, known=known)
        for team in teams
    }
    rows = [
        Row(student, *chosen.get((student.team and student.team.id) or 0, nothing))
        for student in students_of(session, challenge, phase)
    ]
    return Book(phase, evaluation, board, scheme, known, rows)


def _in_time(session: Session, phase: Phase, board: Board) -> dict[int, HandedIn]:
    query = select(Entry).where(
        Entry.phase_id == phase.id, Entry.board == board, col(Entry.team_id).is_not(None)
    )
    return {
        entry.team_id or 0: HandedIn(
            entry.submission_id, Measured(entry.value, entry.low, entry.high), 0
        )
        for entry in session.exec(query)
        if entry.ranked
    }


def _last_late(
    session: Session, challenge: Challenge, phase: Phase, evaluation: Evaluation, board: Board
) -> dict[int, HandedIn]:
    """Return each team's last file of the late days."""
    if challenge.late_days == 0:
        return {}
    until = late_until(ends=phase.ends, days=challenge.late_days) + INCLUSIVE
    query = (
        sa.select(Submission, Score)
        .join(Score, col(Score.submission_id) == col(Submission.id))
        .join(Team, col(Team.id) == col(Submission.team_id))
        .where(
            col(Submission.phase_id) == phase.id,
            col(Submission.received_at) >= phase.ends + INCLUSIVE,
            col(Submission.received_at) < until,
            col(Submission.state) == SubmissionState.SCORED,
            col(Submission.withdrawn_at).is_(None),
            col(Submission.disqualified_at).is_(None),
            col(Team.disqualified_at).is_(None),
            col(Score.evaluation_id) == evaluation.id,
            col(Score.board) == board,
        )
        .order_by(col(Submission.received_at), col(Submission.id))
    )
    return {
        submission.team_id: HandedIn(
            submission.id,
            Measured(score.value, score.low, score.high),
            late_days(received_at=submission.received_at, ends=phase.ends),
        )
        for submission, score in session.execute(query)
    }


def _known(
    session: Session, challenge: Challenge, phase: Phase, evaluation: Evaluation, board: Board
) -> Known:
    query = (
        sa.select(col(Submission.baseline), col(Score.value))
        .join(Score, col(Score.submission_id) == col(Submission.id))
        .where(
            col(Submission.phase_id) == phase.id,
            col(Submission.baseline).is_not(None),
            col(Submission.withdrawn_at).is_(None),
            col(Score.evaluation_id) == evaluation.id,
            col(Score.board) == board,
        )
    )
    baselines = {name: value for name, value in session.execute(query) if name}
    best = session.execute(
        sa.select(col(Entry.value))
        .where(
            col(Entry.phase_id) == phase.id,
            col(Entry.board) == board,
            col(Entry.ranked).is_(True),
        )
        .order_by(col(Entry.key))
        .limit(1)
    ).scalar_one_or_none()
    return Known(baselines, best, challenge.higher_is_better)


def baselines_of(session: Session, challenge: Challenge) -> list[str]:
    """Return the names of the challenge's baselines, each once."""
    query = (
        select(Submission.baseline)
        .where(
            Submission.challenge_id == challenge.id,
            col(Submission.baseline).is_not(None),
            col(Submission.withdrawn_at).is_(None),
        )
        .distinct()
    )
    return sorted(name for name in session.exec(query) if name)


def books_of(session: Session, challenge: Challenge) -> list[GradeBook]:
    """Return what was published, newest first."""
    query = (
        select(GradeBook)
        .where(GradeBook.challenge_id == challenge.id)
        .order_by(col(GradeBook.id).desc())
    )
    return list(session.exec(query))


def newest_books(session: Session, challenge_id: int) -> list[GradeBook]:
    """Return the book that holds of each phase."""
    newest = (
        select(sa.func.max(col(GradeBook.id)))
        .where(GradeBook.challenge_id == challenge_id)
        .group_by(col(GradeBook.phase_id))
    )
    return list(session.exec(select(GradeBook).where(col(GradeBook.id).in_(newest))))


def own_grades(session: Session, challenge: Challenge, account_id: int) -> list[OwnGrade]:
    """Return somebody's grades in the books that hold, in the order of the phases."""
    books = {book.id: book for book in newest_books(session, challenge.id or 0)}
    query = select(PublishedGrade).where(
        PublishedGrade.account_id == account_id, col(PublishedGrade.book_id).in_(books)
    )
    found = [_own(session, books[row.book_id], row) for row in session.exec(query)]
    return sorted(found, key=lambda own: own.phase.position)


def _own(session: Session, book: GradeBook, row: PublishedGrade) -> OwnGrade:
    submission = session.get(Submission, row.submission_id) if row.submission_id else None
    return OwnGrade(book, session.get_one(Phase, book.phase_id), row, submission)


def book_by_id(session: Session, challenge: Challenge, book_id: int) -> GradeBook:
    """Return a book of a challenge. Raises NotFound."""
    book = session.get(GradeBook, book_id)
    if book is None or book.challenge_id != challenge.id:
        raise NotFound(N_("There are no such grades."))
    return book


def published_rows(session: Session, book: GradeBook) -> Iterable[PublishedGrade]:
    """Return the grades of a book."""
    query = select(PublishedGrade).where(PublishedGrade.book_id == book.id)
    return session.exec(query.order_by(col(PublishedGrade.id)))


def grades_differ(session: Session, book: GradeBook, rows: Sequence[Row]) -> int:
    """Return for how many students the grades of a book differ from those that hold now."""
    before = {row.account_id: row.grade for row in published_rows(session, book)}
    now = {row.student.account_id: row.grade.text for row in rows if row.student.account_id}
    return sum(before.get(account) != now.get(account) for account in {*before, *now})


def takes_late_files(challenge: Challenge, phase: Phase, *, now: datetime) -> bool:
    """Whether a phase's late days are running."""
    until = late_until(ends=phase.ends, days=challenge.late_days) + INCLUSIVE
    return phase.ends + INCLUSIVE <= now < until
