"""The worker's checks: of a draft, of what it would change, and of a live challenge as it is."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from sqlmodel import Session

from server.archives.definitions import usage_file
from server.challenges.queries import phases_of
from server.deployments.run import Deployed
from server.drafts.diffs import with_diffs
from server.drafts.documents import section
from server.drafts.launching import Circumstances, preview
from server.drafts.looking import CheckFound, FaultFound, FieldGiven, check_in_child
from server.drafts.making import METRIC, make_folder
from server.drafts.mirroring import Field, Mirror
from server.drafts.models import ChallengeDraft, DraftFile
from server.drafts.texts import draft_texts, live_texts
from server.evaluations.queries import live_evaluation
from server.evaluations.scoring import SidesReport, say_sides
from server.evaluations.sides import truth_of
from server.evaluations.tools import Tools
from server.folders.faults import FolderFault
from server.folders.reading import read_folder
from server.shared.errors import DomainError
from server.shared.isolation import LimitExceeded


class Checker:
    """Makes folders of drafts and has them checked in the limited child."""

    def __init__(self, tools: Tools, circumstances: Circumstances, most_bytes: int) -> None:
        self.tools = tools
        self.circumstances = circumstances
        self.most_bytes = most_bytes

    @contextmanager
    def folder(
        self, draft: ChallengeDraft, files: list[DraftFile], code: str | None
    ) -> Iterator[tuple[Path, list[FolderFault]]]:
        """A draft as a folder on the disk, and what of it is not there."""
        with tempfile.TemporaryDirectory(prefix="varsity-draft-") as scratch:
            yield make_folder(draft, files, Path(scratch), stores=self.tools.stores, code=code)

    def checked(
        self,
        folder: Path,
        missing: list[FolderFault],
        fields: Mapping[str, FieldGiven] | None = None,
    ) -> CheckFound:
        """Check a folder in the limited child."""
        if missing:
            return CheckFound(faults=[FaultFound.of(fault) for fault in missing])
        now = self.tools.clock().isoformat()
        try:
            text = self.tools.isolation.run(
                check_in_child, str(folder), now, self.most_bytes, self.tools.rules, fields
            )
        except LimitExceeded as error:
            return CheckFound(trace=str(error))
        return CheckFound.model_validate_json(text)

    def of_draft(
        self, draft: ChallengeDraft, folder: Path, missing: list[FolderFault]
    ) -> CheckFound:
        """Check a draft's folder; that a phase of its live challenge is over is no mistake."""
        found = self.checked(folder, missing)
        with self.tools.database.reading() as session:
            known = {phase.slug for phase in phases_of(session, draft.challenge_id or 0)}
        found.lines = [
            line for line in found.lines if line["code"] != "past" or line["phase"] not in known
        ]
        return found

    def previewed(self, draft: ChallengeDraft, folder: Path) -> dict[str, Any]:
        """Say what applying a draft would change in its live challenge, without doing it."""
        read = read_folder(folder, now=self.tools.clock(), max_bytes_limit=self.most_bytes)
        with self.tools.database.writing() as session:
            before = live_texts(session, draft)
            try:
                deployed = preview(session, draft, read, self.circumstances, now=self.tools.clock())
                changes = with_diffs(changes_of(deployed), before, draft_texts(draft))
                said: dict[str, Any] = {"changes": changes}
            except DomainError as error:
                said = {"refusal": refusal(error)}
            session.rollback()
        return said

    def live(self, mirror: Mirror, code: str | None) -> dict[str, Any]:
        """Check a live challenge as it is, with the files of its first teams."""
        with (
            self.folder(mirror.draft, mirror.files, code) as (folder, missing),
            ExitStack() as held,
        ):
            if not missing:
                self._keep_sides(mirror, folder)
            fields = {slug: self._given(field, held) for slug, field in mirror.fields.items()}
            found = self.checked(folder, missing, fields)
        # That a phase of a challenge is over is no mistake once it has run.
        found.lines = [line for line in found.lines if line["code"] != "past"]
        return found.model_dump(mode="json")

    def _keep_sides(self, mirror: Mirror, folder: Path) -> None:
        """Write which rows are public where a correction kept them, as the boards are scored."""
        for slug, evaluation in mirror.corrected.items():
            with truth_of(
                self.tools.stores.hidden_files, evaluation.solution_sha256, evaluation.spec
            ) as truth:
                text = self.tools.isolation.run(say_sides, str(truth.solution), truth.spec)
            report = SidesReport.model_validate_json(text)
            # Where it can't be told, the check names the table as missing.
            if not report.problem:
                (folder / usage_file(slug)).write_bytes(report.table_bytes)

    def _given(self, field: Field, held: ExitStack) -> FieldGiven:
        store = self.tools.stores.public_files
        files = [
            (team.name, str(held.enter_context(store.local(team.sha256))))
            for team in field.teams
            if store.has(team.sha256)
        ]
        return FieldGiven(files, field.scores)


def code_of(session: Session, draft: ChallengeDraft) -> str | None:
    """Return the metric file of a live challenge: code never comes with a draft."""
    named = section(draft.definition, "scoring").get("scorer")
    if draft.challenge_id is None or named != METRIC:
        return None
    for phase in phases_of(session, draft.challenge_id):
        live = live_evaluation(session, phase.id)
        if live is not None and live.spec.get("code"):
            return str(live.spec["code"])
    return None


def changes_of(deployed: Deployed) -> list[dict[str, str]]:
    """Return what a deployment changes, as it is kept with a check."""
    return [
        {"kind": c.kind.value, "what": c.what, "before": c.before, "after": c.after}
        for c in deployed.changes
    ]


def refusal(error: DomainError) -> dict[str, Any]:
    """Return why a deployment was refused, as it is kept with a check."""
    values = {name: str(value) for name, value in error.values.items()}
    return {"message": error.message, "values": values, "code": error.code}
