"""What is said of a place in a file, and of what stands there."""

import re

from scorers.inputs import Content
from scorers.sentences import Sentence, as_written, sentence

_DECIMAL_COMMA = re.compile(r"^\s*[-+]?\d+,\d+\s*$")
DUE = {
    Content.ID: sentence("an id"),
    Content.WHOLE_ID: sentence("an id that is a whole number"),
    Content.LABEL: sentence("a label"),
    Content.WHOLE_LABEL: sentence("a label that is a whole number"),
    Content.NUMBER: sentence("a finite number"),
    Content.PROBABILITY: sentence("a probability from 0 to 1"),
    Content.INDICATOR: sentence("0 or 1"),
    Content.NAME: sentence("a name"),
    Content.TEXT: sentence("a text"),
    Content.CELL: sentence("a cell that can be read"),
}


def is_empty(value: str) -> Sentence:
    """Of an empty cell."""
    return sentence("is empty")


def not_whole(value: str) -> Sentence:
    """Of a cell that holds no whole number."""
    return sentence("“%(value)s” is not a whole number", value=value)


def not_a_number(value: str) -> Sentence:
    """Of a cell that holds no number."""
    if _DECIMAL_COMMA.match(value):
        return sentence("“%(value)s” is not a number; write decimals with a point", value=value)
    return sentence("“%(value)s” is not a number", value=value)


def not_finite(value: str) -> Sentence:
    """Of a number that is infinite, or none."""
    return sentence("“%(value)s” is not finite", value=value)


def too_large(value: str) -> Sentence:
    """Of a number that is too large."""
    return sentence("%(value)s is too large", value=value)


def no_probability(value: str) -> Sentence:
    """Of a number that is no probability."""
    return sentence("%(value)s is not from 0 to 1", value=value)


def no_indicator(value: str) -> Sentence:
    """Of a number that is neither 0 nor 1."""
    return sentence("%(value)s is neither 0 nor 1", value=value)


def is_not(due: Sentence, value: str) -> Sentence:
    """Of a number out of its bounds."""
    return sentence("%(value)s is not %(due)s", value=value, due=due)


def where(line: int | None, row: int, column: str | None = None) -> Sentence:
    """The words that begin a fault's message."""
    if line is not None:
        place = sentence("line %(line)s", line=str(line))
    else:
        place = sentence("row %(row)s", row=str(row + 1))
    if column is None:
        return place
    return sentence("%(place)s, column “%(column)s”", place=place, column=column)


def said_of(place: Sentence, said: Sentence) -> Sentence:
    """What is said of a place in a file, all in one."""
    return sentence("%(where)s: %(said)s", where=place, said=said)


def not_as_due(place: Sentence, said: Sentence, expected: Sentence) -> Sentence:
    """What is said of a place in a file, and what was expected there."""
    values = {"where": place, "said": said, "expected": expected}
    if said.endswith("?"):
        return sentence("%(where)s: %(said)s Expected %(expected)s.", **values)
    return sentence("%(where)s: %(said)s; expected %(expected)s.", **values)


def of_the_sample(said: str) -> Sentence:
    """What is said of the sample, read as a submission."""
    return sentence("The sample: %(said)s", said=as_written(said))
