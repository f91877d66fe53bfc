"""What the pages of boards accept: the part of a board that an address asks for."""

from collections.abc import Mapping

from werkzeug.datastructures import MultiDict

from server.boards.chosen import Asked
from server.evaluations.rules import SCORED_BOARDS, Board
from server.shared.paging import clamp

LONGEST_SEARCH = 100
A_PAGE = 50


def read_asked(arguments: MultiDict[str, str], *, a_page: int = A_PAGE) -> Asked:
    """Read an address's arguments; what makes no sense there is passed over."""
    board = arguments.get("board", "")
    page, per_page = clamp(arguments.get("page", 1, int), arguments.get("per_page", a_page, int))
    return Asked(
        phase=_text(arguments, "phase") or None,
        board=Board(board) if board in SCORED_BOARDS else None,
        university=_text(arguments, "university"),
        q=_text(arguments, "q"),
        page=page,
        per_page=per_page,
        evaluation=arguments.get("evaluation", None, int),
    )


def _text(arguments: Mapping[str, str], name: str) -> str:
    return arguments.get(name, "").strip()[:LONGEST_SEARCH]
