"""The worker's part of a new evaluation: look at its solution, score everything under it."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import structlog
from sqlmodel import Session

from scorers.sentences import sentence, to_json
from server.boards.ladder import climb_beside
from server.challenges.models import Phase
from server.challenges.rules import Ranking
from server.evaluations.actions import hold_phase
from server.evaluations.differing import SolutionChanges, compare_solutions
from server.evaluations.models import RESCORES, Evaluation
from server.evaluations.queries import (
    evaluation_by_id,
    live_evaluation,
    next_rescore,
    not_taken_in,
    to_complete,
)
from server.evaluations.rescores import (
    accept_solution,
    claim_rescore,
    end_rescore,
    fail_interrupted_rescores,
    queue_rescoring,
    refuse_solution,
)
from server.evaluations.rules import EvaluationState
from server.evaluations.running import score_stored
from server.evaluations.scoring import (
    Outcome,
    Report,
    SidesReport,
    SolutionReport,
    look_at_solution,
    refused_for,
    say_all_sides,
)
from server.evaluations.sides import as_read, bases_of, is_stored, put_sides, truth_of
from server.evaluations.tools import Tools
from server.shared.errors import N_
from server.shared.isolation import LimitExceeded
from server.submissions.queries import submission_by_id

log = structlog.get_logger(__name__)
# So many signals go round while submissions are scored again.
AT_ONCE = 4
# Whoever uploads a solution may be at it as long as this, when the evaluation is noted already.
ARRIVES_WITHIN = timedelta(minutes=15)
LOST = N_(
    "The solution of evaluation %(number)s is missing in the store: which rows are public can't be "
    "told. Put the store back from a backup; then begin the evaluation again."
)
NEVER_CAME = sentence(
    "The solution was not stored: its upload broke off. Begin the evaluation again."
)


class Looked(NamedTuple):
    """What was found of a solution, the spec it was looked at by, and whose rows that keeps.

    Without a spec: it was not looked at. `changes`: how it differs from the live one.
    """

    report: SolutionReport
    spec: Mapping[str, Any] | None = None
    base_ids: Sequence[int | None] = ()
    changes: Mapping[str, Any] | None = None


class Rescorer:
    """Scores submissions under evaluations that are not live."""

    def __init__(self, tools: Tools) -> None:
        self.tools = tools
        tools.jobs.handle("adopt", self.adopt)
        tools.jobs.handle("rescore_next", self.rescore_next)

    def adopt(self, evaluation_id: int) -> None:
        """Take an uploaded solution among the hidden files, look at it, and queue the scoring."""
        with self.tools.database.reading() as session:
            evaluation = evaluation_by_id(session, evaluation_id)
        if not self._is_there(evaluation):
            return self._give_up(evaluation)
        # Also of one that was given up meanwhile: no answers stay where the web can read them.
        self.tools.hide(evaluation.solution_sha256)
        if evaluation.taken_in and evaluation.state is not EvaluationState.RECEIVED:
            return
        received = evaluation.state is EvaluationState.RECEIVED
        looked = self._look(evaluation) if received else Looked(SolutionReport())
        with self.tools.database.writing() as session:
            if not _is_based(session, evaluation_id, looked):
                # Another one was begun meanwhile, whose new rows stand where it put them.
                self.tools.jobs.send("adopt", evaluation_id=evaluation_id)
                return
            begun = _take_in(session, evaluation_id, looked, now=self.tools.clock())
            session.commit()
        if begun:
            self._begin()

    def _is_there(self, evaluation: Evaluation) -> bool:
        return any(store.has(evaluation.solution_sha256) for store in self.tools.stores)

    def _give_up(self, evaluation: Evaluation) -> None:
        """Refuse an evaluation whose upload was noted, and broke off before it was stored."""
        if self.tools.clock() < evaluation.created_at + ARRIVES_WITHIN:
            return
        looked = Looked(refused_for(NEVER_CAME))
        with self.tools.database.writing() as session:
            _take_in(session, evaluation.id or 0, looked, now=self.tools.clock())
            session.commit()

    def _look(self, evaluation: Evaluation) -> Looked:
        """Look at a solution as it will be scored: every row that was there keeps its side."""
        with self.tools.database.reading() as session:
            bases = bases_of(session, evaluation.phase_id, evaluation.spec)
            live = live_evaluation(session, evaluation.phase_id)
        try:
            kept = self._sides(bases) if bases else SidesReport()
            if kept.problem:
                return Looked(SolutionReport(problem=kept.problem, said=kept.said))
            spec = {name: said for name, said in evaluation.spec.items() if name != "sides"}
            if bases:
                spec["sides"] = put_sides(self.tools.stores.hidden_files, kept.table_bytes)
            report = self._look_at(evaluation.solution_sha256, spec)
            changes = None if report.problem else self._changes(live, evaluation)
        except LimitExceeded as error:
            # Else the sweep would send it again for ever.
            return Looked(refused_for(str(error)))
        return Looked(report, as_read(spec, report), [base.id for base in bases], changes)

    def _changes(self, live: Evaluation | None, new: Evaluation) -> Mapping[str, Any] | None:
        """Return how a solution differs from the live one; None where that can't be told."""
        if live is None or live.solution_sha256 == new.solution_sha256:
            return None
        hidden, ids = self.tools.stores.hidden_files, new.spec.get("id_columns", ["id"])
        try:
            with ExitStack() as here:
                two = [
                    str(here.enter_context(hidden.local(one.solution_sha256)))
                    for one in (live, new)
                ]
                text = self.tools.isolation.run(compare_solutions, *two, ids)
        except (FileNotFoundError, LimitExceeded) as error:
            log.warning("solutions_not_compared", evaluation=new.id, reason=str(error))
            return None
        if not text:
            return None
        return SolutionChanges.model_validate_json(text).model_dump() | {"against": live.number}

    def _sides(self, bases: Sequence[Evaluation]) -> SidesReport:
        hidden = self.tools.stores.hidden_files
        try:
            with ExitStack() as here:
                truths = [
                    here.enter_context(truth_of(hidden, base.solution_sha256, base.spec))
                    for base in bases
                ]
                named = [(str(truth.solution), truth.spec) for truth in truths]
                text = self.tools.isolation.run(say_all_sides, named)
        except FileNotFoundError:
            lost = [base for base in bases if not is_stored(hidden, base)] or bases
            said = sentence(LOST, number=lost[0].number)
            return SidesReport(problem=str(said), said=to_json(said))
        return SidesReport.model_validate_json(text)

    def _look_at(self, solution_sha256: str, spec: Mapping[str, Any]) -> SolutionReport:
        with truth_of(self.tools.stores.hidden_files, solution_sha256, spec) as truth:
            text = self.tools.isolation.run(
                look_at_solution, str(truth.solution), truth.spec, self.tools.rules
            )
        return SolutionReport.model_validate_json(text)

    def rescore_next(self) -> None:
        """Score what waits longest under an evaluation beside a live one, and have the next done.

        A signal names nothing and is sent on when its work is done: however many submissions are
        to be scored again, a new one waits behind a few signals and no more.
        """
        if self.catch_up():
            self.tools.jobs.send("rescore_next")

    def catch_up(self) -> bool:
        """Score what waits longest, and say whether there may be more that can be scored now."""
        with self.tools.database.reading() as session:
            pair = next_rescore(session, now=self.tools.clock())
        return pair is not None and self.rescore(*pair)

    def rescore(self, submission_id: int, evaluation_id: int) -> bool:
        """Score one submission under one evaluation; called again, it changes nothing.

        Returns False where nothing can be scored now.
        """
        holder = self.tools.new_holder()
        pair = (submission_id, evaluation_id)
        with self.tools.database.writing() as session:
            taken = claim_rescore(
                session, pair, holder=holder, now=self.tools.clock(), lease=self.tools.lease
            )
            session.commit()
        if not taken:
            return True
        report = self.tools.attempt(RESCORES, holder, lambda: self._report(*pair), _broken)
        if report is None:
            return False
        with self.tools.database.writing() as session:
            end_rescore(session, pair, holder=holder, report=report, now=self.tools.clock())
            climb_beside(session, submission_id=submission_id, evaluation_id=evaluation_id)
            session.commit()
        return True

    def _report(self, submission_id: int, evaluation_id: int) -> Report:
        with self.tools.database.reading() as session:
            submission = submission_by_id(session, submission_id)
            evaluation = evaluation_by_id(session, evaluation_id)
            ladder = session.get_one(Phase, evaluation.phase_id).ranking is Ranking.LADDER
        return score_stored(self.tools, submission.sha256, evaluation, ladder=ladder)

    def sweep(self) -> None:
        """Find what a lost signal or a dead worker left behind."""
        with self.tools.database.reading() as session:
            uploaded = not_taken_in(session)
            lacking = to_complete(session)
            waits = next_rescore(session, now=self.tools.clock()) is not None
        if uploaded and self.tools.jobs.waiting() < len(uploaded):
            for evaluation_id in uploaded:
                self.tools.jobs.send("adopt", evaluation_id=evaluation_id)
        if lacking or waits:
            self._mend(lacking)
        # Where nothing else waits there are free hands for more.
        if waits and self.tools.jobs.waiting() == 0:
            self._begin()

    def _mend(self, lacking: list[Evaluation]) -> None:
        """Bring in what an evaluation does not know of, and end what ends every worker."""
        with self.tools.database.writing() as session:
            fail_interrupted_rescores(session)
            for evaluation in lacking:
                queue_rescoring(session, session.get_one(Evaluation, evaluation.id))
            session.commit()

    def _begin(self) -> None:
        for _ in range(AT_ONCE):
            self.tools.jobs.send("rescore_next")


