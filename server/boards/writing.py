"""Writes the rows of a page: what most rows share, their template says once and for all.

A page has fifty rows of two kilobytes. A template that is run for each takes ten times as long as
to fill a row's words into what it said of a row of marks.
"""

import secrets
import zlib
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any, NamedTuple

from flask import url_for
from markupsafe import Markup, escape
from sqlmodel import Session

from server.boards.leaderboards import Leaderboard
from server.boards.patterns import Pattern, marks, pattern_of
from server.boards.shown import Interval, Moment, ShownRow, row_macro, shown_rows
from server.boards.versions import kept
from server.shared.language import language

# The first three ranks are drawn each in its own way.
OWN_WAY = 3
# A tenth of the bytes for a fifth of a millisecond: a board of 800 pages is kept whole.
PACKED = 1
# Stands for whose team the others are compared with; nobody's words can hold it.
COMPARED = f"compared{secrets.token_hex(8)}"


class Kind(NamedTuple):
    """In what rows differ besides their words."""

    university: bool
    mixed: bool
    interval: bool
    title: bool
    method: bool
    compares: bool


class Compares(NamedTuple):
    """Where a viewer's team is compared with another: what stands around that one's number."""

    before: str
    after: str

    def url(self, team_id: int | str | None) -> str:
        """Return the address of the comparison with a team."""
        return f"{self.before}{team_id}{self.after}"


def compares_of(view: Leaderboard, own_team_id: int | None) -> Compares | None:
    """Return where the rows' teams are compared with the viewer's, where that can be asked for."""
    chosen = view.chosen
    if own_team_id is None or not chosen.is_live or chosen.is_ladder:
        return None
    url = url_for(
        "comparisons.compare",
        slug=chosen.challenge.slug,
        a=own_team_id,
        b="_",
        phase=chosen.phase.slug,
        board=chosen.board.value,
    )
    before, _, after = url.partition("b=_")
    return Compares(f"{before}b=", after)


def written_rows(
    session: Session, view: Leaderboard, *, own_team_id: int | None, compares: Compares | None
) -> Markup:
    """Return the rows of a page as HTML; the viewer's own is marked.

    For those who are signed in and have no row there, they are written once: these differ in the
    team alone that others are compared with.
    """
    own = own_team_id is not None and any(
        row.team and row.team.id == own_team_id for row in view.page.rows
    )
    if own or compares is None or not view.chosen.is_live:
        return Markup(_rows(view, own_team_id, compares))  # noqa: S704 - each escaped by _written
    stand_in = Compares(COMPARED, compares.after)
    packed = kept(
        session,
        ("written", view.chosen.on, view.asked, compares.after, language()),
        view.chosen.challenge.id or 0,
        lambda: zlib.compress(_rows(view, None, stand_in).encode(), PACKED),
        size=len,
    )
    rows = zlib.decompress(packed).decode()
    return Markup(rows.replace(COMPARED, escape(compares.before)))  # noqa: S704 - as above


def _rows(view: Leaderboard, own_team_id: int | None, compares: Compares | None) -> str:
    pattern = partial(_pattern, language())
    return "".join(
        _written(row, own_team_id is not None and row.team_id == own_team_id, compares, pattern)
        for row in shown_rows(view)
    )


def page_links(view: Leaderboard) -> Markup:
    """Return the links to a board's other pages as HTML."""
    chosen, asked, page = view.chosen, view.asked, view.page
    asked_for = (
        ("slug", chosen.challenge.slug),
        ("phase", chosen.phase.slug),
        ("board", asked.board and asked.board.value),
        ("q", asked.q or None),
        ("university", asked.university or None),
        ("evaluation", asked.evaluation),
    )
    written = _page_links(page.page, page.per_page, page.total, asked_for, language())
    return Markup(written)  # noqa: S704 - what a template has escaped


# A board's scores change more often than the number of its teams.
@lru_cache(maxsize=2_000)
def _page_links(
    page: int, per_page: int, total: int, asked_for: tuple[tuple[str, Any], ...], _language: str
) -> str:
    return str(row_macro("pages")(page, per_page, total, dict(asked_for)))


def _written(
    row: ShownRow, is_own: bool, compares: Compares | None, pattern: Callable[[Kind], Pattern]
) -> str:
    url = compares.url(row.team_id) if compares and row.team_id is not None else ""
    if is_own or row.last is None or row.rank is None or row.rank <= OWN_WAY:
        return str(row_macro("board_row")(row, is_own, url))
    return pattern(_kind(row, url)).filled(_words(row, url))


def _kind(row: ShownRow, url: str) -> Kind:
    interval = row.interval
    return Kind(
        row.university_slug is not None,
        bool(row.more),
        interval is not None,
        interval is not None and bool(interval.title),
        bool(row.method),
        bool(url),
    )


NO_INTERVAL = Interval("", "", "", "", "", "")


def _words(row: ShownRow, url: str) -> tuple[object, ...]:
    """Return a row's words in the order of `_marked`; escaped: our own numbers need not be."""
    assert row.last
    low, high, left, right, at, title = row.interval or NO_INTERVAL
    return (
        escape(row.bracket),
        row.place,
        row.beside,
        row.team_url,
        row.team_id,
        escape(row.team),
        row.university_url,
        escape(row.university_slug),
        escape(row.university),
        escape(row.more),
        escape(row.others),
        row.share,
        row.score,
        *(low, high, left, right, at, escape(title)),
        escape(row.method),
        row.submissions,
        row.last.iso,
        escape(row.last.words),
        escape(url),
    )


def _marked(kind: Kind) -> tuple[ShownRow, str]:
    """Return a row of a kind whose words are marks, and the mark of what it is compared at."""
    mark = iter(marks(40))
    first = [next(mark) for _ in range(13)]
    interval = Interval(*(next(mark) for _ in Interval._fields))
    method, submissions = next(mark), next(mark)
    last, url = Moment(next(mark), next(mark)), next(mark)
    if not kind.title:
        interval = interval._replace(title="")
    words: list[Any] = [OWN_WAY + 1, *first, interval if kind.interval else None]
    words += [method if kind.method else "", submissions, last]
    row = ShownRow(*words)
    if not kind.university:
        row = row._replace(university_slug=None)
    if not kind.mixed:
        row = row._replace(more="")
    return row, url if kind.compares else ""


@lru_cache(maxsize=256)
def _pattern(_language: str, kind: Kind) -> Pattern:
    row, url = _marked(kind)
    return pattern_of(str(row_macro("board_row")(row, False, url)))
