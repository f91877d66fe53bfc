"""What an evaluation would change: both boards side by side, for the organiser who decides."""

from typing import NamedTuple

from sqlmodel import Session, col, func, select

from server.boards.previews import board_under
from server.challenges.models import Challenge, Phase
from server.evaluations.models import Evaluation, Rescore
from server.evaluations.queries import live_evaluation
from server.evaluations.rules import Board, RescoreState


class Change(NamedTuple):
    """A team's place and score now, and under the evaluation; None where it has none."""

    team_id: int
    team: str
    rank_before: int | None
    rank_after: int | None
    score_before: float | None
    score_after: float | None


class Comparison(NamedTuple):
    """One board: how many teams it has, and every one whose rank or score would change."""

    board: Board
    teams: int
    changes: list[Change]


def comparisons(
    session: Session, *, challenge: Challenge, phase: Phase, evaluation: Evaluation
) -> list[Comparison]:
    """Return what would change on each board if the evaluation went live."""
    live = live_evaluation(session, phase.id)
    if live is None:
        return []
    return [_compare(session, challenge, phase, live, evaluation, board) for board in Board]


def _compare(
    session: Session,
    challenge: Challenge,
    phase: Phase,
    live: Evaluation,
    evaluation: Evaluation,
    board: Board,
) -> Comparison:
    before, after = (
        {
            row.team: row
            for row in board_under(
                session,
                phase=phase,
                evaluation=which,
                board=board,
                higher_is_better=challenge.higher_is_better,
            )
            if row.team is not None
        }
        for which in (live, evaluation)
    )
    changes = []
    for team in sorted(before.keys() | after.keys(), key=lambda t: t.id):
        old, new = before.get(team), after.get(team)
        if old and new and (old.rank, old.score) == (new.rank, new.score):
            continue
        changes.append(
            Change(
                team_id=team.id,
                team=team.name,
                rank_before=old.rank if old else None,
                rank_after=new.rank if new else None,
                score_before=old.score if old else None,
                score_after=new.score if new else None,
            )
        )
    return Comparison(board, len(before.keys() | after.keys()), changes)


def new_rejections(session: Session, evaluation_id: int) -> int:
    """Return how many submissions do not fit an evaluation's solution."""
    query = select(func.count()).where(
        Rescore.evaluation_id == evaluation_id,
        col(Rescore.state).in_((RescoreState.REJECTED, RescoreState.FAILED)),
    )
    return session.exec(query).one()
