"""The append-only log of every change of state; it names accounts by id only."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select

from server.shared.database import UTCDateTime
from server.shared.paging import Page, page_of


class Event(SQLModel, table=True):
    """One thing that happened. Ids of other rooms' rows are plain numbers, not foreign keys.

    `block` is the number of the block that seals it in the log's chain; None until it is sealed.
    """

    # Finds what waits to be sealed without a look at the rest, and a block's events.
    # The others say at once what happened last, in a challenge or of a kind.
    __table_args__ = (
        sa.Index("ix_event_block", "block", "id"),
        sa.Index("ix_event_challenge_id_id", "challenge_id", "id"),
        sa.Index("ix_event_kind_id", "kind", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=UTCDateTime, index=True)
    kind: str = Field(max_length=64)
    actor_id: int | None = Field(default=None, index=True)
    challenge_id: int | None = None
    team_id: int | None = Field(default=None, index=True)
    subject_id: int | None = None
    data: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    block: int | None = None


def record(
    session: Session,
    kind: str,
    *,
    at: datetime,
    actor_id: int | None = None,
    challenge_id: int | None = None,
    team_id: int | None = None,
    subject_id: int | None = None,
    **data: Any,
) -> Event:
    """Append an event, in the caller's transaction. `data` must hold no address or device."""
    event = Event(
        at=at,
        kind=kind,
        actor_id=actor_id,
        challenge_id=challenge_id,
        team_id=team_id,
        subject_id=subject_id,
        data=data,
    )
    session.add(event)
    return event


def latest_events(
    session: Session,
    *,
    page: int = 1,
    per_page: int = 50,
    kind: str = "",
    actor_id: int | None = None,
) -> Page[Event]:
    """Return a page of the log, newest first."""
    query = select(Event).order_by(col(Event.id).desc())
    if kind:
        query = query.where(col(Event.kind).startswith(kind, autoescape=True))
    if actor_id is not None:
        query = query.where(Event.actor_id == actor_id)
    return page_of(session, query, page=page, per_page=per_page)
