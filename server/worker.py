"""The engine's worker: claims, scores, records, and runs the schedules."""

import json
import os
import signal
import socket
import threading
from datetime import datetime, timedelta

import structlog
from huey.consumer import Consumer

# A copy of what is kept of a person is made here: tables that no chore needs belong to it too.
import server.classes.models
import server.policies.models
import server.profiles.models  # noqa: F401
from server.boards.replenishing import Replenisher
from server.boards.scoring import Scorer
from server.certificates.working import Issuer
from server.chores import ALL_LEASES, Chores, Parts, born
from server.comparisons.comparing import Comparer
from server.comparisons.computing import compare_in_child
from server.comparisons.shaking import Shaker
from server.corrections.rescoring import Rescorer
from server.drafts.looking import check_in_child as check_draft_in_child
from server.drafts.queries import is_data_of_a_draft
from server.drafts.working import Drafter
from server.evaluations.metrics import metric_rules
from server.evaluations.scoring import protection, score_file
from server.evaluations.tools import Tools
from server.evaluations.warming import warm_up
from server.integrity.comparing import compare_in_child as compare_all_in_child
from server.integrity.reporting import Reporter
from server.kits.looking import look_in_child
from server.kits.previewing import Previewer
from server.portability.exporting import Exporter
from server.shared.clock import Clock, utcnow
from server.shared.database import Database
from server.shared.guarding import Guard
from server.shared.isolation import Isolation, LimitExceeded, NoChildren
from server.shared.limited import Limits, network_of_this_process
from server.shared.own_folder import OwnFolder
from server.shared.queue import Jobs, make_engine
from server.shared.schedules import beat, forget
from server.shared.settings import Settings
from server.shared.storage import FileStore, Stores
from server.submissions.queries import is_public_file
from server.trials.trying import try_in_child
from server.trials.working import Trier

log = structlog.get_logger(__name__)
TICK_SECONDS = 0.5
BEAT = timedelta(seconds=5)
# It is each machine's own to tidy, so this is no chore that one worker does for all.
TIDY = timedelta(minutes=10)
# What the fork server imports before a child is wanted.
PRELOADED = [
    score_file.__module__,
    compare_in_child.__module__,
    compare_all_in_child.__module__,
    check_draft_in_child.__module__,
    try_in_child.__module__,
    look_in_child.__module__,
    "scorers.metric_files.kaggle",
]


class Worker:
    """Scores submissions of a database, with the files and the limits of its settings."""

    def __init__(
        self, settings: Settings, *, clock: Clock = utcnow, folder: OwnFolder | None = None
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.folder = folder
        self.database = Database(settings.database)
        self.jobs = Jobs(make_engine(settings.queue_url, settings.data_dir))
        self.name = f"{socket.gethostname()}/{os.getpid()}/{born(os.getpid())}"
        self.tools = self._tools()
        rescorer = Rescorer(self.tools)
        self.scorer = Scorer(self.tools, base_url=settings.base_url, catch_up=rescorer.catch_up)
        self.reporter = Reporter(self.tools, memory_bytes=settings.scoring_memory_bytes)
        self.issuer = Issuer(self.tools, settings)
        self.exporter = Exporter(self.tools)
        self.chores = Chores(
            settings=settings,
            database=self.database,
            parts=Parts(
                scorer=self.scorer,
                rescorer=rescorer,
                comparer=Comparer(self.tools),
                reporter=self.reporter,
                issuer=self.issuer,
                shaker=Shaker(database=self.database, jobs=self.jobs, clock=clock),
                drafter=Drafter(
                    self.tools,
                    replicates=settings.replicates,
                    base_url=settings.base_url,
                    most_bytes=settings.max_upload_bytes,
                ),
                trier=Trier(self.tools),
                previewer=Previewer(self.tools),
                exporter=self.exporter,
                replenisher=Replenisher(self.tools),
            ),
            clock=clock,
        )
        self.started_at = clock()
        self._last_beat: datetime | None = None
        self._last_tidied: datetime | None = None
        self.stopping = threading.Event()

    def _tools(self) -> Tools:
        settings = self.settings
        isolation = Isolation(
            workers=max(1, settings.workers),
            limits=Limits(settings.scoring_memory_bytes, settings.scoring_seconds),
            preload=[*PRELOADED, warm_up.__module__],
            warm_up=warm_up,
        )
        return Tools(
            database=self.database,
            stores=Stores(FileStore(settings.public_store), FileStore(settings.hidden_store)),
            jobs=self.jobs,
            isolation=isolation,
            clock=self.clock,
            name=self.name,
            lease=timedelta(seconds=settings.lease_seconds),
            rules=metric_rules(settings),
            needed_in_public=(is_public_file, is_data_of_a_draft),
        )

    def log_protection(self) -> None:
        """Log what scoring and metric files are kept by on this machine."""
        try:
            rules, network = metric_rules(self.settings), network_of_this_process()
            said = self.tools.isolation.run(protection, rules, network)
            log.info("protection", **json.loads(said))
        except (LimitExceeded, NoChildren) as error:
            log.error("protection_unknown", reason=str(error))

    def live(self) -> None:
        """Tick and give signs of life until the worker stops."""
        guard = Guard("heart_failed", "heart_well", self.clock)
        while not self.stopping.wait(TICK_SECONDS):
            guard.run("chores", self.chores.run_due)
            guard.run("beat", self._beat)
            guard.run("tidy", self._tidy)

    def _beat(self) -> None:
        now, scored = self.clock(), self.scorer.scored
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

    def _tidy(self) -> None:
        """Remove the temporary files of workers of this machine that were killed."""
        now = self.clock()
        if self.folder is None or (self._last_tidied and now < self._last_tidied + TIDY):
            return
        self._last_tidied = now
        removed = self.folder.tidy()
        if removed:
            log.info("tidied", removed=removed)

    def stop(self) -> None:
        """Give back what is unfinished and leave the list of workers."""
        self.stopping.set()
        self.scorer.stop()
        self.tools.isolation.stop()
        self.reporter.stop()
        self.exporter.stop()
        self.issuer.stop()
        with self.database.writing() as session:
            for leases in ALL_LEASES:
                leases.give_back(session, self.name, died=False)
            forget(session, self.name)
            session.commit()
        self.database.dispose()


def run(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT: what runs finishes within 20 s, or goes back."""
    worker = Worker(settings, folder=OwnFolder())
    # Beside the work: the first child takes seconds to start.
    threading.Thread(target=worker.log_protection, name="protection", daemon=True).start()
    worker.chores.free_the_dead()
    heart = threading.Thread(target=worker.live, name="heart", daemon=True)
    heart.start()
    worker.jobs.hear_of_outages()
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
