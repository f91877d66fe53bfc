"""Reads of the chain: its head, what waits to be sealed, and what verification looks at."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, func

from server.audit.models import AuditBlock
from server.audit.rules import (
    NO_BLOCK,
    SEALED_WITHIN,
    EventFacts,
    Found,
    Head,
    Header,
    Sealed,
    event_seal,
)
from server.shared.events import Event

# A row that somebody wrote by hand may hold what can't be read as a moment, as JSON or as text.
UNREADABLE = (ValueError, TypeError, RecursionError)
NEVER = datetime.min.replace(tzinfo=UTC)
FACTS = tuple(col(getattr(Event, name)) for name in EventFacts._fields)
WRITTEN = (
    col(AuditBlock.number),
    col(AuditBlock.previous),
    col(AuditBlock.hash),
    col(AuditBlock.sealed_at),
    col(AuditBlock.events),
    col(AuditBlock.first_event_id),
    col(AuditBlock.last_event_id),
    col(AuditBlock.seals),
)


def head_of(session: Session) -> Head:
    """Return the last block of the chain; number 0 where nothing is sealed yet."""
    query = sa.select(
        col(AuditBlock.number), col(AuditBlock.hash), col(AuditBlock.sealed_at)
    ).order_by(col(AuditBlock.number).desc())
    found = session.execute(query.limit(1)).first()
    return Head(*found) if found else NO_BLOCK


def unsealed_events(session: Session, *, before: datetime, limit: int) -> list[EventFacts]:
    """Return events of before a moment that no block holds, the lowest numbers first."""
    query = (
        sa.select(*FACTS)
        .where(col(Event.block).is_(None), col(Event.at) < before)
        .order_by(col(Event.block), col(Event.id))
        .limit(limit)
    )
    return [EventFacts(*row) for row in session.execute(query)]


class Waiting(NamedTuple):
    """Events that no block holds: how many, and the lowest and the highest number."""

    events: int
    first: int | None
    last: int | None


def waiting_events(session: Session, *, before: datetime | None = None) -> Waiting:
    """Return how many events wait to be sealed, of before a moment or all."""
    query = sa.select(func.count(), func.min(Event.id), func.max(Event.id)).where(
        col(Event.block).is_(None)
    )
    if before is not None:
        query = query.where(col(Event.at) < before)
    return Waiting(*session.execute(query).one())


class ChainFacts(NamedTuple):
    """How far the log is sealed; `late` says that the schedule falls behind."""

    head: Head
    waiting: int
    late: bool


def chain_facts(session: Session, *, now: datetime) -> ChainFacts:
    """Return how far the log is sealed."""
    head, since = head_of(session), now - SEALED_WITHIN
    # What is written today may tell of yesterday: while blocks come, nobody has to look.
    sealing = head.sealed_at is not None and head.sealed_at >= since
    late = not sealing and waiting_events(session, before=since).events > 0
    return ChainFacts(head, waiting_events(session).events, late)


def blocks_after(session: Session, number: int, *, limit: int) -> list[Sealed]:
    """Return the next blocks, in order: at most so many, at least one where there is one.

    An unreadable one is returned without its seals: then its hash can't be right.
    """
    try:
        return [_sealed(*row) for row in session.execute(_after(number, WRITTEN, limit))]
    except UNREADABLE:
        if limit > 1:
            return blocks_after(session, number, limit=limit // 2)
        found, previous, written = session.execute(_after(number, WRITTEN[:3], 1)).one()
        return [_sealed(found, previous, written, NEVER, 0, 0, 0, b"")]


def _after(number: int, columns: Sequence[Any], limit: int) -> sa.Select[Any]:
    later = col(AuditBlock.number) > number
    return sa.select(*columns).where(later).order_by(col(AuditBlock.number)).limit(limit)


def _sealed(
    number: int,
    previous: str,
    written: str,
    sealed_at: datetime,
    events: int,
    first: int,
    last: int,
    seals: bytes,
) -> Sealed:
    header = Header(number, previous, sealed_at, events, first, last, sha256(seals).hexdigest())
    return Sealed(header, written, seals)


def found_events(session: Session, ids: Sequence[int]) -> dict[int, Found]:
    """Return events as they are found now; an unreadable one has no seal."""
    query = sa.select(col(Event.block), *FACTS).where(col(Event.id).in_(ids))
    try:
        rows = [(block, EventFacts(*facts)) for block, *facts in session.execute(query)]
        return {event.id: Found(block, event_seal(event)) for block, event in rows}
    except UNREADABLE:
        if len(ids) > 1:
            half = len(ids) // 2
            return found_events(session, ids[:half]) | found_events(session, ids[half:])
        block = session.execute(sa.select(col(Event.block)).where(col(Event.id) == ids[0]))
        return {ids[0]: Found(block.scalar_one(), None)}


def events_naming(session: Session, first: int, last: int) -> Iterator[tuple[int, int]]:
    """Yield (block, event) for the events that name the blocks from `first` to `last`."""
    query = (
        sa.select(col(Event.block), col(Event.id))
        .where(col(Event.block).between(first, last))
        .order_by(col(Event.block), col(Event.id))
        .execution_options(yield_per=1000)
    )
    yield from session.execute(query).tuples()


class Orphans(NamedTuple):
    """Events that name a block that isn't there."""

    block: int
    events: int
    first: int
    last: int


def orphaned_events(session: Session) -> Iterator[Orphans]:
    """Yield the events whose block is missing, by block."""
    known = sa.select(col(AuditBlock.number)).where(col(AuditBlock.number) == col(Event.block))
    named = (
        sa.select(col(Event.block))
        .where(col(Event.block).is_not(None))
        .group_by(col(Event.block))
        .having(~known.exists())
        .order_by(col(Event.block))
        .add_columns(func.count(), func.min(Event.id), func.max(Event.id))
    )
    for row in session.execute(named.execution_options(yield_per=1000)):
        yield Orphans(*row)
