"""Pure rules of the chain: what an event's seal is, what a block's hash is, and what does not fit.

The seal of an event is the SHA-256 of its canonical JSON (RFC 8785). A block holds, for each of its
events in the order of their numbers, the number (8 bytes, the highest first) and the seal (32
bytes); its hash is the SHA-256 of the canonical JSON of its header, which names the SHA-256 of
those bytes and the hash of the block before. So nothing in a block, and no block before it, can be
changed without changing its hash.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from struct import Struct
from typing import Any, NamedTuple

from server.shared.canonical import canonical_json, moment_text

# What the first block names as the hash before it.
GENESIS = "0" * 64
SEAL = Struct(">Q32s")
# An event's moment is when its request began to arrive; an upload may take a quarter of an hour.
SEALED_WITHIN = timedelta(minutes=30)


class EventFacts(NamedTuple):
    """All that is sealed of an event; it names accounts by number alone."""

    id: int
    at: datetime
    kind: str
    actor_id: int | None
    challenge_id: int | None
    team_id: int | None
    subject_id: int | None
    data: Mapping[str, Any]


class Header(NamedTuple):
    """What a block's hash is over. `seals` is the SHA-256 of the block's seals, in hex."""

    number: int
    previous: str
    sealed_at: datetime
    events: int
    first_event_id: int
    last_event_id: int
    seals: str


class Sealed(NamedTuple):
    """A block as it was written down."""

    header: Header
    hash: str
    seals: bytes


class Head(NamedTuple):
    """The last block of a chain: its number, its hash, and when it was sealed."""

    number: int
    hash: str
    sealed_at: datetime | None


NO_BLOCK = Head(0, GENESIS, None)


class FaultKind(StrEnum):
    """What can be wrong with a chain."""

    CHANGED_EVENT = "changed event"
    MISSING_EVENT = "missing event"
    MOVED_EVENT = "moved event"
    ADDED_EVENT = "added event"
    UNSEALED_EVENTS = "unsealed events"
    CHANGED_BLOCK = "changed block"
    MISSING_BLOCK = "missing block"
    BROKEN_LINK = "broken link"
    ORPHANED_EVENTS = "orphaned events"
    UNKNOWN_HEAD = "unknown head"


class Fault(NamedTuple):
    """One thing that does not fit, in words, with the numbers it is about."""

    kind: FaultKind
    message: str
    block: int | None = None
    event: int | None = None


def event_seal(event: EventFacts) -> bytes:
    """Return the 32 bytes that an event is sealed by."""
    facts = {**event._asdict(), "at": moment_text(event.at)}
    return sha256(canonical_json(facts)).digest()


def block_hash(header: Header) -> str:
    """Return the hash of a block, in hex."""
    facts = {**header._asdict(), "sealed_at": moment_text(header.sealed_at)}
    return sha256(canonical_json(facts)).hexdigest()


def next_block(head: Head, events: Iterable[EventFacts], *, now: datetime) -> Sealed:
    """Return the block that seals some events (at least one) behind a head."""
    pairs = sorted((event.id, event_seal(event)) for event in events)
    seals = b"".join(SEAL.pack(*pair) for pair in pairs)
    header = Header(
        number=head.number + 1,
        previous=head.hash,
        sealed_at=now,
        events=len(pairs),
        first_event_id=pairs[0][0],
        last_event_id=pairs[-1][0],
        seals=sha256(seals).hexdigest(),
    )
    return Sealed(header, block_hash(header), seals)


def seals_of(block: Sealed) -> dict[int, bytes]:
    """Return a block's seals by the number of the event; what is left over at the end is none."""
    whole = len(block.seals) - len(block.seals) % SEAL.size
    return dict(SEAL.iter_unpack(block.seals[:whole]))


def block_faults(block: Sealed, before: Head) -> Iterator[Fault]:
    """Yield what is wrong with a block in itself and with its place behind the one before.

    Where blocks are missing between, only their absence is said: what the next one names as the
    hash before it can't be compared with anything.
    """
    number = block.header.number
    if number > before.number + 1:
        yield _missing(before.number + 1, number - 1)
    elif block.header.previous != before.hash:
        yield Fault(
            FaultKind.BROKEN_LINK,
            f"Block {number} does not follow {_named(before)}: it names another hash before it.",
            block=number,
        )
    if block_hash(block.header) != block.hash or not _counts_fit(block):
        yield Fault(
            FaultKind.CHANGED_BLOCK,
            f"Block {number} was changed: what it holds does not give its hash.",
            block=number,
        )


def _named(before: Head) -> str:
    return f"block {before.number}" if before.number else "the beginning of the chain"


def _missing(first: int, last: int) -> Fault:
    said = f"Block {first} is" if first == last else f"Blocks {first} to {last} are"
    return Fault(FaultKind.MISSING_BLOCK, f"{said} missing.", block=first)


def _counts_fit(block: Sealed) -> bool:
    numbers, header = list(seals_of(block)), block.header
    return (
        len(block.seals) == header.events * SEAL.size
        and numbers == sorted(numbers)
        and (numbers[:1], numbers[-1:]) == ([header.first_event_id], [header.last_event_id])
    )


class Found(NamedTuple):
    """An event as it is found now: the block that it names, and its seal (None: unreadable)."""

    block: int | None
    seal: bytes | None


def event_faults(block: Sealed, found: Mapping[int, Found]) -> Iterator[Fault]:
    """Yield what is wrong with the events that a block holds."""
    number = block.header.number
    for event, seal in seals_of(block).items():
        now = found.get(event)
        if now is None:
            said = f"Event {event}, sealed in block {number}, is missing."
            yield Fault(FaultKind.MISSING_EVENT, said, number, event)
            continue
        if now.seal != seal:
            said = f"Event {event} was changed after block {number} sealed it."
            yield Fault(FaultKind.CHANGED_EVENT, said, number, event)
        if now.block != number:
            named = "no block" if now.block is None else f"block {now.block}"
            said = f"Event {event} is sealed in block {number} and names {named}."
            yield Fault(FaultKind.MOVED_EVENT, said, number, event)
