"""What trying out a folder finds, a thing at a time."""

from enum import StrEnum
from typing import NamedTuple

from scorers.sentences import NOTHING, Sentence


class Level(StrEnum):
    """How serious a finding is: an error stops a launch."""

    ERROR = "error"
    WARNING = "warning"
    OK = "ok"


class Finding(NamedTuple):
    """One thing that a check found, and what to do about it where there is something to do."""

    level: Level
    message: Sentence
    remedy: Sentence = NOTHING
    code: str = ""
    phase: str = ""


def passed(message: Sentence, code: str) -> Finding:
    """Return a finding that all is well."""
    return Finding(Level.OK, message, code=code)
