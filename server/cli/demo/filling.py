"""Fills the demo: people, teams and a month of submissions, each through the product's own acts.

A file is stored, submitted and queued as an upload is, only the clock is a parameter; the worker
scores it like any other.
"""

import hashlib
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from sqlmodel import Session

from server.accounts.actions import create_account
from server.accounts.models import Account
from server.accounts.passwords import hash_password
from server.accounts.roles import grant_manager
from server.boards.actions import reveal
from server.challenges.actions import join
from server.challenges.models import Challenge, Phase
from server.challenges.queries import challenge_by_slug, phases_of
from server.challenges.rules import INCLUSIVE, Reveal
from server.cli.demo.accounts import PASSWORD
from server.cli.demo.cast import ADMINISTRATOR, ORGANISER, UNIVERSITIES, Person
from server.cli.demo.certifying import certify
from server.cli.demo.models import predictions
from server.cli.demo.story import PlannedSubmission, PlannedTeam, plan
from server.cli.demo.talking import Talk
from server.deployments.actions import deploy
from server.folders.reading import read_folder, run_prepare
from server.shared.access import Viewer
from server.shared.database import Database
from server.shared.errors import Conflict
from server.shared.queue import Jobs
from server.shared.storage import Stores
from server.submissions.actions import Received, submit
from server.submissions.queries import anything_waits
from server.teams.actions import create_team, join_by_code
from server.teams.models import Team
from server.universities.actions import create_university

SEED = 20_26
# They signed up, and founded their teams, some time before they submitted.
SIGNED_UP_BEFORE = timedelta(days=35)
TEAM_BEFORE = timedelta(hours=2)

Say = Callable[[str], None]


class Scene(NamedTuple):
    """Where the demo happens."""

    database: Database
    stores: Stores
    jobs: Jobs
    folders: Path
    now: datetime
    replicates: int


