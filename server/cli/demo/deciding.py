"""What is decided in the demo's month: who judges, who may come, what is frozen or revealed."""

import time
import tomllib
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import Session

from server.accounts import affiliation
from server.accounts.queries import account_by_email, account_by_id
from server.boards.actions import reveal
from server.challenges.actions import invite
from server.challenges.models import Challenge, Phase
from server.challenges.queries import challenge_by_slug, phases_of
from server.challenges.registrations import ask_to_take_part, decide_registrations
from server.challenges.rules import INCLUSIVE, Reveal, Role
from server.classes.actions import publish
from server.cli.demo.cast import JUDGE, NEWCOMER, UNIVERSITIES
from server.cli.demo.crews import COURSE
from server.cli.demo.introducing import date_scores_back
from server.cli.demo.scene import Scene
from server.controls.actions import By, Gift, extend, freeze, give_extra
from server.integrity.actions import ask_for_report
from server.organise.people import add_person
from server.shared.access import Viewer
from server.shared.errors import Conflict
from server.standings.actions import create_season
from server.submissions.queries import anything_waits
from server.teams.advising import name_adviser
from server.teams.queries import team_by_id
from server.universities.queries import university_by_slug

ASKED: list[Mapping[str, Any]] = tomllib.loads(
    Path(__file__).with_name("admissions.toml").read_text(encoding="utf-8")
)["asked"]
PATIENCE = 0.5  # seconds between two looks at what a worker does
ANSWERED_AFTER = timedelta(hours=7)
CLASS, JUDGED, WITH_APPROVAL = "wine-course", "breast-cancer", "travel-mode"
# A phase whose board stands still since some hours before now, to keep the end exciting.
FROZEN, FROZEN_SINCE = "breast-cancer", timedelta(hours=24)
EXTENDED, EXTENDED_BEFORE = "mauna-loa-co2", timedelta(days=3)
WHY_EXTENDED = (
    "The server was down on Tuesday from 18:00 to 23:00 UTC. Everybody gets two days in its place."
)
WHY_MORE = "Two of your files were lost when the server was down on Tuesday."
NO_ACCOUNT_YET = "exchange.student@tum.example"
SEASON = {"digits": 1.0, "diabetes": 1.0, "breast-cancer": 1.5}


