"""Two people at once: nobody waits for ever, and no decision is made on what was true before."""

import contextlib
import threading
import time
from collections.abc import Callable
from datetime import timedelta

import numpy as np
import pytest
from sqlmodel import Session, select

from server.boards import schedules
from server.boards.actions import go_live
from server.boards.choosing import Choice, decide
from server.boards.models import Entry, NextPlace
from server.challenges.models import Challenge, Phase
from server.challenges.rules import Ranking
from server.evaluations.actions import add_evaluation
from server.evaluations.models import Evaluation, Replicates, Rescore, Score
from server.evaluations.queries import live_evaluation
from server.evaluations.rules import SCORED_BOARDS, EvaluationState, RescoreState
from server.evaluations.scoring import SolutionReport
from server.shared.database import Database
from server.shared.errors import Conflict
from server.submissions import actions as submitting
from server.submissions.actions import Received, submit
from server.submissions.models import Submission
from tests.boards.scored import scored
from tests.cast import NOON

SEVERAL_WRITERS = "SQLite has one writer at a time: `make test-all` runs this on PostgreSQL"


@pytest.fixture
def several_writers(database: Database) -> None:
    if database.is_sqlite:
        pytest.skip(SEVERAL_WRITERS)


@pytest.fixture
def complete(session: Session, board: Phase) -> int:
    """A second evaluation of the board's phase, completely scored; its number in the database."""
    live = live_evaluation(session, board.id)
    assert live is not None
    made = add_evaluation(
        session,
        phase=board,
        state=EvaluationState.COMPLETE,
        solution_sha256="f" * 64,
        spec=live.spec,
        scorer_version="1",
        rows=SolutionReport(public_rows=1, private_rows=1),
        reason="A label was wrong",
        actor_id=None,
        now=NOON,
    )
    rng = np.random.default_rng(0)
    sent = session.exec(select(Submission).where(Submission.phase_id == board.id)).all()
    for step, submission in enumerate(sent):
        key = {"submission_id": submission.id, "evaluation_id": made.id}
        session.add(Rescore(**key, state=RescoreState.SCORED))
        for kind in SCORED_BOARDS:
            score = Score(**key, board=kind, value=0.1 + step / 20, scored_at=NOON)
            session.add(score)
            session.flush()
            drawn = score.value + 0.01 * rng.standard_normal(200)
            session.add(Replicates(score_id=score.id, data=drawn.astype("<f8").tobytes()))
    session.commit()
    assert made.id is not None
    return made.id


@pytest.fixture
def two_teams(session: Session, cast, board: Phase) -> None:
    for name, value in (("pandas", 0.9), ("isar", 0.8)):
        team = session.merge(cast.teams[name])
        scored(session, board, team, value, value, by=cast.wei)
    session.commit()


def put_live(session: Session, evaluation_id: int, phase_id: int) -> None:
    go_live(
        session,
        evaluation=session.get_one(Evaluation, evaluation_id),
        phase=session.get_one(Phase, phase_id),
        actor_id=None,
        now=NOON,
    )


def at_once(*acts: Callable[[], object]) -> list[Exception]:
    """Run these in threads and return what they raised."""
    raised: list[Exception] = []

    def run(act: Callable[[], object]) -> None:
        try:
            act()
        except Exception as error:  # noqa: BLE001 - whatever it is, the test says so
            raised.append(error)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return raised


def test_an_upload_and_an_evaluation_that_goes_live_do_not_wait_for_each_other(
    several_writers, database, session, cast, board, two_teams, complete, monkeypatch
):
    phase_id, team_id = board.id, cast.teams["pandas"].id
    challenge_id, wei = cast.digits.id, cast.wei.id
    session.close()
    held, going = threading.Event(), threading.Event()
    real = submitting._held

    def slow(writing, team, phase):
        answer = real(writing, team, phase)
        held.set()
        going.wait(1)
        return answer

    monkeypatch.setattr(submitting, "_held", slow)

    def upload() -> None:
        with database.writing() as writing:
            submit(
                writing,
                account_id=wei,
                challenge=writing.get_one(Challenge, challenge_id),
                phase=writing.get_one(Phase, phase_id),
                team_id=team_id,
                ended_challenge=False,
                upload=Received("a.csv", 10, "a" * 64),
                comment="",
                now=NOON,
            )
            writing.commit()

    def live() -> None:
        held.wait(10)
        with database.writing() as writing:
            put_live(writing, complete, phase_id)
            going.set()
            writing.commit()

    assert at_once(upload, live) == []


