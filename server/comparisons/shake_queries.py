"""Reads of shake-ups: which are to be computed, and what a page shows of one."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col

from server.boards.chosen import Chosen
from server.boards.models import Entry, TeamMove
from server.boards.rows import TeamName
from server.challenges.models import Phase
from server.challenges.queries import phases_of
from server.challenges.rules import Ranking
from server.comparisons.models import ShakeUp
from server.evaluations.models import Evaluation
from server.evaluations.rules import Board, EvaluationState
from server.shared.errors import N_, Forbidden, NotFound
from server.teams.models import Team

DRAWN = 200


class Stale(NamedTuple):
    """A phase whose shake-up is missing, or of boards that have changed; `version`: of these."""

    phase_id: int
    evaluation_id: int
    version: str


class MovedTeam(NamedTuple):
    """A team's rank on both boards; `within`: 95 % of moves by chance alone, if known."""

    team: TeamName
    public_rank: int
    private_rank: int
    within: int | None

    @property
    def move(self) -> int:
        """Places climbed."""
        return self.public_rank - self.private_rank

    @property
    def beyond(self) -> bool:
        """Whether it moved further than chance alone moves a team here."""
        return self.within is not None and abs(self.move) > self.within


@dataclass(frozen=True)
class ShakenUp:
    """What is stored of a phase's shake-up, and the teams that are drawn and named."""

    row: ShakeUp
    drawn: list[MovedTeam]
    climbed: list[MovedTeam]
    fell: list[MovedTeam]

    @property
    def found(self) -> dict[str, Any]:
        """The numbers."""
        return self.row.found


def stale_shake_ups(session: Session) -> list[Stale]:
    """Return the revealed phases whose boards have ranges newer than their shake-up."""
    query = (
        sa.select(
            col(Phase.id),
            col(Evaluation.id),
            _ranges_at(Board.PUBLIC),
            _ranges_at(Board.PRIVATE),
            col(ShakeUp.board_version),
            col(Phase.ranking),
        )
        .join(Evaluation, col(Evaluation.phase_id) == col(Phase.id))
        .outerjoin(ShakeUp, col(ShakeUp.phase_id) == col(Phase.id))
        .where(
            col(Phase.revealed_at).is_not(None),
            col(Evaluation.state) == EvaluationState.LIVE,
            col(Evaluation.has_private).is_(True),
        )
    )
    found = []
    for phase_id, evaluation_id, public, private, known, ranking in session.execute(query):
        version = f"{evaluation_id}|{public}|{private}"
        # The public board of a ladder has no ranges.
        ready = private is not None and (public is not None or ranking is Ranking.LADDER)
        if ready and version != known:
            found.append(Stale(phase_id, evaluation_id, version))
    return found


def _ranges_at(board: Board) -> Any:
    """When the ranges of a phase's board were computed: those of its first row."""
    return (
        sa.select(col(Entry.ranges_at))
        .where(
            col(Entry.phase_id) == col(Phase.id),
            col(Entry.board) == board,
            col(Entry.ranked).is_(True),
        )
        .order_by(col(Entry.key), col(Entry.submitted_at), col(Entry.submission_id))
        .limit(1)
        .correlate(Phase)
        .scalar_subquery()
    )


def require_revealed(chosen: Chosen) -> None:
    """Let a shake-up be read.

    Raises:
        Forbidden: the result is not out, also for those who may see the private board before.
        NotFound: there is no private board.
    """
    if not chosen.revealed:
        raise Forbidden(
            N_("The shake-up is shown when the organisers reveal the result."), code="not-revealed"
        )
    if not chosen.has_private:
        raise NotFound(N_("This phase has no private board: all its test rows are public."))


def last_revealed(session: Session, challenge_id: int) -> str | None:
    """Return the last phase of a challenge whose result is out, if there is one."""
    out = [phase.slug for phase in phases_of(session, challenge_id) if phase.revealed_at]
    return out[-1] if out else None


def shake_up_of(session: Session, chosen: Chosen) -> ShakenUp | None:
    """Return the shake-up of a revealed phase, or None while the worker computes it."""
    require_revealed(chosen)
    row = session.get(ShakeUp, chosen.phase.id)
    if row is None or chosen.evaluation is None or row.evaluation_id != chosen.evaluation.id:
        return None
    moves = _moves(chosen.on.phase_id)
    drawn = moves.order_by(col(TeamMove.private_rank), col(TeamMove.team_id)).limit(DRAWN)
    named = [*row.found["climbed"], *row.found["fell"]]
    largest = {
        moved.team.id: moved
        for moved in map(_moved, session.execute(moves.where(col(TeamMove.team_id).in_(named))))
    }
    return ShakenUp(
        row,
        [_moved(found) for found in session.execute(drawn)],
        *([largest[i] for i in row.found[side] if i in largest] for side in ("climbed", "fell")),
    )


def _moves(phase_id: int) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(
            col(Team.id),
            col(Team.name),
            col(TeamMove.public_rank),
            col(TeamMove.private_rank),
            col(TeamMove.within),
        )
        .join(Team, col(Team.id) == col(TeamMove.team_id))
        .where(col(TeamMove.phase_id) == phase_id)
    )


def _moved(found: Any) -> MovedTeam:
    return MovedTeam(TeamName(found[0], found[1]), *found[2:])
