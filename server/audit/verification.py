"""Walks the whole chain and says what does not fit; a batch at a time is in memory."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from server.audit.queries import (
    blocks_after,
    events_naming,
    found_events,
    orphaned_events,
    waiting_events,
)
from server.audit.rules import (
    NO_BLOCK,
    SEAL,
    SEALED_WITHIN,
    Fault,
    FaultKind,
    Found,
    Head,
    Sealed,
    block_faults,
    block_hash,
    event_faults,
    seals_of,
)

BLOCKS_AT_ONCE = 200
# So many events of the blocks at hand are looked at in one query.
EVENTS_AT_ONCE = 1000


@dataclass
class Verification:
    """One walk along the chain: what it has seen, and the heads that it is to meet."""

    now: datetime
    kept: set[str] = field(default_factory=set)
    blocks: int = 0
    events: int = 0
    waiting: int = 0
    head: Head = NO_BLOCK
    met: list[Head] = field(default_factory=list)

    def faults(self, session: Session) -> Iterator[Fault]:
        """Yield every fault, block by block, and then what is in no block."""
        while batch := blocks_after(session, self.head.number, limit=BLOCKS_AT_ONCE):
            for group in _groups(batch):
                yield from self._group_faults(session, group)
        yield from self._outside(session)
        for head in sorted(self.kept - {h.hash for h in self.met}):
            said = f"No block has the hash {head}: the chain is not the one that it was kept of."
            yield Fault(FaultKind.UNKNOWN_HEAD, said)

    def _group_faults(self, session: Session, group: list[Sealed]) -> Iterator[Fault]:
        ids = [event for block in group for event in seals_of(block)]
        found: dict[int, Found] = {}
        for start in range(0, len(ids), EVENTS_AT_ONCE):
            found |= found_events(session, ids[start : start + EVENTS_AT_ONCE])
        for block in group:
            yield from block_faults(block, self.head)
            yield from event_faults(block, found)
            self._pass(block)
        yield from _added(session, group)

    def _pass(self, block: Sealed) -> None:
        # What a block's content gives counts, and not what is written beside it.
        self.head = Head(block.header.number, block_hash(block.header), block.header.sealed_at)
        self.blocks += 1
        self.events += len(block.seals) // SEAL.size
        if self.head.hash in self.kept:
            self.met.append(self.head)

    def _outside(self, session: Session) -> Iterator[Fault]:
        for block, events, first, last in orphaned_events(session):
            named = f"Event {first} names" if events == 1 else f"{events:,} events name"
            span = "" if events == 1 else f" (the first is {first}, the last {last})"
            said = f"{named} block {block}, which is not there{span}."
            yield Fault(FaultKind.ORPHANED_EVENTS, said, block, first)
        late = waiting_events(session, before=self.now - SEALED_WITHIN)
        self.waiting = waiting_events(session).events
        if late.events and not self._goes_on():
            minutes = int(SEALED_WITHIN.total_seconds()) // 60
            those = (
                f"Event {late.first} is"
                if late.events == 1
                else f"{late.events:,} events (the first is {late.first}, the last {late.last}) are"
            )
            said = f"{those} in no block though older than {minutes} minutes. Does a worker run?"
            yield Fault(FaultKind.UNSEALED_EVENTS, said, event=late.first)

    def _goes_on(self) -> bool:
        # What waits is then in the next block, however long ago it says that it happened: what is
        # put down of the past, as in a demonstration, was not there before.
        last = self.head.sealed_at
        return last is not None and last > self.now - SEALED_WITHIN


def _groups(blocks: Iterable[Sealed]) -> Iterator[list[Sealed]]:
    """Yield runs of blocks that hold about as many events as one query should ask for."""
    group: list[Sealed] = []
    size = 0
    for block in blocks:
        group.append(block)
        size += len(block.seals) // SEAL.size
        if size >= EVENTS_AT_ONCE:
            yield group
            group, size = [], 0
    if group:
        yield group


def _added(session: Session, group: list[Sealed]) -> Iterator[Fault]:
    """Yield the events that name one of the blocks without being in it, nor in another of them."""
    held = {event for block in group for event in seals_of(block)}
    # Of a block that isn't there, or has no seals left, nobody can say what it held.
    known = {block.header.number for block in group if block.seals}
    for number, event in events_naming(session, min(known, default=0), max(known, default=-1)):
        if number in known and event not in held:
            said = f"Event {event} names block {number}, which does not hold it."
            yield Fault(FaultKind.ADDED_EVENT, said, number, event)
