"""The worker's part: every public file is looked at once, and none of them can stop the worker."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import select

from server.challenges.models import ChallengeFile
from server.evaluations.tools import Tools
from server.kits.actions import claim_look
from server.kits.models import LOOKS, FilePreview
from server.kits.previewing import Previewer
from server.kits.rules import LookState
from server.shared.isolation import LimitExceeded, NoChildren
from server.shared.storage import FileStore, Stores
from tests.cast import NOON

LEASE = timedelta(minutes=10)


class Sent:
    """Stands for the engine: remembers what was sent."""

    def __init__(self) -> None:
        self.signals: list[str] = []

    def handle(self, name: str, handler: object) -> None:
        """Signals are delivered by hand in these tests."""

    def send(self, name: str, *, sha256: str) -> None:
        self.signals.append(sha256)

    def waiting(self) -> int:
        return 0


class Here:
    """Stands for the limited child: runs what it is given here, or dies first."""

    def __init__(self) -> None:
        self.fails: Exception | None = None
        self.runs = 0

    def run(self, function, *arguments) -> str:
        self.runs += 1
        if self.fails is not None:
            raise self.fails
        return function(*arguments)


@pytest.fixture
def previewer(settings, database, clock, monkeypatch) -> Previewer:
    monkeypatch.setattr("server.kits.looking.NICENESS", 0)
    return Previewer(
        Tools(
            database=database,
            stores=Stores(FileStore(settings.public_store), FileStore(settings.hidden_store)),
            jobs=Sent(),
            isolation=Here(),
            clock=clock,
            name="host/1/2",
            lease=LEASE,
        )
    )


def rows(database) -> list[FilePreview]:
    with database.reading() as session:
        return list(session.exec(select(FilePreview).order_by(FilePreview.name)))


def looked_at(previewer) -> None:
    previewer.sweep()
    for sha256 in previewer.tools.jobs.signals:
        previewer.look(sha256)
    previewer.tools.jobs.signals.clear()


def test_the_sweep_finds_every_file_and_each_is_looked_at_once(previewer, database, files) -> None:
    looked_at(previewer)
    sample, test, train = rows(database)
    assert {row.state for row in (sample, test, train)} == {LookState.LOOKED}
    assert (train.found["table"]["rows"], train.looked_at, train.lease_holder) == (60, NOON, None)
    looked_at(previewer)
    previewer.look(train.sha256)
    assert previewer.tools.isolation.runs == 3


def test_the_same_bytes_under_two_names_are_one_look(previewer, database, add_files) -> None:
    add_files(**{"a.csv": "id\n1\n", "b.csv": "id\n1\n"})
    looked_at(previewer)
    assert len(rows(database)) == 1


def test_what_is_no_challenge_s_file_any_more_is_forgotten(previewer, database, files) -> None:
    looked_at(previewer)
    with database.writing() as session:
        session.execute(sa.delete(ChallengeFile).where(ChallengeFile.name == "train.csv"))
        session.commit()
    previewer.sweep()
    assert [row.name for row in rows(database)] == ["sample_submission.csv", "test.csv"]


def test_an_earlier_way_of_looking_is_followed_by_another_look(
    previewer, database, files, monkeypatch
) -> None:
    looked_at(previewer)
    for place in ("queries", "actions"):
        monkeypatch.setattr(f"server.kits.{place}.VERSION", 99)
    looked_at(previewer)
    assert {row.version for row in rows(database)} == {99}
    assert previewer.tools.isolation.runs == 6


def test_over_a_limit_twice_it_failed_and_says_which(previewer, database, add_files) -> None:
    add_files(**{"a.csv": "id\n1\n"})
    previewer.tools.isolation.fails = LimitExceeded("scoring needed more than 4 bytes of memory")
    for _ in range(4):
        looked_at(previewer)
    (row,) = rows(database)
    assert (row.state, previewer.tools.isolation.runs) == (LookState.FAILED, 2)
    assert "memory" in row.trace


def test_a_machine_that_can_start_nothing_costs_no_try(previewer, database, add_files) -> None:
    add_files(**{"a.csv": "id\n1\n"})
    previewer.tools.isolation.fails = NoChildren("no process can be started")
    looked_at(previewer)
    (row,) = rows(database)
    assert (row.state, row.attempts, row.lease_holder) == (LookState.QUEUED, 0, None)


def test_what_took_its_worker_down_each_time_fails(previewer, database, add_files) -> None:
    add_files(**{"a.csv": "id\n1\n"})
    previewer.sweep()
    (row,) = rows(database)
    for _ in range(2):
        with database.writing() as session:
            assert claim_look(session, row.sha256, holder="dead/7/8/x", now=NOON, lease=LEASE)
            LOOKS.give_back(session, "dead/7/8", died=True)
            session.commit()
    previewer.fail_interrupted()
    (row,) = rows(database)
    assert (row.state, "died 2 times" in row.trace) == (LookState.FAILED, True)
