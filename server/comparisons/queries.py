"""Reads of comparisons: two teams on the board that somebody may see, and what was found."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from server.boards.chosen import Chosen
from server.boards.models import Entry
from server.boards.places import places
from server.boards.rows import ORDER, On, TeamName, on_board
from server.comparisons.models import COMPARISONS, Comparison
from server.comparisons.rules import (
    MOST_INTERRUPTIONS,
    ComparisonState,
    Difference,
    Side,
    hides_differences,
    in_order,
)
from server.evaluations.rules import Board
from server.shared.errors import N_, NotFound
from server.teams.models import Team
from server.teams.rules import name_key

MOST_OFFERED = 100


@dataclass(frozen=True)
class OnBoard:
    """A team with what counts of it on a board, and its rank there."""

    team: TeamName
    entry: Entry
    rank: int


@dataclass(frozen=True)
class Pair:
    """Two teams of a board, and what is known of their difference.

    `row`: of what counts now, if anybody asked. `older`: the last result of earlier submissions,
    where there is none of these.
    """

    chosen: Chosen
    a: OnBoard
    b: OnBoard
    row: Comparison | None
    older: Comparison | None

    @property
    def state(self) -> str:
        """Where the comparison of what counts now stands; "none": nobody asked."""
        return self.row.state.value if self.row else "none"

    @property
    def difference(self) -> Difference | None:
        """What was found of a - b, of what counts now or else of earlier submissions."""
        shown = self.shown
        found = difference_of(shown.found) if shown and shown.found else None
        turned = shown is not None and shown.first_team_id != self.a.team.id
        return found.turned() if found and turned else found

    @property
    def shown(self) -> Comparison | None:
        """The row whose result is shown."""
        done = self.row is not None and self.row.state is ComparisonState.COMPARED
        return self.row if done else self.older

    @property
    def is_current(self) -> bool:
        """Whether the result that is shown is of what counts now."""
        return self.shown is not None and self.shown is self.row

    @property
    def may_be_asked(self) -> bool:
        """Whether a comparison of what counts now would be a new one."""
        return self.row is None or self.row.state is ComparisonState.FAILED


def difference_of(found: dict[str, Any]) -> Difference:
    """Return what was stored of a comparison."""
    return Difference(
        a=_side(found["a"]),
        b=_side(found["b"]),
        difference=found["difference"],
        interval=_ends(found["interval"]),
        p_value=found["p_value"],
        method=found["method"],
        rows=found["rows"],
    )


def _side(side: dict[str, Any]) -> Side:
    return Side(side["value"], _ends(side["interval"]), side["method"])


def _ends(interval: list[float] | None) -> tuple[float, float] | None:
    return None if interval is None else (interval[0], interval[1])


def is_offered(chosen: Chosen) -> bool:
    """Whether teams of a board can be compared at all."""
    phase = chosen.phase
    return (
        chosen.evaluation is not None
        and chosen.is_live
        and not hides_differences(
            ranking=phase.ranking, board=chosen.board, revealed=chosen.revealed
        )
    )


def pair_of(session: Session, chosen: Chosen, a: int, b: int) -> Pair:
    """Return two teams of the board that is shown. Raises NotFound where one is not on it."""
    first, second = (_on_board(session, chosen.on, team_id) for team_id in (a, b))
    row = comparison_of(session, chosen, first.entry, second.entry)
    older = None
    # Behind a frozen board there may be results of what it does not show.
    if not chosen.is_copy and (row is None or row.state is not ComparisonState.COMPARED):
        older = _last_result(session, chosen, a, b)
    return Pair(chosen, first, second, row, older)


def _on_board(session: Session, on: On, team_id: int) -> OnBoard:
    query = (
        sa.select(Entry, col(Team.name))
        .join(Team, col(Team.id) == col(Entry.team_id))
        .where(*on_board(on), col(Entry.team_id) == team_id)
    )
    found = session.execute(query).first()
    if found is None:
        raise NotFound(N_("There is no such team on this board."))
    entry: Entry = found[0]
    return OnBoard(TeamName(team_id, found[1]), entry, places(session, on, [entry.key])[entry.key])


def comparison_of(session: Session, chosen: Chosen, a: Entry, b: Entry) -> Comparison | None:
    """Return the one row of two entries' submissions, if anybody asked for it."""
    first, second = submissions_in_order(a, b)
    query = select(Comparison).where(
        Comparison.first_submission_id == first,
        Comparison.second_submission_id == second,
        Comparison.evaluation_id == a.evaluation_id,
        Comparison.board == chosen.board,
    )
    return session.exec(query).first() if a.evaluation_id == b.evaluation_id else None


def submissions_in_order(a: Entry, b: Entry) -> tuple[int, int]:
    """Return what two teams count with, that of the team with the smaller number first."""
    turned = in_order(a.team_id or 0, b.team_id or 0)[0] != a.team_id
    first, second = (b, a) if turned else (a, b)
    return first.submission_id, second.submission_id


def _last_result(session: Session, chosen: Chosen, a: int, b: int) -> Comparison | None:
    first, second = in_order(a, b)
    query = (
        select(Comparison)
        .where(
            Comparison.first_team_id == first,
            Comparison.second_team_id == second,
            Comparison.phase_id == chosen.phase.id,
            Comparison.board == chosen.board,
            Comparison.state == ComparisonState.COMPARED,
            *_since_everybody_may_see(chosen),
        )
        .order_by(col(Comparison.id).desc())
        .limit(1)
    )
    return session.exec(query).first()


def _since_everybody_may_see(chosen: Chosen) -> tuple[sa.ColumnElement[bool], ...]:
    """What organisers had compared of private rows before the reveal stays theirs."""
    if chosen.board is not Board.PRIVATE or chosen.organiser or chosen.phase.revealed_at is None:
        return ()
    return (col(Comparison.asked_at) >= chosen.phase.revealed_at,)


def teams_to_choose(session: Session, on: On, *, q: str = "") -> list[TeamName]:
    """Return the teams at the top of a board, in its order; `q`: of those with this name."""
    query = (
        sa.select(col(Team.id), col(Team.name))
        .select_from(Entry)
        .join(Team, col(Team.id) == col(Entry.team_id))
        .where(*on_board(on), col(Team.name_key).contains(name_key(q), autoescape=True))
        .order_by(*ORDER)
        .limit(MOST_OFFERED)
    )
    return [TeamName(*row) for row in session.execute(query)]


def comparison_by_id(session: Session, comparison_id: int) -> Comparison | None:
    """Return a comparison."""
    return session.get(Comparison, comparison_id)


def waiting_comparisons(session: Session, *, now: datetime, limit: int) -> list[int]:
    """Return what nobody compares, the oldest first."""
    query = (
        sa.select(col(Comparison.id)).where(COMPARISONS.free(now)).order_by(col(Comparison.id))
    ).limit(limit)
    return [int(found) for found in session.execute(query).scalars()]


def interrupted(session: Session) -> list[Comparison]:
    """Return what took its worker down too often."""
    query = select(Comparison).where(
        Comparison.state == ComparisonState.QUEUED,
        Comparison.interruptions >= MOST_INTERRUPTIONS,
    )
    return list(session.exec(query.with_for_update(skip_locked=True)))
