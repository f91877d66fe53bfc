"""A board that was made beside the live one takes its place: by statements, whatever its size."""

from collections.abc import Collection

import sqlalchemy as sa
from sqlmodel import Session, col

from server.boards.kept import SAME
from server.boards.models import ENTRIES, KeptEntry
from server.boards.rebuilding import (
    add_entries,
    clear_board,
    made_entries,
    rebuild_board,
)
from server.challenges.models import Challenge, Phase
from server.challenges.rules import Ranking
from server.evaluations.models import Evaluation
from server.teams.models import Team

# So many teams are named in one statement.
TEAMS_AT_ONCE = 500


def replace_board(
    session: Session, *, phase: Phase, evaluation: Evaluation, changed: Collection[int] | None
) -> None:
    """Make the entries of a phase those of an evaluation, whose preview is known to the database.

    `changed`: the teams whose rows are others than in the preview (`changed_since`), None where
    that is not known and all are made anew. What a ladder released is found for all of it.
    """
    if changed is None or phase.ranking is Ranking.LADDER:
        rebuild_board(session, phase=phase, evaluation=evaluation)
        return
    clear_board(session, phase=phase, evaluation=evaluation)
    _leave_out(session, evaluation, changed)
    _take_over(session, phase, evaluation)
    made = made_entries(session, phase=phase, evaluation=evaluation, among=changed)
    add_entries(session, made)


def _leave_out(session: Session, evaluation: Evaluation, changed: Collection[int]) -> None:
    teams = sorted(changed)
    for first in range(0, len(teams), TEAMS_AT_ONCE):
        some = teams[first : first + TEAMS_AT_ONCE]
        session.execute(
            sa.delete(KeptEntry).where(
                col(KeptEntry.team_id).in_(some), col(KeptEntry.evaluation_id) == evaluation.id
            )
        )


def _take_over(session: Session, phase: Phase, evaluation: Evaluation) -> None:
    anonymous = session.get_one(Challenge, phase.challenge_id).anonymous
    # Baselines have no team, and are made anew.
    rows = (
        sa.select(
            sa.literal(phase.id),
            sa.literal(evaluation.id),
            sa.null() if anonymous else col(Team.university_id),
            col(Team.disqualified_at).is_(None),
            col(KeptEntry.board),
            *(getattr(KeptEntry, name) for name in SAME),
        )
        .join(Team, col(Team.id) == col(KeptEntry.team_id))
        .where(col(KeptEntry.evaluation_id) == evaluation.id, col(Team.closed_at).is_(None))
    )
    names = ["phase_id", "evaluation_id", "university_id", "ranked", "board", *SAME]
    session.execute(ENTRIES.insert().from_select(names, rows))
