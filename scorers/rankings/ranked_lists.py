"""Ranked lists in cells: items separated by spaces, best first; in the truth, with their grades."""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scorers.errors import InvalidRow, shorten
from scorers.inputs import CellCheck
from scorers.sentences import Sentence, sentence

Array = NDArray[Any]
LIST_WORDS = sentence(
    "items separated by spaces, best first, none twice; an empty cell for an empty list"
)
_BREAK = re.compile(r"[\t\n\r\v\f]")
_GRADE = re.compile(r"^\d{1,9}(\.\d{1,9})?$", re.ASCII)
Items = list[str]


def items_of(cell: str) -> Items:
    """The items of a cell, in order: what stands between spaces."""
    items = cell.split(" ")
    return [item for item in items if item] if "" in items else items


def check_list(cell: str) -> Sentence | None:
    """What is wrong with a ranked list, in words that follow “cell”."""
    if not cell.isprintable() and _BREAK.search(cell):
        return sentence("holds a tab or a line break; separate the items by spaces")
    items = items_of(cell)
    return _other_notation(items) or _repeated(items)


def _other_notation(items: Items) -> Sentence | None:
    if len(items) < 2 or not items[0].endswith(","):
        return None
    if items[0].startswith("[") and items[-1].endswith("]"):
        return sentence("is a list in brackets; write its items alone, separated by spaces")
    if all(item.endswith(",") for item in items[:-1]):
        return sentence("separates its items by commas; separate them by spaces alone")
    return None


def _repeated(items: Items) -> Sentence | None:
    if len(set(items)) == len(items):
        return None
    twice = next(item for item, times in Counter(items).items() if times > 1)
    return sentence("holds the item “%(item)s” more than once", item=shorten(twice))


def read_list(**_: Any) -> CellCheck:
    """The check of a prediction's cell."""
    return check_list


def read_relevant(*, graded: bool, max_grade: float | None = None, **_: Any) -> CellCheck:
    """The check of a solution's cell: items, or `item:grade` where they are graded."""
    return _graded_check(max_grade) if graded else check_list


def _graded_check(max_grade: float | None) -> CellCheck:
    def check(cell: str) -> Sentence | None:
        if _BREAK.search(cell):
            return check_list(cell)
        pairs = [item.rpartition(":") for item in items_of(cell)]
        for item, colon, grade in pairs:
            if not item or not _GRADE.match(grade):
                found = shorten(item + colon + grade)
                return sentence("holds “%(found)s”, which is no item:grade", found=found)
            if max_grade is not None and float(grade) > max_grade:
                return sentence(
                    "holds the grade %(grade)s; the highest is %(most)s",
                    grade=grade,
                    most=float(max_grade),
                )
        return _repeated([item for item, _, _ in pairs])

    return check


def relevant_of(cell: str, graded: bool) -> Mapping[str, float]:
    """The grade of each item of a solution's cell; 1 where they are not graded."""
    if not graded:
        return dict.fromkeys(items_of(cell), 1.0)
    pairs = (item.rpartition(":") for item in items_of(cell))
    return {item: float(grade) for item, _, grade in pairs}


def places_of(cell: str, row: int) -> Mapping[str, int]:
    """The rank of each item of a list, from 1. Raises: InvalidRow for an item that is repeated."""
    items = items_of(cell)
    places = {item: rank for rank, item in enumerate(items, start=1)}
    problem = _repeated(items) if len(places) < len(items) else None
    if problem is not None:
        raise InvalidRow(row, sentence("the list %(problem)s.", problem=problem))
    return places


def ideal_lists(truth: Array, *, graded: bool) -> Array:
    """For each cell of the solution the list that names its items, the best first."""
    lists = []
    for cell in truth:
        grades = relevant_of(cell, graded)
        lists.append(" ".join(sorted(grades, key=lambda item: -grades[item])))
    return np.array(lists, dtype=object)
