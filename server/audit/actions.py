"""Writes of the chain: what happened is sealed in blocks, beside the work of those who write it."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from server.audit.models import AuditBlock
from server.audit.queries import head_of, unsealed_events
from server.audit.rules import EventFacts, Sealed, next_block
from server.shared.database import Database, changed_rows
from server.shared.events import Event

# Events get their numbers before they are committed: a little later their order has come to rest.
# A straggler is lost by this no more than any other; it is in a later block than its neighbours.
SETTLING = timedelta(seconds=2)
SEALED_AT_ONCE = 1000
BLOCKS_AT_ONCE = 20


def seal_events(database: Database, *, now: datetime, at_once: int = SEALED_AT_ONCE) -> int:
    """Seal what waits, in blocks, each in a transaction of its own; return how many events."""
    sealed = 0
    for _ in range(BLOCKS_AT_ONCE):
        count = _seal_block(database, now=now, at_once=at_once)
        sealed += count
        if count < at_once:
            break
    return sealed


def _seal_block(database: Database, *, now: datetime, at_once: int) -> int:
    """Seal the next events. Hashing holds no lock; who is second to write a block gives it up."""
    with database.reading() as session:
        events = unsealed_events(session, before=now - SETTLING, limit=at_once)
        head = head_of(session)
    if not events:
        return 0
    block = next_block(head, events, now=now)
    with database.writing() as session:
        written = _write(session, block, events)
        if written:
            session.commit()
        else:
            session.rollback()
    return len(events) if written else 0


def _write(session: Session, block: Sealed, events: list[EventFacts]) -> bool:
    header = block.header
    session.add(
        AuditBlock(
            number=header.number,
            previous=header.previous,
            hash=block.hash,
            sealed_at=header.sealed_at,
            events=header.events,
            first_event_id=header.first_event_id,
            last_event_id=header.last_event_id,
            seals=block.seals,
        )
    )
    try:
        session.flush()
    except IntegrityError:
        return False
    marked = changed_rows(
        session,
        sa.update(Event)
        .where(col(Event.id).in_([e.id for e in events]), col(Event.block).is_(None))
        .values(block=header.number)
        .execution_options(synchronize_session=False),
    )
    return marked == len(events)
