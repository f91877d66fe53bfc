"""Both boards side by side, with all that would change and nothing else."""

import pytest

from server.challenges.models import Challenge
from server.corrections.queries import (
    Change,
    comparisons,
    new_rejections,
    organiser_of_evaluation_gate,
)
from server.evaluations.rules import Board
from server.shared.access import VISITOR
from server.shared.errors import Forbidden, NotFound, NotSignedIn
from tests.corrections.correcting import beside, boards, rescored
from tests.mergers.merging import viewer_of


def compared(session, cast, phase, evaluation):
    challenge = session.get_one(Challenge, cast.digits.id)
    found = comparisons(session, challenge=challenge, phase=phase, evaluation=evaluation)
    return {c.board: c for c in found}


def test_teams_that_change_places_are_listed_with_both_ranks_and_scores(session, cast):
    phase, _, (pandas, isar) = boards(session, cast)
    second = beside(session, phase)
    rescored(session, second, pandas, (0.5, 0.8))
    rescored(session, second, isar, (0.75, 0.6))
    found = compared(session, cast, phase, second)
    assert found[Board.PUBLIC].teams == 2
    assert found[Board.PUBLIC].changes == [
        Change(cast.pandas.id, "Giant Pandas", 1, 2, 0.9, 0.5),
        Change(cast.isar.id, "Isar Surfers", 2, 1, 0.7, 0.75),
    ]
    # The same submissions count in private, with the same values: nothing to tell.
    assert found[Board.PRIVATE].changes == []
    assert found[Board.PRIVATE].teams == 2


def test_a_score_that_changes_without_the_rank_is_a_change(session, cast):
    phase, _, (pandas, isar) = boards(session, cast)
    second = beside(session, phase)
    rescored(session, second, pandas, (0.91, 0.8))
    rescored(session, second, isar, (0.7, 0.6))
    (change,) = compared(session, cast, phase, second)[Board.PUBLIC].changes
    assert (change.team, change.rank_before, change.rank_after) == ("Giant Pandas", 1, 1)
    assert (change.score_before, change.score_after) == (0.9, 0.91)


def test_a_team_whose_file_no_longer_fits_leaves_the_board(session, cast):
    phase, _, (pandas, isar) = boards(session, cast)
    second = beside(session, phase)
    rescored(session, second, pandas, None)
    rescored(session, second, isar, (0.7, 0.6))
    found = compared(session, cast, phase, second)[Board.PUBLIC]
    assert found.changes == [
        Change(cast.pandas.id, "Giant Pandas", 1, None, 0.9, None),
        Change(cast.isar.id, "Isar Surfers", 2, 1, 0.7, 0.7),
    ]
    assert new_rejections(session, second.id) == 1


def test_an_evaluation_that_says_the_same_changes_nothing(session, cast):
    phase, _, (pandas, isar) = boards(session, cast)
    second = beside(session, phase)
    rescored(session, second, pandas, (0.9, 0.8))
    rescored(session, second, isar, (0.7, 0.6))
    found = compared(session, cast, phase, second)
    assert [c.changes for c in found.values()] == [[], []]
    assert new_rejections(session, second.id) == 0


def test_without_a_live_evaluation_there_is_nothing_to_compare_with(session, cast):
    phase = session.merge(cast.phase_a)
    second = beside(session, phase)
    assert compared(session, cast, phase, second) == {}


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
