"""The engine's worker: claims, scores, records, and runs the schedules."""

import json
import os
import secrets
import signal
import socket
import threading
import time
import traceback
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import structlog
from huey.consumer import Consumer
from sqlmodel import Session

from server.boards.actions import record_score
from server.boards.entries import rebuild_after_failure
from server.challenges.models import Phase
from server.challenges.rules import Ranking
from server.chores import Chores, born
from server.comparisons.actions import give_back_comparisons
from server.comparisons.comparing import Comparer
from server.comparisons.computing import compare_in_child
from server.comparisons.shaking import Shaker
from server.corrections.rescoring import Rescorer
from server.evaluations.actions import ended_state
from server.evaluations.metrics import metric_rules
from server.evaluations.models import Evaluation
from server.evaluations.queries import live_evaluation
from server.evaluations.rescores import give_back_rescores
from server.evaluations.scoring import Outcome, Report, protection, score_file, spec_text
from server.integrity.actions import give_back_reports
from server.integrity.comparing import compare_in_child as compare_all_in_child
from server.integrity.reporting import Reporter
from server.shared.clock import Clock, utcnow
from server.shared.database import Database
from server.shared.isolation import Isolation, LimitExceeded, NoChildren
from server.shared.limited import Limits, network_of_this_process
from server.shared.measures import SCORED, SCORING_SECONDS
from server.shared.queue import Jobs, make_engine
from server.shared.schedules import beat, forget
from server.shared.settings import Settings
from server.shared.storage import FileStore, Stores
from server.submissions.alerts import alert_organisers
from server.submissions.claims import claim, finish, give_back, try_again_or_fail
from server.submissions.models import Submission
from server.submissions.rules import SubmissionState

log = structlog.get_logger(__name__)
TICK_SECONDS = 0.5
BEAT = timedelta(seconds=5)
MOST_SIGNALS = 1000


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

    @property
    def claim(self) -> Claim:
        """The claim alone."""
        return Claim(self.submission, self.holder)


