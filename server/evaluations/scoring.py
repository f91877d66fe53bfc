"""What runs in the limited child: it reads two files and answers with JSON, whatever happens."""

import base64
import gzip
import json
import traceback
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from polars.exceptions import PanicException
from pydantic import BaseModel

from scorers.errors import InvalidPredictions, InvalidSolution
from scorers.evaluate import BoardResult, EvaluationSpec, check_solution, evaluate_file
from scorers.keeping import sides_of, together, written
from scorers.ladder import Form, Scored, rung_of
from scorers.metric_files.scoring import MetricFault
from scorers.metric_files.trial import try_metric
from scorers.sentences import to_json
from scorers.solutions.splitting import USAGE
from server.evaluations.metrics import MetricRules, metric_runner, protection_of_metrics
from server.folders.tables import header_of
from server.shared.fault_lines import recognised
from server.shared.limited import protection_of_this_child


class Outcome(StrEnum):
    """Whose the result is: a score, the participant's mistake, the organiser's, or ours."""

    SCORED = "scored"
    REJECTED = "rejected"
    SOLUTION = "solution"
    FAULT = "fault"


class BoardScore(BaseModel):
    """What one board's rows say; `replicates` is base64 of float64, little-endian."""

    value: float
    low: float | None
    high: float | None
    method: str
    also: dict[str, float]
    rows: int
    replicates: str | None

    @property
    def replicate_bytes(self) -> bytes | None:
        """The replicates as they are stored."""
        return base64.b64decode(self.replicates) if self.replicates else None


class RungSaid(BaseModel):
    """What the ladder needs of a score; `evidence` is base64 of float64, little-endian."""

    form: Form | None
    power: int
    per_unit: float | None
    evidence: str | None

    @property
    def evidence_bytes(self) -> bytes | None:
        """The evidence as it is stored."""
        return base64.b64decode(self.evidence) if self.evidence else None


class Report(BaseModel):
    """The child's whole answer; `rung` where it was asked for.

    `faults` are for the participant; of a solution that does not fit only the `codes` are kept.
    `said`: the message as the sentence that it is, for readers of other languages.
    """

    outcome: Outcome
    public: BoardScore | None = None
    private: BoardScore | None = None
    rung: RungSaid | None = None
    message: str = ""
    faults: list[dict[str, Any]] = []
    fault_count: int = 0
    codes: list[str] = []
    said: str | dict[str, Any] = ""
    trace: str = ""


class SolutionReport(BaseModel):
    """What a look at a solution says; `problem` is the organiser's mistake, if any.

    `said`: the problem as the sentence that it is. `by_usage`: a column of its own says which rows
    are public.
    """

    problem: str = ""
    said: str | dict[str, Any] = ""
    rows: int = 0
    public_rows: int = 0
    private_rows: int = 0
    by_usage: bool = False


class SidesReport(BaseModel):
    """On which board each row of a solution stands: a table, gzip in base64; or what is wrong.

    `said`: what is wrong as the sentence that it is.
    """

    problem: str = ""
    said: str | dict[str, Any] = ""
    table: str = ""

    @property
    def table_bytes(self) -> bytes:
        """The table as it is stored."""
        return gzip.decompress(base64.b64decode(self.table))


