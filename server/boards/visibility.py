"""Which board somebody may see: a pure decision."""

from server.evaluations.rules import Board
from server.shared.errors import N_, Forbidden, NotFound


def which_board(
    *, wanted: Board | None, revealed: bool, has_private: bool, organiser: bool
) -> Board:
    """Return the board to show: the public one until the reveal, the final one after it.

    The reveal is a stored fact; the clock alone opens nothing.

    Raises:
        Forbidden: the private board is asked for before the reveal, by no organiser.
        NotFound: every row of the solution is public, so that there is no private board.
    """
    if wanted is None:
        return Board.PRIVATE if revealed and has_private else Board.PUBLIC
    if wanted is Board.PRIVATE:
        if not revealed and not organiser:
            raise Forbidden(
                N_("The private board is shown when the organisers reveal the result."),
                code="not-revealed",
            )
        if not has_private:
            raise NotFound(N_("This phase has no private board: all its test rows are public."))
    return wanted


def served(board: Board, *, frozen: bool, organiser: bool) -> Board:
    """Return whose rows are read for a board: of a frozen one everybody but its organisers reads
    the copy that was made when it was frozen.
    """
    return Board.FROZEN if frozen and board is Board.PUBLIC and not organiser else board
