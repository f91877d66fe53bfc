"""The worker's part of trials."""

import structlog
from sqlmodel import col

from scorers.sentences import to_json
from server.evaluations.scoring import Outcome, Report
from server.evaluations.tools import Tools
from server.shared.fault_lines import recognised
from server.shared.isolation import LimitExceeded
from server.trials.actions import end, fail_interrupted_trials
from server.trials.models import TRIALS, Trial
from server.trials.queries import waiting_trials
from server.trials.rules import TrialState
from server.trials.trying import try_in_child

log = structlog.get_logger(__name__)
MOST_SIGNALS = 100
STATES = {
    Outcome.SCORED: TrialState.SCORED,
    Outcome.REJECTED: TrialState.REJECTED,
    Outcome.SOLUTION: TrialState.SOLUTION,
    Outcome.FAULT: TrialState.FAILED,
}


class Trier:
    """Scores the trials that were asked for."""

    def __init__(self, tools: Tools) -> None:
        self.tools = tools
        tools.jobs.handle("try", self.work)

    def work(self, trial_id: int) -> None:
        """Score a trial if nobody else does; called again, it changes nothing."""
        holder = self.tools.new_holder()
        which = col(Trial.id) == trial_id
        with self.tools.database.writing() as session:
            now = self.tools.clock()
            taken = TRIALS.claim(session, which, holder=holder, now=now, lease=self.tools.lease)
            trial = session.get(Trial, trial_id, populate_existing=True) if taken else None
            session.commit()
        if trial is None:
            return
        report = self.tools.attempt(
            TRIALS,
            holder,
            lambda: self._report(trial),
            lambda trace: Report(outcome=Outcome.FAULT, trace=trace),
        )
        if report is None:
            return
        said = report.model_dump(mode="json", exclude={"trace"})
        with self.tools.database.writing() as session:
            state = STATES[report.outcome]
            end(session, trial, holder=holder, state=state, report=said, trace=report.trace)
            session.commit()
        log.info("tried", trial=trial_id, outcome=report.outcome.value)

    def _report(self, trial: Trial) -> Report:
        asked = {
            "scorer": trial.scorer,
            "params": trial.params,
            "id_columns": trial.id_columns,
            "kind": trial.kind,
        }
        try:
            text = self.tools.isolation.run(try_in_child, trial.truth, trial.prediction, asked)
        except LimitExceeded as error:
            said = to_json(recognised(str(error)))
            return Report(outcome=Outcome.SOLUTION, message=str(error), said=said)
        return Report.model_validate_json(text)

    def sweep(self) -> None:
        """Find what a lost signal or a dead worker left behind."""
        with self.tools.database.reading() as session:
            waiting = waiting_trials(session, now=self.tools.clock(), limit=MOST_SIGNALS)
        if waiting and self.tools.jobs.waiting() < len(waiting):
            for trial_id in waiting:
                self.tools.jobs.send("try", trial_id=trial_id)

    def fail_interrupted(self) -> None:
        """End what took its worker down each time."""
        with self.tools.database.writing() as session:
            fail_interrupted_trials(session)
            session.commit()
