"""Writes of comparisons: ask for one, claim it, end it. Every claim is a conditional UPDATE."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from server.boards.chosen import Chosen
from server.challenges.models import Phase
from server.comparisons.computing import ComparisonReport
from server.comparisons.models import COMPARISONS, Comparison
from server.comparisons.queries import (
    Pair,
    interrupted,
    pair_of,
    submissions_in_order,
)
from server.comparisons.rules import (
    MOST_ATTEMPTS,
    ComparisonState,
    in_order,
    require_comparable,
    require_two,
)
from server.shared.errors import N_, Conflict
from server.shared.events import record


def ask(session: Session, chosen: Chosen, *, a: int, b: int, actor_id: int, now: datetime) -> Pair:
    """Have two teams of a board compared by what counts of them now: one row however often asked.

    Raises:
        Invalid: it is one team twice.
        NotFound: one is not on the board.
        Conflict: the phase's policy hides differences, or another evaluation is being put live.
    """
    require_two(a, b)
    phase = chosen.phase
    require_comparable(ranking=phase.ranking, board=chosen.board, revealed=chosen.revealed)
    # Who asks at the same moment waits here, and then finds the row.
    held = sa.select(col(Phase.id)).where(col(Phase.id) == phase.id).with_for_update(key_share=True)
    session.execute(held)
    pair = pair_of(session, chosen, a, b)
    if pair.a.entry.evaluation_id != pair.b.entry.evaluation_id:
        raise Conflict(N_("The board is just being brought up to date. Try again in a minute."))
    if not pair.may_be_asked:
        return pair
    row = _queued(session, pair, now=now)
    record(
        session,
        "comparison.asked",
        at=now,
        actor_id=actor_id,
        challenge_id=chosen.challenge.id,
        subject_id=row.id,
        board=chosen.board.value,
    )
    return pair_of(session, chosen, a, b)


def _queued(session: Session, pair: Pair, *, now: datetime) -> Comparison:
    """Return the pair's row, queued: a new one, or one that failed before."""
    row = pair.row or _new(pair, now=now)
    row.state, row.asked_at, row.trace = ComparisonState.QUEUED, now, None
    row.attempts = row.interruptions = 0
    session.add(row)
    session.flush()
    return row


def _new(pair: Pair, *, now: datetime) -> Comparison:
    a, b = pair.a.entry, pair.b.entry
    teams, submissions = in_order(pair.a.team.id, pair.b.team.id), submissions_in_order(a, b)
    return Comparison(
        phase_id=a.phase_id,
        board=pair.chosen.board,
        evaluation_id=a.evaluation_id,
        first_team_id=teams[0],
        second_team_id=teams[1],
        first_submission_id=submissions[0],
        second_submission_id=submissions[1],
        asked_at=now,
    )


def claim(
    session: Session, comparison_id: int, *, holder: str, now: datetime, lease: timedelta
) -> Comparison | None:
    """Take a comparison to make it, or return None: somebody else has it, or it is made."""
    which = col(Comparison.id) == comparison_id
    taken = COMPARISONS.claim(session, which, holder=holder, now=now, lease=lease)
    if not taken:
        return None
    return session.get(Comparison, comparison_id, populate_existing=True)


def end(
    session: Session,
    comparison: Comparison,
    *,
    holder: str,
    report: ComparisonReport,
    now: datetime,
) -> bool:
    """Write what was found, or what went wrong; at the third time it failed for good.

    Returns False, and writes nothing, where the claim is no longer ours.
    """
    attempts = comparison.attempts + (report.found is None)
    failed = attempts >= MOST_ATTEMPTS
    state = ComparisonState.FAILED if failed else ComparisonState.QUEUED
    values: dict[str, Any] = {"attempts": attempts, "trace": report.trace or None, "state": state}
    if report.found is not None:
        found = report.found.model_dump(mode="json")
        values |= {"state": ComparisonState.COMPARED, "found": found, "compared_at": now}
    which = col(Comparison.id) == comparison.id
    return COMPARISONS.end(session, which, holder=holder, **values)


def fail_interrupted_comparisons(session: Session) -> None:
    """Fail what killed its worker each time: it must end."""
    for row in interrupted(session):
        row.state = ComparisonState.FAILED
        row.trace = f"The worker died {row.interruptions} times while it compared these."
        session.add(row)