class Worker:
    """Scores submissions of a database, with the files and the limits of its settings."""

    def __init__(self, settings: Settings, *, clock: Clock = utcnow) -> None:
        self.settings = settings
        self.clock = clock
        self.database = Database(settings.database)
        self.stores = Stores(FileStore(settings.public_store), FileStore(settings.hidden_store))
        self.jobs = Jobs(make_engine(settings.queue_url, settings.data_dir))
        self.jobs.handle("score", self.score)
        self.name = f"{socket.gethostname()}/{os.getpid()}/{born(os.getpid())}"
        self.isolation = Isolation(
            workers=max(1, settings.workers),
            limits=Limits(settings.scoring_memory_bytes, settings.scoring_seconds),
            preload=[
                score_file.__module__,
                compare_in_child.__module__,
                compare_all_in_child.__module__,
                "scorers.metric_files.kaggle",
            ],
        )
        self.rescorer = Rescorer(
            database=self.database,
            stores=self.stores,
            jobs=self.jobs,
            isolation=self.isolation,
            clock=clock,
            name=self.name,
            lease=timedelta(seconds=settings.lease_seconds),
            rules=metric_rules(settings),
        )
        self.comparer = Comparer(
            database=self.database,
            stores=self.stores,
            jobs=self.jobs,
            isolation=self.isolation,
            clock=clock,
            name=self.name,
            lease=timedelta(seconds=settings.lease_seconds),
            rules=metric_rules(settings),
        )
        self.reporter = Reporter(
            database=self.database,
            stores=self.stores,
            jobs=self.jobs,
            clock=clock,
            name=self.name,
            memory_bytes=settings.scoring_memory_bytes,
        )
        self.shaker = Shaker(database=self.database, jobs=self.jobs, clock=clock)
        self.chores = Chores(
            settings=settings,
            database=self.database,
            jobs=self.jobs,
            rescorer=self.rescorer,
            comparer=self.comparer,
            shaker=self.shaker,
            reporter=self.reporter,
            clock=clock,
        )
        self.started_at = clock()
        self.scored = 0
        self._last_beat: datetime | None = None
        self.stopping = threading.Event()

    def score(self, submission_id: int) -> None:
        """Score a submission if nobody else does; called again, it changes nothing."""
        work = self._claim(submission_id)
        if work is None:
            return
        started = time.perf_counter()
        try:
            report = self._report(work)
            self._record(work, report)
        except Exception:  # noqa: BLE001 - whatever fails here is ours, and is tried again
            # A worker that stops takes its children along, and gives everything back itself.
            if not self.stopping.is_set():
                self._fault(work.claim, traceback.format_exc())
        SCORING_SECONDS.observe(time.perf_counter() - started)

    def _claim(self, submission_id: int) -> Work | None:
        if self.stopping.is_set():
            return None
        holder = f"{self.name}/{secrets.token_hex(8)}"
        lease = timedelta(seconds=self.settings.lease_seconds)
        with self.database.writing() as session:
            submission = claim(session, submission_id, holder=holder, now=self.clock(), lease=lease)
            evaluation = live_evaluation(session, submission.phase_id) if submission else None
            phase = session.get(Phase, submission.phase_id) if submission else None
            session.commit()
        if submission is None or phase is None:
            return None
        if evaluation is None:
            self._fault(Claim(submission, holder), "The phase has no live evaluation.")
            return None
        return Work(submission, evaluation, holder, phase.ranking is Ranking.LADDER)

    def _report(self, work: Work) -> Report:
        files, hidden = self.stores
        with (
            files.local(work.submission.sha256) as prediction,
            hidden.local(work.evaluation.solution_sha256) as solution,
        ):
            _require(prediction, "the submitted file")
            _require(solution, "the solution")
            try:
                text = self.isolation.run(
                    score_file,
                    str(prediction),
                    str(solution),
                    spec_text(work.evaluation.spec),
                    metric_rules(self.settings),
                    work.ladder,
                )
            except LimitExceeded as error:
                return Report(outcome=Outcome.FAULT, trace=str(error))
        return Report.model_validate_json(text)

    def _record(self, work: Work, report: Report) -> None:
        with self.database.writing() as session:
            written = record_score(
                session,
                submission=work.submission,
                evaluation=work.evaluation,
                holder=work.holder,
                report=report,
                now=self.clock(),
            )
            if not written:
                session.rollback()
                self._release(work)
                return
            if ended_state(report) is SubmissionState.FAILED:
                self._alert(session, work.submission)
            session.commit()
        self.scored += 1
        SCORED.labels(report.outcome.value).inc()
        log.info("scored", submission=work.submission.id, outcome=report.outcome.value)

    def _release(self, work: Work) -> None:
        """Queue it again where the live evaluation changed meanwhile; else it is not ours."""
        with self.database.writing() as session:
            assert work.submission.id is not None
            again = finish(
                session,
                work.submission.id,
                holder=work.holder,
                state=SubmissionState.QUEUED,
            )
            session.commit()
        if again:
            self.jobs.send("score", submission_id=work.submission.id)

    def _fault(self, work: Claim, trace: str) -> None:
        log.error("scoring_fault", submission=work.submission.id, trace=trace)
        with self.database.writing() as session:
            state = try_again_or_fail(
                session, work.submission, holder=work.holder, trace=trace, now=self.clock()
            )
            if state is SubmissionState.FAILED:
                rebuild_after_failure(session, work.submission)
                self._alert(session, work.submission)
            session.commit()
        if state is SubmissionState.QUEUED:
            self.jobs.send("score", submission_id=work.submission.id)

    def _alert(self, session: Session, submission: Submission) -> None:
        alert_organisers(session, submission, base_url=self.settings.base_url, now=self.clock())

    def log_protection(self) -> None:
        """Log what scoring and metric files are kept by on this machine."""
        try:
            rules, network = metric_rules(self.settings), network_of_this_process()
            log.info("protection", **json.loads(self.isolation.run(protection, rules, network)))
        except (LimitExceeded, NoChildren) as error:
            log.error("protection_unknown", reason=str(error))

    def live(self) -> None:
        """Tick and give signs of life until the worker stops."""
        while not self.stopping.wait(TICK_SECONDS):
            self._guarded("chores", self.chores.run_due)
            self._guarded("beat", self._beat)

    def _guarded(self, name: str, act: Callable[[], None]) -> None:
        try:
            act()
        except Exception:
            log.exception("heart_failed", act=name)

    def _beat(self) -> None:
        now, scored = self.clock(), self.scored
        if self._last_beat is not None and now < self._last_beat + BEAT:
            return
        self._last_beat = now
        with self.database.writing() as session:
            beat(
                session,
                self.name,
                started_at=self.started_at,
                now=now,
                scored=scored,
            )
            session.commit()

    def stop(self) -> None:
        """Give back what is unfinished and leave the list of workers."""
        self.stopping.set()
        self.isolation.stop()
        self.reporter.stop()
        with self.database.writing() as session:
            give_back(session, self.name)
            give_back_rescores(session, self.name)
            give_back_reports(session, self.name)
            give_back_comparisons(session, self.name)
            forget(session, self.name)
            session.commit()
        self.database.dispose()


class MissingFile(Exception):
    """A file that the database names is not in the store."""


def _require(path: Path, what: str) -> None:
    if not path.exists():
        raise MissingFile(
            f"{what} is missing in the store: the fault is the installation's, not the team's. "
            "Put the store back from a backup, or deploy the challenge again; then try again."
        )


def run(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT: what runs finishes within 20 s, or goes back."""
    worker = Worker(settings)
    # Beside the work: the first child takes seconds to start.
    threading.Thread(target=worker.log_protection, name="protection", daemon=True).start()
    worker.chores.free_the_dead()
    heart = threading.Thread(target=worker.live, name="heart", daemon=True)
    heart.start()
    consumer = Consumer(
        worker.jobs.engine,
        workers=max(1, settings.workers),
        worker_type="thread",
        periodic=False,
        initial_delay=0.05,
        max_delay=0.25,
        backoff=1.3,
        check_worker_health=True,
        health_check_interval=5,
        graceful_signal="TERM",
        shutdown_timeout=20,
    )
    signal.signal(signal.SIGINT, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    try:
        consumer.run()
    finally:
        worker.stop()
