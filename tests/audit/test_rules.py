"""What is sealed of an event and what a block's hash is over; without a database."""

import json
from datetime import timedelta, timezone
from hashlib import sha256

import pytest

from server.audit.rules import (
    GENESIS,
    NO_BLOCK,
    EventFacts,
    FaultKind,
    Found,
    Head,
    block_faults,
    block_hash,
    event_faults,
    event_seal,
    next_block,
    seals_of,
)
from tests.cast import NOON

EVENT = EventFacts(
    id=7,
    at=NOON.replace(microsecond=5),
    kind="team.renamed",
    actor_id=1,
    challenge_id=2,
    team_id=None,
    subject_id=4,
    data={"before": "Isar", "after": "伊萨尔", "share": 0.1, "sizes": [1, 2]},
)
WRITTEN = (
    '{"actor_id":1,"at":"2026-11-20T12:00:00.000005Z","challenge_id":2,'
    '"data":{"after":"伊萨尔","before":"Isar","share":0.1,"sizes":[1,2]},"id":7,'
    '"kind":"team.renamed","subject_id":4,"team_id":null}'
)
OTHERS = {
    "id": 8,
    "at": NOON,
    "kind": "team.named",
    "actor_id": None,
    "challenge_id": 3,
    "team_id": 0,
    "subject_id": 5,
    "data": {**EVENT.data, "share": 0.10000000000000002},
}


def test_a_seal_is_the_sha256_of_the_events_canonical_json():
    assert event_seal(EVENT) == sha256(WRITTEN.encode()).digest()


@pytest.mark.parametrize("field", EventFacts._fields)
def test_no_field_of_an_event_can_change_without_its_seal(field):
    assert event_seal(EVENT._replace(**{field: OTHERS[field]})) != event_seal(EVENT)


def test_a_seal_does_not_depend_on_how_a_database_keeps_the_event():
    kept = EVENT._replace(
        at=EVENT.at.astimezone(timezone(timedelta(hours=-5))),
        data=dict(reversed(json.loads(json.dumps(EVENT.data)).items())),
    )
    assert event_seal(kept) == event_seal(EVENT)


def test_a_block_holds_the_seals_in_the_order_of_the_events():
    block = next_block(NO_BLOCK, [EVENT, EVENT._replace(id=3)], now=NOON)
    header = block.header
    assert (header.number, header.previous, header.events) == (1, GENESIS, 2)
    assert (header.first_event_id, header.last_event_id) == (3, 7)
    assert seals_of(block) == {3: event_seal(EVENT._replace(id=3)), 7: event_seal(EVENT)}
    assert list(seals_of(block)) == [3, 7]


def test_the_hash_of_a_block_is_that_of_its_headers_canonical_json():
    block = next_block(Head(4, "ab" * 32, NOON), [EVENT], now=NOON)
    written = (
        '{"events":1,"first_event_id":7,"last_event_id":7,"number":5,'
        f'"previous":"{"ab" * 32}","sealed_at":"2026-11-20T12:00:00.000000Z",'
        f'"seals":"{sha256((7).to_bytes(8, "big") + event_seal(EVENT)).hexdigest()}"}}'
    )
    assert block.hash == block_hash(block.header) == sha256(written.encode()).hexdigest()


def test_a_block_that_fits_has_no_fault():
    first = next_block(NO_BLOCK, [EVENT], now=NOON)
    second = next_block(Head(1, first.hash, NOON), [EVENT._replace(id=8)], now=NOON)
    assert not list(block_faults(first, NO_BLOCK))
    assert not list(block_faults(second, Head(1, first.hash, NOON)))
    assert not list(event_faults(first, {7: Found(1, event_seal(EVENT))}))


@pytest.mark.parametrize("field", ["number", "previous", "sealed_at", "events", "first_event_id"])
def test_a_changed_header_is_told(field):
    block = next_block(NO_BLOCK, [EVENT], now=NOON)
    before = block.header._asdict()[field]
    other = {"previous": "a" * 64, "sealed_at": NOON + timedelta(microseconds=1)}.get(field, 0)
    assert other != before
    changed = block._replace(header=block.header._replace(**{field: other}))
    assert FaultKind.CHANGED_BLOCK in {f.kind for f in block_faults(changed, NO_BLOCK)}


def test_a_block_whose_seals_are_cut_is_told():
    block = next_block(NO_BLOCK, [EVENT], now=NOON)
    cut = block._replace(seals=block.seals[:-1])
    assert [f.kind for f in block_faults(cut, NO_BLOCK)] == [FaultKind.CHANGED_BLOCK]


def test_what_becomes_of_an_event_is_said_exactly():
    block = next_block(NO_BLOCK, [EVENT], now=NOON)
    seal = event_seal(EVENT)
    said = {
        "gone": event_faults(block, {}),
        "changed": event_faults(block, {7: Found(1, b"\0" * 32)}),
        "unreadable": event_faults(block, {7: Found(1, None)}),
        "taken out": event_faults(block, {7: Found(None, seal)}),
        "moved": event_faults(block, {7: Found(3, seal)}),
    }
    assert {name: [f.message for f in faults] for name, faults in said.items()} == {
        "gone": ["Event 7, sealed in block 1, is missing."],
        "changed": ["Event 7 was changed after block 1 sealed it."],
        "unreadable": ["Event 7 was changed after block 1 sealed it."],
        "taken out": ["Event 7 is sealed in block 1 and names no block."],
        "moved": ["Event 7 is sealed in block 1 and names block 3."],
    }
