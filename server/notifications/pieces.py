"""Telling many people in pieces: a transaction for some thousand, so that nobody waits for all.

Who is next is written in the transaction that tells. So whatever dies in between, and however
many workers there are, each is told once.
"""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from server.shared.database import Database

# The database takes about 0.15 s for so many, and everybody else's writing waits for it.
PEOPLE_AT_ONCE = 2_000


def people_after(
    session: Session, audience: sa.Select[Any], *, after: int, at_once: int
) -> list[int]:
    """Return the next people of an audience (a select of their ids) in the order of their ids."""
    (account_id,) = audience.selected_columns
    next_ones = audience.where(account_id > after).order_by(account_id).limit(at_once)
    return list(session.execute(next_ones).scalars())


def in_pieces(database: Database, tell_some: Callable[[Session], int | None]) -> int:
    """Tell some at a time until `tell_some` returns None; return how many were told."""
    told = 0
    while True:
        with database.writing() as session:
            some = tell_some(session)
            session.commit()
        if some is None:
            return told
        told += some
