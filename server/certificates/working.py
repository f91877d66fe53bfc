"""The worker's part: hands out certificates, makes files of many, follows what changed."""

import traceback
from datetime import timedelta
from typing import Any

import structlog
from sqlmodel import Session, col, select

from scorers.sentences import sentence, to_json
from server.certificates.awarding import awards_of, final_board
from server.certificates.bundles import make_bundle
from server.certificates.evidence import level_awards
from server.certificates.following import follow
from server.certificates.issuing import Step, carry_out, steps_to
from server.certificates.models import JOBS, CertificateJob, Standard
from server.certificates.previewing import reckon
from server.certificates.queries import (
    about_challenge,
    about_standard,
    interrupted_jobs,
    old_bundles,
    waiting_jobs,
)
from server.certificates.rules import JobKind, JobState, hand_out_of
from server.certificates.signing import Pen, listed_pen
from server.challenges.models import Challenge
from server.evaluations.tools import Tools
from server.shared.asides import Aside
from server.shared.errors import Conflict
from server.shared.settings import Settings

log = structlog.get_logger(__name__)
LEASE = timedelta(minutes=30)
# How long a worker that stops waits for its thread.
PARTING_SECONDS = 5


class Issuer:
    """Does the jobs of certificates, one at a time and beside the scoring."""

    def __init__(self, tools: Tools, settings: Settings) -> None:
        self.tools = tools
        self.settings = settings
        self.aside = Aside("certificates_failed", self.do)
        self.previews = Aside("levels_not_previewed", self.preview)
        tools.jobs.handle("certificates", self.begin)
        tools.jobs.handle("level_preview", self.begin_preview)

    def pen(self) -> Pen:
        """Return what this host signs with, once everybody can check it."""
        return listed_pen(self.tools.database, self.settings, now=self.tools.clock())

    def begin(self, job_id: int) -> None:
        """Do a job in a thread of its own; one that is busy leaves it to the sweep."""
        self.aside.begin(job_id)

    def do(self, job_id: int) -> None:
        """Do a job if nobody else does; done again, it changes nothing."""
        holder, clock = self.tools.new_holder(), self.tools.clock
        with self.tools.database.writing() as session:
            which = col(CertificateJob.id) == job_id
            taken = JOBS.claim(session, which, holder=holder, now=clock(), lease=LEASE)
            session.commit()
        if not taken:
            return
        with self.tools.database.reading() as session:
            job = session.get_one(CertificateJob, job_id)
        values: dict[str, Any] = {"state": JobState.DONE}
        try:
            values |= self._made(job)
        except Conflict as error:
            said = sentence(error.message, **error.values)
            values |= {"state": JobState.FAILED, "problem": str(said)}
            values["problem_said"] = to_json(said)
        except Exception:  # noqa: BLE001 - ours: noted for whoever mends it
            values |= {"state": JobState.FAILED, "problem": traceback.format_exc()}
        if self.aside.stops and values["state"] is JobState.FAILED:
            # A worker that stops gives the job back itself.
            return
        with self.tools.database.writing() as session:
            JOBS.end(session, which, holder=holder, done_at=clock(), **values)
            session.commit()
        if job.kind is JobKind.LEVELS and job.standard_id is not None:
            self.preview(job.standard_id)
        log.info("certificates_made", job=job_id, kind=job.kind.value, state=values["state"])

    def begin_preview(self, standard_id: int) -> None:
        """Reckon in a thread of its own; one that is busy is asked by the page's next reader."""
        self.previews.begin(standard_id)

    def preview(self, standard_id: int) -> None:
        """Reckon what a hand-out of a standard's levels would change now."""
        reckon(self.tools.database, standard_id, now=self.tools.clock())

    def _made(self, job: CertificateJob) -> dict[str, Any]:
        if job.kind is JobKind.BUNDLE:
            return make_bundle(self.tools, job, stopping=self.aside.stopping)
        with self.tools.database.reading() as session:
            about, steps = self._steps(session, job)
        made = carry_out(
            self.tools.database,
            self.pen(),
            steps,
            about=about,
            actor_id=job.asked_by,
            now=self.tools.clock(),
        )
        return {"made": made}

    def _steps(self, session: Session, job: CertificateJob) -> tuple[str, list[Step]]:
        if job.kind is JobKind.LEVELS:
            standard = session.get_one(Standard, job.standard_id)
            about = about_standard(standard.id)
            return about, steps_to(session, about, level_awards(session, standard))
        challenge = session.get_one(Challenge, job.challenge_id)
        board, about = final_board(session, challenge), about_challenge(challenge.id)
        return about, steps_to(session, about, awards_of(session, board, hand_out_of(job.rules)))

    def follow(self) -> None:
        """Replace and revoke what a changed board, team or account says otherwise of now."""
        follow(self.tools.database, self.pen, now=self.tools.clock())

    def sweep(self) -> None:
        """Find what a lost signal, a dead worker or a busy one left behind, and old files."""
        with self.tools.database.reading() as session:
            waiting = waiting_jobs(session, now=self.tools.clock())
            old = old_bundles(session, now=self.tools.clock())
        if waiting:
            self.begin(waiting[0])
        for job in old:
            self._forget(job)

    def _forget(self, job: CertificateJob) -> None:
        files, sha256 = self.tools.stores.public_files, job.sha256
        with self.tools.database.writing() as session:
            row = session.get_one(CertificateJob, job.id)
            row.sha256 = None
            session.add(row)
            session.flush()
            same = session.exec(select(CertificateJob.id).where(CertificateJob.sha256 == sha256))
            elsewhere = same.first() is not None
            session.commit()
        if sha256 and not elsewhere and files.has(sha256):
            files.delete(sha256)

    def fail_interrupted(self) -> None:
        """End what took its worker down each time."""
        with self.tools.database.writing() as session:
            for job in interrupted_jobs(session):
                job.state, job.done_at = JobState.FAILED, self.tools.clock()
                job.problem = f"The worker died {job.interruptions} times in the middle of it."
                session.add(job)
            session.commit()

    def stop(self) -> None:
        """Begin nothing more, and wait a little for what is being done."""
        for aside in (self.aside, self.previews):
            aside.stop()
        for aside in (self.aside, self.previews):
            aside.join(PARTING_SECONDS)
