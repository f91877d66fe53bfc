"""Both boards side by side, with all that would change and nothing else."""

from datetime import timedelta

import pytest

from server.challenges.models import Challenge
from server.corrections.history import histories
from server.corrections.queries import (
    Which,
    comparisons,
    new_rejections,
    organiser_of_evaluation_gate,
    turns,
)
from server.evaluations.rules import Board, EvaluationState, RescoreState
from server.shared.access import VISITOR
from server.shared.errors import Forbidden, NotFound, NotSignedIn
from server.shared.language import speaking
from server.submissions.rules import SubmissionState
from tests.cast import NOON
from tests.corrections.correcting import beside, boards, compared, rescored
from tests.mergers.merging import viewer_of


def boards_of(session, phase, evaluation):
    return {c.board: c for c in comparisons(session, phase=phase, evaluation=evaluation)}


def seen(change) -> tuple:
    return change[1:6]


def test_teams_that_change_places_are_listed_with_both_ranks_and_scores(database, session, cast):
    phase, _, (pandas, isar) = boards(session, cast)
    second = beside(session, phase)
    rescored(session, second, pandas, (0.5, 0.8))
    rescored(session, second, isar, (0.75, 0.6))
    found = boards_of(session, phase, compared(database, session, second))
    assert found[Board.PUBLIC].teams == 2
    assert [seen(change) for change in found[Board.PUBLIC].changes] == [
        ("Isar Surfers", 2, 1, 0.7, 0.75),
        ("Giant Pandas", 1, 2, 0.9, 0.5),
    ]
    # The same submissions count in private, with the same values: nothing to tell.
    assert (found[Board.PRIVATE].changes, found[Board.PRIVATE].teams) == ([], 2)
    assert second.compared_at == NOON


def test_a_score_that_changes_without_the_rank_is_a_change(database, session, cast):
    phase, _, (pandas, isar) = boards(session, cast)
    second = beside(session, phase)
    rescored(session, second, pandas, (0.91, 0.8))
    rescored(session, second, isar, (0.7, 0.6))
    found = boards_of(session, phase, compared(database, session, second))
    (change,) = found[Board.PUBLIC].changes
    assert seen(change) == ("Giant Pandas", 1, 1, 0.9, 0.91)


def test_a_team_whose_file_no_longer_fits_leaves_the_board(app, database, session, cast):
    phase, _, (pandas, isar) = boards(session, cast)
    second = beside(session, phase)
    rescored(session, second, pandas, None)
    rescored(session, second, isar, (0.7, 0.6))
    found = boards_of(session, phase, compared(database, session, second))[Board.PUBLIC]
    assert [seen(change) for change in found.changes] == [
        ("Isar Surfers", 2, 1, 0.7, 0.7),
        ("Giant Pandas", 1, None, 0.9, None),
    ]
    assert new_rejections(session, second.id) == 1
    (turn,) = turns(session, second.id, Which.REJECTED).rows
    assert (turn.team, turn.after, turn.said) == (
        "Giant Pandas",
        RescoreState.REJECTED,
        "The id “7” is missing.\n... and 6 more (7 in all).",
    )
    with app.test_request_context("/"), speaking("zh"):
        (turn,) = turns(session, second.id, Which.REJECTED).rows
    assert "缺少 id" in turn.said


def test_what_was_rejected_before_is_no_new_rejection(session, cast):
    phase, _, (pandas, _) = boards(session, cast)
    pandas.state = SubmissionState.REJECTED
    session.add(pandas)
    second, third = beside(session, phase), beside(session, phase, number=3)
    rescored(session, second, pandas, None)
    rescored(session, third, pandas, (0.4, 0.4))
    assert new_rejections(session, second.id) == 0
    assert [t.submission.id for t in turns(session, third.id, Which.SCORED).rows] == [pandas.id]


def test_an_evaluation_that_says_the_same_changes_nothing(database, session, cast):
    phase, _, (pandas, isar) = boards(session, cast)
    second = beside(session, phase)
    rescored(session, second, pandas, (0.9, 0.8))
    rescored(session, second, isar, (0.7, 0.6))
    found = boards_of(session, phase, compared(database, session, second))
    assert [c.changes for c in found.values()] == [[], []]
    assert new_rejections(session, second.id) == 0


def test_before_the_boards_are_made_there_is_nothing_to_compare(session, cast):
    phase, _, _ = boards(session, cast)
    assert boards_of(session, phase, beside(session, phase)) == {}


def test_the_history_says_until_when_each_evaluation_was_live(session, cast):
    phase, live, _ = boards(session, cast)
    second, third = beside(session, phase), beside(session, phase, number=3)
    live.state, second.state = EvaluationState.PAST, EvaluationState.LIVE
    second.live_at, third.state = NOON + timedelta(hours=1), EvaluationState.DISCARDED
    session.add_all([live, second, third])
    session.flush()
    challenge = session.get_one(Challenge, cast.digits.id)
    everything, shown = (
        histories(session, challenge, shown=only)[0].rows for only in (False, True)
    )
    assert [row.evaluation.number for row in everything] == [3, 2, 1]
    assert [(r.evaluation.number, r.until) for r in shown] == [(2, None), (1, second.live_at)]


@pytest.mark.parametrize(("who", "enters"), [("olga", True), ("ada", True), ("wei", False)])
def test_the_organisers_of_its_challenge_see_an_evaluation(session, cast, who, enters):
    _, live, _ = boards(session, cast)
    arguments = {"evaluation_id": live.id}
    if enters:
        organiser_of_evaluation_gate(session, viewer_of(cast.people[who]), arguments)
        return
    with pytest.raises(Forbidden):
        organiser_of_evaluation_gate(session, viewer_of(cast.people[who]), arguments)


def test_an_evaluation_that_is_none_is_not_found_and_a_visitor_is_asked_to_sign_in(session, cast):
    with pytest.raises(NotFound):
        organiser_of_evaluation_gate(session, viewer_of(cast.olga), {"evaluation_id": 99})
    with pytest.raises(NotSignedIn):
        organiser_of_evaluation_gate(session, VISITOR, {"evaluation_id": 99})