def score_file(
    prediction: str,
    solution: str,
    spec: str,
    rules: MetricRules | None = None,
    ladder: bool = False,
) -> str:
    """Score a file and return a `Report` as JSON. Paths are local; `spec` is the spec's JSON.

    `rules`: what a metric file may use, where the spec has one. `ladder`: say what that needs too.
    """
    try:
        run = None if rules is None else metric_runner(rules)
        result = evaluate_file(
            Path(prediction), Path(solution), EvaluationSpec.from_json(spec), run=run
        )
        report = Report(
            outcome=Outcome.SCORED,
            public=_board(result.public),
            private=_board(result.private),
            rung=rung_said(result.public) if ladder else None,
        )
    except InvalidPredictions as error:
        report = Report(
            outcome=Outcome.REJECTED,
            message=str(error),
            faults=[fault.to_json() for fault in error.faults],
            fault_count=error.count,
        )
    except InvalidSolution as error:
        report = Report(
            outcome=Outcome.SOLUTION,
            message=str(error),
            codes=[fault.code for fault in error.faults],
            said=to_json(error.said),
        )
    except MetricFault as error:
        trace = f"{error}\n\n{error.trace}" if error.trace else str(error)
        report = Report(outcome=Outcome.FAULT, trace=trace)
    except MemoryError:
        raise
    # A panic of polars is no Exception: it would end the worker's thread.
    except (Exception, PanicException):  # noqa: BLE001 - the trace is for the organiser
        report = Report(outcome=Outcome.FAULT, trace=traceback.format_exc())
    return report.model_dump_json()


def look_at_solution(solution: str, spec: str, rules: MetricRules | None = None) -> str:
    """Check a solution, try a metric file on it, and return a `SolutionReport` as JSON."""
    read = EvaluationSpec.from_json(spec)
    try:
        facts = check_solution(Path(solution), read, sample=None)
        if read.code is not None and rules is not None:
            try_metric(Path(solution), read, metric_runner(rules))
    except InvalidSolution as error:
        return refused_for(error.said).model_dump_json()
    except MetricFault as error:
        return refused_for(str(error)).model_dump_json()
    return SolutionReport(
        rows=facts.rows,
        public_rows=facts.public_rows,
        private_rows=facts.private_rows,
        by_usage=USAGE in header_of(Path(solution)),
    ).model_dump_json()


def refused_for(said: str) -> SolutionReport:
    """Return the report of a solution that can't be used, and why."""
    return SolutionReport(problem=str(said), said=to_json(recognised(said)))


def say_sides(solution: str, spec: str) -> str:
    """Say on which board each row of a solution stands, as a `SidesReport` in JSON."""
    return say_all_sides([(solution, spec)])


def say_all_sides(truths: Sequence[tuple[str, str]]) -> str:
    """Say on which board each row of some solutions stands: the first that knows it has the word.

    Each is a local path and its spec's JSON; the answer is a `SidesReport` in JSON.
    """
    try:
        tables = [sides_of(Path(path), EvaluationSpec.from_json(spec)) for path, spec in truths]
        table = written(together(tables))
    except InvalidSolution as error:
        return SidesReport(problem=str(error), said=to_json(error.said)).model_dump_json()
    packed = base64.b64encode(gzip.compress(table, compresslevel=6, mtime=0))
    return SidesReport(table=packed.decode()).model_dump_json()


def _board(result: BoardResult | None) -> BoardScore | None:
    if result is None:
        return None
    low, high = result.interval or (None, None)
    return BoardScore(
        value=float(result.value),
        low=low,
        high=high,
        method=result.method,
        also=dict(result.also),
        rows=result.rows,
        replicates=_packed(result.replicates),
    )


def rung_said(result: Scored | None) -> RungSaid | None:
    """Return what the ladder needs of a board's result."""
    if result is None:
        return None
    rung = rung_of(result)
    return RungSaid(
        form=rung.form,
        power=rung.power,
        per_unit=rung.per_unit,
        evidence=_packed(rung.evidence),
    )


def _packed(numbers: NDArray[np.float64] | None) -> str | None:
    if numbers is None:
        return None
    return base64.b64encode(np.asarray(numbers, dtype="<f8").tobytes()).decode()


def protection(rules: MetricRules, network_of_the_worker: str) -> str:
    """Say what this child, and a metric file run from it, are kept by; as JSON for the log."""
    scoring = protection_of_this_child(network_of_the_worker)
    return json.dumps(scoring | protection_of_metrics(rules))


def spec_text(spec: dict[str, Any]) -> str:
    """Return a stored spec as the JSON that the child reads."""
    return json.dumps(spec)
