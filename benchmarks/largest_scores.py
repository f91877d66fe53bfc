"""Scores of the largest contest: recorded as a worker does, and how soon a board shows them."""

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import col, func, select

from benchmarks.largest_field import LARGEST, SMALL
from server.boards.actions import record_score
from server.boards.models import Entry
from server.boards.places import places
from server.boards.rows import On
from server.evaluations.models import Evaluation
from server.evaluations.rules import Board
from server.evaluations.scoring import BoardScore, Outcome, Report
from server.shared.clock import utcnow
from server.shared.database import Database
from server.submissions.models import Submission
from server.submissions.rules import SubmissionState

BOARD = "/challenges/largest/leaderboard"


@contextmanager
def recording(database: Database) -> Iterator[None]:
    """Record a score of the largest challenge each second, as a worker does."""
    over = threading.Event()

    def run() -> None:
        while not over.wait(1):
            record(database, challenge=1)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


class Recorded(NamedTuple):
    """A score that was recorded: whose, and what it took."""

    team_id: int
    seconds: float
    processor: float


def record(database: Database, *, challenge: int, value: float | None = None) -> Recorded:
    """Record the score of a submission that a worker holds; `value` None: anything."""
    rng = random.Random()
    team_id = rng.randint(1, LARGEST) if challenge == 1 else LARGEST + rng.randint(1, SMALL)
    score = rng.uniform(0.9, 0.98) if value is None else value
    said = BoardScore(
        value=score,
        low=score - 0.01,
        high=score + 0.01,
        method="Wilson",
        also={},
        rows=6_000,
        replicates=None,
    )
    submission = waiting(database, challenge, team_id)
    with database.writing() as session:
        evaluation = session.get_one(Evaluation, challenge)
        held = session.get_one(Submission, submission)
        began, worked = time.perf_counter(), time.process_time()
        record_score(
            session,
            submission=held,
            evaluation=evaluation,
            holder="bench",
            report=Report(outcome=Outcome.SCORED, public=said, private=said),
            now=utcnow(),
        )
        session.commit()
        return Recorded(team_id, time.perf_counter() - began, time.process_time() - worked)


def waiting(database: Database, challenge: int, team_id: int) -> int:
    """Make a submission that is being scored; return its number."""
    with database.writing() as session:
        made = Submission(
            challenge_id=challenge,
            phase_id=challenge,
            team_id=team_id,
            account_id=1,
            state=SubmissionState.SCORING,
            filename="predictions.csv",
            size=1,
            sha256="0" * 64,
            received_at=utcnow(),
            lease_holder="bench",
        )
        session.add(made)
        session.commit()
        assert made.id is not None
        return made.id


def until_it_shows(database: Database, port: int) -> float:
    """Return the seconds from the commit of a new best score to a board that shows its team."""
    with database.reading() as session:
        best = session.exec(
            select(func.max(Entry.value)).where(Entry.phase_id == 1, Entry.board == Board.PUBLIC)
        ).one()
    found = record(database, challenge=1, value=min(best + 1e-6, 1.0))
    began = time.perf_counter()
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    wanted = f'href="/teams/{found.team_id}"'.encode()
    while True:
        connection.request("GET", BOARD)
        if wanted in connection.getresponse().read():
            return time.perf_counter() - began


def ranks_agree(database: Database) -> None:
    """Make sure that what was measured is right: ranks by marks and by counting are the same."""
    on = On(1, Board.PUBLIC)
    with database.reading() as session:
        keys = [row[0] for row in session.execute(some_keys(on))]
        counted = {
            key: session.execute(
                sa.select(func.count()).where(
                    col(Entry.phase_id) == 1,
                    col(Entry.board) == Board.PUBLIC,
                    col(Entry.ranked).is_(True),
                    col(Entry.key) < key,
                )
            ).scalar_one()
            + 1
            for key in keys
        }
        if places(session, on, keys) != counted:
            raise RuntimeError("the ranks are wrong")


def some_keys(on: On) -> sa.Select[tuple[float]]:
    return (
        sa.select(col(Entry.key))
        .where(col(Entry.phase_id) == on.phase_id, col(Entry.board) == on.board)
        .where(col(Entry.id) % 4_000 == 0)
    )
