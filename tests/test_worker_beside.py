"""The worker while an evaluation is scored beside the live one, with real files and children."""

from datetime import timedelta

import pytest
from sqlmodel import select

from server.boards.scoring import LEFT_ALONE
from server.challenges.models import Phase
from server.evaluations.actions import make_live
from server.evaluations.models import Evaluation, Rescore, Score
from server.evaluations.rescores import queue_rescoring
from server.evaluations.rules import Board, EvaluationState, RescoreState
from server.shared.isolation import LimitExceeded
from server.submissions.claims import claim
from server.submissions.rules import SubmissionState
from tests.cast import NOON
from tests.faults.producing import solution_text
from tests.scores import add_live
from tests.test_worker import PERFECT, live, put, row, send, worker

__all__ = ["live", "send", "worker"]
CORRECTED = solution_text().replace("\n0,0,", "\n0,1,", 1)


@pytest.fixture
def add_beside(database, settings, cast, tmp_path, live):
    """Add an evaluation beside the live one that knows everything there is."""

    def add(solution_text: str) -> int:
        solution = put(settings.hidden_store, solution_text, tmp_path)
        with database.writing() as session:
            phase = session.get_one(Phase, cast.phase_a.id)
            complete = EvaluationState.COMPLETE
            made = add_live(session, phase, number=2, state=complete, solution=solution)
            session.commit()
            return made.id

    return add


@pytest.fixture
def second(add_beside) -> int:
    return add_beside(CORRECTED)


def rescore(database, submission_id: int, evaluation_id: int) -> Rescore | None:
    with database.reading() as session:
        return session.get(Rescore, (submission_id, evaluation_id))


def state_of(database, evaluation_id: int) -> EvaluationState:
    with database.reading() as session:
        return session.get_one(Evaluation, evaluation_id).state


def test_both_evaluations_get_their_score_at_once_and_none_is_ever_behind(
    worker, database, send, second, cast
):
    first, next_one = send(PERFECT), send(PERFECT + "\n")
    for submission_id in (first, next_one):
        worker.scorer.score(submission_id)
        assert state_of(database, second) is EvaluationState.COMPLETE
        assert rescore(database, submission_id, second).state is RescoreState.SCORED
    with database.reading() as session:
        public = select(Score).where(Score.board == Board.PUBLIC)
        values = {(s.submission_id, s.evaluation_id): s.value for s in session.exec(public)}
    assert {s: v for (s, e), v in values.items() if e != second} == {first: 1.0, next_one: 1.0}
    assert all(v < 1 for (_, e), v in values.items() if e == second)
    with database.writing() as session:
        phase = session.get_one(Phase, cast.phase_a.id)
        evaluation = session.get_one(Evaluation, second)
        assert make_live(session, evaluation=evaluation, phase=phase, actor_id=None, now=NOON)


def test_what_no_longer_fits_is_rejected_there_and_scored_here(worker, database, send, add_beside):
    without_a_row = "".join(solution_text().splitlines(keepends=True)[:-1])
    second, submission_id = add_beside(without_a_row), send(PERFECT)
    worker.scorer.score(submission_id)
    assert row(database, submission_id).state is SubmissionState.SCORED
    beside = rescore(database, submission_id, second)
    assert (beside.state, beside.fault_count) == (RescoreState.REJECTED, 1)
    assert state_of(database, second) is EvaluationState.COMPLETE


def test_an_evaluation_that_takes_too_long_holds_up_one_live_score_and_waits_in_the_queue(
    worker, database, send, second, monkeypatch, clock
):
    asked = []

    def score_stored(*arguments, **_):
        asked.append(arguments)
        raise LimitExceeded("scoring took longer than 300 s of wall time")

    monkeypatch.setattr("server.boards.scoring.score_stored", score_stored)
    first, next_one, later = send(PERFECT), send(PERFECT + "\n"), send("\n" + PERFECT)
    worker.scorer.score(first)
    worker.scorer.score(next_one)
    assert len(asked) == 1
    for submission_id in (first, next_one):
        assert row(database, submission_id).state is SubmissionState.SCORED
        assert rescore(database, submission_id, second).state is RescoreState.QUEUED
    assert state_of(database, second) is EvaluationState.SCORING
    clock.forward(seconds=LEFT_ALONE.total_seconds())
    worker.scorer.score(later)
    assert len(asked) == 2


def test_a_claim_that_was_lost_meanwhile_writes_nothing_under_either(
    worker, database, send, second, monkeypatch, clock
):
    submission_id = send(PERFECT)
    report = worker.scorer._report

    def slowly(work):
        said = report(work)
        with database.writing() as session:
            later = clock() + worker.tools.lease + timedelta(seconds=1)
            lease = timedelta(hours=1)
            assert claim(session, submission_id, holder="other/1/1", now=later, lease=lease)
            session.commit()
        return said

    monkeypatch.setattr(worker.scorer, "_report", slowly)
    worker.scorer.score(submission_id)
    assert row(database, submission_id).lease_holder == "other/1/1"
    assert rescore(database, submission_id, second) is None
    with database.reading() as session:
        assert not session.exec(select(Score)).all()


def test_each_new_file_brings_an_evaluation_that_lacks_others_a_file_further(
    worker, database, send, add_beside
):
    earlier = [send(PERFECT), send(PERFECT + "\n")]
    for submission_id in earlier:
        worker.scorer.score(submission_id)
    second = add_beside(CORRECTED)
    with database.writing() as session:
        assert len(queue_rescoring(session, session.get_one(Evaluation, second))) == 2
        session.commit()
    for left, text in ((1, "\n" + PERFECT), (0, "\n\n" + PERFECT)):
        worker.scorer.score(send(text))
        waiting = [rescore(database, i, second).state is RescoreState.QUEUED for i in earlier]
        assert sum(waiting) == left
    assert state_of(database, second) is EvaluationState.COMPLETE
