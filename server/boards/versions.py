"""What changes with every change of a challenge's boards: known by look-ups in indexes only."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple, TypeVar, cast

import sqlalchemy as sa
from sqlmodel import Session, col, func

from server.boards.models import Entry
from server.boards.timing import tick_of
from server.challenges.models import Challenge, Phase
from server.evaluations.models import LIVE, Evaluation
from server.evaluations.rules import Board
from server.shared.caching import cache_of, finds_once, remember
from server.shared.events import Event
from server.teams.models import Team

Made = TypeVar("Made")
# Numbers of events are given out before they are committed: one that comes late still shows.
LATEST = 32
# About what a phase or an evaluation takes in memory, with what it says in JSON.
ROW_BYTES = 8_000
# What changes names on every board, and is no challenge's own.
OF_ALL = ("university.renamed", "university.merged")
# Which challenges are meant: by their numbers, one by its address, or by a team of it.
MEANT: dict[str, sa.ColumnElement[bool]] = {
    "ids": col(Challenge.id).in_(sa.bindparam("ids", expanding=True, type_=sa.Integer)),
    "slug": col(Challenge.slug) == sa.bindparam("slug"),
    "team": col(Challenge.id)
    == sa.select(col(Team.challenge_id))
    .where(col(Team.id) == sa.bindparam("team"))
    .scalar_subquery(),
}
PHASE_COLUMNS = attrgetter(*sa.inspect(Phase).local_table.columns.keys())


class Present(NamedTuple):
    """A challenge as it is now: its version, its phases in their order, its late days."""

    version: str
    phases: list[Phase]
    late_days: int = 0


def look_at(session: Session, **meant: int | str) -> None:
    """Find a challenge, its phases and its version in one question, for what asks for them later.

    `meant` is its `slug` or a `team` of it. A session that may see changes looks when it has to.
    """
    if finds_once(session):
        _look(session, **meant)


def look_at_all(session: Session, challenge_ids: Iterable[int]) -> None:
    """Find several challenges as `look_at` finds one, in one question for all."""
    ids = sorted({number for number in challenge_ids if _name_of(number) not in session.info})
    if ids and finds_once(session):
        _look(session, ids=ids)


def version_of(session: Session, challenge_id: int) -> str:
    """Return a challenge's version, for everybody: nothing in it comes from what is not revealed.

    Every score, decision and reveal writes an event; the ranges of ranks alone come without one.
    A session that only reads is asked once.
    """
    return _present(session, challenge_id).version


def tick_at(session: Session, challenge_id: int, *, now: datetime) -> tuple[int, int]:
    """Return what changes when the clock alone changes a challenge's pages (`timing.tick_of`)."""
    present = _present(session, challenge_id)
    return tick_of(present.phases, late=timedelta(days=present.late_days), now=now)


def _present(session: Session, challenge_id: int) -> Present:
    name = _name_of(challenge_id)
    if name not in session.info:
        _look(session, ids=[challenge_id])
    return cast(Present, session.info.get(name, Present("", [])))


def _name_of(challenge_id: int) -> tuple[str, int]:
    return "present", challenge_id


def _look(session: Session, **meant: int | str | list[int]) -> None:
    found = session.execute(_question(next(iter(meant))), meant).all()
    final = _final_ranges(session, [row[1] for row in found if row[1] is not None])
    for _, rows in groupby(found, key=lambda row: row[0].id):
        _note(session, list(rows), final)


def _note(session: Session, found: Sequence[Any], final: Mapping[int, Any]) -> None:
    challenge: Challenge = found[0][0]
    phases: list[Phase] = [row[1] for row in found if row[1] is not None]
    said = [challenge.id, challenge.updated_at, *found[0][4:]]
    said.extend(
        (PHASE_COLUMNS(row[1]), *row[2:4], final.get(row[1].id))
        for row in found
        if row[1] is not None
    )
    version = sha256(repr(said).encode()).hexdigest()
    session.info[_name_of(challenge.id or 0)] = Present(version, phases, challenge.late_days)
    note_phases(session, phases)
    remember(session, ("challenge", challenge.id), challenge)
    remember(session, ("challenge", challenge.slug), challenge)
    remember(session, ("phases", challenge.id), phases)


def challenge_of_phase(session: Session, phase_id: int) -> int:
    """Return the challenge under whose version is kept what is kept of a phase's boards."""
    name = _name_of_phase(phase_id)
    if name not in session.info:
        query = sa.select(col(Phase.challenge_id)).where(col(Phase.id) == phase_id)
        session.info[name] = session.execute(query).scalar_one()
    return int(session.info[name])


def _name_of_phase(phase_id: int) -> tuple[str, int]:
    return "challenge of phase", phase_id


def note_phases(session: Session, phases: Iterable[Phase]) -> None:
    """Note whose phases these are: what is kept of their boards is kept for that challenge."""
    session.info.update({_name_of_phase(phase.id or 0): phase.challenge_id for phase in phases})


def _final_ranges(session: Session, phases: Iterable[Phase]) -> dict[int, Any]:
    # Nothing reads a private row before the reveal, not even for this.
    revealed = [phase.id for phase in phases if phase.revealed_at is not None]
    if not revealed:
        return {}
    return dict(session.execute(_ranges_of_final(), {"revealed": revealed}).tuples().all())


@cache
def _ranges_of_final() -> sa.Select[*tuple[Any, ...]]:
    chosen = col(Phase.id).in_(sa.bindparam("revealed", expanding=True))
    return sa.select(col(Phase.id), _ranges_at(Board.PRIVATE, col(Phase.id))).where(chosen)


# Made once: to build it would take longer than to run it, in each request. Its limits are a part of
# it, so that PostgreSQL sees that a plan for all is as good as one for each.
@cache
def _question(by: str) -> sa.Select[*tuple[Any, ...]]:
    """Return the select of challenges, their phases, what each board stands on, and what was last.

    Each phase is a row; what was last is the same in all of a challenge's.
    """
    phase_id = col(Phase.id)
    live = sa.select(col(Evaluation.id)).where(col(Evaluation.phase_id) == phase_id, LIVE)
    of_all = [
        sa.select(func.max(col(Event.id))).where(col(Event.kind) == kind).scalar_subquery()
        for kind in OF_ALL
    ]
    return (
        sa.select(
            Challenge,
            Phase,
            live.scalar_subquery(),
            _ranges_at(Board.PUBLIC, phase_id),
            _latest(func.max),
            _latest(func.sum),
            *of_all,
        )
        .select_from(Challenge)
        .outerjoin(Phase, col(Phase.challenge_id) == col(Challenge.id))
        .where(MEANT[by])
        .order_by(col(Challenge.id), col(Phase.position))
    )


def _latest(put_together: Callable[[Any], Any]) -> Any:
    """Return the scalar select of the numbers of a challenge's last events, put together."""
    latest = (
        sa.select(col(Event.id).label("id"))
        .where(col(Event.challenge_id) == col(Challenge.id))
        .order_by(col(Event.id).desc())
        .limit(sa.literal_column(str(LATEST)))
        .correlate(Challenge)
        .subquery()
    )
    return sa.select(put_together(latest.c.id)).scalar_subquery()


def _ranges_at(board: Board, phase_id: Any) -> Any:
    return (
        sa.select(col(Entry.ranges_at))
        .where(
            col(Entry.phase_id) == phase_id,
            col(Entry.board) == board,
            col(Entry.ranked).is_(True),
        )
        .order_by(col(Entry.key))
        .limit(sa.literal_column("1"))
        .scalar_subquery()
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
