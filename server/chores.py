"""The schedules: each chore runs once when it is due, however many workers there are."""

import socket
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import structlog

from server.accounts.sessions import purge_sessions
from server.accounts.sightings import purge_sightings
from server.audit.actions import seal_events
from server.boards.previews import make_previews
from server.boards.replenishing import Replenisher
from server.boards.schedules import reveal_due, write_rank_ranges
from server.boards.scoring import Scorer
from server.boards.tidying import drop_replicates
from server.certificates.models import JOBS as CERTIFICATES
from server.certificates.working import Issuer
from server.challenges.registrations import forget_answers
from server.comparisons.comparing import Comparer
from server.comparisons.models import COMPARISONS
from server.comparisons.shaking import Shaker
from server.controls.letters import LETTERS
from server.corrections.rescoring import Rescorer
from server.corrections.telling import tell_waiting as tell_of_evaluations
from server.discussions.announcing import tell_waiting
from server.drafts.models import DRAFT_JOBS
from server.drafts.working import Drafter
from server.evaluations.models import RESCORES
from server.integrity.models import REPORTS
from server.integrity.reporting import Reporter
from server.kits.models import LOOKS
from server.kits.previewing import Previewer
from server.notifications.actions import purge_notifications
from server.portability.exporting import Exporter
from server.portability.models import EXPORTS
from server.shared.clock import Clock
from server.shared.database import Database
from server.shared.mail import purge_sent, send_waiting
from server.shared.schedules import claim_schedule
from server.shared.settings import Settings
from server.shared.uploads import forget_stale
from server.standings.keeping import Keeper
from server.standings.ranging import refresh_ranges
from server.submissions.models import SUBMISSIONS
from server.submissions.reminding import remind
from server.teams.announcements import tell_asked
from server.teams.parting import part_with_closed
from server.trials.actions import forget_old_trials
from server.trials.models import TRIALS
from server.trials.working import Trier
from server.winners.actions import warn_of_changes

log = structlog.get_logger(__name__)
DAY_SECONDS = 86_400
# Every table whose rows are jobs.
ALL_LEASES = (
    SUBMISSIONS,
    RESCORES,
    COMPARISONS,
    REPORTS,
    CERTIFICATES,
    LOOKS,
    DRAFT_JOBS,
    TRIALS,
    EXPORTS,
)


class Chore(NamedTuple):
    """Something to do again and again, every so many seconds."""

    name: str
    seconds: float
    run: Callable[[], None]


class Parts(NamedTuple):
    """The parts of a worker that find again what lost its signal."""

    scorer: Scorer
    rescorer: Rescorer
    comparer: Comparer
    reporter: Reporter
    shaker: Shaker
    issuer: Issuer
    drafter: Drafter
    trier: Trier
    previewer: Previewer
    exporter: Exporter
    replenisher: Replenisher


