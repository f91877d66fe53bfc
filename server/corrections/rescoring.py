"""The worker's part of a new evaluation: look at its solution, score everything under it."""

import secrets
import shutil
import tempfile
import traceback
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from sqlmodel import Session

from server.evaluations.metrics import MetricRules
from server.evaluations.models import Evaluation
from server.evaluations.queries import evaluation_by_id, received_evaluations, waiting_rescores
from server.evaluations.rescores import (
    accept_solution,
    claim_rescore,
    end_rescore,
    give_back_rescores,
    queue_rescoring,
    refuse_solution,
)
from server.evaluations.rules import EvaluationState
from server.evaluations.scoring import (
    Outcome,
    Report,
    SolutionReport,
    look_at_solution,
    score_file,
    spec_text,
)
from server.shared.clock import Clock
from server.shared.database import Database
from server.shared.isolation import Isolation, LimitExceeded
from server.shared.queue import Jobs
from server.shared.storage import FileStore, Stores
from server.submissions.queries import is_public_file, submission_by_id

log = structlog.get_logger(__name__)
MOST_SIGNALS = 1000


class Rescorer:
    """Scores submissions under evaluations that are not live."""

    def __init__(
        self,
        *,
        database: Database,
        stores: Stores,
        jobs: Jobs,
        isolation: Isolation,
        clock: Clock,
        name: str,
        lease: timedelta,
        rules: MetricRules | None = None,
    ) -> None:
        self.database = database
        self.stores = stores
        self.jobs = jobs
        self.isolation = isolation
        self.clock = clock
        self.name = name
        self.lease = lease
        self.rules = rules
        jobs.handle("adopt", self.adopt)
        jobs.handle("rescore", self.rescore)

    def adopt(self, evaluation_id: int) -> None:
        """Take an uploaded solution among the hidden files, look at it, and queue the scoring."""
        with self.database.reading() as session:
            evaluation = evaluation_by_id(session, evaluation_id)
        if evaluation.state is not EvaluationState.RECEIVED:
            return
        self._take(evaluation.solution_sha256)
        report = self._look(evaluation)
        with self.database.writing() as session:
            pairs = _take_in(session, evaluation_id, report, now=self.clock())
            session.commit()
        self._send(pairs)

    def _take(self, sha256: str) -> None:
        """Move an uploaded solution out of the store that the web can read."""
        _copy(self.stores.public_files, self.stores.hidden_files, sha256)
        with self.database.reading() as session:
            needed = is_public_file(session, sha256)
        # Its bytes may be those of somebody's data or predictions: these stay.
        if not needed and self.stores.public_files.has(sha256):
            self.stores.public_files.delete(sha256)

    def _look(self, evaluation: Evaluation) -> SolutionReport:
        with self.stores.hidden_files.local(evaluation.solution_sha256) as solution:
            try:
                spec = spec_text(evaluation.spec)
                text = self.isolation.run(look_at_solution, str(solution), spec, self.rules)
            except LimitExceeded as error:
                # Else the sweep would send it again for ever.
                return SolutionReport(problem=str(error))
        return SolutionReport.model_validate_json(text)

    def rescore(self, submission_id: int, evaluation_id: int) -> None:
        """Score one submission under one evaluation; called again, it changes nothing."""
        holder = f"{self.name}/{secrets.token_hex(8)}"
        pair = (submission_id, evaluation_id)
        with self.database.writing() as session:
            taken = claim_rescore(session, pair, holder=holder, now=self.clock(), lease=self.lease)
            session.commit()
        if not taken:
            return
        report = self._report(submission_id, evaluation_id)
        with self.database.writing() as session:
            end_rescore(session, pair, holder=holder, report=report, now=self.clock())
            session.commit()

    def _report(self, submission_id: int, evaluation_id: int) -> Report:
        with self.database.reading() as session:
            submission = submission_by_id(session, submission_id)
            evaluation = evaluation_by_id(session, evaluation_id)
        try:
            with (
                self.stores.public_files.local(submission.sha256) as prediction,
                self.stores.hidden_files.local(evaluation.solution_sha256) as solution,
            ):
                spec = spec_text(evaluation.spec)
                text = self.isolation.run(
                    score_file, str(prediction), str(solution), spec, self.rules
                )
        except LimitExceeded as error:
            return Report(outcome=Outcome.FAULT, trace=str(error))
        except Exception:  # noqa: BLE001 - ours: noted with its trace, and tried again
            return Report(outcome=Outcome.FAULT, trace=traceback.format_exc())
        return Report.model_validate_json(text)

    def sweep(self) -> None:
        """Find what a lost signal or a dead worker left behind."""
        with self.database.reading() as session:
            received = received_evaluations(session)
            pairs = waiting_rescores(session, now=self.clock(), limit=MOST_SIGNALS)
        if self.jobs.waiting() < len(pairs) + len(received):
            for evaluation_id in received:
                self.jobs.send("adopt", evaluation_id=evaluation_id)
            self._send(pairs)

    def give_back(self, holder: str) -> None:
        """Put back what a worker holds."""
        with self.database.writing() as session:
            give_back_rescores(session, holder)
            session.commit()

    def _send(self, pairs: list[tuple[int, int]]) -> None:
        for submission_id, evaluation_id in pairs:
            self.jobs.send("rescore", submission_id=submission_id, evaluation_id=evaluation_id)


def _take_in(
    session: Session, evaluation_id: int, report: SolutionReport, *, now: datetime
) -> list[tuple[int, int]]:
    evaluation = evaluation_by_id(session, evaluation_id)
    if evaluation.state is not EvaluationState.RECEIVED:
        return []
    if report.problem:
        refuse_solution(session, evaluation, problem=report.problem, now=now)
        return []
    accept_solution(session, evaluation, rows=report)
    return queue_rescoring(session, evaluation)


def _copy(source: FileStore, target: FileStore, sha256: str) -> None:
    if target.has(sha256):
        return
    with tempfile.NamedTemporaryFile(prefix="varsity-") as copy, source.open(sha256) as stream:
        shutil.copyfileobj(stream, copy, 1 << 20)
        copy.flush()
        target.put(Path(copy.name), sha256)
