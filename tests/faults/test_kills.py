"""Processes are killed at random moments while students upload: nothing is lost or doubled."""

import pytest
from sqlmodel import func, select

from server.shared.storage import FileStore
from server.submissions.models import Submission
from tests.faults.checking import all_ended, check_entries, check_quotas, check_submissions
from tests.faults.killing import BETWEEN_KILLS, WebKiller, WorkerKiller
from tests.faults.producing import Producer
from tests.faults.running import until

# More than ten a second are offered, so that ten get through beside the restarts.
PER_SECOND = 20.0
SEED = 20261121
SPARE = 60


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
