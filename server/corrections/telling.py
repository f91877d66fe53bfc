"""Who is told that another evaluation went live: each team once, and some teams at a time.

How far it is stands with the evaluation, so that whatever dies in between, nobody is left out and
nobody is told twice.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, select

from server.boards.kept import Place, places_kept, places_now
from server.challenges.models import Challenge, Phase
from server.corrections.letters import Moved, News, Turned, is_frozen, letter
from server.evaluations.models import Evaluation, Rescore
from server.evaluations.rescores import TO_BE_TOLD
from server.evaluations.rules import Board, EvaluationState
from server.notifications.words import said
from server.shared.database import Database, changed_rows
from server.shared.errors import N_
from server.submissions.models import Submission
from server.submissions.rules import SubmissionState
from server.teams.models import Team
from server.teams.notices import Reader, tell_members

# So few teams are told in one transaction that nobody waits for the lock.
AT_ONCE = 200
# A live evaluation's word on its preview, of which nothing is left: how far its teams are told.
TOLD = "told up to team "


def tell_teams(session: Session, evaluation: Evaluation, *, now: datetime) -> int | None:
    """Tell the teams that a new live evaluation concerns, in the transaction that put it there.

    Returns how many people there are; None: the teams are many, and the worker tells them.
    """
    evaluation.compared_version = f"{TOLD}0"
    session.add(evaluation)
    session.flush()
    if _are_many(session, evaluation):
        return None
    return finish_telling(session, evaluation, now=now)


def finish_telling(session: Session, evaluation: Evaluation, *, now: datetime) -> int:
    """Tell whoever is left to be told of an evaluation, before another takes its place."""
    if not (evaluation.compared_version or "").startswith(TOLD):
        return 0
    concerned = Concerned.look(session, evaluation)
    told = concerned.tell(session, concerned.after(_told_up_to(evaluation)), now=now)
    evaluation.compared_version = None
    session.add(evaluation)
    return told


def tell_waiting(database: Database, *, now: datetime, at_once: int = AT_ONCE) -> int:
    """Tell teams of evaluations that went live; return how many people were told."""
    with database.reading() as session:
        waiting = [Concerned.look(session, e) for e in _to_tell(session)]
    return sum(_tell_all(database, concerned, now, at_once) for concerned in waiting)


def _tell_all(database: Database, concerned: "Concerned", now: datetime, at_once: int) -> int:
    before = _told_up_to(concerned.evaluation)
    teams, told = concerned.after(before), 0
    for first in range(0, len(teams), at_once):
        some = teams[first : first + at_once]
        with database.writing() as session:
            if not _mine(session, concerned.evaluation, before, some[-1]):
                return told
            told += concerned.tell(session, some, now=now)
            session.commit()
        before = some[-1]
    with database.writing() as session:
        _mine(session, concerned.evaluation, before, None)
        session.commit()
    return told


def _mine(session: Session, evaluation: Evaluation, before: int, up_to: int | None) -> bool:
    """Note how far it is, and say whether nobody else was faster."""
    note = None if up_to is None else f"{TOLD}{up_to}"
    same = (
        col(Evaluation.id) == evaluation.id,
        col(Evaluation.state) == EvaluationState.LIVE,
        col(Evaluation.compared_version) == f"{TOLD}{before}",
    )
    noted = sa.update(Evaluation).where(*same).values(compared_version=note)
    return changed_rows(session, noted) == 1


def _told_up_to(evaluation: Evaluation) -> int:
    return int((evaluation.compared_version or "").removeprefix(TOLD) or 0)


def _to_tell(session: Session) -> Sequence[Evaluation]:
    query = select(Evaluation).where(
        Evaluation.state == EvaluationState.LIVE,
        col(Evaluation.compared_version).startswith(TOLD),
    )
    return session.exec(query).all()


def _are_many(session: Session, evaluation: Evaluation) -> bool:
    phase = session.get_one(Phase, evaluation.phase_id)
    beyond = sa.select(col(Team.id)).where(col(Team.challenge_id) == phase.challenge_id)
    return session.execute(beyond.offset(AT_ONCE).limit(1)).first() is not None


class Concerned(NamedTuple):
    """What an evaluation that went live changed for each team that may know."""

    evaluation: Evaluation
    phase: Phase
    challenge: Challenge
    moves: Mapping[int, Sequence[Moved]]
    turned: Mapping[int, Sequence[Turned]]

    @classmethod
    def look(cls, session: Session, evaluation: Evaluation) -> "Concerned":
        """Look at the boards that teams may see, and at what became of submissions.

        Nothing is told, nor is anybody written to, because of a board that a team can't see.
        """
        phase = session.get_one(Phase, evaluation.phase_id)
        challenge = session.get_one(Challenge, phase.challenge_id)
        moves = _moves(session, phase, evaluation)
        return cls(evaluation, phase, challenge, moves, _turned(session, evaluation))

    def after(self, team_id: int) -> list[int]:
        """Return the teams that are concerned, in the order in which they are told."""
        return sorted(team for team in self.moves.keys() | self.turned.keys() if team > team_id)

    def tell(self, session: Session, teams: Sequence[int], *, now: datetime) -> int:
        """Write to every member of these teams, in the caller's transaction."""
        _note_told(session, self.evaluation, [t.number for k in teams for t in self._of(k).turned])
        title = self.challenge.title
        return tell_members(
            session,
            teams,
            kind="evaluation_live",
            write=self._letter,
            subject=lambda: said(N_("%(challenge)s was scored anew"), challenge=title),
            at=now,
            said={"phase": self.phase.title},
        )

    def _letter(self, reader: Reader) -> str:
        return letter(reader, self.phase, self.evaluation, self._of(reader.team_id))

    def _of(self, team_id: int) -> News:
        return News(self.moves.get(team_id, ()), self.turned.get(team_id, ()))


