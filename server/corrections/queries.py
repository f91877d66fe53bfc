"""Reads of corrections: both boards side by side, for the organiser who decides."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlmodel import Session, col, func, select

from server.boards.previews import board_under
from server.challenges.models import Challenge, Phase
from server.challenges.queries import is_organiser
from server.evaluations.models import Evaluation, Rescore
from server.evaluations.queries import evaluation_by_id, live_evaluation
from server.evaluations.rules import Board, RescoreState
from server.shared.access import Viewer
from server.shared.errors import N_, Forbidden


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


def organiser_of_evaluation_gate(
    session: Session, viewer: Viewer, arguments: Mapping[str, Any]
) -> None:
    """Let in the organisers of the challenge that the route's evaluation is of."""
    account_id = viewer.account_id
    evaluation = evaluation_by_id(session, int(arguments["evaluation_id"]))
    phase = session.get_one(Phase, evaluation.phase_id)
    if not viewer.is_admin and not is_organiser(session, phase.challenge_id, account_id):
        raise Forbidden(N_("This is for the organisers of the challenge."))