def _is_based(session: Session, evaluation_id: int, looked: Looked) -> bool:
    """Whether what was looked at still keeps the rows of all evaluations before it."""
    evaluation = evaluation_by_id(session, evaluation_id)
    hold_phase(session, evaluation.phase_id)
    if looked.spec is None:
        return True
    bases = bases_of(session, evaluation.phase_id, evaluation.spec)
    return list(looked.base_ids) == [base.id for base in bases]


def _take_in(session: Session, evaluation_id: int, looked: Looked, *, now: datetime) -> bool:
    """Note what was found of a solution, and say whether its scoring begins."""
    evaluation = evaluation_by_id(session, evaluation_id)
    hold_phase(session, evaluation.phase_id)
    session.refresh(evaluation)
    evaluation.taken_in = True
    session.add(evaluation)
    if evaluation.state is not EvaluationState.RECEIVED:
        return False
    if looked.report.problem:
        refuse_solution(session, evaluation, found=looked.report, now=now)
        return False
    if looked.spec is not None:
        evaluation.spec, evaluation.solution_changes = dict(looked.spec), looked.changes
    accept_solution(session, evaluation, rows=looked.report)
    return bool(queue_rescoring(session, evaluation))


def _broken(trace: str) -> Report:
    return Report(outcome=Outcome.FAULT, trace=trace)
