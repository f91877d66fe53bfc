"""The worker's part of a data preview: one public file, looked at in a limited child."""

import structlog

from server.evaluations.tools import Tools
from server.kits.actions import (
    claim_look,
    end_look,
    fail_interrupted_looks,
    forget_looks,
    queue_looks,
)
from server.kits.found import LookReport
from server.kits.looking import look_in_child
from server.kits.models import LOOKS, FilePreview
from server.kits.queries import orphans, unseen_files, waiting_looks

log = structlog.get_logger(__name__)
# At most so many at a turn: what students sent is scored in between.
AT_ONCE = 4
MOST_QUEUED = 200


class Previewer:
    """Looks at the files that participants download, each once."""

    def __init__(self, tools: Tools) -> None:
        self.tools = tools
        tools.jobs.handle("look", self.look)

    def look(self, sha256: str) -> None:
        """Look at a file if nobody else does; called again, it changes nothing."""
        holder = self.tools.new_holder()
        with self.tools.database.writing() as session:
            taken = claim_look(
                session, sha256, holder=holder, now=self.tools.clock(), lease=self.tools.lease
            )
            session.commit()
        if taken is None:
            return
        report = self.tools.attempt(
            LOOKS, holder, lambda: self._report(taken), lambda t: LookReport(trace=t)
        )
        if report is None:
            return
        with self.tools.database.writing() as session:
            ours = end_look(session, taken, holder=holder, report=report, now=self.tools.clock())
            session.commit()
        log.info("looked", sha256=sha256, found=report.looked is not None, ours=ours)

    def _report(self, row: FilePreview) -> LookReport:
        with self.tools.stores.public_files.local(row.sha256) as path:
            text = self.tools.isolation.run(look_in_child, str(path), row.name)
        return LookReport.model_validate_json(text)

    def sweep(self) -> None:
        """Find the files that nobody has looked at, and those whose signal was lost."""
        now = self.tools.clock()
        with self.tools.database.reading() as session:
            unseen, gone = unseen_files(session, limit=MOST_QUEUED), orphans(session)
        if unseen or gone:
            with self.tools.database.writing() as session:
                queue_looks(session, unseen, now=now)
                forget_looks(session, gone)
                session.commit()
        with self.tools.database.reading() as session:
            waiting = waiting_looks(session, now=now, limit=AT_ONCE)
        if waiting and self.tools.jobs.waiting() < AT_ONCE:
            for sha256 in waiting:
                self.tools.jobs.send("look", sha256=sha256)

    def fail_interrupted(self) -> None:
        """End what took its worker down each time."""
        with self.tools.database.writing() as session:
            fail_interrupted_looks(session)
            session.commit()
