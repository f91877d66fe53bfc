"""The schedules: each chore once when it is due, and none held up by another."""

import os
import socket
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlmodel import select

from server.accounts.models import BrowserSession
from server.accounts.sessions import open_session
from server.boards.scoring import Scorer
from server.chores import Chore, Chores, Parts, born
from server.evaluations.tools import Tools
from server.shared.mail import KEEP_SENT, OutgoingMail
from server.shared.queue import Jobs, make_engine
from server.shared.storage import FileStore, Stores
from server.submissions.models import Submission
from server.submissions.rules import SubmissionState
from tests.cast import NOON
from tests.scores import LEASE, submitted

HERE = f"{socket.gethostname()}/{os.getpid()}/{born(os.getpid())}/1"


class Sweeps:
    """Stands for another part of the worker, and counts how often it was asked to sweep."""

    count = 0

    def sweep(self) -> None:
        self.count += 1

    def follow(self) -> None:
        """Nothing changed."""

    def ask(self, *_what: object) -> bool:
        """Nothing is waited for."""
        return False

    def fail_interrupted(self) -> None:
        """Nothing is held."""

    def purge(self) -> None:
        """Nothing is old."""

    def tidy(self) -> None:
        """Nothing was given up."""


@pytest.fixture
def chores(settings, database, clock):
    """Make the chores of one worker; each has its own, over the same database."""

    def chores() -> Chores:
        tools = Tools(
            database=database,
            stores=Stores(FileStore(settings.public_store), FileStore(settings.hidden_store)),
            jobs=Jobs(make_engine("", settings.data_dir)),
            isolation=Sweeps(),
            clock=clock,
            name="host/1/2",
            lease=timedelta(minutes=5),
        )
        others = (Sweeps() for _ in Parts._fields[1:])
        parts = Parts(Scorer(tools, base_url=settings.base_url), *others)
        return Chores(settings=settings, database=database, parts=parts, clock=clock)

    return chores


@pytest.fixture
def two(chores):
    """Two workers whose chores note that they ran."""
    ran: Counter[str] = Counter()
    workers = (chores(), chores())
    for worker in workers:
        worker.all = tuple(
            chore._replace(run=lambda name=chore.name: ran.update([name])) for chore in worker.all
        )
    return workers, ran


def claimed(database, cast, holder: str) -> int:
    """Have a worker hold a submission."""
    with database.writing() as session:
        submission = submitted(session, cast)
        submission.state, submission.lease_holder = SubmissionState.SCORING, holder
        submission.lease_until = NOON + LEASE
        session.commit()
        return submission.id


def state_of(database, submission_id: int) -> SubmissionState:
    with database.reading() as session:
        return session.get_one(Submission, submission_id).state


def test_each_chore_runs_once_for_two_workers_and_again_when_it_is_due(two, clock):
    (one, other), ran = two
    names = {chore.name for chore in one.all}
    one.run_due()
    other.run_due()
    assert ran == dict.fromkeys(names, 1)
    for seconds in sorted({chore.seconds for chore in one.all}):
        clock.moment = NOON + timedelta(seconds=seconds)
        before = Counter(ran)
        other.run_due()
        one.run_due()
        due = {chore.name for chore in one.all if chore.seconds == seconds}
        assert {name: ran[name] - before[name] for name in due} == dict.fromkeys(due, 1)


def test_a_chore_that_is_not_due_yet_is_left(two, clock):
    (one, other), ran = two
    one.run_due()
    clock.forward(seconds=0.999)
    other.run_due()
    assert set(ran.values()) == {1}


def test_two_workers_at_the_same_moment_run_a_chore_once(two, clock):
    workers, ran = two
    workers[0].run_due()
    ran.clear()
    clock.forward(hours=2)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(Chores.run_due, workers))
    assert ran == {chore.name: 1 for chore in workers[0].all}


def test_after_a_long_sleep_a_chore_runs_once_and_not_for_every_turn_it_missed(two, clock):
    (one, _), ran = two
    one.run_due()
    clock.forward(days=3)
    one.run_due()
    one.run_due()
    assert set(ran.values()) == {2}


@pytest.mark.parametrize("fault", [RuntimeError("broken"), OSError("disk"), ValueError("odd")])
def test_a_chore_that_fails_stops_no_other_and_is_tried_at_its_next_turn(chores, clock, fault):
    worker, ran = chores(), []

    def broken() -> None:
        ran.append("broken")
        raise fault

    worker.all = (
        Chore("before", 1, lambda: ran.append("before")),
        Chore("broken", 1, broken),
        Chore("after", 1, lambda: ran.append("after")),
    )
    for _ in range(2):
        worker.run_due()
        clock.forward(seconds=1)
    assert ran == ["before", "broken", "after"] * 2


def test_every_chore_runs_on_an_instance_without_anything_in_it(chores, cast):
    worker = chores()
    for chore in worker.all:
        chore.run()
    assert worker.parts.rescorer.count == 1
    assert worker.parts.scorer.tools.jobs.waiting() == 0


def test_a_submission_whose_signal_was_lost_is_found(chores, database, cast):
    with database.writing() as session:
        submitted(session, cast)
        session.commit()
    worker = chores()
    worker.sweep()
    assert worker.parts.scorer.tools.jobs.waiting() == 1
    worker.sweep()
    assert worker.parts.scorer.tools.jobs.waiting() == 1


@pytest.mark.parametrize(
    ("holder", "state"),
    [
        (HERE, SubmissionState.SCORING),
        (HERE.replace(born(os.getpid()), "1"), SubmissionState.QUEUED),
        (f"{socket.gethostname()}/999999999/1/1", SubmissionState.QUEUED),
        ("another-machine/999999999/1/1", SubmissionState.SCORING),
    ],
    ids=["alive", "number-reborn", "dead", "elsewhere"],
)
def test_what_a_dead_worker_of_this_machine_holds_is_free_at_once(
    chores, database, cast, holder, state
):
    submission_id = claimed(database, cast, holder)
    chores().free_the_dead()
    assert state_of(database, submission_id) is state


def test_old_mail_and_what_broken_uploads_left_are_purged(chores, database, settings, clock):
    with database.writing() as session:
        for age in (KEEP_SENT * 2, timedelta(0)):
            at = NOON - age
            session.add(
                OutgoingMail(
                    recipient="x@x.example", subject="x", body="", created_at=at, sent_at=at
                )
            )
        session.commit()
    incoming = settings.data_dir / "incoming"
    incoming.mkdir(parents=True)
    for name, hours in (("upload-old", 25), ("upload-new", 23)):
        (incoming / name).touch()
        moment = (NOON - timedelta(hours=hours)).timestamp()
        os.utime(incoming / name, (moment, moment))
    chores().purge()
    with database.reading() as session:
        assert [m.sent_at for m in session.exec(select(OutgoingMail))] == [NOON]
    assert [path.name for path in incoming.iterdir()] == ["upload-new"]


def test_sessions_of_browsers_that_nobody_uses_are_purged(chores, database, cast, clock):
    with database.writing() as session:
        for age in (20, 1):
            at = NOON - timedelta(days=age)
            open_session(session, account_id=cast.wei.id, browser="", now=at)
        session.commit()
    chores().purge()
    with database.reading() as session:
        kept = session.exec(select(BrowserSession)).all()
    assert [row.seen_on for row in kept] == [NOON - timedelta(days=1)]


def test_a_process_is_known_by_when_it_was_born():
    assert born(os.getpid()).isdigit()
    assert born(999_999_999) == ""
