"""Fills the demo: people, teams and a month of submissions, each through the product's own acts.

A file is stored, submitted and queued as an upload is, only the clock is a parameter; the worker
scores it like any other.
"""

import hashlib
import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import Session

from server.accounts.actions import create_account
from server.accounts.models import Account
from server.accounts.passwords import hash_password
from server.accounts.roles import grant_manager
from server.challenges.actions import join
from server.challenges.models import Challenge
from server.challenges.queries import challenge_by_slug, phases_of
from server.cli.demo.accounts import PASSWORD
from server.cli.demo.building import build
from server.cli.demo.cast import (
    ADMINISTRATOR,
    JUDGE,
    NEWCOMER,
    ORGANISER,
    UNIVERSITIES,
    Person,
)
from server.cli.demo.certifying import certify
from server.cli.demo.copying import with_a_copy
from server.cli.demo.correcting import Corrections
from server.cli.demo.crews import SHOWN
from server.cli.demo.deciding import EXTENDED, EXTENDED_BEFORE, FROZEN, FROZEN_SINCE, Decisions
from server.cli.demo.drafting import Drafts
from server.cli.demo.introducing import introduce, note, settle
from server.cli.demo.models import predictions
from server.cli.demo.scene import Scene
from server.cli.demo.story import PlannedSubmission, PlannedTeam, plan
from server.cli.demo.talking import Talk
from server.deployments.actions import deploy
from server.folders.reading import read_folder
from server.shared.access import Viewer
from server.submissions.actions import Received, submit
from server.teams.actions import create_team, join_by_code
from server.teams.models import Team
from server.universities.actions import create_university

SEED = 20_26
# They signed up, and founded their teams, some time before they submitted.
SIGNED_UP_BEFORE = timedelta(days=35)
TEAM_BEFORE = timedelta(hours=2)
# Before the first phase of all begins.
DEPLOYED_BEFORE = timedelta(days=33)

# Who is signed in as, with the zone in which they read times.
READERS = {
    SHOWN: "Europe/Berlin",
    UNIVERSITIES[0].manager: "Europe/Berlin",
    ORGANISER: "Europe/Berlin",
    ADMINISTRATOR: "",
}

Say = Callable[[str], None]


class Filler:
    """Plays the demo's story into an instance."""

    def __init__(self, scene: Scene, say: Say) -> None:
        self.scene = scene
        self.say = say
        self.accounts: dict[str, Viewer] = {}
        self.teams: dict[PlannedTeam, int] = {}
        self.held_back: list[PlannedSubmission] = []
        self.extended = False

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
            for person in (ORGANISER, JUDGE, NEWCOMER):
                self._account(session, person, hashed, signed_up)
            self._account(session, ADMINISTRATOR, hashed, signed_up, is_admin=True)
            session.commit()
        students = sum(len(u.students) for u in UNIVERSITIES)
        organiser = self.accounts[ORGANISER.email].account_id
        self.decisions = Decisions(self.scene, self.accounts, organiser)
        self.corrections = Corrections(self.scene, organiser)
        self.talking = Talk(self.scene.database, self.accounts, organiser)
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
            build(path)
            self.corrections.spoil(path.name)
            folder = read_folder(path, now=self.scene.now, allow_relative_times=True)
            with self.scene.database.writing() as session:
                deployed = deploy(
                    session,
                    folder,
                    stores=self.scene.stores,
                    organisers=[ORGANISER.email],
                    replicates=self.scene.replicates,
                    now=self.scene.now - DEPLOYED_BEFORE,
                )
                session.commit()
            self.corrections.mend(path.name)
            for submission_id in deployed.to_score:
                self.scene.jobs.send("score", submission_id=submission_id)
            self.say(f"Challenge deployed: {folder.definition.title}.")
        self.decisions.begin()

    def submissions(self) -> None:
        """Train every model of the story and submit its predictions, in the order of time."""
        story = with_a_copy(plan(self.scene.now, SEED))
        self.say(f"{len(story)} models are being trained, submitted and scored.")
        for number, planned in enumerate(story, 1):
            self._reach(planned.at)
            if self._comes_after_the_freeze(planned):
                self.held_back.append(planned)
            else:
                self._submit(planned)
            if number % 25 == 0 or number == len(story):
                self.say(f"{number} of {len(story)} submissions are in.")

    def _comes_after_the_freeze(self, planned: PlannedSubmission) -> bool:
        return planned.challenge == FROZEN and planned.at > self.scene.now - FROZEN_SINCE

    def _reach(self, moment: datetime) -> None:
        """Have happen what the organiser did before that moment of the story."""
        self.corrections.reach(moment)
        if not self.extended and moment > self.scene.now - EXTENDED_BEFORE:
            self.extended = True
            self.decisions.extend(self._a_team_of(EXTENDED))

    def _a_team_of(self, challenge: str) -> int:
        return next(number for team, number in self.teams.items() if team.challenge == challenge)

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

    def words(self) -> None:
        """Have people talk, ask, draft and write about themselves, while the rest is scored."""
        organiser, now = self.accounts[ORGANISER.email].account_id, self.scene.now
        said = self.talking.begin(now=now)
        waiting = self.decisions.admit()
        Drafts(self.scene, organiser).half_made()
        self.decisions.season(self.accounts[ADMINISTRATOR.email].account_id)
        self.decisions.advise(self._team_of_the_student("digits"))
        with self.scene.database.writing() as session:
            introduce(session, self.accounts, now=now)
            note(session, self.accounts[SHOWN.email].account_id, now=now)
            session.commit()
        self.say(f"{said} announcements and questions are out, {waiting} requests wait.")

    def _team_of_the_student(self, challenge: str) -> int:
        return next(
            number
            for team, number in self.teams.items()
            if team.challenge == challenge and SHOWN in team.members
        )

    def freeze(self) -> None:
        """Freeze a board, and submit what its teams sent since."""
        self.decisions.freeze()
        for planned in self.held_back:
            self._submit(planned)
        self.say(f"A board is frozen; {len(self.held_back)} submissions came since.")

    def results(self) -> None:
        """Have the organiser put a correction live, reveal what has ended, and publish grades."""
        told = self.corrections.finish()
        self.say(f"A corrected truth is live; {told} letters say so.")
        for name in self.decisions.reveal_what_ended():
            self.say(f"The result of {name} is revealed.")
        self.decisions.grade()
        self.talking.crown(now=self.scene.now)
        self.say("Grades and winners are published.")

    def certificates(self) -> None:
        """Have the organiser hand out certificates, and define a standard of three levels."""
        organiser = self.accounts[ORGANISER.email].account_id
        scene = self.scene
        Drafts(scene, organiser).change()
        self.decisions.look_closer()
        certify(scene.database, scene.jobs, organiser_id=organiser, now=scene.now)
        self.say("Certificates are being handed out.")

    def habits(self) -> None:
        """Have the demo's own people choose a time zone, and read most of what they were told."""
        with self.scene.database.writing() as session:
            for person, zone in READERS.items():
                account_id = self.accounts[person.email].account_id
                settle(session, account_id, zone, now=self.scene.now)
            session.commit()
