"""The copy of a public board that everybody but its organisers sees while it is frozen."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from server.boards.models import Entry
from server.challenges.models import Phase
from server.evaluations.rules import Board
from server.shared.database import UTCDateTime
from server.submissions.models import Submission
from server.teams.models import Team

# What a copy has of its own.
OWN = ("id", "board", "ranges_at")


def copy_board(session: Session, phase: Phase, *, now: datetime) -> int:
    """Keep the public board of a phase as it is now; return how many rows it has.

    The copy counts as looked at: nobody computes the ranges of its ranks any more.
    """
    forget_copy(session, phase)
    same = [column for column in sa.inspect(Entry).columns if column.name not in OWN]
    looked_at = func.coalesce(col(Entry.ranges_at), sa.literal(now, UTCDateTime))
    copied = sa.select(sa.literal(Board.FROZEN.value), looked_at, *same).where(
        col(Entry.phase_id) == phase.id, col(Entry.board) == Board.PUBLIC
    )
    names = ["board", "ranges_at", *(column.name for column in same)]
    session.execute(sa.insert(Entry).from_select(names, copied))
    rows = sa.select(func.count()).where(*_copied(phase.id))
    return int(session.execute(rows).scalar_one())


def forget_copy(session: Session, phase: Phase) -> None:
    """Forget how a board was when it was frozen: everybody sees it as it stands."""
    session.execute(sa.delete(Entry).where(*_copied(phase.id)))


def _copied(phase_id: int | None) -> tuple[sa.ColumnElement[bool], ...]:
    return col(Entry.phase_id) == phase_id, col(Entry.board) == Board.FROZEN


def follow_decisions(session: Session, phase: Phase, team: Team) -> None:
    """Let a frozen board follow what is decided on a team, and nothing else.

    A team that was disqualified, or whose shown submission was, has no rank there as long as
    that holds; one that has become part of another is gone.
    """
    if phase.frozen_at is None:
        return
    query = select(Entry).where(*_copied(phase.id), Entry.team_id == team.id)
    entry = session.exec(query).first()
    if entry is None:
        return
    if team.closed_at is not None:
        session.delete(entry)
    else:
        submission = session.get_one(Submission, entry.submission_id)
        entry.ranked = team.disqualified_at is None and submission.disqualified_at is None
        session.add(entry)
    session.flush()


def shown_in_copy(session: Session, phase: Phase, team: Team) -> set[int]:
    """Return the submission by which a team stands on a frozen board, if it does."""
    if phase.frozen_at is None:
        return set()
    of_team = (*_copied(phase.id), col(Entry.team_id) == team.id)
    query = sa.select(col(Entry.submission_id)).where(*of_team)
    return set(session.execute(query).scalars())


def evaluation_of_copy(session: Session, phase: Phase) -> int | None:
    """Return the evaluation that a frozen board stands on: another may have gone live since."""
    query = sa.select(col(Entry.evaluation_id)).where(*_copied(phase.id)).limit(1)
    return session.execute(query).scalar()
