"""The worker's part of a submission: it is claimed, scored in a limited child, and recorded."""

import time
import traceback
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import structlog
from sqlmodel import Session

from server.boards.actions import record_score
from server.boards.entries import rebuild_after_failure
from server.challenges.models import Phase
from server.challenges.rules import Ranking
from server.evaluations.actions import ended_state
from server.evaluations.models import Evaluation
from server.evaluations.queries import live_evaluation, open_evaluations
from server.evaluations.rules import EvaluationState
from server.evaluations.running import run_scorer, score_stored
from server.evaluations.scoring import Outcome, Report
from server.evaluations.sides import truth_of
from server.evaluations.tools import Tools
from server.shared.isolation import Killed, LimitExceeded
from server.shared.measures import measure_scored, measure_scoring
from server.submissions.alerts import alert_organisers
from server.submissions.claims import (
    claim,
    fail_interrupted,
    finish,
    hold_longer,
    try_again_or_fail,
)
from server.submissions.models import Submission
from server.submissions.rules import SubmissionState
from server.submissions.worklist import waiting_ids

log = structlog.get_logger(__name__)
MOST_SIGNALS = 1000
# An evaluation that broke or took too long holds up no live score for so long.
LEFT_ALONE = timedelta(minutes=10)


class Claim(NamedTuple):
    """One claimed submission."""

    submission: Submission
    holder: str


class Work(NamedTuple):
    """One claimed submission and how to score it."""

    submission: Submission
    evaluation: Evaluation
    holder: str
    ladder: bool
    beside: Sequence[Evaluation]

    @property
    def claim(self) -> Claim:
        """The claim alone."""
        return Claim(self.submission, self.holder)


class MissingFile(Exception):
    """A file that the database names is not in the store."""


