"""What a leaderboard shows: the page that somebody asks for, and where they stand themselves."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from server.boards.chosen import Asked, Chosen
from server.boards.finding import found_page
from server.boards.kept import every_kept, kept_page
from server.boards.marks import kept_of
from server.boards.mixed import names_mixed, with_universities
from server.boards.moves import with_moves
from server.boards.reading import (
    EXPORTED_AT_ONCE,
    ROW_BYTES,
    Standing,
    brackets_over,
    every_row,
    standing_of,
    whole_page,
)
from server.boards.rows import Row
from server.boards.versions import kept
from server.boards.withdrawn import Withdrawn, withdrawn_on
from server.shared.paging import Page

# About what a team's place takes in memory.
STANDING_BYTES = 1_000
# So many times the middle half of the intervals' ends an axis goes beyond it.
AXIS_REACH = 3.0


@dataclass(frozen=True)
class Leaderboard:
    """A page of a board; `withdrawn` stand below its last row, whatever the page."""

    chosen: Chosen
    asked: Asked
    page: Page[Row]
    withdrawn: Sequence[Withdrawn] = ()

    @property
    def shows_withdrawn(self) -> bool:
        """Whether this page ends the board, so that the withdrawn stand below it."""
        pages = max(1, -(-self.page.total // self.page.per_page))
        return bool(self.withdrawn) and self.page.page == pages and not self.asked.filtered

    @property
    def as_of(self) -> datetime | None:
        """When the ranges of the page's ranks were computed."""
        return max((r.ranges_at for r in self.page.rows if r.ranges_at), default=None)

    @property
    def has_ranges(self) -> bool:
        """Whether some row says how sure its rank is."""
        return any(row.rank_range for row in self.page.rows)

    @property
    def brackets(self) -> Sequence[str]:
        """Where each row stands in the bracket over the teams that can't be told from its first.

        Parts of a board and boards that were kept have none.
        """
        rows = self.page.rows
        drawn = self.chosen.is_live and not self.asked.filtered
        return brackets_over(rows) if drawn else [""] * len(rows)

    @property
    def axis(self) -> tuple[float, float]:
        """The ends of the axis that the page's intervals share; outliers lie beyond them."""
        ends = sorted(end for row in self.page.rows for end in row.interval or (row.score,))
        if not ends:
            return 0.0, 1.0
        lower, upper = ends[len(ends) // 4], ends[-1 - len(ends) // 4]
        reach = AXIS_REACH * (upper - lower)
        return max(ends[0], lower - reach), min(ends[-1], upper + reach)

    @property
    def decimals(self) -> int:
        """How many decimals keep the page's scores in a column."""
        largest = max((abs(row.score) for row in self.page.rows), default=0)
        return 4 if largest < 10 else 3 if largest < 100 else 2 if largest < 1000 else 1


def board_page(
    session: Session, chosen: Chosen, asked: Asked, *, again: bool = True
) -> Leaderboard:
    """Return the page of a board that is asked for.

    `again`: its rows may be needed again; those of a page that is kept itself are not.
    """
    if not chosen.is_live:
        return Leaderboard(chosen, asked, _kept_page(session, chosen, asked))
    page = kept(
        session,
        ("rows", chosen.on, asked),
        chosen.challenge.id or 0,
        lambda: _page(session, chosen, asked),
        size=lambda found: ROW_BYTES * (1 + len(found.rows)) if again else None,
    )
    withdrawn = kept_of(
        session, "withdrawn", chosen.on, lambda: withdrawn_on(session, chosen.on), ROW_BYTES
    )
    return Leaderboard(chosen, asked, page, withdrawn)


def _page(session: Session, chosen: Chosen, asked: Asked) -> Page[Row]:
    if asked.filtered:
        page = found_page(
            session,
            chosen.on,
            q=asked.q,
            university=asked.university,
            page=asked.page,
            per_page=asked.per_page,
        )
    else:
        page = whole_page(session, chosen.on, page=asked.page, per_page=asked.per_page)
    if chosen.shows_moves:
        page = replace(page, rows=with_moves(session, chosen.on.phase_id, page.rows))
    return _named(session, chosen, page)


def _named(session: Session, chosen: Chosen, page: Page[Row]) -> Page[Row]:
    if not names_mixed(chosen.challenge):
        return page
    return replace(page, rows=with_universities(session, page.rows))


def _kept_page(session: Session, chosen: Chosen, asked: Asked) -> Page[Row]:
    assert chosen.evaluation is not None
    page = kept_page(
        session,
        chosen.evaluation,
        chosen.board,
        q=asked.q,
        university=asked.university,
        page=asked.page,
        per_page=asked.per_page,
    )
    return _named(session, chosen, page)


def whole_board(session: Session, chosen: Chosen) -> Iterator[Row]:
    """Yield every row of a board (for exports)."""
    if chosen.is_live:
        rows = list(every_row(session, chosen.on))
    else:
        assert chosen.evaluation is not None
        rows = list(every_kept(session, chosen.evaluation, chosen.board))
    for first in range(0, len(rows), EXPORTED_AT_ONCE):
        some = rows[first : first + EXPORTED_AT_ONCE]
        if chosen.shows_moves:
            some = with_moves(session, chosen.on.phase_id, some)
        yield from with_universities(session, some) if names_mixed(chosen.challenge) else some


def own_standing(
    session: Session, chosen: Chosen, team_id: int | None, *, per_page: int
) -> Standing | None:
    """Return where the viewer's team stands on the board that is shown."""
    if team_id is None or not chosen.is_live:
        return None
    found = kept_of(
        session,
        f"standing of {team_id} by {per_page}",
        chosen.on,
        lambda: [standing_of(session, chosen.on, team_id, per_page=per_page)],
        STANDING_BYTES,
    )
    return found[0]
