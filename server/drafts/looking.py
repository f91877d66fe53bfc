"""What runs in the limited child: it looks at a draft's files and answers with JSON."""

import traceback
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, Self

import polars as pl
from polars.exceptions import PanicException
from pydantic import BaseModel

from scorers.errors import InvalidParameter, InvalidSolution, MetricFault, UnknownScorer
from scorers.evaluate import EvaluationSpec, check_solution
from scorers.sentences import said_by, to_json
from scorers.solutions.splitting import USAGE
from scorers.spec import BY_LABEL, Split
from server.drafts.agreeing import ApartFound, Others, baseline_apart, solution_apart
from server.drafts.documents import id_columns_of, section
from server.drafts.rules import FileKind
from server.evaluations.metrics import MetricRules, metric_runner
from server.folders.contents import MAX_ROWS
from server.folders.faults import FolderFault
from server.folders.surveying import survey_folder
from server.folders.tables import UnreadableTable, header_of, text_columns
from server.folders.times import Clock
from server.preflight.checking import report, report_on_mistakes
from server.preflight.facts import Entrants
from server.preflight.report import Level
from server.shared.fault_lines import recognised

MOST_COLUMNS = 60
MOST_VALUES = 12
MOST_CHARACTERS = 60
# Packed or not: a small archive that unpacks to more would fill the child's memory.
TOO_BIG = 500_000_000


class ColumnFound(BaseModel):
    """A column: how many cells differ, how many are empty, and its values where they are few."""

    name: str
    distinct: int
    empty: int
    numbers: bool
    values: list[tuple[str, int]] = []


class TableFound(BaseModel):
    """What a look at a table found; `problem` is what the organiser has to mend.

    `sentence`: the problem as `scorers.sentences.to_json` has it.
    `apart`: how its rows differ from those of the file that it has to agree with.
    """

    rows: int = 0
    columns: list[ColumnFound] = []
    more_columns: int = 0
    public_rows: int | None = None
    private_rows: int | None = None
    problem: str = ""
    sentence: str | dict[str, Any] = ""
    trace: str = ""
    apart: ApartFound | None = None


class FaultFound(BaseModel):
    """A mistake in the definition or a file, by its place.

    `sentences`: the message and the remedy as `scorers.sentences.to_json` has them.
    """

    file: str
    key: str | None
    message: str
    remedy: str
    sentences: dict[str, Any] = {}

    @classmethod
    def of(cls, fault: FolderFault) -> Self:
        """The mistake as it is kept."""
        said = {"message": to_json(fault.message), "remedy": to_json(fault.remedy)}
        return cls(
            file=fault.file,
            key=fault.key,
            message=str(fault.message),
            remedy=str(fault.remedy),
            sentences=said,
        )


class FieldGiven(NamedTuple):
    """The teams of a phase that runs: names and paths of files, and every public score."""

    files: Sequence[tuple[str, str]]
    scores: Sequence[float]


class CheckFound(BaseModel):
    """What a check of the folder found; `trace` where it broke off by a fault of ours.

    `lines`: those of `server.preflight.report`, as their `to_dict` has them.
    """

    faults: list[FaultFound] = []
    lines: list[dict[str, Any]] = []
    trace: str = ""

    @property
    def is_launchable(self) -> bool:
        """Whether nothing stands against a launch."""
        wrong = any(line["level"] == Level.ERROR for line in self.lines)
        return not (self.faults or wrong or self.trace)


def look_in_child(
    path: str,
    kind: FileKind,
    others: Others,
    definition: dict[str, Any],
    phase: dict[str, Any] | None,
    split_seed: int = 0,
) -> str:
    """Look at a table, and at a solution by the metric too; return a `TableFound` as JSON.

    `others`: what it has to agree with. `phase`: what the definition says of the phase, where the
    table is a solution. `split_seed`: by which its rows will be drawn.
    """
    try:
        found = _look(Path(path))
        if kind is FileKind.BASELINE and found.columns:
            found.apart = baseline_apart(Path(path), others, definition)
        if kind is FileKind.SOLUTION and found.columns:
            found.apart = solution_apart(Path(path), others, definition)
        is_scored = bool(section(definition, "scoring").get("scorer"))
        if is_scored and phase is not None and others.sample is not None and not found.problem:
            spec = partial(_spec, Path(others.sample), definition, phase, split_seed)
            _try(Path(path), spec, found)
    except MemoryError:
        raise
    # A panic of polars is no Exception: it would end the worker's thread.
    except (Exception, PanicException):  # noqa: BLE001 - the trace is for the operator
        found = TableFound(trace=traceback.format_exc())
    return found.model_dump_json()


