import pytest

from server.boards.visibility import which_board
from server.evaluations.rules import Board
from server.shared.errors import Forbidden, NotFound


def ask(wanted=None, *, revealed=False, has_private=True, organiser=False):
    return which_board(
        wanted=wanted, revealed=revealed, has_private=has_private, organiser=organiser
    )


def test_the_public_board_is_shown_until_the_reveal_and_the_private_one_after_it():
    assert ask() is Board.PUBLIC
    assert ask(revealed=True) is Board.PRIVATE


def test_organisers_too_see_the_public_board_first():
    assert ask(organiser=True) is Board.PUBLIC
    assert ask(Board.PRIVATE, organiser=True) is Board.PRIVATE


def test_a_phase_without_private_rows_keeps_its_public_board_after_the_reveal():
    assert ask(revealed=True, has_private=False) is Board.PUBLIC
    with pytest.raises(NotFound):
        ask(Board.PRIVATE, revealed=True, has_private=False)


@pytest.mark.parametrize("has_private", [True, False])
def test_asking_for_the_private_board_before_the_reveal_is_refused_alike(has_private):
    with pytest.raises(Forbidden):
        ask(Board.PRIVATE, has_private=has_private)
