"""Sealing: every event once, in one chain, whoever seals and in whatever order events appear."""

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import Session, select

from server.audit import actions
from server.audit.actions import seal_events
from server.audit.models import AuditBlock
from server.audit.queries import chain_facts, head_of
from server.audit.rules import GENESIS, NO_BLOCK
from server.shared.database import Database
from server.shared.events import Event, record
from tests.audit.chains import LATER, happen, sealed, verified
from tests.cast import NOON


def blocks(database: Database) -> list[AuditBlock]:
    with database.reading() as session:
        return list(session.exec(select(AuditBlock).order_by(AuditBlock.number)))


def test_nothing_is_sealed_where_nothing_happened(database):
    assert seal_events(database, now=NOON) == 0
    with database.reading() as session:
        assert head_of(session) == NO_BLOCK


def test_blocks_follow_one_another_from_the_beginning(database):
    sealed(database, 3, 1)
    first, second = blocks(database)
    assert (first.number, first.previous, first.events) == (1, GENESIS, 3)
    assert (second.number, second.previous, second.events) == (2, first.hash, 1)
    assert second.sealed_at == LATER
    with database.reading() as session:
        assert head_of(session) == (2, second.hash, LATER)
        assert list(session.exec(select(Event.block).order_by(Event.id))) == [1, 1, 1, 2]
    assert not verified(database)


def test_what_has_just_happened_comes_to_rest_first(database):
    happen(database, 1, at=NOON)
    assert seal_events(database, now=NOON + timedelta(seconds=1)) == 0
    assert seal_events(database, now=NOON + timedelta(seconds=3)) == 1


def test_an_event_that_appears_behind_later_ones_is_sealed_too(database):
    """PostgreSQL gives numbers before it commits: a lower number may become visible later."""
    happen(database, 5)
    with database.writing() as session:
        session.execute(sa.delete(Event).where(Event.id == 3))
        session.commit()
    assert seal_events(database, now=LATER) == 4
    with database.writing() as session:
        session.add(Event(id=3, at=NOON, kind="team.founded", data={}))
        session.commit()
    assert seal_events(database, now=LATER) == 1
    assert [(b.first_event_id, b.last_event_id) for b in blocks(database)] == [(1, 5), (3, 3)]
    assert not verified(database)


def test_many_events_are_sealed_in_several_blocks_of_one_turn(database):
    happen(database, 7)
    assert seal_events(database, now=LATER, at_once=3) == 7
    assert [b.events for b in blocks(database)] == [3, 3, 1]
    assert not verified(database)


def test_a_turn_ends_and_leaves_the_rest_for_the_next(database, monkeypatch):
    monkeypatch.setattr(actions, "BLOCKS_AT_ONCE", 2)
    happen(database, 7)
    assert seal_events(database, now=LATER, at_once=2) == 4
    assert seal_events(database, now=LATER, at_once=2) == 3


def test_sealing_changes_nothing_of_an_event_but_its_block(database):
    happen(database, 1)
    with database.reading() as session:
        before = session.exec(select(Event)).one().model_dump()
    seal_events(database, now=LATER)
    with database.reading() as session:
        assert session.exec(select(Event)).one().model_dump() == before | {"block": 1}


def test_the_chain_holds_hashes_and_numbers_alone(database):
    with database.writing() as session:
        record(session, "account.created", at=NOON, actor_id=1, note="wei@tsinghua.example")
        session.commit()
    seal_events(database, now=LATER)
    (block,) = blocks(database)
    assert b"wei@tsinghua.example" not in repr(block.model_dump()).encode()
    assert len(block.seals) == 40


def test_sealers_at_the_same_time_leave_one_chain_with_every_event(database):
    sealers = 3
    happen(database, 30)
    start = threading.Barrier(sealers + 1)
    done, faults = threading.Event(), []

    def seal() -> None:
        own = Database(database.url.render_as_string(hide_password=False))
        start.wait()
        try:
            over = False
            while not over:
                # Asked before the last look: what happened until then is sealed.
                over = done.wait(0.005)
                while seal_events(own, now=LATER, at_once=5):
                    pass
        except Exception as error:  # noqa: BLE001 - told below
            faults.append(error)
        own.dispose()

    threads = [threading.Thread(target=seal) for _ in range(sealers)]
    for thread in threads:
        thread.start()
    start.wait()
    for _ in range(5):
        happen(database, 3)
    done.set()
    for thread in threads:
        thread.join()
    assert not faults
    assert sum(b.events for b in blocks(database)) == 45
    assert [b.number for b in blocks(database)] == list(range(1, len(blocks(database)) + 1))
    assert not verified(database)


def test_the_second_of_two_sealers_gives_its_block_up(database, monkeypatch):
    """Both looked before either wrote: the second meets the first one's block, and leaves it."""
    happen(database, 3)
    looked = actions.head_of

    def slow(session: Session):
        found = looked(session)
        monkeypatch.setattr(actions, "head_of", looked)
        assert seal_events(database, now=LATER) == 3
        return found

    monkeypatch.setattr(actions, "head_of", slow)
    assert seal_events(database, now=LATER) == 0
    assert len(blocks(database)) == 1
    assert not verified(database)


def test_a_sealer_whose_events_were_sealed_meanwhile_writes_nothing(database, monkeypatch):
    """The other one's block is seen already, its mark on the events is not."""
    happen(database, 3)
    looked = actions.unsealed_events

    def slow(session: Session, **wanted):
        found = looked(session, **wanted)
        monkeypatch.setattr(actions, "unsealed_events", looked)
        assert seal_events(database, now=LATER) == 3
        session.rollback()
        return found

    monkeypatch.setattr(actions, "unsealed_events", slow)
    assert seal_events(database, now=LATER) == 0
    assert len(blocks(database)) == 1
    assert not verified(database)


def test_how_far_the_log_is_sealed_is_told(database):
    sealed(database, 2)
    happen(database, 3)
    with database.reading() as session:
        soon = chain_facts(session, now=NOON + timedelta(minutes=29))
        # The block is of a minute past noon: while blocks come, old events are only backdated.
        backdated = chain_facts(session, now=NOON + timedelta(minutes=31))
        late = chain_facts(session, now=NOON + timedelta(minutes=32))
    assert (soon.head.number, soon.waiting, soon.late) == (1, 3, False)
    assert not backdated.late
    assert late.late


def test_what_waits_is_found_without_a_look_at_the_rest(session):
    query = "SELECT id FROM event WHERE block IS NULL AND at < '2030' ORDER BY block, id LIMIT 9"
    if session.get_bind().dialect.name != "sqlite":
        pytest.skip("the plan of SQLite")
    plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {query}").all()
    assert [row[3] for row in plan] == ["SEARCH event USING INDEX ix_event_block (block=?)"]