class Decisions:
    """The organiser's, the administrator's and a manager's decisions, in the product's own acts."""

    def __init__(self, scene: Scene, accounts: Mapping[str, Viewer], organiser: int) -> None:
        self.scene = scene
        self.accounts = accounts
        self.organiser = organiser

    def begin(self) -> None:
        """Name a judge, and put the class on its list."""
        with self.scene.database.writing() as session:
            judged, taught = (challenge_by_slug(session, slug) for slug in (JUDGED, CLASS))
            phase = phases_of(session, taught.id or 0)[0]
            add_person(
                session,
                challenge_id=judged.id or 0,
                email=JUDGE.email,
                role=Role.JUDGE,
                actor_id=self.organiser,
                now=phase.starts,
            )
            students = [s.email for u in UNIVERSITIES if u.slug in COURSE for s in u.students]
            invite(
                session,
                challenge=taught,
                emails=[*students, NO_ACCOUNT_YET],
                base_url=self.scene.base_url,
                now=phase.starts - timedelta(days=1),
            )
            session.commit()

    def admit(self) -> int:
        """Have people ask to take part, and answer some; return how many still wait."""
        with self.scene.database.writing() as session:
            challenge = challenge_by_slug(session, WITH_APPROVAL)
            for asked in ASKED:
                self._admit(session, challenge, asked)
            session.commit()
        return sum("admitted" not in asked for asked in ASKED)

    def _admit(self, session: Session, challenge: Challenge, asked: Mapping[str, Any]) -> None:
        account = account_by_id(session, self.accounts[asked["who"]].account_id)
        at = self.scene.now - timedelta(days=asked["days"])
        ask_to_take_part(
            session,
            challenge=challenge,
            account=account,
            message=asked.get("message", ""),
            answers=asked["answers"],
            now=at,
        )
        if "admitted" in asked:
            session.flush()
            decide_registrations(
                session,
                challenge=challenge,
                account_ids=[account.id or 0],
                approved=asked["admitted"],
                reason=asked["reason"],
                actor_id=self.organiser,
                now=at + ANSWERED_AFTER,
            )

    def extend(self, team_id: int) -> None:
        """Let a phase end two days later, and give a team that lost files two more."""
        by = By(self.organiser, self.scene.now - EXTENDED_BEFORE)
        with self.scene.asked(), self.scene.database.writing() as session:
            challenge = challenge_by_slug(session, EXTENDED)
            phase = phases_of(session, challenge.id or 0)[-1]
            until = phase.ends + timedelta(days=2)
            extend(session, challenge, phase, until=until, reason=WHY_EXTENDED, by=by)
            gift = Gift(total=2, per_day=0, day=None, reason=WHY_MORE)
            give_extra(session, phase, team_by_id(session, team_id), gift=gift, by=by)
            session.commit()

    def freeze(self) -> None:
        """Freeze a board, once all that was sent until then is scored."""
        frozen_at = self.scene.now - FROZEN_SINCE
        while not self._freeze(frozen_at):
            time.sleep(PATIENCE)

    def _freeze(self, now: datetime) -> bool:
        with self.scene.database.writing() as session:
            challenge = challenge_by_slug(session, FROZEN)
            phase = phases_of(session, challenge.id or 0)[0]
            if anything_waits(session, phase, now=self.scene.now):
                return False
            date_scores_back(session, phase.id or 0, until=now)
            freeze(session, phase, by=By(self.organiser, now))
            session.commit()
        return True

    def reveal_what_ended(self) -> list[str]:
        """Reveal what has ended, once everything is scored; return what that was."""
        found = self._ended()
        for _name, phase_id in found:
            while not self._reveal(phase_id):
                time.sleep(PATIENCE)
        return [name for name, _phase_id in found]

    def _ended(self) -> list[tuple[str, int]]:
        found = []
        with self.scene.database.reading() as session:
            for path in sorted(p for p in self.scene.folders.iterdir() if p.is_dir()):
                challenge = challenge_by_slug(session, path.name)
                for phase in phases_of(session, challenge.id or 0):
                    ended = phase.ends + INCLUSIVE <= self.scene.now
                    if ended and phase.reveal is Reveal.BY_ORGANISER:
                        found.append((f"{challenge.title}, {phase.title}", phase.id or 0))
        return found

    def _reveal(self, phase_id: int) -> bool:
        with self.scene.database.writing() as session:
            phase = session.get_one(Phase, phase_id)
            if anything_waits(session, phase, now=self.scene.now):
                return False
            try:
                reveal(session, phase=phase, actor_id=self.organiser, now=self.scene.now)
            except Conflict:
                return True
            session.commit()
        return True

    def grade(self) -> None:
        """Publish the class's grades."""
        with self.scene.database.writing() as session:
            challenge = challenge_by_slug(session, CLASS)
            phase = phases_of(session, challenge.id or 0)[0]
            publish(
                session,
                challenge=challenge,
                phase=phase,
                actor_id=self.organiser,
                now=self.scene.now,
            )
            session.commit()

    def look_closer(self) -> None:
        """Have a report made on what deserves a second look."""
        with self.scene.database.writing() as session:
            challenge = challenge_by_slug(session, "digits")
            phase = phases_of(session, challenge.id or 0)[0]
            by, now = self.organiser, self.scene.now
            report = ask_for_report(session, phase=phase, actor_id=by, now=now)
            session.commit()
        self.scene.jobs.send("integrity", report_id=report.id)

    def season(self, administrator: int) -> None:
        """Make a season of three challenges."""
        with self.scene.database.writing() as session:
            create_season(
                session,
                slug="autumn",
                title="Autumn term",
                challenges=SEASON,
                actor_id=administrator,
                now=self.scene.now - timedelta(days=20),
            )
            session.commit()

    def advise(self, team_id: int) -> None:
        """Name the manager of a team's university its adviser, and have somebody ask to belong."""
        university, now = UNIVERSITIES[0], self.scene.now
        with self.scene.asked(), self.scene.database.writing() as session:
            known = university_by_slug(session, university.slug)
            manager = account_by_email(session, university.manager.email)
            name_adviser(
                session,
                team_id=team_id,
                university_id=known.id or 0,
                account=manager,
                actor_id=self.accounts[university.manager.email].account_id,
                now=now - timedelta(days=12),
            )
            affiliation.ask(
                session,
                account_id=self.accounts[NEWCOMER.email].account_id,
                university=known,
                note="Doctoral student in informatics since October; my address comes next week.",
                now=now - timedelta(hours=9),
            )
            session.commit()
