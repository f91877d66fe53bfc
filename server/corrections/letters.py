"""What teams are told when another evaluation goes live: what changed for them, and why."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from flask_babel import gettext
from sqlmodel import Session, col

from server.boards.kept import Place, places_now
from server.challenges.models import Challenge, Phase
from server.evaluations.models import Evaluation, Rescore
from server.evaluations.rules import Board
from server.submissions.models import Submission
from server.submissions.rules import FINAL, SubmissionState
from server.teams.notices import address, tell_teams

# A letter lists so many submissions, and counts the others.
MOST_LISTED = 10


class Turned(NamedTuple):
    """A submission that came to another end."""

    number: int
    filename: str
    state: SubmissionState
    message: str | None


class Moved(NamedTuple):
    """A team's place on one board, before and after; None where it has none."""

    board: Board
    before: Place | None
    after: Place | None


class Concerned(NamedTuple):
    """How things stood before: taken first, and told from afterwards."""

    phase: Phase
    before: Mapping[Board, Mapping[int, Place]]
    turned: Mapping[int, list[Turned]]

    @classmethod
    def look(cls, session: Session, phase: Phase, evaluation: Evaluation) -> "Concerned":
        """Look at the boards that teams may see, and at what becomes of submissions."""
        boards = {b: _places(session, phase, b) for b in _seen_by_teams(phase)}
        return cls(phase, boards, _turned(session, evaluation))

    def tell(self, session: Session, evaluation: Evaluation, *, now: datetime) -> int:
        """Write to every member of a team whose rank, score or submission is another one.

        Nothing is told, nor is anybody written to, because of a board that a team can't see.
        """
        moves = self._moves(session)
        concerned = moves.keys() | self.turned.keys()
        challenge = session.get_one(Challenge, self.phase.challenge_id)
        return tell_teams(
            session,
            concerned,
            kind="evaluation_live",
            said={"phase": self.phase.title},
            template="corrections/mail/live.txt",
            subject=lambda: gettext("%(challenge)s was scored anew", challenge=challenge.title),
            at=now,
            by_team={
                team: {"moves": moves.get(team, []), **_listed(self.turned.get(team, []))}
                for team in concerned
            },
            phase=self.phase.title,
            reason=evaluation.reason,
            number=evaluation.number,
            frozen=_is_frozen(self.phase),
            board=address("boards.leaderboard", slug=challenge.slug, phase=self.phase.slug),
        )

    def _moves(self, session: Session) -> dict[int, list[Moved]]:
        moves: dict[int, list[Moved]] = defaultdict(list)
        for board, before in self.before.items():
            after = _places(session, self.phase, board)
            for team in before.keys() | after.keys():
                if before.get(team) != after.get(team):
                    moves[team].append(Moved(board, before.get(team), after.get(team)))
        return moves


def _seen_by_teams(phase: Phase) -> list[Board]:
    return [Board.PUBLIC] if phase.revealed_at is None else [Board.PUBLIC, Board.PRIVATE]


def _is_frozen(phase: Phase) -> bool:
    return phase.frozen_at is not None and phase.revealed_at is None


def _places(session: Session, phase: Phase, board: Board) -> Mapping[int, Place]:
    """Return where teams stand; of a frozen board each knows its own score and no place."""
    places = places_now(session, phase.id or 0, board)
    if not _is_frozen(phase):
        return places
    return {team: Place(None, place.score) for team, place in places.items()}


def _turned(session: Session, evaluation: Evaluation) -> dict[int, list[Turned]]:
    query = (
        sa.select(
            col(Submission.team_id),
            col(Submission.id),
            col(Submission.filename),
            col(Rescore.state),
            col(Rescore.message),
        )
        .join(Rescore, col(Rescore.submission_id) == col(Submission.id))
        .where(
            col(Rescore.evaluation_id) == evaluation.id,
            col(Submission.team_id).is_not(None),
            col(Submission.withdrawn_at).is_(None),
            col(Submission.state).in_(FINAL),
            sa.cast(col(Submission.state), sa.String) != sa.cast(col(Rescore.state), sa.String),
        )
        .order_by(col(Submission.id))
    )
    turned: dict[int, list[Turned]] = defaultdict(list)
    for team_id, number, filename, state, message in session.execute(query):
        turned[team_id].append(Turned(number, filename, SubmissionState(state.value), message))
    return turned


def _listed(turned: list[Turned]) -> dict[str, Any]:
    return {"turned": turned[:MOST_LISTED], "more": max(0, len(turned) - MOST_LISTED)}