class Scorer:
    """Scores what teams sent.

    `catch_up` scores one of those that an evaluation beside the live one still lacks.
    """

    def __init__(
        self, tools: Tools, *, base_url: str, catch_up: Callable[[], object] = lambda: None
    ) -> None:
        self.tools = tools
        self.base_url = base_url
        self.catch_up = catch_up
        self.scored = 0
        self._stopping = False
        self._left_until: dict[int, datetime] = {}
        tools.jobs.handle("score", self.score)

    def score(self, submission_id: int) -> None:
        """Score a submission if nobody else does; called again, it changes nothing."""
        work = self._claim(submission_id)
        if work is None:
            return
        started = time.perf_counter()
        try:
            self._record(work, self._report(work), self._beside(work))
        except Exception as error:  # noqa: BLE001 - whatever fails here is ours, and is tried again
            # A worker that stops takes its children along, and gives everything back itself.
            if not self._stopping:
                self._fault(work.claim, _trace_of(error))
        measure_scoring(time.perf_counter() - started)
        # However long the queue of new files is, what came before them is scored again some day.
        if any(e.state is EvaluationState.SCORING and self._is_quick(e) for e in work.beside):
            self.catch_up()

    def stop(self) -> None:
        """Take no more, and blame no file for what ends with the worker."""
        self._stopping = True

    def sweep(self) -> None:
        """Find what was acknowledged and is not being scored: a signal was lost, a worker died."""
        tools = self.tools
        with tools.database.reading() as session:
            waiting = waiting_ids(session, now=tools.clock(), limit=MOST_SIGNALS)
        if waiting and tools.jobs.waiting() < len(waiting):
            for submission_id in waiting:
                tools.jobs.send("score", submission_id=submission_id)

    def fail_interrupted(self) -> None:
        """End what took its worker down each time."""
        now = self.tools.clock()
        with self.tools.database.writing() as session:
            for failed in fail_interrupted(session, now=now):
                rebuild_after_failure(session, failed)
                self._alert(session, failed)
            session.commit()

    def _claim(self, submission_id: int) -> Work | None:
        if self._stopping:
            return None
        tools, holder = self.tools, self.tools.new_holder()
        with tools.database.writing() as session:
            submission = claim(
                session, submission_id, holder=holder, now=tools.clock(), lease=tools.lease
            )
            evaluation = live_evaluation(session, submission.phase_id) if submission else None
            phase = session.get(Phase, submission.phase_id) if submission else None
            beside = open_evaluations(session, submission.phase_id) if submission else []
            session.commit()
        if submission is None or phase is None:
            return None
        if evaluation is None:
            self._fault(Claim(submission, holder), "The phase has no live evaluation.")
            return None
        return Work(submission, evaluation, holder, phase.ranking is Ranking.LADDER, beside)

    def _report(self, work: Work) -> Report:
        files, hidden = self.tools.stores
        with (
            files.local(work.submission.sha256) as prediction,
            truth_of(hidden, work.evaluation.solution_sha256, work.evaluation.spec) as truth,
        ):
            _require(prediction, "the submitted file")
            _require(truth.solution, "the solution")
            if truth.sides is not None:
                _require(truth.sides, "the table of public rows")
            try:
                return run_scorer(self.tools, prediction, truth, ladder=work.ladder)
            except Killed:
                # The machine's fault, and no word on the file: it is tried again.
                raise
            except LimitExceeded as error:
                return Report(outcome=Outcome.FAULT, trace=str(error))

    def _beside(self, work: Work) -> dict[int, Report]:
        """Return what the evaluations beside the live one say of it.

        Written with its score, so that one that knows everything goes on to do so however fast
        files arrive. Whatever goes wrong here is left to the queue, which tries again and tells.
        """
        said = {}
        for evaluation in work.beside:
            if not self._is_quick(evaluation) or not self._extend(work):
                continue
            try:
                said[evaluation.id or 0] = score_stored(
                    self.tools, work.submission.sha256, evaluation, ladder=work.ladder
                )
            except Exception:
                self._left_until[evaluation.id or 0] = self.tools.clock() + LEFT_ALONE
                log.warning("not_scored_beside", submission=work.submission.id, exc_info=True)
        return said

    def _is_quick(self, evaluation: Evaluation) -> bool:
        """Whether nothing is known to this worker that would hold up live scores."""
        now = self.tools.clock()
        return now >= self._left_until.get(evaluation.id or 0, now)

    def _extend(self, work: Work) -> bool:
        assert work.submission.id is not None
        until = self.tools.clock() + self.tools.lease
        with self.tools.database.writing() as session:
            ours = hold_longer(session, work.submission.id, holder=work.holder, until=until)
            session.commit()
        return ours

    def _record(self, work: Work, report: Report, beside: dict[int, Report]) -> None:
        with self.tools.database.writing() as session:
            written = record_score(
                session,
                submission=work.submission,
                evaluation=work.evaluation,
                holder=work.holder,
                report=report,
                now=self.tools.clock(),
                beside=beside,
            )
            if not written:
                session.rollback()
                self._release(work)
                return
            if ended_state(report) is SubmissionState.FAILED:
                self._alert(session, work.submission)
            session.commit()
        self.scored += 1
        measure_scored(report.outcome.value)
        log.info("scored", submission=work.submission.id, outcome=report.outcome.value)

    def _release(self, work: Work) -> None:
        """Queue it again where the live evaluation changed meanwhile; else it is not ours."""
        assert work.submission.id is not None
        with self.tools.database.writing() as session:
            again = finish(
                session, work.submission.id, holder=work.holder, state=SubmissionState.QUEUED
            )
            session.commit()
        if again:
            self.tools.jobs.send("score", submission_id=work.submission.id)

    def _fault(self, work: Claim, trace: str) -> None:
        """Note a fault of ours; the sweep finds the submission when it is due again."""
        log.error("scoring_fault", submission=work.submission.id, trace=trace)
        now = self.tools.clock()
        with self.tools.database.writing() as session:
            state = try_again_or_fail(
                session, work.submission, holder=work.holder, trace=trace, now=now
            )
            if state is SubmissionState.FAILED:
                rebuild_after_failure(session, work.submission)
                self._alert(session, work.submission)
            session.commit()

    def _alert(self, session: Session, submission: Submission) -> None:
        alert_organisers(session, submission, base_url=self.base_url, now=self.tools.clock())


def _trace_of(error: Exception) -> str:
    # Who was killed left no trace; that it was, is said in our own words.
    return str(error) if isinstance(error, Killed) else traceback.format_exc()


def _require(path: Path, what: str) -> None:
    if not path.exists():
        raise MissingFile(
            f"{what} is missing in the store: the fault is the installation's, not the team's. "
            "Put the store back from a backup, or deploy the challenge again; then try again."
        )
