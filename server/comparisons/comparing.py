"""The worker's part of a comparison: both files and the hidden answers, in a limited child."""

import structlog

from server.comparisons.actions import (
    claim,
    end,
    fail_interrupted_comparisons,
)
from server.comparisons.computing import ComparisonReport, compare_in_child
from server.comparisons.models import COMPARISONS, Comparison
from server.comparisons.queries import waiting_comparisons
from server.evaluations.queries import evaluation_by_id
from server.evaluations.sides import truth_of
from server.evaluations.tools import Tools
from server.submissions.queries import submission_by_id

log = structlog.get_logger(__name__)
MOST_SIGNALS = 1000


class Comparer:
    """Makes the comparisons that were asked for."""

    def __init__(self, tools: Tools) -> None:
        self.tools = tools
        tools.jobs.handle("compare", self.compare)

    def compare(self, comparison_id: int) -> None:
        """Make a comparison if nobody else does; called again, it changes nothing."""
        holder = self.tools.new_holder()
        with self.tools.database.writing() as session:
            taken = claim(
                session,
                comparison_id,
                holder=holder,
                now=self.tools.clock(),
                lease=self.tools.lease,
            )
            session.commit()
        if taken is None:
            return
        report = self.tools.attempt(
            COMPARISONS, holder, lambda: self._compared(taken), lambda t: ComparisonReport(trace=t)
        )
        if report is None:
            return
        with self.tools.database.writing() as session:
            ours = end(session, taken, holder=holder, report=report, now=self.tools.clock())
            session.commit()
        log.info("compared", comparison=comparison_id, found=report.found is not None, ours=ours)

    def _compared(self, comparison: Comparison) -> ComparisonReport:
        with self.tools.database.reading() as session:
            first = submission_by_id(session, comparison.first_submission_id).sha256
            second = submission_by_id(session, comparison.second_submission_id).sha256
            evaluation = evaluation_by_id(session, comparison.evaluation_id)
        files, hidden = self.tools.stores
        with (
            files.local(first) as a,
            files.local(second) as b,
            truth_of(hidden, evaluation.solution_sha256, evaluation.spec) as truth,
        ):
            text = self.tools.isolation.run(
                compare_in_child,
                str(a),
                str(b),
                str(truth.solution),
                truth.spec,
                comparison.board.value,
                self.tools.rules,
                comparison.first_team_id == comparison.second_team_id,
            )
        return ComparisonReport.model_validate_json(text)

    def sweep(self) -> None:
        """Find what a lost signal or a dead worker left behind."""
        with self.tools.database.reading() as session:
            waiting = waiting_comparisons(session, now=self.tools.clock(), limit=MOST_SIGNALS)
        if waiting and self.tools.jobs.waiting() < len(waiting):
            for comparison_id in waiting:
                self.tools.jobs.send("compare", comparison_id=comparison_id)

    def fail_interrupted(self) -> None:
        """End what took its worker down each time."""
        with self.tools.database.writing() as session:
            fail_interrupted_comparisons(session)
            session.commit()
