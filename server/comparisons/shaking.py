"""The worker's part of a shake-up: both boards of a revealed phase, beside chance alone."""

import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import numpy as np
import sqlalchemy as sa
import structlog
from numpy.typing import NDArray
from sqlmodel import Session, col

from scorers.sampling.shaking import Chance, Side, chance_alone, pooled, shake
from server.boards.models import Entry, TeamMove
from server.boards.rows import On, on_board
from server.boards.rules import ranks
from server.challenges.models import Challenge, Phase
from server.challenges.rules import Ranking
from server.comparisons.models import ShakeUp
from server.comparisons.shake_queries import Stale, stale_shake_ups
from server.evaluations.models import NONE_TO_BE_HAD, Replicates, Score
from server.evaluations.rules import SCORED_BOARDS, Board
from server.shared.clock import Clock
from server.shared.database import Database
from server.shared.events import record
from server.shared.queue import Jobs

log = structlog.get_logger(__name__)
ASK_AGAIN = timedelta(minutes=1)
LARGEST_MOVES = 5
# So many numbers of a board are held at once: of 40,000 teams 100 resamples, of 4,000 all.
MOST_NUMBERS = 4_000_000
FEWEST_RESAMPLES = 100


class Placed(NamedTuple):
    """A team's rank on a board, and by which submission."""

    rank: int
    submission_id: int


class Moved(NamedTuple):
    """The teams that stand on both boards, with their places there; all in one order."""

    teams: list[int]
    public: list[Placed]
    private: list[Placed]


class Shaker:
    """Computes the shake-up of phases whose result is out, once and when their boards change."""

    def __init__(self, *, database: Database, jobs: Jobs, clock: Clock) -> None:
        self.database = database
        self.jobs = jobs
        self.clock = clock
        self._asked: dict[Stale, datetime] = {}
        self._busy = threading.Lock()
        jobs.handle("shake_up", self.shake_up)

    def sweep(self) -> None:
        """Send a job for each phase whose shake-up is missing or of other boards."""
        with self.database.reading() as session:
            found = stale_shake_ups(session)
        now = self.clock()
        self._asked = {k: at for k, at in self._asked.items() if k in found}
        for stale in found:
            if now - self._asked.get(stale, now - ASK_AGAIN) >= ASK_AGAIN:
                self._asked[stale] = now
                self.jobs.send("shake_up", phase_id=stale.phase_id)

    def shake_up(self, phase_id: int) -> None:
        """Compute a phase's shake-up; done twice, it says the same."""
        with self._busy:
            with self.database.reading() as session:
                stale = next((s for s in stale_shake_ups(session) if s.phase_id == phase_id), None)
                if stale is None:
                    return
                phase = session.get_one(Phase, phase_id)
                moved = _moved(session, phase_id)
                chance = _chance(session, phase, stale.evaluation_id, moved)
            with self.database.writing() as session:
                _write(session, stale, moved, chance, now=self.clock())
                session.commit()
        log.info("shaken_up", phase=phase_id, teams=len(moved.teams))


def _moved(session: Session, phase_id: int) -> Moved:
    public, private = (_placed(session, On(phase_id, board)) for board in SCORED_BOARDS)
    teams = [team for team in private if team in public]
    return Moved(teams, [public[t] for t in teams], [private[t] for t in teams])


def _placed(session: Session, on: On) -> dict[int, Placed]:
    query = sa.select(col(Entry.team_id), col(Entry.key), col(Entry.submission_id))
    found = list(session.execute(query.where(*on_board(on)).order_by(col(Entry.key))))
    numbers = ranks([row[1] for row in found])
    return {row[0]: Placed(rank, row[2]) for rank, row in zip(numbers, found, strict=True)}


class Outcome(NamedTuple):
    """What chance alone gives, or the word for why nobody knows."""

    chance: Chance | None
    why: str | None = None


def _chance(session: Session, phase: Phase, evaluation_id: int, moved: Moved) -> Outcome:
    if phase.ranking is Ranking.LADDER:
        return Outcome(None, "ladder")
    if len(moved.teams) < 2:
        return Outcome(None, "few")
    sides = [
        _side(session, phase.id or 0, evaluation_id, board, places)
        for board, places in zip(SCORED_BOARDS, (moved.public, moved.private), strict=True)
    ]
    if sides[0] is None or sides[1] is None:
        return Outcome(None, "replicates")
    higher = session.get_one(Challenge, phase.challenge_id).higher_is_better
    found = chance_alone(sides[0], sides[1], higher_is_better=higher)
    return Outcome(found, None if found else "replicates")


