"""A phase's submissions queued under an evaluation beside the live one."""

from server.evaluations.models import Rescore
from server.evaluations.queries import open_evaluations, rescoring_left
from server.evaluations.rescores import queue_rescoring
from server.evaluations.rules import RescoreState
from tests.evaluations.adding import added
from tests.scores import report, score, submitted


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
