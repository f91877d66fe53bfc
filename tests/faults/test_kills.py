"""Processes are killed at random moments while students upload: nothing is lost or doubled."""

import os
import random
import signal
import threading
import time
from contextlib import suppress

import pytest
from sqlmodel import func, select

from server.shared.database import Database
from server.shared.storage import FileStore
from server.submissions.models import SUBMISSIONS, Submission
from tests.faults.checking import all_ended, check_entries, check_quotas, check_submissions
from tests.faults.producing import Producer
from tests.faults.running import Running, until

# More than ten a second are offered, so that ten get through beside the restarts.
PER_SECOND = 20.0
SEED = 20261121
# The web is killed again when so many more uploads were acknowledged: it is under load each time.
BETWEEN_KILLS = 10
SPARE = 60


class Killer(threading.Thread):
    """Kills one of the two kinds of process again and again, and starts it at once."""

    def __init__(self, running: Running, *, kills: int, seed: int) -> None:
        super().__init__(daemon=True)
        self.running, self.kills = running, kills
        self.chance = random.Random(seed)
        self.done = 0

    def run(self) -> None:
        while self.done < self.kills:
            self.wait_for_work()
            time.sleep(self.chance.uniform(0.0, 0.8))
            self.kill()
            self.done += 1

    def wait_for_work(self) -> None:
        raise NotImplementedError

    def kill(self) -> None:
        raise NotImplementedError


class WebKiller(Killer):
    """Most often one web process in the middle of its requests; else all of them."""

    def __init__(self, running: Running, producer: Producer, *, kills: int, seed: int) -> None:
        super().__init__(running, kills=kills, seed=seed)
        self.producer = producer

    def wait_for_work(self) -> None:
        enough = (self.done + 1) * BETWEEN_KILLS
        until(lambda: len(self.producer.acknowledged) >= enough, every=0.03)

    def kill(self) -> None:
        children = self.running.children("web")
        if children and self.chance.random() < 0.95:
            # Gunicorn starts another by itself.
            with suppress(ProcessLookupError):
                os.kill(self.chance.choice(children), signal.SIGKILL)
        else:
            self.running.kill("web")
            self.running.start("web")


class WorkerKiller(Killer):
    """The worker with its fork server and its children."""

    def __init__(self, running: Running, database: Database, *, kills: int, seed: int) -> None:
        super().__init__(running, kills=kills, seed=seed)
        self.database = database

    def wait_for_work(self) -> None:
        until(self.scores, seconds=60, every=0.03)

    def scores(self) -> bool:
        """Whether the worker that runs now holds a submission."""
        with self.database.reading() as session:
            held = SUBMISSIONS.holders(session)
        return any(f"/{self.running.pid('worker')}/" in holder for holder in held)

    def kill(self) -> None:
        self.running.kill("worker")
        self.running.start("worker")


def survive(database, settings, instance, students, cast, *, kills: int) -> Producer:
    """Kill as often as asked while students upload; then look at every row."""
    instance.start_web()
    instance.start("worker")
    most = kills // 2 * BETWEEN_KILLS + SPARE
    producer = Producer(instance.url, students, PER_SECOND, SEED, most)
    producer.start()
    killers = [
        WebKiller(instance, producer, kills=kills // 2, seed=SEED + kills),
        WorkerKiller(instance, database, kills=kills // 2, seed=SEED + kills + 1),
    ]
    for killer in killers:
        killer.start()
    for killer in killers:
        killer.join()
    producer.stop()
    assert sum(killer.done for killer in killers) == kills
    until(lambda: all_ended(database), seconds=200 + 4 * kills, every=0.5)
    rows = check_submissions(database, FileStore(settings.public_store), producer.acknowledged)
    check_quotas(database, students, rows)
    check_entries(database, cast.phase_a.id)
    assert not producer.refused
    return producer


def interruptions(database) -> int:
    with database.reading() as session:
        return session.exec(select(func.sum(Submission.interruptions))).one()


@pytest.mark.timeout(300)
def test_twenty_kills_lose_and_double_nothing(database, settings, instance, students, cast):
    producer = survive(database, settings, instance, students, cast, kills=20)
    print(producer.summary())
    assert producer.broken, "no kill hit an upload"
    assert interruptions(database), "no kill hit the scoring"


@pytest.mark.long
@pytest.mark.timeout(2400)
def test_two_hundred_kills_over_a_thousand_submissions(
    database, settings, instance, students, cast
):
    producer = survive(database, settings, instance, students, cast, kills=200)
    print(producer.summary())
    assert len(producer.acknowledged) >= 1000
    assert producer.rate_while_up() >= 2, producer.summary()
    assert interruptions(database)
