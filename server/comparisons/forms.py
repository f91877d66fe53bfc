"""Which two teams somebody wants compared, from an address or a form."""

from typing import NamedTuple

from werkzeug.datastructures import MultiDict

from server.boards.chosen import Asked
from server.boards.forms import read_asked


class Wanted(NamedTuple):
    """Two teams by their numbers (None: not chosen yet), and the board that is asked for."""

    a: int | None
    b: int | None
    asked: Asked

    @property
    def both(self) -> tuple[int, int] | None:
        """The two teams, if there are two."""
        return None if self.a is None or self.b is None else (self.a, self.b)


def read_wanted(arguments: MultiDict[str, str]) -> Wanted:
    """Return what an address or a form asks for; what can't be understood counts as left out."""
    return Wanted(_number(arguments, "a"), _number(arguments, "b"), read_asked(arguments))


def _number(arguments: MultiDict[str, str], name: str) -> int | None:
    number = arguments.get(name, None, int)
    # Larger than a row's number can be: the database would refuse it.
    return number if number is not None and 0 < number < 2**31 else None
