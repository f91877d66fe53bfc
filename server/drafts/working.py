"""The worker's part of drafts: look at files, check a draft, and make a challenge of it."""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from scorers.sentences import sentence
from server.corrections.rescoring import AT_ONCE
from server.deployments.run import Deployed
from server.drafts.agreeing import Others
from server.drafts.checks import Checker, changes_of, code_of, refusal
from server.drafts.documents import phase_of, sample_of, solution_of
from server.drafts.filing import By, look_at_baselines
from server.drafts.launching import Circumstances, launch
from server.drafts.looking import (
    TableFound,
    look_in_child,
)
from server.drafts.mirroring import read_mirror
from server.drafts.models import DRAFT_JOBS, ChallengeDraft, DraftFile, DraftJob
from server.drafts.queries import files_of_draft, job_by_id, waiting_jobs
from server.drafts.rules import MOST_ATTEMPTS, FileKind, FileState, JobKind, JobState
from server.drafts.tidying import tidy_discarded
from server.evaluations.tools import Tools
from server.folders.contents import SPLIT, seed_of
from server.folders.reading import read_folder
from server.shared.errors import DomainError
from server.shared.isolation import LimitExceeded, NoChildren
from server.shared.storage import FileStore

log = structlog.get_logger(__name__)
MOST_SIGNALS = 100
# Whoever uploads a solution may be at it as long as this, when its row is noted already.
ARRIVES_WITHIN = timedelta(minutes=15)
NEVER_CAME = "The file was not stored: its upload broke off. Upload it again."


