"""Replicates that nobody needs go after a re-score; those of what counts stay."""

import pytest
from sqlmodel import select

from server.boards import tidying
from server.boards.actions import go_live
from server.boards.tidying import drop_replicates
from server.evaluations.actions import write_scores
from server.evaluations.models import Evaluation, Replicates, Rescore, Score
from server.evaluations.rules import RescoreState
from tests.cast import NOON
from tests.corrections.correcting import beside, boards, complete
from tests.scores import report, score, submitted


@pytest.fixture
def went_live(session, cast) -> tuple[Evaluation, Evaluation]:
    """Three submissions, one of which counts for nothing, under an evaluation that went live."""
    phase, live, found = boards(session, cast)
    extra = submitted(session, cast, data="extra")
    score(session, extra, live, report(0.1, 0.1, replicates=True), holder="host/1/2/third")
    second = beside(session, phase)
    for submission, value in zip((*found, extra), (0.9, 0.7, 0.1), strict=True):
        said = report(value, value, replicates=True)
        for evaluation in (live, second):
            write_scores(
                session,
                submission_id=submission.id,
                evaluation_id=evaluation.id,
                report=said,
                now=NOON,
            )
        key = {"submission_id": submission.id, "evaluation_id": second.id}
        session.add(Rescore(**key, state=RescoreState.SCORED))
    session.flush()
    complete(session, second)
    assert go_live(session, evaluation=second, phase=phase, actor_id=None, now=NOON)
    session.commit()
    return live, second


def kept(session) -> list[tuple[int, float]]:
    query = select(Score).join(Replicates)
    found = sorted((s.evaluation_id, s.value) for s in session.exec(query))
    session.commit()
    return found


@pytest.mark.parametrize("at_once", [1, 500])
def test_what_counts_keeps_its_replicates_and_a_past_evaluation_none(
    database, session, went_live, monkeypatch, at_once
):
    monkeypatch.setattr(tidying, "AT_ONCE", at_once)
    _, second = went_live
    assert drop_replicates(database) == 8
    assert kept(session) == sorted([(second.id, 0.9), (second.id, 0.7)] * 2)
    assert drop_replicates(database) == 0
    session.refresh(second)
    assert not second.to_tidy