class Filler:
    """Plays the demo's story into an instance."""

    def __init__(self, scene: Scene, say: Say) -> None:
        self.scene = scene
        self.say = say
        self.accounts: dict[str, Viewer] = {}
        self.teams: dict[PlannedTeam, int] = {}

    def people(self) -> None:
        """Create the universities, their managers and students, the organiser and the admin."""
        signed_up = self.scene.now - SIGNED_UP_BEFORE
        hashed = hash_password(PASSWORD)
        with self.scene.database.writing() as session:
            for planned in UNIVERSITIES:
                university = create_university(
                    session,
                    slug=planned.slug,
                    name=planned.name,
                    native_name=planned.native_name,
                    country=planned.country,
                    domains=[planned.domain],
                    now=signed_up,
                )
                manager = self._account(session, planned.manager, hashed, signed_up)
                grant_manager(
                    session,
                    university_id=university.id or 0,
                    account_id=manager.id or 0,
                    actor_id=None,
                    now=signed_up,
                )
                for student in planned.students:
                    self._account(session, student, hashed, signed_up)
            self._account(session, ORGANISER, hashed, signed_up)
            self._account(session, ADMINISTRATOR, hashed, signed_up, is_admin=True)
            session.commit()
        students = sum(len(u.students) for u in UNIVERSITIES)
        self.say(f"{len(UNIVERSITIES)} universities and {students} students signed up.")

    def _account(
        self,
        session: Session,
        person: Person,
        hashed: str,
        now: datetime,
        *,
        is_admin: bool = False,
    ) -> Account:
        account = create_account(
            session,
            email=person.email,
            name=person.name,
            password_hash=hashed,
            confirmed=True,
            is_admin=is_admin,
            now=now,
        )
        self.accounts[person.email] = Viewer(
            id=account.id,
            name=account.name,
            email=account.email,
            confirmed=True,
            university_id=account.university_id,
        )
        return account

    def challenges(self) -> None:
        """Build the hidden answers of every bundled challenge and deploy it."""
        for path in sorted(p for p in self.scene.folders.iterdir() if p.is_dir()):
            run_prepare(path, show=lambda _line: None)
            folder = read_folder(path, now=self.scene.now, allow_relative_times=True)
            with self.scene.database.writing() as session:
                deployed = deploy(
                    session,
                    folder,
                    stores=self.scene.stores,
                    organisers=[ORGANISER.email],
                    replicates=self.scene.replicates,
                    now=self.scene.now,
                )
                session.commit()
            for submission_id in deployed.to_score:
                self.scene.jobs.send("score", submission_id=submission_id)
            self.say(f"Challenge deployed: {folder.definition.title}.")

    def submissions(self) -> None:
        """Train every model of the story and submit its predictions, in the order of time."""
        story = plan(self.scene.now, SEED)
        self.say(f"{len(story)} models are being trained, submitted and scored.")
        for number, planned in enumerate(story, 1):
            self._submit(planned)
            if number % 25 == 0 or number == len(story):
                self.say(f"{number} of {len(story)} submissions are in.")

    def _submit(self, planned: PlannedSubmission) -> None:
        content = predictions(self.scene.folders / planned.challenge, planned.model)
        sha256 = hashlib.sha256(content).hexdigest()
        with tempfile.NamedTemporaryFile(prefix="varsity-demo-") as file:
            file.write(content)
            file.flush()
            self.scene.stores.public_files.put(Path(file.name), sha256)
        with self.scene.database.writing() as session:
            challenge = challenge_by_slug(session, planned.challenge)
            phases = {p.slug: p for p in phases_of(session, challenge.id or 0)}
            submitted = submit(
                session,
                account_id=self.accounts[planned.by.email].account_id,
                challenge=challenge,
                phase=phases[planned.phase],
                team_id=self._team(session, challenge, planned),
                ended_challenge=False,
                upload=Received(planned.filename, len(content), sha256),
                comment=planned.comment,
                now=planned.at,
            )
            session.commit()
        self.scene.jobs.send("score", submission_id=submitted.submission.id)

    def _team(self, session: Session, challenge: Challenge, planned: PlannedSubmission) -> int:
        known = self.teams.get(planned.team)
        if known is not None:
            return known
        founded = planned.at - TEAM_BEFORE
        captain, *others = (self.accounts[m.email] for m in planned.team.members)
        for viewer in (captain, *others):
            join(session, challenge=challenge, account_id=viewer.account_id, now=founded)
        team: Team = create_team(
            session,
            challenge=challenge,
            account_id=captain.account_id,
            name=planned.team.name,
            now=founded,
        )
        for viewer in others:
            join_by_code(session, code=team.code, viewer=viewer, now=founded)
        assert team.id is not None
        self.teams[planned.team] = team.id
        return team.id

    def results(self) -> None:
        """Have the organiser reveal what has ended, once everything is scored."""
        organiser = self.accounts[ORGANISER.email].account_id
        for challenge, phase_id in self._ended():
            while not self._reveal(phase_id, organiser):
                time.sleep(0.5)
            self.say(f"The result of {challenge} is revealed.")

    def talk(self) -> None:
        """Have the organiser announce, answer and name winners, and students ask."""
        organiser = self.accounts[ORGANISER.email].account_id
        said = Talk(self.scene.database, self.accounts, organiser).begin(now=self.scene.now)
        self.say(f"{said} announcements and questions are out.")

    def certificates(self) -> None:
        """Have the organiser hand out certificates, and define a standard of three levels."""
        organiser = self.accounts[ORGANISER.email].account_id
        scene = self.scene
        certify(scene.database, scene.jobs, organiser_id=organiser, now=scene.now)
        self.say("Certificates are being handed out.")

    def _ended(self) -> Sequence[tuple[str, int]]:
        found = []
        with self.scene.database.reading() as session:
            for path in sorted(p for p in self.scene.folders.iterdir() if p.is_dir()):
                challenge = challenge_by_slug(session, path.name)
                for phase in phases_of(session, challenge.id or 0):
                    ended = phase.ends + INCLUSIVE <= self.scene.now
                    if ended and phase.reveal is Reveal.BY_ORGANISER:
                        found.append((f"{challenge.title}, {phase.title}", phase.id or 0))
        return found

    def _reveal(self, phase_id: int, organiser: int) -> bool:
        with self.scene.database.writing() as session:
            phase = session.get_one(Phase, phase_id)
            if anything_waits(session, phase, now=self.scene.now):
                return False
            try:
                reveal(session, phase=phase, actor_id=organiser, now=self.scene.now)
            except Conflict:
                return True
            session.commit()
        return True
