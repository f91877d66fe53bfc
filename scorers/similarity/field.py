"""The predictions of many teams, read and aligned with the solution, as arrays to compare."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scorers.binding import bind_scorers, kind_of
from scorers.columns import schema_of
from scorers.errors import InvalidPredictions
from scorers.kinds import InputKind
from scorers.metric_files.reading import read_answers, read_submission
from scorers.reading.aligning import align
from scorers.sampling.resampling import seeded_ranks
from scorers.solutions.solution import read_solution
from scorers.spec import EvaluationSpec
from scorers.tables import read_table

MOST_CELLS = 50_000
# Numbers of which there are no more than this many are grades: they are compared as labels.
MOST_GRADES = 50
_SPARE_ROWS = 1000
_STREAM = 11
_HALF = 0.5

LABELLED = (InputKind.LABELS, InputKind.INDICATORS)
OF_CLASSES = (InputKind.PROBABILITIES, InputKind.CLASS_SCORES)
# Numbers without a scale of their own: their order is compared.
SCORES = (InputKind.SCORES, InputKind.CLASS_SCORES, InputKind.LABEL_SCORES)
NUMBERED = (InputKind.NUMBERS, InputKind.QUANTILES, InputKind.PROBABILITY, *OF_CLASSES, *SCORES)


@dataclass(frozen=True, eq=False)
class Field:
    """The files that could be read, in their order.

    `read`: their positions; `digests`: of each, over the aligned predictions of all rows.
    `labels`: codes, shape (files, cells), and `truth`, shape (cells,); `numbers`: shape (files,
    rows, columns); None where there are none to compare. `rows`: how many were compared of
    `all_rows`.
    """

    read: tuple[int, ...]
    digests: tuple[str, ...]
    rows: int
    all_rows: int
    labels: NDArray[np.int64] | None = None
    truth: NDArray[np.int64] | None = None
    numbers: NDArray[np.float64] | None = None


# How one file is read in the solution's order. Raises: InvalidPredictions.
Reader = Callable[[Path], pl.DataFrame]


class Plan(NamedTuple):
    """What is to be compared: how a file is read, the truth, and the kind of the predictions."""

    read: Reader
    truth: pl.DataFrame | None
    kind: InputKind | None
    scored: NDArray[np.bool_]
    classes: tuple[str, ...]
    columns: tuple[str, ...]


def read_field(files: Sequence[Path], solution: Path, spec: EvaluationSpec) -> Field:
    """Read the files and align them; those that do not fit (any more) are left out.

    Of large files a fixed random sample of the scored rows is compared, at most 50,000 cells.
    Raises: InvalidSolution.
    """
    plan = _plan_of_metric(solution, spec) if spec.code else _plan(solution, spec)
    rows = _sample(plan.scored, len(spec.columns))
    found = _Found(plan, rows)
    for position, path in enumerate(files):
        found.add(position, path)
    return found.field()


def _plan(solution: Path, spec: EvaluationSpec) -> Plan:
    scorer, _ = bind_scorers(spec)
    kind = kind_of(scorer, spec)
    answers = read_solution(solution, spec, kind, [scorer])
    schema = schema_of(spec, scorer, kind, answers)
    most = min(spec.max_rows, 2 * answers.ids.height + _SPARE_ROWS)

    def read(path: Path) -> pl.DataFrame:
        table = read_table(
            path, schema.rules, max_bytes=spec.max_unpacked_bytes, max_rows=most, ids=answers.ids
        )
        order = align(table, answers.ids)
        frame = table.frame.select(spec.columns)
        return frame if order is None else frame[order]

    scored = answers.public | answers.private
    return Plan(read, answers.targets, kind, scored, answers.classes, spec.columns)


def _plan_of_metric(solution: Path, spec: EvaluationSpec) -> Plan:
    """A metric file says no kind: numbers are numbers, and declared labels are labels."""
    answers = read_answers(solution, spec)
    due = set(spec.columns) <= set(answers.columns.columns)
    truth = answers.columns.select(spec.columns) if due else None
    kind = None
    if spec.labels is not None and truth is not None:
        kind = InputKind.LABELS
    elif set(spec.columns) <= set(spec.numbers or ()):
        kind = InputKind.NUMBERS

    def read(path: Path) -> pl.DataFrame:
        return read_submission(path, spec, answers)

    return Plan(read, truth, kind, answers.public | answers.private, (), spec.columns)


def _sample(scored: NDArray[np.bool_], columns: int) -> NDArray[np.int64]:
    at = np.flatnonzero(scored)
    most = max(1, MOST_CELLS // columns)
    if len(at) <= most:
        return at
    return np.sort(at[seeded_ranks(len(at), 0, _STREAM) < most])


@dataclass
class _Found:
    """What was read so far."""

    plan: Plan
    rows: NDArray[np.int64]
    read: list[int] = field(default_factory=list)
    digests: list[str] = field(default_factory=list)
    texts: list[pl.DataFrame] = field(default_factory=list)
    numbers: list[NDArray[np.float64]] = field(default_factory=list)

    def add(self, position: int, path: Path) -> None:
        try:
            frame = self.plan.read(path)
        except (InvalidPredictions, FileNotFoundError):
            return
        self.read.append(position)
        self.digests.append(_digest(frame))
        if self.plan.kind in LABELLED:
            self.texts.append(frame[self.rows])
        elif self.plan.kind in NUMBERED:
            self.numbers.append(frame[self.rows].to_numpy().astype(np.float64))

    def field(self) -> Field:
        labels, truth, numbers = None, None, None
        if self.texts:
            labels, truth = _coded(self.texts, self._true())
        elif self.numbers:
            numbers = np.stack(self.numbers)
            labels, truth = self._labels_of(numbers)
            if labels is not None and self.plan.kind is InputKind.NUMBERS:
                numbers = None
        if numbers is not None and self.plan.kind in SCORES:
            numbers = _ordered(numbers)
        rows, every = len(self.rows), len(self.plan.scored)
        return Field(tuple(self.read), tuple(self.digests), rows, every, labels, truth, numbers)

    def _true(self) -> pl.DataFrame:
        assert self.plan.truth is not None
        return self.plan.truth[self.rows]

    def _labels_of(
        self, numbers: NDArray[np.float64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]] | tuple[None, None]:
        """The labels that numbers stand for: the likeliest class, the likelier one, a grade."""
        kind = self.plan.kind
        if kind in OF_CLASSES:
            place = {name: code for code, name in enumerate(self.plan.columns)}
            truth = [place[name] for name in self._true().to_series().to_list()]
            return numbers.argmax(axis=2), np.array(truth, dtype=np.int64)
        if kind is InputKind.PROBABILITY:
            positive = (self._true().to_series() == self.plan.classes[-1]).to_numpy()
            return (numbers[:, :, 0] >= _HALF).astype(np.int64), positive.astype(np.int64)
        if kind is not InputKind.NUMBERS or self.plan.truth is None:
            return None, None
        true = self._true().to_numpy().astype(np.float64)
        grades, codes = np.unique(np.concatenate([numbers, true[None]]), return_inverse=True)
        if len(grades) > MOST_GRADES:
            return None, None
        coded = codes.reshape(len(numbers) + 1, -1).astype(np.int64)
        return coded[:-1], coded[-1]


def _digest(frame: pl.DataFrame) -> str:
    return hashlib.sha256(frame.write_csv().encode()).hexdigest()


def _coded(
    texts: Sequence[pl.DataFrame], truth: pl.DataFrame
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Labels as codes, the same for all; several columns stand one after the other."""
    codes: dict[str, int] = {}
    coded = [_codes(frame, codes) for frame in (*texts, truth)]
    return np.stack(coded[:-1]), coded[-1]


def _codes(frame: pl.DataFrame, codes: dict[str, int]) -> NDArray[np.int64]:
    cells = (cell for column in frame for cell in _plain(column))
    return np.array([codes.setdefault(cell, len(codes)) for cell in cells], dtype=np.int64)


def _plain(column: pl.Series) -> Iterator[str]:
    """A label as it is written; 1.0 is 1."""
    if column.dtype.is_float():
        return (f"{cell:g}" for cell in column.to_list())
    return (str(cell) for cell in column.to_list())


def _ordered(numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    """The place of each number among its team's, from 0 to 1: whatever keeps the order is alike."""
    flat = pl.DataFrame(numbers.reshape(len(numbers), -1).T)
    places = flat.select(pl.all().rank() / pl.len()).to_numpy().T
    return np.ascontiguousarray(places).reshape(numbers.shape)
