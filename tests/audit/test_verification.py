"""Whatever is changed past the program is found, and named exactly."""

from datetime import timedelta

import pytest

from server.accounts.closing import close_account
from server.audit.actions import seal_events
from server.audit.models import AuditBlock
from server.audit.queries import blocks_after, head_of
from server.audit.rules import FaultKind, block_hash
from server.audit.verification import Verification
from server.shared.events import record
from tests.audit.chains import LATER, happen, kinds, sealed, tamper, verified
from tests.cast import NOON

FIELDS = {
    "at": "2026-11-20 12:00:00.000001",
    "kind": "'team.named'",
    "actor_id": 2,
    "challenge_id": 2,
    "team_id": 2,
    "subject_id": 2,
    "data": """'{"score": 0.2}'""",
}


@pytest.fixture
def chain(database):
    """Three blocks of three, two and four events."""
    sealed(database, 3, 2, 4)
    assert not verified(database)
    return database


def told(database, **wanted) -> list[tuple[str, int | None, int | None]]:
    return [(f.kind.value, f.block, f.event) for f in verified(database, **wanted)]


@pytest.mark.parametrize("field", FIELDS)
def test_a_changed_field_of_an_event_is_found(chain, field):
    value = FIELDS[field] if field != "at" else f"'{FIELDS[field]}'"
    tamper(chain, f"UPDATE event SET {field} = {value} WHERE id = 4")
    assert told(chain) == [("changed event", 2, 4)]


def test_an_event_that_was_made_unreadable_is_found_and_no_other(chain):
    if not chain.is_sqlite:
        pytest.skip("PostgreSQL keeps nothing that is not of a column's type")
    tamper(chain, "UPDATE event SET at = 'yesterday', kind = 'x' WHERE id = 2")
    tamper(chain, "UPDATE event SET data = '{' WHERE id = 9")
    tamper(chain, "UPDATE event SET kind = x'00ff' WHERE id = 5")
    assert told(chain) == [
        ("changed event", 1, 2),
        ("changed event", 2, 5),
        ("changed event", 3, 9),
    ]


def test_a_deleted_event_is_found(chain):
    tamper(chain, "DELETE FROM event WHERE id = 5")
    assert told(chain) == [("missing event", 2, 5)]


def test_events_that_changed_places_are_found(chain):
    tamper(chain, "UPDATE event SET id = 100 WHERE id = 1")
    tamper(chain, "UPDATE event SET id = 1 WHERE id = 2")
    tamper(chain, "UPDATE event SET id = 2 WHERE id = 100")
    assert told(chain) == [("changed event", 1, 1), ("changed event", 1, 2)]


def test_an_event_that_was_slipped_into_a_block_is_found(chain):
    tamper(
        chain,
        "INSERT INTO event (id, at, kind, data, block) VALUES (50, '2026-11-20', 'x', '{}', 2)",
    )
    assert told(chain) == [("added event", 2, 50)]


def test_an_event_that_names_another_block_is_found(chain):
    tamper(chain, "UPDATE event SET block = 3 WHERE id = 1")
    assert ("moved event", 1, 1) in told(chain)


def test_an_event_that_names_no_block_any_more_is_found(chain):
    tamper(chain, "UPDATE event SET block = NULL WHERE id = 1")
    assert told(chain) == [("moved event", 1, 1)]


@pytest.mark.parametrize("number", [1, 2])
def test_a_deleted_block_is_found_with_its_events(chain, number):
    tamper(chain, "DELETE FROM audit_block WHERE number = :number", number=number)
    found = {(f.kind, f.block) for f in verified(chain)}
    assert found == {(FaultKind.MISSING_BLOCK, number), (FaultKind.ORPHANED_EVENTS, number)}


def test_the_last_block_is_missed_by_the_events_that_name_it(chain):
    tamper(chain, "DELETE FROM audit_block WHERE number = 3")
    assert told(chain) == [("orphaned events", 3, 6)]
    assert verified(chain)[0].message == (
        "4 events name block 3, which is not there (the first is 6, the last 9)."
    )


def test_several_missing_blocks_are_said_in_one(chain):
    tamper(chain, "DELETE FROM audit_block WHERE number < 3")
    assert "Blocks 1 to 2 are missing." in [f.message for f in verified(chain)]


def test_blocks_that_changed_places_are_found(chain):
    for before, after in ((1, 100), (2, 1), (100, 2)):
        tamper(chain, "UPDATE audit_block SET number = :a WHERE number = :b", a=after, b=before)
    found = told(chain)
    assert ("changed block", 1, None) in found
    assert ("changed block", 2, None) in found
    assert ("broken link", 1, None) in found


