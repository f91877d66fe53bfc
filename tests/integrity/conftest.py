"""A phase with twelve teams, their files and a solution, and a reporter whose child is here."""

import hashlib
from pathlib import Path

import numpy as np
import pytest

from server.accounts.models import Account
from server.challenges.models import Phase
from server.evaluations.tools import Tools
from server.integrity.reporting import Reporter
from server.shared.queue import Jobs, make_engine
from server.shared.storage import FileStore, Stores
from tests.boards.scored import add_member, add_team, scored
from tests.cast import NOON, PASSWORD_HASH
from tests.scores import LEASE, add_live

ROWS = 300
TRUTH = np.random.default_rng(0).integers(0, 3, ROWS)


class Here:
    """Runs in this process what a child would do, and notes how often."""

    def __init__(self) -> None:
        self.runs = 0

    def run(self, function, *arguments) -> str:
        self.runs += 1
        return function(*arguments)

    def stop(self) -> None:
        """There is nothing to stop."""


def answers(seed: int) -> np.ndarray:
    """Answers of an honest team: mistakes on the hard rows, of which every third is one."""
    rng = np.random.default_rng(seed)
    wrong = rng.random(ROWS) < np.where(np.arange(ROWS) % 3 == 0, 0.45, 0.02)
    return np.where(wrong, (TRUTH + rng.integers(1, 3, ROWS)) % 3, TRUTH)


def text_of(labels, *, order=None) -> str:
    rows = range(len(labels)) if order is None else order
    return "id,digit\n" + "".join(f"{row},{labels[row]}\n" for row in rows)


class Contest:
    """Adds teams and what they send to phase `a` of digits."""

    def __init__(self, session, cast, settings, folder: Path) -> None:
        self.session, self.cast, self.folder = session, cast, folder
        self.files = FileStore(settings.public_store)
        self.hidden = FileStore(settings.hidden_store)
        self.phase = session.get_one(Phase, cast.phase_a.id)
        usage = ["Public" if row % 2 else "Private" for row in range(ROWS)]
        solution = "id,digit,Usage\n" + "".join(
            f"{row},{TRUTH[row]},{usage[row]}\n" for row in range(ROWS)
        )
        self.live = add_live(session, self.phase, solution=self.put(self.hidden, solution))
        self.teams, self.people = [], []

    def put(self, store: FileStore, text: str) -> str:
        path = self.folder / "to-store"
        path.write_text(text)
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        store.put(path, sha256)
        return sha256

    def person(self, name: str) -> Account:
        made = Account(
            email=f"{name}@mail.example",
            name=name,
            password_hash=PASSWORD_HASH,
            confirmed_at=NOON,
            created_at=NOON,
        )
        self.session.add(made)
        self.session.flush()
        return made

    def team(self, name: str):
        captain = self.person(f"captain-of-{len(self.teams)}")
        made = add_team(self.session, self.phase.challenge_id, name, captain=captain)
        add_member(self.session, made, captain)
        self.teams.append(made)
        self.people.append(captain)
        return made

    def send(self, team, text: str, *, at=NOON, score: float = 0.8, **values):
        by = self.people[self.teams.index(team)] if team is not None else None
        sha256 = self.put(self.files, text)
        sent = scored(self.session, self.phase, team, score, score, at=at, by=by, **values)
        sent.sha256 = sha256
        self.session.add(sent)
        self.session.flush()
        return sent


@pytest.fixture
def stage(session, cast, settings, tmp_path) -> Contest:
    """The phase with its solution, before anybody sent anything."""
    made = Contest(session, cast, settings, tmp_path)
    session.commit()
    return made


@pytest.fixture
def contest(session, stage) -> Contest:
    """Twelve honest teams."""
    for seed in range(12):
        stage.send(stage.team(f"Team {seed}"), text_of(answers(seed)), score=0.8 + seed / 1000)
    session.commit()
    return stage


@pytest.fixture
def reporter(database, settings, clock) -> Reporter:
    """A worker's reporter; its child is `reporter._isolation`."""
    tools = Tools(
        database=database,
        stores=Stores(FileStore(settings.public_store), FileStore(settings.hidden_store)),
        jobs=Jobs(make_engine("", settings.data_dir)),
        isolation=Here(),
        clock=clock,
        name="host/1/2",
        lease=LEASE,
    )
    made = Reporter(tools, memory_bytes=settings.scoring_memory_bytes)
    made._isolation = Here()
    return made