def _look(path: Path) -> TableFound:
    if path.stat().st_size > TOO_BIG:
        return TableFound(problem="")
    try:
        header_of(path, most_bytes=TOO_BIG)
        table = text_columns(path, most_bytes=TOO_BIG)
    except UnreadableTable as error:
        return TableFound(problem=str(error), sentence=to_json(error.said))
    shown = table.columns[:MOST_COLUMNS]
    return TableFound(
        rows=table.height,
        columns=[_column(table[name]) for name in shown],
        more_columns=table.width - len(shown),
    )


def _column(column: pl.Series) -> ColumnFound:
    given = column.drop_nulls()
    counts = given.value_counts(sort=True, name="n")
    few = counts.height <= MOST_VALUES
    values = [(str(v)[:MOST_CHARACTERS], int(n)) for v, n in counts.rows()] if few else []
    as_numbers = given.str.strip_chars(" \t").cast(pl.Float64, strict=False)
    return ColumnFound(
        name=column.name[:200],
        distinct=counts.height,
        empty=column.null_count(),
        numbers=len(given) > 0 and as_numbers.null_count() == 0,
        values=sorted(values),
    )


def _try(solution: Path, spec: Callable[[], EvaluationSpec], found: TableFound) -> None:
    try:
        facts = check_solution(solution, spec(), sample=None)
    except (UnreadableTable, InvalidSolution) as error:
        found.problem, found.sentence = str(error), to_json(error.said)
    except (InvalidParameter, UnknownScorer, MetricFault) as error:
        found.problem, found.sentence = str(error), to_json(recognised(said_by(error)))
    else:
        found.public_rows, found.private_rows = facts.public_rows, facts.private_rows


def _spec(
    sample: Path, definition: Mapping[str, Any], phase: Mapping[str, Any], split_seed: int
) -> EvaluationSpec:
    scoring, submission = section(definition, "scoring"), section(definition, "submission")
    split = section(phase, "split")
    by_column = split.get("column") is not None
    labels = submission.get("labels")
    return EvaluationSpec(
        scorer=scoring["scorer"],
        params=scoring.get("params", {}),
        header=tuple(header_of(sample)),
        id_columns=tuple(id_columns_of(definition)),
        labels=tuple(labels) if labels else None,
        unit_column=scoring.get("unit_column"),
        kind=scoring.get("input"),
        public_fraction=phase.get("public_fraction"),
        split=Split.from_dict(split) if by_column else None,
        draw=BY_LABEL,
        split_seed=split_seed,
        max_rows=MAX_ROWS,
    )


def has_usage(found: Mapping[str, Any] | None) -> bool:
    """Whether a look found the column that decides the split."""
    return any(column["name"] == USAGE for column in (found or {}).get("columns", ()))


def check_in_child(
    folder: str,
    now: str,
    most_bytes: int,
    rules: MetricRules | None = None,
    fields: Mapping[str, FieldGiven] | None = None,
) -> str:
    """Check a folder as `varsity check` does, and return a `CheckFound` as JSON.

    `fields`: the teams of the phases of a challenge that runs.
    """
    entrants = {
        slug: Entrants(tuple((name, Path(path)) for name, path in given.files), tuple(given.scores))
        for slug, given in (fields or {}).items()
    }
    try:
        found = _check(Path(folder), datetime.fromisoformat(now), most_bytes, rules, entrants)
    except MemoryError:
        raise
    except (Exception, PanicException):  # noqa: BLE001 - the trace is for the operator
        found = CheckFound(trace=traceback.format_exc())
    return found.model_dump_json()


def _check(
    folder: Path,
    now: datetime,
    most_bytes: int,
    rules: MetricRules | None,
    entrants: Mapping[str, Entrants],
) -> CheckFound:
    found = survey_folder(folder, Clock(now), max_bytes_limit=most_bytes)
    run = None if rules is None else metric_runner(rules)
    if found.whole is not None:
        said = report(found.whole, now=now, run=run, entrants=entrants)
        return CheckFound(lines=[line.to_dict() for line in said.lines])
    # The mistakes of the definition and the files have a list of their own.
    tried = report_on_mistakes(found._replace(faults=()), run=run)
    faults = [FaultFound.of(fault) for fault in found.faults]
    return CheckFound(faults=faults, lines=[line.to_dict() for line in tried.lines])
