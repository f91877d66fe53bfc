"""Whether everything that was acknowledged came to exactly one end."""

from collections import Counter
from typing import Any

import pytest
from sqlmodel import Session, func, select

from server.boards.models import Entry
from server.boards.rebuilding import rebuild_board
from server.challenges.models import Phase
from server.evaluations.actions import hold_phase
from server.evaluations.models import Score
from server.evaluations.queries import live_evaluation
from server.evaluations.rules import SCORED_BOARDS, Board
from server.shared.database import Database
from server.shared.events import Event
from server.shared.storage import FileStore
from server.submissions.models import Submission
from server.submissions.queries import used
from server.submissions.rules import WAITING, SubmissionState
from tests.faults.producing import Sent, Student

# What the worker adds to an entry later, and what a rebuild numbers anew.
LATER = ("id", "rank_best", "rank_worst", "rank_group", "first_share", "ranges_at")


def all_ended(database: Database) -> bool:
    with database.reading() as session:
        waiting = select(func.count()).where(Submission.state.in_(WAITING))  # type: ignore[attr-defined]
        return session.exec(waiting).one() == 0


def check_submissions(database: Database, files: FileStore, sent: list[Sent]) -> list[Submission]:
    """Every acknowledged one is there once, scored once and rightly, and its file is kept."""
    with database.reading() as session:
        rows = list(session.exec(select(Submission)))
        scores = list(session.exec(select(Score)))
        events = Counter(
            (e.kind, e.subject_id)
            for e in session.exec(select(Event).where(Event.kind.startswith("submission.")))  # type: ignore[attr-defined]
        )
    by_id = {row.id: row for row in rows}
    assert not {s.id for s in sent} - set(by_id), "acknowledged and lost"
    assert max(Counter(row.comment for row in rows).values()) == 1, "doubled"
    not_scored = [r for r in rows if r.state is not SubmissionState.SCORED]
    assert not not_scored, [(r.id, r.state, r.trace) for r in not_scored]
    assert not [r for r in rows if r.lease_holder or r.lease_until]
    boards = Counter((s.submission_id, s.board) for s in scores)
    assert boards == {(row.id, board): 1 for row in rows for board in SCORED_BOARDS}
    for kind in ("submission.received", "submission.scored"):
        assert {i: n for (k, i), n in events.items() if k == kind} == {row.id: 1 for row in rows}
    values = {(s.submission_id, s.board): s.value for s in scores}
    for one in sent:
        assert by_id[one.id].comment == one.comment
        assert values[one.id, Board.PUBLIC] == pytest.approx(one.public)
        assert values[one.id, Board.PRIVATE] == pytest.approx(one.private)
    assert {row.sha256 for row in rows} <= set(files.keys())
    return rows


def check_quotas(database: Database, students: list[Student], rows: list[Submission]) -> None:
    """What a team has used is the number of its rows."""
    counted = Counter(row.team_id for row in rows)
    with database.reading() as session:
        for student in students:
            facts = {"team_id": student.team_id, "phase_id": rows[0].phase_id}
            _, total = used(session, **facts, now=max(r.received_at for r in rows))
            assert total == counted[student.team_id]


def check_entries(database: Database, phase_id: int) -> None:
    """The entries are what a computation from scratch gives."""
    with database.writing() as session:
        # A server's transaction may outlive the process that was killed: it ends first.
        hold_phase(session, phase_id)
        kept = _entries(session, phase_id)
        phase = session.get_one(Phase, phase_id)
        evaluation = live_evaluation(session, phase_id)
        assert evaluation is not None
        session.expunge_all()
        rebuild_board(session, phase=phase, evaluation=evaluation)
        session.expire_all()
        fresh = _entries(session, phase_id)
        session.rollback()
    assert kept == fresh
    assert kept


def _entries(session: Session, phase_id: int) -> dict[tuple[Any, ...], dict[str, Any]]:
    rows = session.exec(select(Entry).where(Entry.phase_id == phase_id)).all()
    return {(row.board, row.team_id): row.model_dump(exclude=set(LATER)) for row in rows}