class Drafter:
    """Does what is asked for drafts."""

    def __init__(self, tools: Tools, *, replicates: int, base_url: str, most_bytes: int) -> None:
        self.tools = tools
        circumstances = Circumstances(tools.stores, replicates, base_url)
        self.checker = Checker(tools, circumstances, most_bytes)
        tools.jobs.handle("draft", self.work)

    def work(self, job_id: int) -> None:
        """Do a job if nobody else does; called again, it changes nothing."""
        holder = self.tools.new_holder()
        which = col(DraftJob.id) == job_id
        with self.tools.database.writing() as session:
            taken = DRAFT_JOBS.claim(
                session, which, holder=holder, now=self.tools.clock(), lease=self.tools.lease
            )
            session.commit()
        if not taken:
            return
        try:
            self._do(job_id, holder)
        except NoChildren:
            self.tools.give_back(DRAFT_JOBS, holder)
        except Exception:  # noqa: BLE001 - ours: noted with its trace, and tried again
            self._fail(job_id, holder, traceback.format_exc())
        log.info("draft_job_ended", job=job_id)

    def _do(self, job_id: int, holder: str) -> None:
        with self.tools.database.reading() as session:
            job = job_by_id(session, job_id)
            assert job is not None
            draft = session.get_one(ChallengeDraft, job.draft_id)
            files = files_of_draft(session, job.draft_id)
            code = code_of(session, draft)
        match job.kind:
            case JobKind.LOOK:
                self._look(job, draft, files, holder)
            case JobKind.CHECK:
                self._check(job, draft, files, code, holder)
            case JobKind.LAUNCH:
                self._launch(job, draft, files, code, holder)
            case JobKind.LIVE:
                self._check_live(job, draft.challenge_id or 0, holder)

    def _look(
        self, job: DraftJob, draft: ChallengeDraft, files: list[DraftFile], holder: str
    ) -> None:
        file = next((f for f in files if f.id == job.file_id), None)
        if file is None:
            return self._end(job, holder, JobState.DONE, {})
        if file.kind is FileKind.SOLUTION and not self._taken_in(file):
            if self.tools.clock() < file.created_at + ARRIVES_WITHIN:
                return self.tools.give_back(DRAFT_JOBS, holder)
            return self._note(job, file, TableFound(problem=NEVER_CAME), holder)
        self._note(job, file, self._found(draft, files, file), holder)
        return None

    def _taken_in(self, file: DraftFile) -> bool:
        """Move an uploaded solution out of the store that the web can read."""
        if not any(store.has(file.sha256) for store in self.tools.stores):
            return False
        self.tools.hide(file.sha256)
        return True

    def _found(self, draft: ChallengeDraft, files: list[DraftFile], file: DraftFile) -> TableFound:
        is_hidden = file.kind is FileKind.SOLUTION
        public, hidden = self.tools.stores
        phase = phase_of(draft.definition, file.phase) if is_hidden else None
        # The rows that the launch will draw: what is counted here is what the board will have.
        seed = seed_of(file.sha256, draft.slug, file.phase or "", SPLIT)
        sample = sample_of(draft.definition, files)
        solution = solution_of(files, file.phase) if file.kind is FileKind.BASELINE else None
        try:
            with (
                (hidden if is_hidden else public).local(file.sha256) as path,
                _local(public, sample) as sample_path,
                _local(hidden, solution) as solution_path,
            ):
                others = Others(sample_path, solution_path)
                text = self.tools.isolation.run(
                    look_in_child, str(path), file.kind, others, draft.definition, phase, seed
                )
        except LimitExceeded as error:
            said = sentence("Looking at the file was broken off: %(limit)s.", limit=str(error))
            return TableFound(problem=said, sentence=said.to_json())
        return TableFound.model_validate_json(text)

    def _note(self, job: DraftJob, file: DraftFile, found: TableFound, holder: str) -> None:
        wrong = bool(found.problem) and file.kind in (FileKind.SOLUTION, FileKind.BASELINE)
        again: list[int] = []
        with self.tools.database.writing() as session:
            row = session.get(DraftFile, file.id)
            if row is not None and row.sha256 == file.sha256:
                row.found = found.model_dump(mode="json")
                row.state = FileState.REFUSED if wrong else FileState.READ
                session.add(row)
                if row.kind is FileKind.SOLUTION:
                    by = By(job.asked_by, self.tools.clock())
                    again = look_at_baselines(session, row, by)
            self._end_in(session, job, holder, JobState.DONE, {})
            session.commit()
        for job_id in again:
            self.tools.jobs.send("draft", job_id=job_id)

    def _check(
        self,
        job: DraftJob,
        draft: ChallengeDraft,
        files: list[DraftFile],
        code: str | None,
        holder: str,
    ) -> None:
        with self.checker.folder(draft, files, code) as (folder, missing):
            found = self.checker.of_draft(draft, folder, missing)
            report = found.model_dump(mode="json")
            if found.is_launchable and draft.challenge_id is not None:
                report |= self.checker.previewed(draft, folder)
        self._end(job, holder, JobState.DONE, report)

    def _check_live(self, job: DraftJob, challenge_id: int, holder: str) -> None:
        """Check a live challenge as it is now, with the scores of its teams."""
        now = self.tools.clock()
        with self.tools.database.reading() as session:
            mirror = read_mirror(session, challenge_id, now=now)
            code = code_of(session, mirror.draft)
        report = self.checker.live(mirror, code)
        self._end(job, holder, JobState.DONE, {**report, "as_of": now.isoformat()})

    def _launch(
        self,
        job: DraftJob,
        draft: ChallengeDraft,
        files: list[DraftFile],
        code: str | None,
        holder: str,
    ) -> None:
        with self.checker.folder(draft, files, code) as (folder, missing):
            found = self.checker.of_draft(draft, folder, missing)
            report = found.model_dump(mode="json")
            if not found.is_launchable:
                return self._end(job, holder, JobState.REFUSED, report)
            try:
                deployed = self._launched(job, folder, holder)
            except DomainError as error:
                report |= {"refusal": refusal(error)}
                return self._end(job, holder, JobState.REFUSED, report)
            except IntegrityError:
                # Somebody took the address in the same moment: next time that is seen.
                return self._fail(job.id or 0, holder, traceback.format_exc())
        if deployed is not None:
            self._send(deployed)
        return None

    def _launched(self, job: DraftJob, folder: Path, holder: str) -> Deployed | None:
        """Deploy, mark the draft and end the job in one transaction: all of it, or nothing."""
        now = self.tools.clock()
        read = read_folder(folder, now=now, max_bytes_limit=self.checker.most_bytes)
        with self.tools.database.writing() as session:
            deployed = launch(session, job, read, self.checker.circumstances, now=now)
            report = {"changes": changes_of(deployed), "created": deployed.result.created}
            if not self._end_in(session, job, holder, JobState.DONE, report):
                session.rollback()
                return None
            session.commit()
        return deployed

    def _send(self, deployed: Deployed) -> None:
        for submission_id in deployed.to_score:
            self.tools.jobs.send("score", submission_id=submission_id)
        for _ in deployed.to_rescore[:AT_ONCE]:
            self.tools.jobs.send("rescore_next")

    def _end(self, job: DraftJob, holder: str, state: JobState, report: dict[str, Any]) -> None:
        with self.tools.database.writing() as session:
            self._end_in(session, job, holder, state, report)
            session.commit()

    def _end_in(
        self, session: Session, job: DraftJob, holder: str, state: JobState, report: dict[str, Any]
    ) -> bool:
        return DRAFT_JOBS.end(
            session,
            col(DraftJob.id) == job.id,
            holder=holder,
            state=state,
            report=report,
            ended_at=self.tools.clock(),
        )

    def _fail(self, job_id: int, holder: str, trace: str) -> None:
        """Note a fault of ours; at the third time it failed for good."""
        with self.tools.database.writing() as session:
            job = session.get_one(DraftJob, job_id)
            attempts = job.attempts + 1
            state = JobState.FAILED if attempts >= MOST_ATTEMPTS else JobState.QUEUED
            values: dict[str, Any] = {"attempts": attempts, "trace": trace, "state": state}
            which = col(DraftJob.id) == job_id
            DRAFT_JOBS.end(session, which, holder=holder, ended_at=self.tools.clock(), **values)
            session.commit()

    def sweep(self) -> None:
        """Find what a lost signal or a dead worker left behind."""
        with self.tools.database.reading() as session:
            waiting = waiting_jobs(session, now=self.tools.clock(), limit=MOST_SIGNALS)
        if waiting and self.tools.jobs.waiting() < len(waiting):
            for job_id in waiting:
                self.tools.jobs.send("draft", job_id=job_id)

    def tidy(self) -> None:
        """Delete the files of drafts that were given up."""
        tidy_discarded(self.tools)

    def fail_interrupted(self) -> None:
        """End what took its worker down each time."""
        with self.tools.database.writing() as session:
            for job_id in waiting_jobs(session, now=self.tools.clock(), limit=MOST_SIGNALS):
                job = session.get_one(DraftJob, job_id)
                if job.interruptions >= MOST_ATTEMPTS:
                    job.state = JobState.FAILED
                    job.trace = f"The worker died {job.interruptions} times in the middle of it."
                    session.add(job)
            session.commit()


@contextmanager
def _local(store: FileStore, file: DraftFile | None) -> Iterator[str | None]:
    if file is None or not store.has(file.sha256):
        yield None
        return
    with store.local(file.sha256) as path:
        yield str(path)