def test_who_withdraws_while_an_evaluation_goes_live_stands_under_the_new_one(
    several_writers, database, session, cast, board, two_teams, complete
):
    waiting = Submission(
        challenge_id=board.challenge_id,
        phase_id=board.id,
        team_id=cast.teams["pandas"].id,
        account_id=cast.wei.id,
        filename="q.csv",
        size=3,
        sha256="b" * 64,
        received_at=NOON,
    )
    session.add(waiting)
    session.commit()
    number, phase_id, wei = waiting.id, board.id, cast.wei.id
    session.close()
    ready = threading.Event()

    def live() -> None:
        with database.writing() as writing:
            put_live(writing, complete, phase_id)
            writing.flush()
            ready.set()
            time.sleep(1)
            writing.commit()

    def withdraw() -> None:
        ready.wait(10)
        with database.writing() as writing:
            decide(writing, Choice.WITHDRAW, submission_id=number, actor_id=wei, now=NOON)
            writing.commit()

    assert at_once(live, withdraw) == []
    with database.reading() as reading:
        entries = reading.exec(select(Entry).where(Entry.phase_id == phase_id)).all()
    assert {entry.evaluation_id for entry in entries} == {complete}


def test_two_picks_at_once_are_not_more_than_may_be_picked(
    several_writers, database, session, cast, board, monkeypatch
):
    board.ranking, board.select = Ranking.SELECTED, 1
    session.add(board)
    team = session.merge(cast.teams["pandas"])
    for hours, value in ((1, 0.7), (2, 0.8)):
        moment = NOON - timedelta(hours=hours)
        scored(session, board, team, value, value, by=cast.wei, at=moment)
    session.commit()
    numbers = [s.id for s in session.exec(select(Submission).where(Submission.team_id == team.id))]
    wei = cast.wei.id
    session.close()
    both = threading.Barrier(2)
    real = submitting.may_select

    def together(**known):
        with contextlib.suppress(threading.BrokenBarrierError):
            both.wait(1)
        return real(**known)

    monkeypatch.setattr(submitting, "may_select", together)

    def pick(number: int) -> None:
        with database.writing() as writing:
            decide(writing, Choice.SELECT, submission_id=number, actor_id=wei, now=NOON)
            writing.commit()

    raised = at_once(*(lambda number=number: pick(number) for number in numbers))
    assert [type(error) for error in raised] == [Conflict]
    with database.reading() as reading:
        found = reading.exec(select(Submission).where(Submission.selected)).all()
    assert len(found) == 1


def test_ranges_of_a_board_that_was_replaced_meanwhile_are_not_written(
    database, session, board, two_teams, complete, monkeypatch
):
    phase_id = board.id
    session.close()
    real, done = schedules._replicates, []

    def meanwhile(reading, entries, kind):
        found = real(reading, entries, kind)
        if not done:
            done.append(kind)
            with database.writing() as writing:
                put_live(writing, complete, phase_id)
                writing.commit()
        return found

    monkeypatch.setattr(schedules, "_replicates", meanwhile)
    for _ in range(3):
        schedules.write_rank_ranges(database, now=NOON)
    with database.reading() as reading:
        entries = reading.exec(select(Entry).where(Entry.phase_id == phase_id)).all()
        steps = {round(place.difference, 9) for place in reading.exec(select(NextPlace))}
    assert {entry.evaluation_id for entry in entries} == {complete}
    assert all(entry.rank_best is not None for entry in entries if entry.ranked)
    assert steps == {0.05}