@pytest.mark.parametrize(
    "change",
    [
        "previous = 'x'",
        "hash = 'x'",
        "events = 9",
        "first_event_id = 9",
        "last_event_id = 9",
        "sealed_at = '2026-11-20 12:00:00.000000'",
    ],
)
def test_a_changed_block_is_found(chain, change):
    tamper(chain, f"UPDATE audit_block SET {change} WHERE number = 2")
    assert ("changed block", 2, None) in told(chain)


@pytest.mark.parametrize("change", ["seals = 'text'", "sealed_at = 'once'", "seals = x'00'"])
def test_a_block_that_was_made_unreadable_is_found(chain, change):
    if not chain.is_sqlite:
        pytest.skip("PostgreSQL keeps nothing that is not of a column's type")
    tamper(chain, f"UPDATE audit_block SET {change} WHERE number = 2")
    found = told(chain)
    assert found[0] == ("changed block", 2, None)
    assert {block for _, block, _ in found} <= {2, 3}


def test_a_block_can_not_be_rewritten_without_the_next_one_telling(chain):
    with chain.reading() as session:
        _, block, _ = blocks_after(session, 0, limit=3)
    earlier = block.header._replace(sealed_at=NOON)
    with chain.writing() as session:
        row = session.get_one(AuditBlock, 2)
        row.sealed_at, row.hash = earlier.sealed_at, block_hash(earlier)
        session.add(row)
        session.commit()
    assert told(chain) == [("broken link", 3, None)]


def rewrite_the_end(database) -> None:
    """Change what the last block holds, and have it sealed anew: everything fits again."""
    tamper(database, "UPDATE event SET kind = 'x', block = NULL WHERE block = 3")
    tamper(database, "DELETE FROM audit_block WHERE number = 3")
    assert seal_events(database, now=LATER) == 4


def test_only_a_head_that_was_kept_elsewhere_tells_that_the_end_was_rewritten(chain):
    with chain.reading() as session:
        kept = head_of(session).hash
    assert not verified(chain, kept=kept)
    rewrite_the_end(chain)
    assert not verified(chain)
    assert kinds(chain, kept=kept) == {FaultKind.UNKNOWN_HEAD}


def test_an_older_head_is_part_of_the_chain_that_went_on(chain):
    with chain.reading() as session:
        kept = head_of(session)
    sealed(chain, 2, 1)
    checked = Verification(now=LATER, kept={kept.hash})
    with chain.reading() as session:
        assert not list(checked.faults(session))
    assert checked.met == [kept]
    assert (checked.blocks, checked.events, checked.head.number) == (5, 12, 5)


def test_an_event_that_nobody_sealed_for_long_is_found(chain):
    happen(chain, 2)
    assert not verified(chain, now=NOON + timedelta(minutes=29))
    found = verified(chain, now=NOON + timedelta(minutes=31))
    assert [(f.kind, f.event) for f in found] == [(FaultKind.UNSEALED_EVENTS, 10)]


def test_what_is_put_down_of_the_past_is_no_fault_while_blocks_are_made(chain):
    with chain.writing() as session:
        record(session, "team.created", at=NOON - timedelta(days=30))
        session.commit()
    assert not verified(chain, now=NOON + timedelta(minutes=1))
    assert kinds(chain, now=NOON + timedelta(hours=2)) == {FaultKind.UNSEALED_EVENTS}


def test_a_long_chain_is_read_in_parts(database, monkeypatch):
    monkeypatch.setattr("server.audit.verification.BLOCKS_AT_ONCE", 3)
    monkeypatch.setattr("server.audit.verification.EVENTS_AT_ONCE", 4)
    sealed(database, *[2] * 7)
    tamper(database, "DELETE FROM event WHERE id IN (1, 14)")
    tamper(database, "DELETE FROM audit_block WHERE number = 4")
    assert told(database) == [
        ("missing event", 1, 1),
        ("missing block", 4, None),
        ("missing event", 7, 14),
        ("orphaned events", 4, 7),
    ]


def test_an_account_that_is_closed_leaves_the_chain_as_it_is(database, cast):
    happen(database, 2, actor_id=cast.wei.id)
    seal_events(database, now=LATER)
    with database.writing() as session:
        close_account(session, account_id=cast.wei.id, actor_id=cast.wei.id, now=LATER)
        session.commit()
    seal_events(database, now=LATER + timedelta(minutes=1))
    assert not verified(database)
