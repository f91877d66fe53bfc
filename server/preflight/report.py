"""What the check before launch says: lines, each with its level, its reason and its remedy."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from scorers.sentences import Sentence, from_json, to_json

Value = str | int | float
_LONGEST = 300
_NO_BREAK = "\N{NO-BREAK SPACE}"
SENTENCES = ("said", "why", "remedy", "how")


class Level(StrEnum):
    """How serious a line is: an error stops a launch, a note is only worth knowing."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"
    PASSED = "passed"


class Fix(StrEnum):
    """The step of making a challenge in which something is put right."""

    ABOUT = "about"
    PAGES = "pages"
    DATA = "data"
    METRIC = "metric"
    SOLUTION = "solution"
    PHASES = "phases"
    TEAMS = "teams"
    RULES = "rules"
    BASELINES = "baselines"


@dataclass(frozen=True)
class Place:
    """Where something stands: a file of the challenge, a line of it, a column of a table."""

    file: str
    line: int | None = None
    column: str | None = None

    def __str__(self) -> str:
        parts = [self.file]
        parts += [f"line {self.line}"] if self.line is not None else []
        column = self.printed_column
        parts += [f"column {column}"] if column is not None else []
        return ", ".join(parts)

    @property
    def printed_column(self) -> str | None:
        """The column's name without unprintable signs."""
        return None if self.column is None else _printable(self.column)


@dataclass(frozen=True)
class Line:
    """One thing that was found.

    `said`, `why`, `remedy`, `how` (it was found): English sentences and the ids of their
    translations, with `%(name)s` places that `values` fill (without values any sign may stand
    there), or sentences that were filled in already. `phase`: its slug, empty where the line is
    about the whole challenge.
    """

    level: Level
    code: str
    fix: Fix
    said: str
    why: str = ""
    remedy: str = ""
    how: str = ""
    values: Mapping[str, Value] = field(default_factory=dict)
    where: Place | None = None
    phase: str = ""

    @property
    def shown(self) -> dict[str, str]:
        """The values as they are written in a sentence."""
        return {name: in_words(value) for name, value in self.values.items()}

    def told(self, sentence: str) -> str:
        """One of its sentences in English, filled in."""
        if isinstance(sentence, Sentence) or not self.values:
            return sentence
        return sentence % self.shown

    def to_dict(self) -> dict[str, Any]:
        """The line in JSON's types, with its English text beside its sentences."""
        where = self.where
        return {
            "level": self.level.value,
            "code": self.code,
            "fix": self.fix.value,
            "phase": self.phase,
            "where": None if where is None else vars(where),
            "message": self.told(self.said),
            "why": self.told(self.why),
            "remedy": self.told(self.remedy),
            "how": self.told(self.how),
            "values": dict(self.values),
            "sentences": {name: to_json(getattr(self, name)) for name in SENTENCES},
        }

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> "Line":
        """The line that `to_dict` wrote."""
        where, sentences = raw["where"], raw["sentences"]
        return cls(
            level=Level(raw["level"]),
            code=raw["code"],
            fix=Fix(raw["fix"]),
            values=raw["values"],
            where=None if where is None else Place(**where),
            phase=raw["phase"],
            **{name: from_json(said) for name, said in sentences.items()},
        )


@dataclass(frozen=True)
class Report:
    """All that a check says, the most serious first."""

    lines: tuple[Line, ...]
    quick: bool = False

    @classmethod
    def of(cls, lines: Iterable[Line], *, quick: bool = False) -> "Report":
        """The lines in the order of their levels; within a level as they were found."""
        levels = list(Level)
        return cls(tuple(sorted(lines, key=lambda line: levels.index(line.level))), quick)

    def at(self, level: Level | str) -> tuple[Line, ...]:
        """The lines of one level."""
        return tuple(line for line in self.lines if line.level == level)

    @property
    def ok(self) -> bool:
        """Whether nothing stops a launch."""
        return not self.at(Level.ERROR)

    def to_json(self) -> str:
        """The report as JSON text, the same text for the same report."""
        lines = [line.to_dict() for line in self.lines]
        return json.dumps({"ok": self.ok, "quick": self.quick, "lines": lines}, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "Report":
        """The report that `to_json` wrote."""
        raw = json.loads(text)
        return cls(tuple(Line.from_dict(line) for line in raw["lines"]), raw["quick"])


def in_words(value: Value) -> str:
    """A value as it stands in a sentence: counts with commas, numbers with 3 digits that count."""
    if isinstance(value, str):
        return _printable(value)
    if isinstance(value, int):
        return f"{value:,}"
    shown = f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}"
    return shown.replace("-", "\N{MINUS SIGN}")


def _printable(text: str) -> str:
    """A name out of somebody's file, fit for a terminal: no control characters, not endless."""
    start = text[: _LONGEST + 1]
    shown = "".join(c if c.isprintable() or c == _NO_BREAK else repr(c)[1:-1] for c in start)
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…"


def share_in_words(share: float) -> str:
    """A share as a percentage, never 0 % or 100 % where it is not; its sign stays beside it."""
    if 0 < share < 0.001:
        return f"less than 0.1{_NO_BREAK}%"
    if 0.999 < share < 1:
        return f"more than 99.9{_NO_BREAK}%"
    return f"{100 * share:.3g}{_NO_BREAK}%"
