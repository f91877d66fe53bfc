"""Numbered evaluations, one live a phase; scores written once however often they are said."""

import numpy as np
import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, func, select

from scorers.sentences import from_json, sentence
from server.evaluations.actions import (
    discard,
    ended_state,
    forget_replicates,
    make_live,
    words_of,
    write_scores,
)
from server.evaluations.models import Evaluation, Replicates, Rescore, Score
from server.evaluations.queries import (
    evaluations_of,
    live_evaluation,
    replicates_of,
    score_on,
    scores_of,
)
from server.evaluations.rescores import queue_rescoring
from server.evaluations.rules import Board, EvaluationState
from server.evaluations.scoring import Outcome, Report
from server.shared.errors import Conflict
from server.shared.events import Event
from server.submissions.rules import SubmissionState
from tests.cast import NOON
from tests.evaluations.adding import added
from tests.scores import add_live, report, score, submitted


def count(session: Session, table: type) -> int:
    return session.exec(select(func.count()).select_from(table)).one()


def test_evaluations_are_numbered_within_their_phase_and_say_why(session, phase, live):
    second = added(session, phase)
    assert (second.number, second.has_private, second.live_at) == (2, True, None)
    event = session.exec(select(Event).where(Event.kind == "evaluation.created")).one()
    assert event.data["reason"] == "two labels were wrong"
    assert [e.number for e in evaluations_of(session, phase.id)] == [2, 1]


def test_the_database_allows_one_live_evaluation_a_phase(session, phase, live):
    session.commit()
    with pytest.raises(IntegrityError):
        add_live(session, phase, number=2)


def test_a_score_said_twice_changes_nothing(session, cast, live):
    submission = submitted(session, cast)
    for _ in range(2):
        write_scores(
            session,
            submission_id=submission.id,
            evaluation_id=live.id,
            report=report(0.9, 0.8, replicates=True),
            now=NOON,
        )
    session.commit()
    assert (count(session, Score), count(session, Replicates)) == (2, 2)


def test_the_database_keeps_one_score_a_submission_evaluation_and_board(session, cast, live):
    submission = submitted(session, cast)
    for _ in range(2):
        session.add(
            Score(
                submission_id=submission.id,
                evaluation_id=live.id,
                board=Board.PUBLIC,
                value=0.5,
                scored_at=NOON,
            )
        )
    with pytest.raises(IntegrityError):
        session.flush()


def test_what_is_asked_of_the_public_board_reads_no_private_score(session, cast, live):
    submission = submitted(session, cast)
    said = {"submission_id": submission.id, "evaluation_id": live.id, "now": NOON}
    write_scores(session, report=report(0.9, 0.8), **said)
    found = scores_of(session, [submission.id], board=Board.PUBLIC)
    assert [s.value for s in found.values()] == [0.9]


def test_a_solution_without_private_rows_writes_one_board(session, cast, live):
    submission = submitted(session, cast)
    write_scores(
        session, submission_id=submission.id, evaluation_id=live.id, report=report(0.9), now=NOON
    )
    key = {"submission_id": submission.id, "evaluation_id": live.id}
    assert score_on(session, **key, board=Board.PUBLIC).value == 0.9
    assert score_on(session, **key, board=Board.PRIVATE) is None


def test_replicates_come_back_bit_for_bit_until_they_are_forgotten(session, cast, live):
    submission = submitted(session, cast)
    said = report(0.9, 0.8, replicates=True)
    key = {"submission_id": submission.id, "evaluation_id": live.id}
    write_scores(session, report=said, now=NOON, **key)
    found = replicates_of(session, [submission.id], evaluation_id=live.id, board=Board.PUBLIC)
    assert np.array_equal(np.frombuffer(found[submission.id], "<f8"), np.linspace(0.8, 1.0, 200))
    forget_replicates(session, {submission.id}, live.id)
    assert (count(session, Replicates), count(session, Score)) == (0, 2)


def test_an_incomplete_evaluation_does_not_go_live(session, cast, phase, live):
    score(session, submitted(session, cast), live, report(0.9, 0.8))
    second = added(session, phase, EvaluationState.COMPLETE)
    queue_rescoring(session, second)
    with pytest.raises(Conflict):
        make_live(session, evaluation=second, phase=phase, actor_id=None, now=NOON)
    assert live_evaluation(session, phase.id).id == live.id


def test_going_live_retires_the_one_before_and_is_harmless_twice(session, phase, live):
    second = added(session, phase, EvaluationState.COMPLETE)
    for _ in range(2):
        make_live(session, evaluation=second, phase=phase, actor_id=None, now=NOON)
    session.commit()
    assert live_evaluation(session, phase.id).id == second.id
    assert session.get_one(Evaluation, live.id).state is EvaluationState.PAST
    assert len(session.exec(select(Event).where(Event.kind == "evaluation.live")).all()) == 1


def test_a_discarded_evaluation_leaves_no_work_behind(session, cast, phase, live):
    score(session, submitted(session, cast), live, report(0.9, 0.8))
    second = added(session, phase)
    queue_rescoring(session, second)
    discard(session, evaluation=second, phase=phase, actor_id=cast.olga.id, now=NOON)
    session.flush()
    assert (second.state, count(session, Rescore)) == (EvaluationState.DISCARDED, 0)


@pytest.mark.parametrize("state", [EvaluationState.LIVE, EvaluationState.PAST])
def test_what_is_or_was_live_can_not_be_discarded(session, cast, phase, state):
    was = add_live(session, phase, state=state)
    with pytest.raises(Conflict):
        discard(session, evaluation=was, phase=phase, actor_id=cast.olga.id, now=NOON)


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Outcome.SCORED, SubmissionState.SCORED),
        (Outcome.REJECTED, SubmissionState.REJECTED),
        (Outcome.SOLUTION, SubmissionState.FAILED),
        (Outcome.FAULT, SubmissionState.FAILED),
    ],
)
def test_each_outcome_says_whose_it_is(outcome, state):
    assert ended_state(Report(outcome=outcome)) is state


def test_why_a_solution_does_not_fit_is_kept_as_a_sentence_and_never_for_the_team():
    said = sentence("The solution has no column %(name)s.", name="digit")
    report = Report(outcome=Outcome.SOLUTION, message=str(said), said=said.to_json())
    words = words_of(report)
    assert (words["message"], words["trace"]) == (None, str(said))
    assert from_json(words["trace_said"]) == said
    assert words_of(Report(outcome=Outcome.FAULT, trace="boom"))["trace_said"] is None
