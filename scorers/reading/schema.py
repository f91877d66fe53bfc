"""What a file has to hold: its columns, what stands in each, and how large it may be."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from scorers.errors import LISTED, Fault, did_you_mean, listing, nearest, shorten
from scorers.inputs import INPUTS, MAY_BE_EMPTY, CellCheck, Content
from scorers.kinds import InputKind
from scorers.sentences import Sentence, sentence, together

_SEPARATORS = {
    ";": sentence("semicolons"),
    "\t": sentence("tabs"),
    "|": sentence("bars"),
}


@dataclass(frozen=True)
class Rules:
    """What the columns of a file hold, in the order they are wanted, and what they may take.

    `above`, `least`: what a number must be greater than, or at least, but not in the columns that
    are `unbounded`.
    `sum_tolerance`: how far from 1 the probabilities of a row may add up; None: to anything.
    `cell_check`: the reader of the columns that hold lists, masks, boxes.
    """

    contents: Mapping[str, Content]
    labels: tuple[str, ...] | None = None
    above: float | None = None
    least: float | None = None
    unbounded: tuple[str, ...] = ()
    sum_tolerance: float | None = None
    cell_check: CellCheck | None = None
    cell_words: str = "a cell that can be read"

    @property
    def id_columns(self) -> list[str]:
        """The columns that make up a row's key."""
        return [n for n, c in self.contents.items() if c in (Content.ID, Content.WHOLE_ID)]

    @property
    def may_be_empty(self) -> list[str]:
        """The columns in which an empty cell says something."""
        return [n for n, c in self.contents.items() if c in MAY_BE_EMPTY]

    @property
    def probabilities(self) -> list[str]:
        """The columns of probabilities."""
        return [n for n, c in self.contents.items() if c is Content.PROBABILITY]


Plan = Callable[[Sequence[str]], "Rules"]


@dataclass(frozen=True)
class Schema:
    """What a file of predictions has to hold.

    `id_columns`: one row for each value of these; `whole_ids`: those whose ids are whole numbers
    (elsewhere 007 is not 7). `columns`: the predictions, in the sample's order. `labels`: those a
    prediction may take, None for any. `above`: what a number must be greater than. The others: see
    `Rules`.
    """

    id_columns: tuple[str, ...]
    columns: tuple[str, ...]
    kind: InputKind
    labels: tuple[str, ...] | None = None
    max_bytes: int = 2_000_000_000
    max_rows: int = 50_000_000
    whole_ids: tuple[str, ...] = ()
    whole_labels: bool = False
    above: float | None = None
    sum_tolerance: float | None = 1e-6
    cell_check: CellCheck | None = None
    cell_words: str = "a cell that can be read"

    @property
    def header(self) -> tuple[str, ...]:
        """All columns that are due: ids, then predictions."""
        return self.id_columns + self.columns

    @property
    def _sum_tolerance(self) -> float | None:
        return self.sum_tolerance if self.kind is InputKind.PROBABILITIES else None

    def rules(self, header: Sequence[str]) -> Rules:
        """The rules for a file with this header. Raises: HeaderMismatchError."""
        check_header(header, self.header)
        content = INPUTS[self.kind].prediction
        if content is Content.LABEL and self.whole_labels:
            content = Content.WHOLE_LABEL
        ids = {n: Content.WHOLE_ID if n in self.whole_ids else Content.ID for n in self.id_columns}
        return Rules(
            contents=ids | dict.fromkeys(self.columns, content),
            labels=self.labels if self.kind is InputKind.LABELS else None,
            above=self.above,
            sum_tolerance=self._sum_tolerance,
            cell_check=self.cell_check,
            cell_words=self.cell_words,
        )


