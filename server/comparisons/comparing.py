"""The worker's part of a comparison: both files and the hidden answers, in a limited child."""

import secrets
import traceback
from datetime import timedelta

import structlog

from server.comparisons.actions import (
    claim,
    end,
    fail_interrupted_comparisons,
    give_back_comparisons,
)
from server.comparisons.computing import ComparisonReport, compare_in_child
from server.comparisons.models import Comparison
from server.comparisons.queries import waiting_comparisons
from server.evaluations.metrics import MetricRules
from server.evaluations.queries import evaluation_by_id
from server.evaluations.scoring import spec_text
from server.shared.clock import Clock
from server.shared.database import Database
from server.shared.isolation import Isolation, LimitExceeded
from server.shared.queue import Jobs
from server.shared.storage import Stores
from server.submissions.queries import submission_by_id

log = structlog.get_logger(__name__)
MOST_SIGNALS = 1000


class Comparer:
    """Makes the comparisons that were asked for."""

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
        jobs.handle("compare", self.compare)

    def compare(self, comparison_id: int) -> None:
        """Make a comparison if nobody else does; called again, it changes nothing."""
        holder = f"{self.name}/{secrets.token_hex(8)}"
        with self.database.writing() as session:
            taken = claim(session, comparison_id, holder=holder, now=self.clock(), lease=self.lease)
            session.commit()
        if taken is None:
            return
        report = self._report(taken)
        with self.database.writing() as session:
            ours = end(session, taken, holder=holder, report=report, now=self.clock())
            session.commit()
        log.info("compared", comparison=comparison_id, found=report.found is not None, ours=ours)

    def _report(self, comparison: Comparison) -> ComparisonReport:
        try:
            text = self._compared(comparison)
        except LimitExceeded as error:
            return ComparisonReport(trace=str(error))
        except Exception:  # noqa: BLE001 - ours: noted with its trace, and tried again
            return ComparisonReport(trace=traceback.format_exc())
        return ComparisonReport.model_validate_json(text)

    def _compared(self, comparison: Comparison) -> str:
        with self.database.reading() as session:
            first = submission_by_id(session, comparison.first_submission_id).sha256
            second = submission_by_id(session, comparison.second_submission_id).sha256
            evaluation = evaluation_by_id(session, comparison.evaluation_id)
        files, hidden = self.stores
        with (
            files.local(first) as a,
            files.local(second) as b,
            hidden.local(evaluation.solution_sha256) as solution,
        ):
            return self.isolation.run(
                compare_in_child,
                str(a),
                str(b),
                str(solution),
                spec_text(evaluation.spec),
                comparison.board.value,
                self.rules,
            )

    def sweep(self) -> None:
        """Find what a lost signal or a dead worker left behind."""
        with self.database.reading() as session:
            waiting = waiting_comparisons(session, now=self.clock(), limit=MOST_SIGNALS)
        if waiting and self.jobs.waiting() < len(waiting):
            for comparison_id in waiting:
                self.jobs.send("compare", comparison_id=comparison_id)

    def free(self, holders: set[str]) -> None:
        """Put back what dead workers hold; what took them down each time ends."""
        with self.database.writing() as session:
            for holder in holders:
                give_back_comparisons(session, holder)
            fail_interrupted_comparisons(session)
            session.commit()
