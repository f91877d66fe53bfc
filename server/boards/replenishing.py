"""The worker's part of replicates that are needed again: the file is scored once more."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from sqlmodel import Session

from server.boards.lacking import Needed, lacking_scores, put_back
from server.boards.rows import On
from server.boards.versions import challenge_of_phase
from server.evaluations.queries import evaluation_by_id
from server.evaluations.running import score_stored
from server.evaluations.scoring import Outcome, Report
from server.evaluations.tools import Tools
from server.shared.events import record
from server.shared.isolation import LimitExceeded, NoChildren
from server.submissions.queries import submission_by_id

log = structlog.get_logger(__name__)
# A signal may be lost. Whatever can't be had holds up the ranges of its board no longer than this.
ASK_AGAIN = timedelta(seconds=30)
PATIENCE = timedelta(minutes=2)


class Replenisher:
    """Computes the replicates again of what counts on a board and lacks them."""

    def __init__(self, tools: Tools) -> None:
        self.tools = tools
        self._since: dict[On, dict[Needed, datetime]] = {}
        self._sent: dict[Needed, datetime] = {}
        tools.jobs.handle("replenish", self.replenish)

    def ask(self, on: On, lacking: Sequence[Needed]) -> bool:
        """Have what a board lacks computed again, and say whether its ranges should wait."""
        now = self.tools.clock()
        before = self._since.get(on, {})
        since = self._since[on] = {needed: before.get(needed, now) for needed in lacking}
        awaited = [needed for needed, first in since.items() if now - first < PATIENCE]
        self._send(awaited, now)
        return bool(awaited)

    def _send(self, awaited: Sequence[Needed], now: datetime) -> None:
        # Once for both boards of a submission.
        self._sent = {k: at for k, at in self._sent.items() if now - at < ASK_AGAIN}
        for needed in awaited:
            if needed not in self._sent:
                self._sent[needed] = now
                self.tools.jobs.send("replenish", **needed._asdict())

    def replenish(self, submission_id: int, evaluation_id: int) -> None:
        """Compute a submission's replicates again; called again, it changes nothing."""
        needed = Needed(submission_id, evaluation_id)
        with self.tools.database.reading() as session:
            if not lacking_scores(session, needed):
                return
        try:
            report = self._report(needed)
        except NoChildren:
            # The worker stops, or the machine can start nothing: it is asked for again.
            return
        except LimitExceeded as error:
            report = Report(outcome=Outcome.FAULT, trace=str(error))
        with self.tools.database.writing() as session:
            found = put_back(session, needed, report)
            if found:
                say_so(session, needed, at=self.tools.clock())
            session.commit()
        log.info("replenished", submission=submission_id, found=found)

    def _report(self, needed: Needed) -> Report:
        with self.tools.database.reading() as session:
            submission = submission_by_id(session, needed.submission_id)
            evaluation = evaluation_by_id(session, needed.evaluation_id)
        return score_stored(self.tools, submission.sha256, evaluation, ladder=False)


def say_so(session: Session, needed: Needed, *, at: datetime) -> None:
    """Leave word for what is reckoned from replicates above the boards; no number moved."""
    submission = submission_by_id(session, needed.submission_id)
    record(
        session,
        "score.resampled",
        at=at,
        challenge_id=challenge_of_phase(session, submission.phase_id),
        subject_id=needed.submission_id,
    )
