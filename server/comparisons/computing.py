"""What runs in the limited child: it compares two files on one board and answers with JSON."""

import traceback
from pathlib import Path

from polars.exceptions import PanicException
from pydantic import BaseModel

from scorers.comparing import Compared, Differing, compare_files, differing_rows
from scorers.results import BoardResult
from scorers.solutions.splitting import Only
from scorers.spec import EvaluationSpec
from server.evaluations.metrics import MetricRules, metric_runner


class SideFound(BaseModel):
    """What the board says of one of two files."""

    value: float
    interval: tuple[float, float] | None
    method: str


class ChangedFound(BaseModel):
    """What two files say of the same rows, and of how many."""

    a: str
    b: str
    rows: int


class DifferingFound(BaseModel):
    """How the two files differ, on all their rows; see `scorers.comparing.Differing`."""

    rows: int
    differ: int
    by_column: dict[str, int]
    gap: float | None
    changes: list[ChangedFound]


class Found(BaseModel):
    """What is stored of a comparison: a - b, its 95 % interval, and the p-value.

    `differing` is there where both files are one team's own.
    """

    a: SideFound
    b: SideFound
    difference: float
    interval: tuple[float, float] | None
    p_value: float | None
    method: str
    rows: int
    differing: DifferingFound | None = None


class ComparisonReport(BaseModel):
    """The child's whole answer; without `found`, what went wrong."""

    found: Found | None = None
    trace: str = ""


def compare_in_child(
    a: str,
    b: str,
    solution: str,
    spec: str,
    board: Only,
    rules: MetricRules | None = None,
    own: bool = False,
) -> str:
    """Compare two files on a board and return a `ComparisonReport` as JSON. Paths are local.

    `rules`: what a metric file may use, where the spec has one. `own`: both are one team's, which
    is then told how they differ; of two teams' files that would tell one what the other predicts.
    """
    try:
        read = EvaluationSpec.from_json(spec)
        compared = compare_files(
            Path(a),
            Path(b),
            Path(solution),
            read,
            board=board,
            run=None if rules is None else metric_runner(rules),
        )
        found = _found(compared)
        if own:
            found.differing = _differing(differing_rows(Path(a), Path(b), read))
        report = ComparisonReport(found=found)
    except MemoryError:
        raise
    # A panic of polars is no Exception: it would end the worker's thread.
    except (Exception, PanicException):  # noqa: BLE001 - the trace is for the organiser
        report = ComparisonReport(trace=traceback.format_exc())
    return report.model_dump_json()


def _found(compared: Compared) -> Found:
    apart = compared.difference
    return Found(
        a=_side(compared.a),
        b=_side(compared.b),
        difference=apart.difference,
        interval=apart.interval,
        p_value=apart.p_value,
        method=apart.method,
        rows=compared.a.rows,
    )


def _differing(found: Differing | None) -> DifferingFound | None:
    if found is None:
        return None
    changes = [ChangedFound(**change._asdict()) for change in found.changes]
    return DifferingFound(
        rows=found.rows,
        differ=found.differ,
        by_column=found.by_column,
        gap=found.gap,
        changes=changes,
    )


def _side(result: BoardResult) -> SideFound:
    return SideFound(value=result.value, interval=result.interval, method=result.method)
