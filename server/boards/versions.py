"""What changes with every change of a challenge's boards: known by look-ups in indexes only."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import cache
from hashlib import sha256
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlmodel import Session, col, func

from server.boards.models import Entry
from server.challenges.models import Challenge, Phase
from server.evaluations.models import LIVE, Evaluation
from server.evaluations.rules import Board
from server.shared.caching import cache_of, once
from server.shared.events import Event

Made = TypeVar("Made")
# Numbers of events are given out before they are committed: one that comes late still shows.
LATEST = 32
# About what a phase or an evaluation takes in memory, with what it says in JSON.
ROW_BYTES = 8_000
CHALLENGE: sa.BindParameter[int] = sa.bindparam("challenge_id")
# What changes names on every board, and is no challenge's own.
OF_ALL = ("university.renamed", "university.merged")


def version_of(session: Session, challenge_id: int) -> str:
    """Return a challenge's version, for everybody: nothing in it comes from what is not revealed.

    Every score, decision and reveal writes an event; the ranges of ranks alone come without one.
    A session that only reads is asked once.
    """
    name = ("version", challenge_id)
    if name not in session.info:
        of_challenge = {"challenge_id": challenge_id}
        phases = phases_as_they_are(session, challenge_id)
        said = [
            challenge_id,
            *session.execute(_events(), of_challenge),
            *phases,
            # Nothing reads a private row before the reveal, not even for this.
            *(_final_ranges(session, p.id) for p in phases if p.revealed_at is not None),
        ]
        session.info[name] = sha256(repr(said).encode()).hexdigest()
    return str(session.info[name])


def phases_as_they_are(session: Session, challenge_id: int) -> Sequence[Any]:
    """Return the columns of a challenge's phases in their order, and what each board stands on."""
    name = ("phases as they are", challenge_id)
    return once(
        session, name, lambda: session.execute(_phases(), {"challenge_id": challenge_id}).all()
    )


# Made once: to build them would take longer than to run them, in each request.
@cache
def _events() -> sa.Select[*tuple[Any, ...]]:
    latest = (
        sa.select(col(Event.id).label("id"))
        .where(col(Event.challenge_id) == CHALLENGE)
        .order_by(col(Event.id).desc())
        .limit(LATEST)
        .subquery()
    )
    of_all = [
        sa.select(func.max(col(Event.id))).where(col(Event.kind) == kind).scalar_subquery()
        for kind in OF_ALL
    ]
    changed = sa.select(col(Challenge.updated_at)).where(col(Challenge.id) == CHALLENGE)
    return sa.select(
        func.max(latest.c.id),
        func.sum(latest.c.id),
        *of_all,
        changed.scalar_subquery(),
    )


@cache
def _phases() -> sa.Select[*tuple[Any, ...]]:
    live = sa.select(col(Evaluation.id)).where(col(Evaluation.phase_id) == col(Phase.id), LIVE)
    return (
        sa.select(
            *sa.inspect(Phase).local_table.columns,
            live.scalar_subquery(),
            _ranges_at(Board.PUBLIC, col(Phase.id)).scalar_subquery(),
        )
        .where(col(Phase.challenge_id) == CHALLENGE)
        .order_by(col(Phase.position))
    )


def _final_ranges(session: Session, phase_id: int) -> Any:
    return session.execute(_ranges_at(Board.PRIVATE, phase_id)).scalar()


def _ranges_at(board: Board, phase_id: Any) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(col(Entry.ranges_at))
        .where(
            col(Entry.phase_id) == phase_id,
            col(Entry.board) == board,
            col(Entry.ranked).is_(True),
        )
        .order_by(col(Entry.key))
        .limit(1)
    )


def kept(
    session: Session,
    name: Hashable,
    challenge_id: int,
    make: Callable[[], Made],
    *,
    size: Callable[[Made], int | None],
) -> Made:
    """Return what is the same for everybody as long as nothing changes; else make it.

    `name` says which board's rows it is made of: what only organisers may see has a name of its
    own, and is found by nobody else. A session that writes makes it anew.
    """
    found = cache_of(session)
    if found is None:
        return make()
    return found.fetch((name, version_of(session, challenge_id)), make, size=size)


def kept_rows(
    session: Session, name: Hashable, challenge_id: int, find: Callable[[], Iterable[Made]]
) -> list[Made]:
    """Return rows of tables that stay as they are as long as a challenge's version does.

    They belong to no session: they are read by whoever asks, and written by nobody.
    """

    def make() -> list[Made]:
        found = list(find())
        if cache_of(session) is not None:
            for row in found:
                session.expunge(row)
        return found

    return kept(session, name, challenge_id, make, size=lambda rows: ROW_BYTES * (1 + len(rows)))
