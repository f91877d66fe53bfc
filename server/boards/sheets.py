"""Pages of boards on sheets: what stands around a page's rows is drawn once for everybody.

The pages of a board differ in their rows, in where they lead, in what was searched for and in who
reads them. The rest, a page's frame, costs three times as much to draw as its rows to write: it is
drawn once a version of the board, with marks in the places of what differs, and kept.
"""

import re
import secrets
from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, NamedTuple, TypeVar, cast

from flask import request, url_for
from markupsafe import Markup, escape
from sqlmodel import Session

from server.boards.chosen import Chosen
from server.boards.leaderboards import Leaderboard
from server.boards.readers import WORDS, Reader, reader_of, standing_in, with_mark
from server.boards.versions import kept, tick_at
from server.challenges.views import Frame
from server.shared.language import LANGUAGES, language
from server.shared.web import now

# Nobody can guess it, so that nobody's words can hold a mark.
_SECRET = secrets.token_hex(8)
_MARK = re.compile(rf"at{_SECRET}(\d+)e")


class Outline(NamedTuple):
    """What the frame of a page is drawn of; pages of one outline differ in their places alone.

    `filtered`: there was a search; `total`: how many rows the board has, where this page has none
    of them; `options`: there is a choice of universities.
    """

    chosen: Chosen
    board: str | None
    evaluation: int | None
    filtered: bool
    is_first: bool
    has_rows: bool
    total: int
    shows_withdrawn: bool
    has_ranges: bool
    as_of: datetime | None
    tells_chance: bool
    options: bool

    @classmethod
    def of(cls, view: Leaderboard, *, options: bool) -> "Outline":
        """Look at a page."""
        asked, page = view.asked, view.page
        return cls(
            chosen=view.chosen,
            board=asked.board.value if asked.board else None,
            evaluation=asked.evaluation,
            filtered=asked.filtered,
            is_first=page.page == 1,
            has_rows=bool(page.rows),
            total=0 if page.rows else page.total,
            shows_withdrawn=view.shows_withdrawn,
            has_ranges=view.has_ranges,
            as_of=view.as_of,
            tells_chance=any(row.chance_move is not None for row in page.rows),
            options=options,
        )

    @property
    def name(self) -> tuple[object, ...]:
        """What it is kept under."""
        chosen = self.chosen
        return chosen.on, chosen.board, chosen.evaluation and chosen.evaluation.id, *self[1:]


class Places(NamedTuple):
    """What pages of one outline differ in: HTML, and at last the page's own address."""

    rows: Markup
    pages: Markup
    options: Markup
    q: Markup
    own: Markup
    page_address: str


class TeamPlaces(NamedTuple):
    """What pages of a challenge's teams differ in: HTML, and at last the page's own address."""

    title: Markup
    tab: Markup
    aside: Markup
    page_path: str
    page_address: str


# Stand in other addresses, as what to come back to.
ADDRESSES = ("page_path", "page_address")
Filling = TypeVar("Filling", bound=Places | TeamPlaces)


class Sheet(NamedTuple, Generic[Filling]):
    """Pages of a challenge under one name.

    `frame` finds what stands around its tabs; `draw` makes a page of it, of places and of what its
    templates are told besides, and may ask for nothing else of the request.
    """

    challenge_id: int
    name: Hashable
    frame: Callable[[], Frame]
    draw: Callable[[Frame, Filling, Mapping[str, Any]], str]


def _marks(first: int, number: int) -> list[Markup]:
    marks = (f"at{_SECRET}{index}e" for index in range(first, first + number))
    return [Markup(mark) for mark in marks]  # noqa: S704 - letters and digits


def own_address() -> str:
    """Return the address that is asked for, as a page's links name it."""
    return request.full_path.rstrip("?")


def on_a_sheet(session: Session, sheet: Sheet[Filling], places: Filling) -> str:
    """Return the page that has these places; mostly by way of a sheet that is kept."""
    reader = reader_of(session, sheet.challenge_id)
    if reader is None:
        return sheet.draw(sheet.frame(), places, {})
    words: list[str] = [*_words(places), *reader.words]
    return _filled(_pieces(session, sheet, places, reader), words)


def _pieces(session: Session, sheet: Sheet[Filling], places: Filling, reader: Reader) -> list[str]:
    tick = tick_at(session, sheet.challenge_id, now=now())
    return kept(
        session,
        ("sheet", sheet.name, tick, language(), reader.position),
        sheet.challenge_id,
        lambda: _MARK.split(_drawn(sheet, places, reader)),
        size=lambda found: sum(map(len, found)),
    )


def _drawn(sheet: Sheet[Filling], places: Filling, reader: Reader) -> str:
    """Draw a page with marks in its places, and in those of what it says of its reader."""
    frame = sheet.frame()
    marks = cast(Filling, cast(Any, places)._make(_marks(0, len(places))))
    of_reader = _marks(len(places), WORDS)
    with standing_in(reader, of_reader) as context:
        return with_mark(sheet.draw(frame, marks, context), of_reader)


def _filled(pieces: list[str], words: Sequence[str]) -> str:
    page = list(pieces)
    page[1::2] = [words[int(number)] for number in pieces[1::2]]
    return "".join(page)


def _words(places: Places | TeamPlaces) -> list[str]:
    return [
        _as_argument(value) if name in ADDRESSES else str(value)
        for name, value in zip(places._fields, places, strict=True)
    ]


def _as_argument(address: str) -> str:
    """Return an address as it stands in another, in HTML."""
    whole = url_for("accounts.speak", spoken=LANGUAGES[0], next=address)
    return str(escape(whole.partition("next=")[2]))