def _side(
    session: Session, phase_id: int, evaluation_id: int, board: Board, places: Sequence[Placed]
) -> Side | None:
    """Return what one board knows of the submissions that count on it, or None."""
    on = On(phase_id, board)
    together = _on_all_rows(session, on, evaluation_id)
    noise = _replicates(session, on, evaluation_id, teams=len(places))
    ids = [place.submission_id for place in places]
    if any(i not in together or i not in noise for i in ids):
        return None
    if len({len(noise[i]) for i in ids}) != 1:
        return None
    return Side(np.array([together[i] for i in ids]), np.vstack([noise[i] for i in ids]))


def _counted(on: On) -> Any:
    return sa.select(col(Entry.submission_id)).where(*on_board(on))


def _on_all_rows(session: Session, on: On, evaluation_id: int) -> dict[int, float]:
    """Return the score on the rows of both boards of what counts on one of them."""
    query = sa.select(
        col(Score.submission_id), col(Score.board), col(Score.value), col(Score.rows)
    ).where(
        col(Score.submission_id).in_(_counted(on)),
        col(Score.evaluation_id) == evaluation_id,
    )
    found: dict[Board, dict[int, tuple[float, int]]] = {board: {} for board in SCORED_BOARDS}
    for submission_id, board, value, rows in session.execute(query):
        found[Board(board)][submission_id] = (value, rows)
    public, private = (found[board] for board in SCORED_BOARDS)
    ids = [i for i in public if i in private and public[i][1] + private[i][1] > 0]
    return {
        i: float(pooled(public[i][0], private[i][0], rows=(public[i][1], private[i][1])))
        for i in ids
    }


def _replicates(
    session: Session, on: On, evaluation_id: int, *, teams: int
) -> dict[int, NDArray[np.float64]]:
    most = max(FEWEST_RESAMPLES, MOST_NUMBERS // max(1, teams))
    query = (
        sa.select(col(Score.submission_id), col(Replicates.data))
        .join(Replicates, col(Replicates.score_id) == col(Score.id))
        .where(
            col(Score.submission_id).in_(_counted(on)),
            col(Score.evaluation_id) == evaluation_id,
            col(Score.board) == on.board,
        )
        .execution_options(yield_per=500)
    )
    return {
        submission_id: np.frombuffer(data, dtype="<f8")[:most].copy()
        for submission_id, data in session.execute(query)
        if data != NONE_TO_BE_HAD
    }


def _write(
    session: Session, stale: Stale, moved: Moved, outcome: Outcome, *, now: datetime
) -> None:
    """Put what was found in the place of what stood there, whoever else does so."""
    held = (
        sa.select(col(Phase.id))
        .where(col(Phase.id) == stale.phase_id)
        .with_for_update(key_share=True)
    )
    session.execute(held)
    session.execute(sa.delete(TeamMove).where(col(TeamMove.phase_id) == stale.phase_id))
    within = outcome.chance.within.tolist() if outcome.chance else [None] * len(moved.teams)
    rows = [
        {
            "phase_id": stale.phase_id,
            "team_id": team_id,
            "evaluation_id": stale.evaluation_id,
            "public_rank": before.rank,
            "private_rank": after.rank,
            "within": bound,
        }
        for team_id, before, after, bound in zip(
            moved.teams, moved.public, moved.private, within, strict=True
        )
    ]
    if rows:
        session.execute(sa.insert(TeamMove), rows)
    session.merge(
        ShakeUp(
            phase_id=stale.phase_id,
            evaluation_id=stale.evaluation_id,
            board_version=stale.version,
            found=summary(moved, outcome),
            made_at=now,
        )
    )
    phase = session.get_one(Phase, stale.phase_id)
    # Boards show the moves by chance: an event tells whoever keeps one that it has changed.
    record(session, "phase.shaken", at=now, challenge_id=phase.challenge_id, subject_id=phase.id)


def summary(moved: Moved, outcome: Outcome) -> dict[str, Any]:
    """Return what is stored of a shake-up as a whole."""
    before = np.array([place.rank for place in moved.public], dtype=np.int64)
    after = np.array([place.rank for place in moved.private], dtype=np.int64)
    moves, chance = before - after, outcome.chance
    order = np.argsort(-moves, kind="stable")
    real = shake(before, after)._asdict() if moved.teams else {}
    return {
        "teams": len(moved.teams),
        **{name: _plain(number) for name, number in real.items()},
        "chance": None if chance is None else _ranges(chance),
        "why": outcome.why,
        "beyond": None if chance is None else int((np.abs(moves) > chance.within).sum()),
        "climbed": [moved.teams[i] for i in order[:LARGEST_MOVES] if moves[i] > 0],
        "fell": [moved.teams[i] for i in order[::-1][:LARGEST_MOVES] if moves[i] < 0],
    }


def _plain(number: float | None) -> float | None:
    return None if number is None else float(number)


def _ranges(chance: Chance) -> dict[str, Any]:
    numbers = ("spearman", "kendall", "mean_move", "stayed")
    found = {name: getattr(chance, name) for name in numbers}
    return {
        **{name: None if said is None else said._asdict() for name, said in found.items()},
        "resamples": chance.resamples,
    }
