"""Taking an uploaded solution out of the store that the web can read."""

import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from scorers.sentences import to_json
from server.challenges.models import ChallengeFile
from server.corrections.rescoring import ARRIVES_WITHIN, AT_ONCE, NEVER_CAME, Rescorer
from server.evaluations.differing import compare_solutions
from server.evaluations.models import Evaluation, Rescore
from server.evaluations.rules import EvaluationState, RescoreState
from server.evaluations.scoring import SolutionReport, look_at_solution
from server.evaluations.tools import Tools
from server.shared.isolation import LimitExceeded, NoChildren
from server.shared.storage import FileStore, Stores
from server.submissions.rules import AGAIN_AFTER, MOST_ATTEMPTS
from tests.corrections.correcting import beside, boards
from tests.scores import LEASE, report


@pytest.fixture
def stores(tmp_path: Path) -> Stores:
    return Stores(FileStore(str(tmp_path / "public")), FileStore(str(tmp_path / "hidden")))


class Sent:
    """The engine: notes what is sent."""

    def __init__(self) -> None:
        self.sent: list[tuple] = []

    def handle(self, name: str, handler: object) -> None:
        """Nothing is taken in these tests."""

    def send(self, name: str, **arguments: int) -> None:
        self.sent.append((name, *arguments.values()))

    def waiting(self) -> int:
        return len(self.sent)

    def taken(self) -> list[tuple]:
        found, self.sent = self.sent, []
        return found


class Child:
    """The limited child: gives an answer, or breaks."""

    def __init__(self) -> None:
        self.answer: object = report(0.4, 0.3)

    def run(self, function: Any, *arguments: Any) -> str:
        if isinstance(self.answer, BaseException):
            raise self.answer
        if function is compare_solutions:
            return str(function(*arguments))
        if function is look_at_solution:
            return SolutionReport(rows=2, public_rows=1, private_rows=1).model_dump_json()
        return self.answer.model_dump_json()


@pytest.fixture
def jobs() -> Sent:
    return Sent()


@pytest.fixture
def child() -> Child:
    return Child()


@pytest.fixture
def rescorer(database, stores, clock, jobs, child) -> Rescorer:
    return Rescorer(
        Tools(
            database=database,
            stores=stores,
            jobs=jobs,
            isolation=child,
            clock=clock,
            name="host/1/2",
            lease=LEASE,
        )
    )


def put(stores: Stores, tmp_path: Path, content: bytes) -> str:
    path, sha256 = tmp_path / "sent", hashlib.sha256(content).hexdigest()
    path.write_bytes(content)
    stores.public_files.put(path, sha256)
    return sha256


def test_an_uploaded_solution_leaves_the_public_store(rescorer, stores, cast, tmp_path) -> None:
    sha256 = put(stores, tmp_path, b"id,digit\n1,7\n")
    rescorer.tools.hide(sha256)
    assert stores.hidden_files.has(sha256)
    assert not stores.public_files.has(sha256)
    rescorer.tools.hide(sha256)
    assert stores.hidden_files.has(sha256)


def test_a_solution_with_the_bytes_of_a_public_file_takes_it_from_nobody(
    rescorer, stores, cast, session, tmp_path
) -> None:
    sha256 = put(stores, tmp_path, b"id,digit\n1,0\n")
    session.add(
        ChallengeFile(
            challenge_id=cast.challenges["digits"].id,
            name="sample_submission.csv",
            sha256=sha256,
            size=14,
            position=9,
        )
    )
    session.commit()
    rescorer.tools.hide(sha256)
    assert stores.hidden_files.has(sha256)
    assert stores.public_files.has(sha256)


@pytest.fixture
def uploaded(session, cast, stores, tmp_path) -> Evaluation:
    """An evaluation that was begun by an upload; nobody has looked at its solution."""
    phase, _, submissions = boards(session, cast)
    made = beside(session, phase)
    made.state = EvaluationState.RECEIVED
    made.solution_sha256 = put(stores, tmp_path, b"id,digit\n1,7\n")
    for submission in submissions:
        submission.sha256 = put(stores, tmp_path, f"of {submission.id}".encode())
        session.add(submission)
    session.add(made)
    session.commit()
    return made


def now_is(session, evaluation: Evaluation) -> EvaluationState:
    session.refresh(evaluation)
    session.commit()
    return evaluation.state


def rescores(session, evaluation: Evaluation) -> list[RescoreState]:
    found = session.exec(select(Rescore).where(Rescore.evaluation_id == evaluation.id)).all()
    states = [row.state for row in found]
    session.commit()
    return states


def test_an_uploaded_solution_is_taken_in_and_everything_scored(
    rescorer, session, stores, jobs, uploaded
) -> None:
    rescorer.adopt(uploaded.id)
    assert now_is(session, uploaded) is EvaluationState.SCORING
    assert uploaded.taken_in
    assert not stores.public_files.has(uploaded.solution_sha256)
    # A signal names nothing, and is sent on by whoever has done its work.
    assert jobs.taken() == [("rescore_next",)] * AT_ONCE
    for _ in range(2):
        rescorer.rescore_next()
        assert jobs.taken() == [("rescore_next",)]
    rescorer.rescore_next()
    assert jobs.taken() == []
    assert rescores(session, uploaded) == [RescoreState.SCORED] * 2
    assert now_is(session, uploaded) is EvaluationState.COMPLETE


