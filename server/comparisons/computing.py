"""What runs in the limited child: it compares two files on one board and answers with JSON."""

import traceback
from pathlib import Path

from polars.exceptions import PanicException
from pydantic import BaseModel

from scorers.comparing import Compared, compare_files
from scorers.results import BoardResult
from scorers.solutions.splitting import Only
from scorers.spec import EvaluationSpec
from server.evaluations.metrics import MetricRules, metric_runner


class SideFound(BaseModel):
    """What the board says of one of two files."""

    value: float
    interval: tuple[float, float] | None
    method: str


class Found(BaseModel):
    """What is stored of a comparison: a - b, its 95 % interval, and the p-value."""

    a: SideFound
    b: SideFound
    difference: float
    interval: tuple[float, float] | None
    p_value: float | None
    method: str
    rows: int


class ComparisonReport(BaseModel):
    """The child's whole answer; without `found`, what went wrong."""

    found: Found | None = None
    trace: str = ""


def compare_in_child(
    a: str, b: str, solution: str, spec: str, board: Only, rules: MetricRules | None = None
) -> str:
    """Compare two files on a board and return a `ComparisonReport` as JSON. Paths are local.

    `rules`: what a metric file may use, where the spec has one.
    """
    try:
        compared = compare_files(
            Path(a),
            Path(b),
            Path(solution),
            EvaluationSpec.from_json(spec),
            board=board,
            run=None if rules is None else metric_runner(rules),
        )
        report = ComparisonReport(found=_found(compared))
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


def _side(result: BoardResult) -> SideFound:
    return SideFound(value=result.value, interval=result.interval, method=result.method)
