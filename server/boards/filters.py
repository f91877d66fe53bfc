"""What a board can be narrowed by: its universities, of which a large contest has a thousand."""

from collections.abc import Iterable
from functools import lru_cache

from flask_babel import gettext
from markupsafe import Markup, escape
from sqlmodel import Session

from server.boards.chosen import Chosen
from server.boards.marks import kept_of
from server.boards.mixed import names_mixed
from server.boards.reading import universities_on
from server.boards.rows import UniversityName
from server.boards.shown import row_macro
from server.shared.language import language
from server.shared.web import services
from server.universities.naming import university_name

# About what a name takes in memory.
NAME_BYTES = 200


def universities_to_filter(session: Session, chosen: Chosen) -> list[UniversityName]:
    """Return the universities that the board can be narrowed to."""
    on, mixed = chosen.on, names_mixed(chosen.challenge)
    return kept_of(
        session, "universities", on, lambda: universities_on(session, on, mixed=mixed), NAME_BYTES
    )


def university_options(session: Session, chosen: Chosen, *, selected: str) -> Markup:
    """Return the universities of a board as the options of a choice; empty: there is no choice."""
    names = universities_to_filter(session, chosen)
    if len(names) < 2 and not selected:
        return Markup()
    # By the names and not by the version: of a running contest that changes with every score.
    options = services().cache.fetch(
        ("options", tuple(names), language()),
        lambda: _drawn([("", gettext("All")), *((n.slug, university_name(n)) for n in names)]),
        size=len,
    )
    value = f'value="{escape(selected)}"'
    return Markup(options.replace(value, f"{value} selected", 1) if selected else options)  # noqa: S704 - rendered by our own template


def _drawn(options: Iterable[tuple[str, str]]) -> str:
    return "".join(_option(value, words) for value, words in options)


# A university stands on many boards: it is drawn once.
@lru_cache(maxsize=10_000)
def _option(value: str, words: str) -> str:
    return str(row_macro("option")(value, words))