class HeaderMismatchError(Exception):
    """The header is not the one that is due."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("header")
        self.faults = tuple(faults)


def check_header(
    header: Sequence[str],
    due: Sequence[str],
    *,
    owner: str = "sample",
    optional: Sequence[str] = (),
) -> None:
    """Accept exactly the columns that are due, in any order.

    `owner`: whose columns they are; `optional`: further ones that a misspelt name may have meant.
    Raises: HeaderMismatchError.
    """
    if sorted(header) == sorted(due):
        return
    counts, wanted = Counter(header), set(due)
    # Ten of a kind are told; a file of a million columns is refused as quickly as one of ten.
    faults = _whole_header(header, due) or [
        *(_repeated(name) for name in _first(n for n in sorted(counts) if counts[n] > 1)),
        *(_missing(name, header) for name in _first(n for n in due if n not in counts)),
        *(
            _unknown(name, list(dict.fromkeys([*due, *optional])), owner)
            for name in _first(n for n in counts if n not in wanted)
        ),
    ]
    raise HeaderMismatchError(faults)


def _first(names: Iterable[str]) -> list[str]:
    return list(islice(names, LISTED))


def _whole_header(header: Sequence[str], due: Sequence[str]) -> list[Fault]:
    wanted, separated = _wanted(due), separated_otherwise(header)
    if separated is not None:
        return [Fault("separator", separated, line=1, expected=wanted)]
    if set(header).isdisjoint(due) and not _is_misspelt(header, due):
        text = in_line_1(_another_header(header, wanted))
        return [Fault("header", text, line=1, value=shorten(",".join(header)), expected=wanted)]
    return []


def separated_otherwise(header: Sequence[str]) -> Sentence | None:
    """What is wrong with a header that is one name with other separators in it; None: nothing."""
    for separator, name in _SEPARATORS.items():
        if len(header) == 1 and separator in header[0]:
            said = sentence(
                "the columns are separated by %(name)s; separate them by commas.", name=name
            )
            return in_line_1(said)
    return None


def _wanted(due: Sequence[str]) -> Sentence:
    names, more = ",".join(due[:LISTED]), len(due) - LISTED
    if more <= 0:
        return sentence("the header %(names)s", names=names)
    names = sentence("%(listed)s and %(more)s more", listed=names, more=str(more))
    return sentence("the header %(names)s", names=names)


def _another_header(header: Sequence[str], wanted: Sentence) -> Sentence:
    found = listing(header)
    if not found:
        return sentence("the header is empty; expected %(wanted)s.", wanted=wanted)
    return sentence("the header is %(found)s; expected %(wanted)s.", found=found, wanted=wanted)


def in_line_1(said: Sentence) -> Sentence:
    """What is wrong with a header; it is told without its line where the format has none."""
    return sentence("line 1: %(said)s", said=said)


def _is_misspelt(header: Sequence[str], due: Sequence[str]) -> bool:
    """Whether a header has the columns that are due under names that are near."""
    return len(header) == len(due) and all(nearest(name, header) for name in due[:LISTED])


def _repeated(name: str) -> Fault:
    said = sentence("the column “%(name)s” stands there more than once.", name=shorten(name))
    return Fault("repeated_column", in_line_1(said), line=1, column=shorten(name))


def _missing(name: str, header: Sequence[str]) -> Fault:
    close = nearest(name, header, most=1)
    said = sentence("the column “%(name)s” is missing.", name=name)
    if close:
        said = together(said, sentence("Is it the one called %(close)s?", close=listing(close)))
    expected = sentence("a column “%(name)s”", name=name)
    return Fault("missing_column", in_line_1(said), line=1, column=name, expected=expected)


def _unknown(name: str, due: Sequence[str], owner: str) -> Fault:
    if name.strip() in ("", "Unnamed: 0", "index"):
        hint = sentence("With pandas write the file with to_csv(..., index=False).")
    else:
        hint = did_you_mean(name, due)
    text = in_line_1(together(_stranger(shorten(name), owner), hint))
    return Fault("unknown_column", text, line=1, column=shorten(name), expected=listing(due))


def _stranger(name: str, owner: str) -> Sentence:
    if owner == "sample":
        return sentence("there is no column “%(name)s” in the sample.", name=name)
    if owner == "solution":
        return sentence("there should be no column “%(name)s” in the solution.", name=name)
    return sentence(
        "there should be no column “%(name)s” in the %(owner)s.", name=name, owner=owner
    )
