"""A phase's submissions queued under an evaluation beside the live one."""

import pytest

from server.evaluations.actions import discard, make_live
from server.evaluations.models import RESCORES, Rescore
from server.evaluations.queries import (
    Rescoring,
    next_rescore,
    not_scored_under,
    open_evaluations,
    rescoring_left,
    rescoring_of,
    scores_of,
    to_complete,
)
from server.evaluations.rescores import (
    apply_rescores,
    claim_rescore,
    end_rescore,
    fail_interrupted_rescores,
    queue_rescoring,
)
from server.evaluations.rules import Board, EvaluationState, RescoreState
from server.evaluations.scoring import Outcome, Report
from server.shared.errors import Conflict
from server.submissions.models import Submission
from server.submissions.rules import MOST_INTERRUPTIONS, SubmissionState
from tests.cast import NOON
from tests.evaluations.adding import added
from tests.scores import LEASE, report, score, submitted


def test_every_ended_submission_is_queued_under_a_new_evaluation(session, cast, phase, live):
    scored, waiting = submitted(session, cast, data="1"), submitted(session, cast, data="2")
    score(session, scored, live, report(0.9, 0.8))
    second = added(session, phase)
    assert queue_rescoring(session, second) == [(scored.id, second.id)]
    assert rescoring_left(session, second.id) == (1, 1)
    assert session.get(Rescore, (waiting.id, second.id)) is None
    assert [e.id for e in open_evaluations(session, phase.id)] == [second.id]


def test_no_rescoring_is_left_of_an_evaluation_that_has_none(session, phase, live):
    assert rescoring_left(session, live.id) == (0, 0)
    assert RescoreState.QUEUED == "queued"


def test_what_came_to_an_end_unseen_is_queued_and_completes_nothing(session, cast, phase, live):
    first = submitted(session, cast, data="1")
    score(session, first, live, report(0.9, 0.8))
    second = added(session, phase)
    queue_rescoring(session, second)
    ended(session, second, first)
    assert second.state is EvaluationState.COMPLETE
    # It failed in a way that never asks which evaluations there are.
    lost = submitted(session, cast, data="2")
    lost.state = SubmissionState.FAILED
    session.add(lost)
    session.flush()
    assert [e.id for e in to_complete(session)] == [second.id]
    assert not_scored_under(session, second) == 1
    with pytest.raises(Conflict):
        make_live(session, evaluation=second, phase=phase, actor_id=None, now=NOON)
    assert queue_rescoring(session, second) == [(lost.id, second.id)]
    assert second.state is EvaluationState.SCORING
    assert to_complete(session) == []


def test_an_evaluation_that_missed_its_own_end_is_found(session, phase, live):
    second = added(session, phase)
    assert [e.id for e in to_complete(session)] == [second.id]
    queue_rescoring(session, second)
    session.refresh(second)
    assert second.state is EvaluationState.COMPLETE


def test_a_rejection_under_another_evaluation_keeps_its_faults_for_the_team(
    session, cast, phase, live
):
    submission = submitted(session, cast)
    score(session, submission, live, report(0.9, 0.8))
    second = added(session, phase)
    queue_rescoring(session, second)
    fault = {"line": 3, "column": "digit", "value": "x", "expected": "0, 1 or 2", "message": ""}
    said = Report(outcome=Outcome.REJECTED, message="line 3", faults=[fault], fault_count=12)
    ended(session, second, submission, said)
    apply_rescores(session, second)
    found = session.get_one(Submission, submission.id)
    assert (found.state, found.message) == (SubmissionState.REJECTED, "line 3")
    assert (found.faults, found.fault_count) == ([fault], 12)


def test_what_a_solution_says_of_itself_is_for_the_organiser_alone(session, cast, phase, live):
    submission = submitted(session, cast)
    score(session, submission, live, report(0.9, 0.8))
    second = added(session, phase)
    queue_rescoring(session, second)
    ended(session, second, submission, Report(outcome=Outcome.SOLUTION, message="row 7 is 4"))
    apply_rescores(session, second)
    found = session.get_one(Submission, submission.id)
    assert (found.state, found.message, found.trace) == (SubmissionState.FAILED, None, "row 7 is 4")


def test_what_waits_to_be_scored_again_is_left_to_the_evaluation_that_went_live(
    session, cast, phase, live
):
    submission = submitted(session, cast)
    score(session, submission, live, report(0.9, 0.8))
    second = added(session, phase)
    queue_rescoring(session, second)
    ended(session, second, submission)
    submission.state = SubmissionState.QUEUED
    session.add(submission)
    session.flush()
    apply_rescores(session, second)
    assert session.get_one(Submission, submission.id).state is SubmissionState.QUEUED


def test_a_new_submission_is_scored_under_both(session, cast, phase, live):
    second = added(session, phase)
    queue_rescoring(session, second)
    session.refresh(second)
    assert second.state is EvaluationState.COMPLETE
    submission = submitted(session, cast)
    score(session, submission, live, report(0.9, 0.8))
    assert next_rescore(session, now=NOON) == (submission.id, second.id)
    session.refresh(second)
    assert second.state is EvaluationState.SCORING
    ended(session, second, submission, report(0.4, 0.3))
    session.refresh(second)
    assert second.state is EvaluationState.COMPLETE
    found = scores_of(session, [submission.id], board=Board.PUBLIC)
    assert {k: s.value for k, s in found.items()} == {
        (submission.id, live.id): 0.9,
        (submission.id, second.id): 0.4,
    }


def test_a_file_that_takes_down_every_worker_fails_in_the_end(session, cast, phase, live):
    submission = submitted(session, cast)
    score(session, submission, live, report(0.9, 0.8))
    second = added(session, phase)
    ((_, _),) = queue_rescoring(session, second)
    pair, now = (submission.id, second.id), NOON
    for _ in range(MOST_INTERRUPTIONS + 1):
        # Half of the workers are found dead, the lease of the others runs out.
        assert claim_rescore(session, pair, holder="host/1/2/a", now=now, lease=LEASE)
        now += LEASE * 2
        fail_interrupted_rescores(session)
    RESCORES.give_back(session, "host/1/2", died=True)
    fail_interrupted_rescores(session)
    row = session.get_one(Rescore, pair, populate_existing=True)
    assert (row.state, "died" in row.trace) == (RescoreState.FAILED, True)


def test_discarding_while_it_is_scored_leaves_what_it_said_and_no_work(session, cast, phase, live):
    one, two, three = (submitted(session, cast, data=d) for d in "123")
    for index, submission in enumerate((one, two, three)):
        score(session, submission, live, report(0.9, 0.8), holder=f"host/1/2/{index}")
    second = added(session, phase)
    queue_rescoring(session, second)
    ended(session, second, one)
    claim_rescore(session, (two.id, second.id), holder="host/9", now=NOON, lease=LEASE)
    discard(session, evaluation=second, phase=phase, actor_id=cast.olga.id, now=NOON)
    session.flush()
    assert rescoring_of(session, second.id) == Rescoring(0, 1, 0, 0)
    # The worker that was at it comes too late.
    pair = (two.id, second.id)
    assert not end_rescore(session, pair, holder="host/9", report=report(0.1), now=NOON)
    assert next_rescore(session, now=NOON) is None


def ended(session, evaluation, submission, said=None) -> None:
    pair = (submission.id, evaluation.id)
    assert claim_rescore(session, pair, holder="host/1/2/x", now=NOON, lease=LEASE)
    said = said or report(0.9, 0.8)
    assert end_rescore(session, pair, holder="host/1/2/x", report=said, now=NOON)
    session.refresh(evaluation)
