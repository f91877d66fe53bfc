"""What changes with every change of a challenge's boards: known by look-ups in indexes only."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import cache
from hashlib import sha256
from operator import attrgetter
from typing import Any, NamedTuple, TypeVar, cast

import sqlalchemy as sa
from sqlmodel import Session, col, func

from server.boards.models import Entry
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
# Which challenge is meant: by its number, its address, or a team of it.
MEANT: dict[str, Any] = {
    "id": sa.bindparam("id", type_=sa.Integer),
    "slug": sa.select(col(Challenge.id)).where(col(Challenge.slug) == sa.bindparam("slug")),
    "team": sa.select(col(Team.challenge_id)).where(col(Team.id) == sa.bindparam("team")),
}
PHASE_COLUMNS = attrgetter(*sa.inspect(Phase).local_table.columns.keys())


class Present(NamedTuple):
    """A challenge as it is now: its version, and its phases in their order."""

    version: str
    phases: list[Phase]


def look_at(session: Session, **meant: int | str) -> None:
    """Find a challenge, its phases and its version in one question, for what asks for them later.

    `meant` is its `id`, its `slug` or a `team` of it. A session that may see changes looks when it
    has to.
    """
    if finds_once(session):
        _look(session, **meant)


def version_of(session: Session, challenge_id: int) -> str:
    """Return a challenge's version, for everybody: nothing in it comes from what is not revealed.

    Every score, decision and reveal writes an event; the ranges of ranks alone come without one.
    A session that only reads is asked once.
    """
    return _present(session, challenge_id).version


def phases_as_they_are(session: Session, challenge_id: int) -> Sequence[Phase]:
    """Return a challenge's phases in their order, as its version has them."""
    return _present(session, challenge_id).phases


def _present(session: Session, challenge_id: int) -> Present:
    name = name_of(challenge_id)
    if name not in session.info:
        _look(session, id=challenge_id)
    return cast(Present, session.info[name])


def name_of(challenge_id: int) -> tuple[str, int]:
    """Return what a session notes a challenge under that it has looked at."""
    return "present", challenge_id


def _look(session: Session, **meant: int | str) -> None:
    by = next(iter(meant))
    found = session.execute(_question(by), meant).all()
    if not found:
        if by == "id":
            session.info[name_of(int(meant["id"]))] = Present("", [])
        return
    note_present(
        session, found, final_ranges(session, [row[1] for row in found if row[1] is not None])
    )


def note_present(session: Session, found: Sequence[Any], final: Mapping[int, Any]) -> None:
    """Note a challenge, its phases and its version for a session: of its rows of a question.

    `final`: of revealed phases, when the ranges of the final ranking were computed.
    """
    challenge: Challenge = found[0][0]
    phases: list[Phase] = [row[1] for row in found if row[1] is not None]
    said = [challenge.id, challenge.updated_at, *found[0][4:]]
    said.extend(
        (PHASE_COLUMNS(row[1]), *row[2:4], final.get(row[1].id))
        for row in found
        if row[1] is not None
    )
    version = sha256(repr(said).encode()).hexdigest()
    session.info[name_of(challenge.id or 0)] = Present(version, phases)
    remember(session, ("challenge", challenge.id), challenge)
    remember(session, ("challenge", challenge.slug), challenge)
    remember(session, ("phases", challenge.id), phases)


def final_ranges(session: Session, phases: Iterable[Phase]) -> dict[int, Any]:
    """Return when the ranges of final rankings were computed, by phase."""
    # Nothing reads a private row before the reveal, not even for this.
    revealed = [phase.id for phase in phases if phase.revealed_at is not None]
    if not revealed:
        return {}
    return dict(session.execute(_ranges_of_final(), {"revealed": revealed}).tuples().all())


@cache
def _ranges_of_final() -> sa.Select[*tuple[Any, ...]]:
    chosen = col(Phase.id).in_(sa.bindparam("revealed", expanding=True))
    return sa.select(col(Phase.id), ranges_at(Board.PRIVATE, col(Phase.id))).where(chosen)


# Made once: to build it would take longer than to run it, in each request. Its limits are a part of
# it, so that PostgreSQL sees that a plan for all is as good as one for each.
@cache
def _question(by: str) -> sa.Select[*tuple[Any, ...]]:
    """Return the select of a challenge, its phases, what each board stands on, and what was last.

    Each phase is a row; what was last is the same in all of them.
    """
    meant = MEANT[by] if by == "id" else MEANT[by].scalar_subquery()
    phase_id = col(Phase.id)
    live = sa.select(col(Evaluation.id)).where(col(Evaluation.phase_id) == phase_id, LIVE)
    last = _last(meant)
    return (
        sa.select(
            Challenge,
            Phase,
            live.scalar_subquery(),
            ranges_at(Board.PUBLIC, phase_id),
            *last.c,
        )
        .select_from(Challenge)
        .outerjoin(Phase, col(Phase.challenge_id) == col(Challenge.id))
        .join(last, sa.true())
        .where(col(Challenge.id) == meant)
        .order_by(col(Phase.position))
    )


def _last(meant: Any) -> sa.Subquery:
    latest = (
        sa.select(col(Event.id).label("id"))
        .where(col(Event.challenge_id) == meant)
        .order_by(col(Event.id).desc())
        .limit(sa.literal_column(str(LATEST)))
        .subquery()
    )
    of_all = [
        sa.select(func.max(col(Event.id))).where(col(Event.kind) == kind).scalar_subquery()
        for kind in OF_ALL
    ]
    return sa.select(func.max(latest.c.id), func.sum(latest.c.id), *of_all).subquery()


def ranges_at(board: Board, phase_id: Any) -> Any:
    """Return the scalar select of when the ranges of a board's ranks were computed."""
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