def test_what_a_correction_changes_is_counted_against_the_live_solution(
    rescorer, session, stores, uploaded, tmp_path
) -> None:
    before = put(stores, tmp_path, b"id,digit\n1,3\n2,4\n")
    rescorer.tools.hide(before)
    live = session.exec(select(Evaluation).where(Evaluation.state == EvaluationState.LIVE)).one()
    live.solution_sha256 = before
    session.add(live)
    session.commit()
    rescorer.adopt(uploaded.id)
    assert now_is(session, uploaded) is EvaluationState.SCORING
    said = uploaded.solution_changes
    assert said["against"] == live.number
    assert (said["changed"]["ids"], said["gone"]["ids"], said["columns"]) == (
        ["1"],
        ["2"],
        ["digit"],
    )


def test_a_solution_that_can_not_be_compared_is_scored_all_the_same(
    rescorer, session, uploaded
) -> None:
    rescorer.adopt(uploaded.id)
    assert now_is(session, uploaded) is EvaluationState.SCORING
    assert uploaded.solution_changes is None


def test_one_that_was_discarded_first_leaves_no_answers_where_the_web_can_read(
    rescorer, session, stores, jobs, uploaded
) -> None:
    uploaded.state = EvaluationState.DISCARDED
    session.add(uploaded)
    session.commit()
    rescorer.sweep()
    assert jobs.taken() == [("adopt", uploaded.id)]
    rescorer.adopt(uploaded.id)
    assert stores.hidden_files.has(uploaded.solution_sha256)
    assert not stores.public_files.has(uploaded.solution_sha256)
    assert now_is(session, uploaded) is EvaluationState.DISCARDED
    assert rescores(session, uploaded) == []
    rescorer.sweep()
    assert jobs.taken() == []


def test_an_upload_that_broke_off_before_it_was_stored_is_refused_in_the_end(
    rescorer, session, stores, clock, uploaded
) -> None:
    stores.public_files.delete(uploaded.solution_sha256)
    rescorer.adopt(uploaded.id)
    assert now_is(session, uploaded) is EvaluationState.RECEIVED
    clock.forward(seconds=ARRIVES_WITHIN.total_seconds())
    rescorer.adopt(uploaded.id)
    assert now_is(session, uploaded) is EvaluationState.REFUSED
    assert uploaded.problem == NEVER_CAME
    assert uploaded.problem_said == to_json(NEVER_CAME)


def test_lost_signals_are_found_by_the_sweep(rescorer, session, jobs, uploaded) -> None:
    rescorer.sweep()
    assert jobs.taken() == [("adopt", uploaded.id)]
    rescorer.adopt(uploaded.id)
    jobs.taken()
    rescorer.sweep()
    assert jobs.sent == [("rescore_next",)] * AT_ONCE
    # They are on their way: no more are needed.
    rescorer.sweep()
    assert len(jobs.taken()) == AT_ONCE


def test_a_worker_that_was_killed_loses_nothing(rescorer, session, child, clock, uploaded) -> None:
    rescorer.adopt(uploaded.id)
    child.answer = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        rescorer.rescore_next()
    assert sorted(rescores(session, uploaded)) == [RescoreState.QUEUED, RescoreState.SCORING]
    child.answer = report(0.4, 0.3)
    clock.forward(seconds=LEASE.total_seconds() + 1)
    for _ in range(2):
        rescorer.rescore_next()
    assert now_is(session, uploaded) is EvaluationState.COMPLETE


def test_a_worker_that_stops_gives_back_and_blames_no_file(
    rescorer, session, child, jobs, uploaded
) -> None:
    rescorer.adopt(uploaded.id)
    jobs.taken()
    child.answer = NoChildren("the worker stops")
    rescorer.rescore_next()
    # Nor does it go on.
    assert jobs.taken() == []
    rows = session.exec(select(Rescore)).all()
    assert [(r.state, r.attempts) for r in rows] == [(RescoreState.QUEUED, 0)] * 2


def test_what_breaks_scoring_is_tried_again_over_minutes_and_fails_in_the_end(
    rescorer, session, child, clock, uploaded
) -> None:
    rescorer.adopt(uploaded.id)
    child.answer = LimitExceeded("scoring took longer than 1 s of wall time")
    for wait in (timedelta(), *AGAIN_AFTER):
        # As many tries as may be, and each submission has had one.
        clock.forward(seconds=wait.total_seconds())
        for _ in range(5):
            rescorer.rescore_next()
    rows = session.exec(select(Rescore)).all()
    assert {(r.state, r.trace, r.attempts) for r in rows} == {
        (RescoreState.FAILED, str(child.answer), MOST_ATTEMPTS)
    }


def test_a_store_that_was_away_for_a_minute_leaves_no_gap_in_an_evaluation(
    rescorer, session, child, clock, uploaded
) -> None:
    rescorer.adopt(uploaded.id)
    healthy, child.answer = child.answer, LimitExceeded("the store is away")
    for _ in range(2 * MOST_ATTEMPTS):
        rescorer.rescore_next()
    assert rescores(session, uploaded) == [RescoreState.QUEUED] * 2
    child.answer = healthy
    clock.forward(seconds=60)
    for _ in range(2):
        rescorer.rescore_next()
    assert now_is(session, uploaded) is EvaluationState.COMPLETE


def test_a_submission_that_ended_unseen_is_brought_in_by_the_sweep(
    rescorer, session, uploaded
) -> None:
    rescorer.adopt(uploaded.id)
    for _ in range(2):
        rescorer.rescore_next()
    assert now_is(session, uploaded) is EvaluationState.COMPLETE
    session.delete(session.exec(select(Rescore)).first())
    session.commit()
    rescorer.sweep()
    assert now_is(session, uploaded) is EvaluationState.SCORING
    assert sorted(rescores(session, uploaded)) == [RescoreState.QUEUED, RescoreState.SCORED]