def _moves(session: Session, phase: Phase, evaluation: Evaluation) -> Mapping[int, Sequence[Moved]]:
    moves: dict[int, list[Moved]] = defaultdict(list)
    replaced = _replaced(session, evaluation)
    for board in _seen_by_teams(phase) if replaced else []:
        before = _seen(phase, places_kept(session, replaced or 0, board))
        after = _seen(phase, places_now(session, evaluation.phase_id, board))
        for team in before.keys() | after.keys():
            if before.get(team) != after.get(team):
                moves[team].append(Moved(board, before.get(team), after.get(team)))
    return moves


def _replaced(session: Session, evaluation: Evaluation) -> int | None:
    """Return the evaluation that was live before, whose boards are kept."""
    query = (
        sa.select(col(Evaluation.id))
        .where(
            col(Evaluation.phase_id) == evaluation.phase_id,
            col(Evaluation.state) == EvaluationState.PAST,
        )
        .order_by(col(Evaluation.live_at).desc(), col(Evaluation.number).desc())
        .limit(1)
    )
    return session.execute(query).scalar()


def _seen_by_teams(phase: Phase) -> list[Board]:
    return [Board.PUBLIC] if phase.revealed_at is None else [Board.PUBLIC, Board.PRIVATE]


def _seen(phase: Phase, places: Mapping[int, Place]) -> Mapping[int, Place]:
    """Return where teams stand; of a frozen board each knows its own score and no place."""
    if not is_frozen(phase):
        return places
    return {team: Place(None, place.score) for team, place in places.items()}


def _turned(session: Session, evaluation: Evaluation) -> Mapping[int, Sequence[Turned]]:
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
            col(Rescore.lease_holder) == TO_BE_TOLD,
            col(Submission.withdrawn_at).is_(None),
        )
        .order_by(col(Submission.id))
    )
    turned: dict[int, list[Turned]] = defaultdict(list)
    for team_id, number, filename, state, message in session.execute(query):
        turned[team_id].append(Turned(number, filename, SubmissionState(state.value), message))
    return turned


def _note_told(session: Session, evaluation: Evaluation, submissions: Sequence[int]) -> None:
    for first in range(0, len(submissions), AT_ONCE):
        some = submissions[first : first + AT_ONCE]
        session.execute(
            sa.update(Rescore)
            .where(
                col(Rescore.evaluation_id) == evaluation.id, col(Rescore.submission_id).in_(some)
            )
            .values(lease_holder=None)
        )
