"""What can go wrong, told apart by whose it is: the participant's, the organiser's."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from functools import reduce
from itertools import islice, zip_longest
from typing import Any

from scorers.sentences import Sentence, as_written, enumerated, sentence, to_json

LISTED = 10
VALUE_WIDTH = 40
_COMPARED = 80
_MOST_COMPARED = 1000


class ParticipantVisibleError(Exception):
    """Raised by a metric when its message is meant for the participant."""


class InvalidRow(ValueError):
    """Raised by a metric for a prediction that it can't read; told with its line and column.

    `row`: its position in the columns that the metric was given.
    """

    def __init__(self, row: int, message: str) -> None:
        super().__init__(message)
        self.row = row

    def __reduce__(self) -> tuple[type, tuple[int, str]]:
        return type(self), (self.row, self.args[0])


class UnknownScorer(LookupError):
    """No scorer has this name; says the nearest ones."""


class MissingExtra(UnknownScorer):
    """The scorer needs packages that are not installed; says the command that installs them."""


class BrokenPlugin(UnknownScorer):
    """The package that brings the scorer does not work; says which, and why."""


class MetricFault(Exception):
    """A metric that is not ours failed: the organiser's fault, with the trace in their file."""

    def __init__(self, message: str, trace: str = "") -> None:
        super().__init__(message)
        self.trace = trace


class OperatorsFault(MetricFault):
    """A metric failed for what only the operator can mend: an installed package, or the machine."""


class InvalidParameter(ValueError):
    """A scorer was given a parameter it does not have, or a value it does not take."""


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong in a file: where, what stands there, and what was expected."""

    code: str
    message: str
    line: int | None = None
    column: str | None = None
    value: str | None = None
    expected: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The fault in JSON's types; `said` and `due`: what the texts are made of."""
        written = asdict(self)
        for name, text in (("said", self.message), ("due", self.expected)):
            if isinstance(text, Sentence) and text.message:
                written[name] = to_json(text)
        return written


class _InvalidTable(Exception):
    def __init__(self, faults: Sequence[Fault], count: int | None = None) -> None:
        self.faults = tuple(faults[:LISTED])
        self.count = len(faults) if count is None else count
        super().__init__(self._summary())

    @property
    def said(self) -> Sentence:
        """What it says; where some of it is a library's, with the kinds of faults."""
        told = [as_written(fault.message) for fault in self.faults]
        if not all(one.message for one in told):
            return Sentence(str(self), codes=[fault.code for fault in self.faults])
        more = [self._more] if self.count > len(told) else []
        return reduce(_below, [*told, *more])

    @property
    def _more(self) -> Sentence:
        more = self.count - len(self.faults)
        count = {"more": str(more), "count": str(self.count)}
        return sentence("... and %(more)s more (%(count)s in all).", **count)

    def __reduce__(self) -> tuple[type, tuple[tuple[Fault, ...], int]]:
        return type(self), (self.faults, self.count)

    def _summary(self) -> str:
        listed = [fault.message for fault in self.faults]
        return "\n".join([*listed, self._more] if self.count > len(listed) else listed)


def _below(first: Sentence, second: Sentence) -> Sentence:
    return sentence("%(first)s\n%(second)s", first=first, second=second)


class InvalidPredictions(_InvalidTable):
    """The participant's file is wrong; the text is safe to show to the participant."""


class InvalidSolution(_InvalidTable):
    """The organiser's file or settings are wrong; the text is for the organiser alone."""


class FaultList:
    """Collects faults: keeps the first ten of each kind in the order found, counts them all."""

    def __init__(self) -> None:
        self.kept: list[Fault] = []
        self.count = 0
        self._added: Counter[str] = Counter()

    def __bool__(self) -> bool:
        return self.count > 0

    def add(self, fault: Fault) -> None:
        """Add one fault."""
        self.count += 1
        self._added[fault.code] += 1
        if self._added[fault.code] <= LISTED:
            self.kept.append(fault)

    def add_counted(self, faults: Iterable[Fault], count: int) -> None:
        """Add the first few of `count` faults of one kind."""
        self.kept = [*self.kept, *faults][: 40 * LISTED]
        self.count += count

    def in_file_order(self) -> list[Fault]:
        """The first ten by line; what concerns the whole file comes first.

        The kinds take turns for the ten places: many of one kind do not hide the only one of
        another, which may be their cause.
        """
        by_kind: dict[str, list[Fault]] = {}
        for fault in sorted(self.kept, key=_line):
            by_kind.setdefault(fault.code, []).append(fault)
        turns = zip_longest(*by_kind.values())
        told = [fault for turn in turns for fault in turn if fault is not None][:LISTED]
        return sorted(told, key=_line)


def _line(fault: Fault) -> int:
    return fault.line or 0


def shorten(value: object) -> str:
    """A value fit to print: control characters escaped, at most 40 characters."""
    text = "".join(c if c.isprintable() else repr(c)[1:-1] for c in str(value)[: VALUE_WIDTH + 1])
    return text if len(text) <= VALUE_WIDTH else text[: VALUE_WIDTH - 3] + "..."


def listing(names: Iterable[str], most: int = LISTED) -> Sentence:
    """The names in quotes, cut after the first ten."""
    shown = [f"“{shorten(name)}”" for name in names]
    listed, more = enumerated(shown[:most]), len(shown) - most
    if more <= 0:
        return listed
    return sentence("%(listed)s and %(more)s more", listed=listed, more=str(more))


def nearest(name: str, known: Iterable[str], most: int = 3) -> list[str]:
    """The known names closest to a misspelt one, best first, whatever the case."""
    some = islice(known, _MOST_COMPARED)
    by_folded = {candidate[:_COMPARED].casefold(): candidate for candidate in some}
    close = get_close_matches(name[:_COMPARED].casefold(), list(by_folded), n=most, cutoff=0.5)
    return [by_folded[folded] for folded in close]


def did_you_mean(name: str, known: Sequence[str]) -> Sentence:
    """A sentence with the nearest names, or with all known ones where none is near."""
    close = nearest(name, known)
    if close:
        return sentence("Did you mean %(names)s?", names=listing(close))
    return sentence("Known are %(names)s.", names=listing(known, 200))