class Chores:
    """What a worker does by the clock beside scoring."""

    def __init__(
        self,
        *,
        settings: Settings,
        database: Database,
        parts: Parts,
        clock: Clock,
    ) -> None:
        self.settings = settings
        self.database = database
        self.parts = parts
        self.clock = clock
        self.keeper = Keeper(database)
        self._not_before: dict[str, datetime] = {}
        self.all = (
            Chore("sweep", 2, self.sweep),
            Chore("mail", 1, self.send_mail),
            Chore("reveal", 5, self.reveal),
            Chore("ranges", 3, self.rank_ranges),
            Chore("shake-up", 4, parts.shaker.sweep),
            Chore("data previews", 3, parts.previewer.sweep),
            Chore("seal", 5, self.seal),
            Chore("standings", 1, self.standings),
            Chore("standing ranges", 5, self.standing_ranges),
            Chore("previews", 2, self.preview),
            Chore("tidying", 30, self.tidy),
            Chore("certificates", 3, parts.issuer.follow),
            Chore("partings", 30, self.part),
            Chore("announcements", 2, self.announce),
            Chore("evaluations' letters", 2, self.tell_of_evaluations),
            Chore("reminders", 60, self.remind),
            Chore("winners", 60, self.look_at_winners),
            Chore("purge", 3600, self.purge),
            Chore("old copies", 600, parts.exporter.purge),
            Chore("discarded drafts", 3600, parts.drafter.tidy),
        )

    def run_due(self) -> None:
        """Run what is due; a chore that fails is logged and does not stop the others."""
        for chore in self.all:
            if self._take(chore):
                try:
                    chore.run()
                except Exception:
                    log.exception("chore_failed", chore=chore.name)

    def _take(self, chore: Chore) -> bool:
        now, every = self.clock(), timedelta(seconds=chore.seconds)
        # Whoever asked was told for how long nothing is due: an idle worker leaves the disk alone.
        if now < self._not_before.get(chore.name, now):
            return False
        self._not_before[chore.name] = now + every
        with self.database.writing() as session:
            due = claim_schedule(session, chore.name, every=every, now=now)
            session.commit()
        return due

    def sweep(self) -> None:
        """Find what lost its signal or its worker: submissions, rescores, comparisons, reports."""
        self.free_the_dead()
        self.parts.scorer.sweep()
        self.parts.rescorer.sweep()
        self.parts.comparer.sweep()
        self.parts.reporter.sweep()
        self.parts.issuer.sweep()
        self.parts.drafter.sweep()
        self.parts.trier.sweep()
        self.parts.exporter.sweep()

    def free_the_dead(self) -> None:
        """Put back at once what dead workers of this machine hold; no lease need run out."""
        with self.database.reading() as session:
            holders = {holder for leases in ALL_LEASES for holder in leases.holders(session)}
        dead = {holder for holder in holders if _is_dead(holder)}
        if dead:
            with self.database.writing() as session:
                for leases in ALL_LEASES:
                    for holder in dead:
                        leases.give_back(session, holder, died=True)
                session.commit()
        self.parts.scorer.fail_interrupted()
        self.parts.comparer.fail_interrupted()
        self.parts.reporter.fail_interrupted()
        self.parts.issuer.fail_interrupted()
        self.parts.drafter.fail_interrupted()
        self.parts.trier.fail_interrupted()
        self.parts.previewer.fail_interrupted()
        self.parts.exporter.fail_interrupted()

    def send_mail(self) -> None:
        """Deliver what is due in the outbox."""
        send_waiting(self.settings, self.database, clock=self.clock)

    def reveal(self) -> None:
        """Reveal what is due by the schedule."""
        with self.database.writing() as session:
            for phase in reveal_due(session, now=self.clock()):
                log.info("revealed", phase=phase)
            session.commit()

    def rank_ranges(self) -> None:
        """Write the rank ranges of boards that changed."""
        ask = self.parts.replenisher.ask
        write_rank_ranges(self.database, now=self.clock(), wait_for=ask)

    def seal(self) -> None:
        """Seal the events of the last seconds in the log's chain."""
        seal_events(self.database, now=self.clock())

    def standings(self) -> None:
        """Bring the standings of universities up to date with the boards."""
        self.keeper.refresh(now=self.clock())

    def standing_ranges(self) -> None:
        """Compute how far the ranks of universities hang on chance, where they changed."""
        refresh_ranges(self.database, now=self.clock())

    def preview(self) -> None:
        """Put the boards of complete evaluations beside the live ones."""
        make_previews(self.database, now=self.clock())

    def tidy(self) -> None:
        """Drop the replicates that a re-score left behind."""
        drop_replicates(self.database)

    def part(self) -> None:
        """Take closed accounts out of their teams."""
        with self.database.writing() as session:
            part_with_closed(session, now=self.clock())
            session.commit()

    def announce(self) -> None:
        """Tell people of announcements, results and deadlines, some at a time."""
        tell_waiting(self.database, now=self.clock())
        tell_asked(self.database, letters=LETTERS, now=self.clock())

    def tell_of_evaluations(self) -> None:
        """Tell teams of evaluations that went live, some at a time."""
        tell_of_evaluations(self.database, now=self.clock())

    def remind(self) -> None:
        """Tell those who can still act that a deadline comes near."""
        remind(self.database, now=self.clock())

    def look_at_winners(self) -> None:
        """Tell organisers whose published winners are no longer those of the board."""
        warn_of_changes(self.database, now=self.clock())

    def purge(self) -> None:
        """Forget addresses after 90 days, mail after 30, sessions after 14, uploads after one."""
        with self.database.writing() as session:
            purge_sightings(session, now=self.clock())
            purge_sessions(session, now=self.clock())
            purge_sent(session, now=self.clock())
            forget_old_trials(session, now=self.clock())
            purge_notifications(session, now=self.clock())
            forget_answers(session)
            session.commit()
        day_ago = self.clock().timestamp() - DAY_SECONDS
        forget_stale(self.settings.data_dir / "incoming", older_than=day_ago)


def born(pid: int) -> str:
    """Return when a process was started (in clock ticks since boot), or "" if there is none."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[19]


def _is_dead(holder: str) -> bool:
    host, pid, birth, _ = holder.split("/")
    return host == socket.gethostname() and born(int(pid)) != birth
