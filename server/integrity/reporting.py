"""The worker's part of a report: it reads, a limited child compares, the findings are stored."""

import threading
import traceback
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import timedelta

import structlog
from sqlmodel import Session

from scorers.sentences import from_json, said_by
from scorers.similarity.comparing import Likeness
from server.challenges.models import Challenge
from server.evaluations.models import Evaluation
from server.evaluations.queries import live_evaluation
from server.evaluations.sides import truth_of
from server.evaluations.tools import Tools
from server.integrity.actions import (
    claim_report,
    end_report,
    fail_interrupted_reports,
)
from server.integrity.comparing import ComparingReport, ComparingTask, compare_in_child
from server.integrity.findings import Entrant, Findings, Jump, Near, Predictions
from server.integrity.models import IntegrityReport
from server.integrity.queries import (
    Counted,
    counted_submissions,
    known_files,
    reports_to_make,
    same_files,
    scored_in_order,
)
from server.integrity.rules import Leap, improbable_leaps
from server.integrity.sightings import shared_addresses, shared_devices
from server.shared.asides import Aside
from server.shared.isolation import Isolation, LimitExceeded, NoChildren
from server.shared.limited import Limits

log = structlog.get_logger(__name__)
# Of the child that compares; nobody waits for it as one waits for a score.
COMPARING_SECONDS = 1800
SPARE = timedelta(minutes=10)
# How long a worker that stops waits for its report to be given back.
PARTING_SECONDS = 10


class NoAnswers(Exception):
    """There is nothing to compare by; the message is the organiser's."""


class Reporter:
    """Makes the integrity reports that were asked for, one at a time and beside the scoring."""

    def __init__(self, tools: Tools, *, memory_bytes: int) -> None:
        self.tools = tools
        self.limits = Limits(memory_bytes, COMPARING_SECONDS)
        self.aside = Aside("integrity_report_failed", self.make)
        self._lock = threading.Lock()
        self._isolation: Isolation | None = None
        tools.jobs.handle("integrity", self.begin)

    def begin(self, report_id: int) -> None:
        """Make a report in a thread of its own; one that is busy leaves it to the sweep."""
        self.aside.begin(report_id)

    def make(self, report_id: int) -> None:
        """Make a report if nobody else does; called again, it changes nothing."""
        holder = self.tools.new_holder()
        lease = timedelta(seconds=COMPARING_SECONDS) + SPARE
        with self.tools.database.writing() as session:
            report = claim_report(
                session, report_id, holder=holder, now=self.tools.clock(), lease=lease
            )
            session.commit()
        if report is None:
            return
        findings, problem = None, ""
        try:
            findings = self._find(report)
        except NoChildren:
            return
        except (LimitExceeded, NoAnswers) as error:
            problem = said_by(error)
        except Exception:  # noqa: BLE001 - ours: noted for whoever mends it
            problem = traceback.format_exc()
        if findings is None and self.aside.stops:
            # A worker that stops takes its child along, and gives the report back itself.
            return
        with self.tools.database.writing() as session:
            end_report(
                session,
                report,
                holder=holder,
                findings=findings,
                problem=problem,
                now=self.tools.clock(),
            )
            session.commit()
        log.info("integrity_reported", report=report_id, done=findings is not None)

    def _find(self, report: IntegrityReport) -> Findings:
        now = self.tools.clock()
        with self.tools.database.reading() as session:
            evaluation = live_evaluation(session, report.phase_id)
            if evaluation is None:
                raise NoAnswers("The phase has no live evaluation: there is nothing to compare by.")
            counted, teams = counted_submissions(session, report.phase_id)
            known = known_files(session, report.challenge_id, report.phase_id)
        likeness = self._compare(counted, known, evaluation)
        with self.tools.database.reading() as session:
            same = same_files(session, report.challenge_id, report.phase_id, known=known)
            return Findings(
                predictions=_predictions(likeness, counted, teams=teams, same=same),
                jumps=_jumps(session, report, evaluation),
                devices=shared_devices(session, report.challenge_id, now=now),
                addresses=shared_addresses(session, report.challenge_id, now=now),
            )

    def _compare(
        self, counted: Sequence[Counted], known: Sequence[str], evaluation: Evaluation
    ) -> Likeness:
        files, hidden = self.tools.stores
        with ExitStack() as held:
            truth = held.enter_context(
                truth_of(hidden, evaluation.solution_sha256, evaluation.spec)
            )
            task = ComparingTask(
                files=[str(held.enter_context(files.local(each.sha256))) for each in counted],
                known=[
                    str(held.enter_context(files.local(sha256)))
                    for sha256 in known
                    if files.has(sha256)
                ],
                solution=str(truth.solution),
                spec=truth.spec,
            )
            text = self._children().run(compare_in_child, task.model_dump_json())
        said = ComparingReport.model_validate_json(text)
        if said.likeness is None:
            raise NoAnswers(from_json(said.said or said.problem))
        return said.likeness

    def _children(self) -> Isolation:
        """Children apart from those that score: a long comparison holds up no submission."""
        with self._lock:
            if self.aside.stops:
                raise NoChildren("the worker stops")
            if self._isolation is None:
                preload = [compare_in_child.__module__]
                self._isolation = Isolation(workers=1, limits=self.limits, preload=preload)
            return self._isolation

    def sweep(self) -> None:
        """Find what a lost signal, a dead worker or a busy one left behind."""
        with self.tools.database.reading() as session:
            waiting = reports_to_make(session, now=self.tools.clock())
        if waiting:
            self.begin(waiting[0])

    def fail_interrupted(self) -> None:
        """End what took its worker down each time."""
        with self.tools.database.writing() as session:
            fail_interrupted_reports(session, now=self.tools.clock())
            session.commit()

    def stop(self) -> None:
        """Stop the child at once, and wait until its report is left alone."""
        with self._lock:
            self.aside.stop()
            isolation = self._isolation
        if isolation is not None:
            isolation.stop()
        self.aside.join(PARTING_SECONDS)


