"""A chore runs once when it is due, however many workers ask."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from server.shared.schedules import beat, claim_schedule, forget, workers
from tests.cast import NOON

MINUTE = timedelta(minutes=1)


def test_a_chore_is_due_at_once_and_then_after_its_time(session):
    assert claim_schedule(session, "sweep", every=MINUTE, now=NOON)
    assert not claim_schedule(session, "sweep", every=MINUTE, now=NOON + MINUTE / 2)
    assert claim_schedule(session, "sweep", every=MINUTE, now=NOON + MINUTE)
    assert not claim_schedule(session, "sweep", every=MINUTE, now=NOON + MINUTE)


def test_chores_are_due_each_by_its_own_name(session):
    assert claim_schedule(session, "sweep", every=MINUTE, now=NOON)
    assert claim_schedule(session, "mail", every=MINUTE, now=NOON)


def how_many_take_it(database, *, now: datetime) -> int:
    """Have eight workers ask at one moment."""
    together = threading.Barrier(8)

    def ask(_number: int) -> bool:
        together.wait()
        with database.writing() as session:
            taken = claim_schedule(session, "sweep", every=MINUTE, now=now)
            session.commit()
            return taken

    with ThreadPoolExecutor(8) as pool:
        return sum(pool.map(ask, range(8)))


def test_of_eight_workers_one_takes_a_chore(database):
    with database.writing() as session:
        claim_schedule(session, "sweep", every=MINUTE, now=NOON)
        session.commit()
    assert how_many_take_it(database, now=NOON + MINUTE) == 1


def test_of_eight_workers_that_start_together_one_takes_a_chore_that_never_ran(database):
    assert how_many_take_it(database, now=NOON) == 1


def test_a_worker_is_listed_by_its_last_sign_of_life_until_it_leaves(session):
    for name, minutes in (("host/1/1", 0), ("host/2/1", 1), ("host/1/1", 2)):
        beat(session, name, started_at=NOON, now=NOON + minutes * MINUTE, scored=minutes)
    session.flush()
    assert [(w.name, w.scored) for w in workers(session)] == [("host/1/1", 2), ("host/2/1", 1)]
    forget(session, "host/1/1")
    assert [w.name for w in workers(session)] == ["host/2/1"]