def _predictions(
    likeness: Likeness, counted: Sequence[Counted], *, teams: int, same: list[list[Entrant]]
) -> Predictions:
    entrants = [each.entrant for each in counted]
    verdict = likeness.verdict
    return Predictions(
        teams=teams,
        compared=len(counted),
        judged=likeness.judged,
        rows=likeness.rows,
        all_rows=likeness.all_rows,
        by_labels=likeness.by_labels,
        by_numbers=likeness.by_numbers,
        pairs=verdict.pairs_of_teams,
        closeness_by_labels=list(verdict.by_labels),
        closeness_by_numbers=list(verdict.by_numbers),
        same_files=same,
        identical=[
            [entrants[i] for i in group]
            for group in likeness.identical
            # Where it is one file, that is told already.
            if len({counted[i].sha256 for i in group}) > 1
        ],
        near=[
            Near(
                one=entrants[pair.one],
                other=entrants[pair.other],
                named=pair.named,
                labels=pair.labels,
                numbers=pair.numbers,
            )
            for pair in verdict.pairs
        ],
        given=[entrants[i] for i in likeness.known],
        unread=[entrants[i] for i in likeness.unread],
    )


def _jumps(session: Session, report: IntegrityReport, evaluation: Evaluation) -> list[Jump]:
    higher = session.get_one(Challenge, report.challenge_id).higher_is_better
    scored = scored_in_order(session, report.phase_id, evaluation.id or 0)
    return [_jump(leap) for leap in improbable_leaps(scored, higher_is_better=higher)]


def _jump(leap: Leap) -> Jump:
    return Jump(
        team=leap.team_id,
        submission=leap.submission_id,
        before_submission=leap.before_id,
        score=leap.score,
        before=leap.before,
        best_of_others=leap.best_of_others,
        gain=leap.gain,
        lead=leap.lead,
        usual=leap.usual,
    )
