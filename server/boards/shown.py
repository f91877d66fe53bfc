"""Rows as a page shows them: every number and moment in words, for a template without calls."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from flask import current_app, url_for
from flask_babel import gettext, ngettext
from markupsafe import Markup

from server.boards.leaderboards import Leaderboard
from server.boards.patterns import Pattern, marks, pattern_of
from server.boards.rows import Row, UniversityName
from server.shared.language import language, number_words
from server.shared.moments import moment_words
from server.universities.naming import university_name

# The drawing of an interval: its width, and what stays free at its ends.
WIDTH, MARGIN = 120, 4
TEMPLATE = "boards/_row.html"
# Of shares below this one nothing is said.
LEAST_SHARE = 0.005
NOTHING = Markup()


class Interval(NamedTuple):
    """An interval in words, and where its ends and the score stand in its drawing."""

    low: str
    high: str
    left: str
    right: str
    at: str
    title: str


class Moment(NamedTuple):
    """A moment for machines and in words. How long it is ago is a script's: a page is kept."""

    iso: str
    words: str


class ShownRow(NamedTuple):
    """A row in the words of its template; `beside` stands beside the rank, `share` under the team.

    `rank` and `last` are None for what is not ranked or a baseline. `more` says how many other
    universities a mixed team has, and `others` names them.
    """

    rank: int | None
    bracket: str
    place: str
    beside: Markup
    team_url: str
    team_id: int | str | None
    team: str
    university_url: str
    university_slug: str | None
    university: str
    more: str
    others: str
    share: Markup
    score: str
    interval: Interval | None
    method: str
    submissions: str
    last: Moment | None


class Words:
    """Says the rows of one page in the reader's language; what repeats is said once."""

    def __init__(self, view: Leaderboard) -> None:
        self.language, self.is_ladder = language(), view.chosen.is_ladder
        self.form = "#,##0." + "0" * view.decimals if view.decimals else "#,##0"
        low, high = view.axis
        self.low, self.scale = low, (WIDTH - 2 * MARGIN) / (high - low if high > low else 1.0)
        self.moment = gettext("d MMM y, HH:mm")
        self.team_url = url_for("boards.team", team_id=0)[:-1]
        self.university_url = url_for("profiles.university", slug="_")[:-1]
        self.methods: dict[str, str] = {}
        self.names: dict[UniversityName, str] = {}

    def row(self, row: Row, bracket: str) -> ShownRow:
        """Say a row."""
        team, universities = row.team, row.universities
        university = universities[0] if universities else None
        return ShownRow(
            row.rank,
            bracket,
            "" if row.rank is None else number_words(row.rank, None, self.language),
            self.beside(row),
            self.team_url,
            team.id if team else None,
            team.name if team else row.baseline or "",
            self.university_url,
            university.slug if university else None,
            self.name(university) if university else "",
            *self.others(universities[1:]),
            self.share(row),
            self.number(row.score),
            self.interval(row),
            row.method,
            "" if row.baseline else number_words(row.submissions, None, self.language),
            self.last(row),
        )

    def name(self, university: UniversityName) -> str:
        """Name a university."""
        if university not in self.names:
            self.names[university] = university_name(university)
        return self.names[university]

    def others(self, universities: Sequence[UniversityName]) -> tuple[str, str]:
        """Say how many other universities a team has, and which."""
        if not universities:
            return "", ""
        names = " · ".join(map(self.name, universities))
        more = len(universities)
        return ngettext(
            "and %(num)s other university", "and %(num)s other universities", more
        ), names

    def number(self, value: float) -> str:
        """Write a score."""
        return number_words(value, self.form, self.language)

    def at(self, value: float) -> str:
        """Return where a value stands in the drawing."""
        along = (value - self.low) * self.scale
        return f"{MARGIN + min(max(along, 0.0), WIDTH - 2 * MARGIN):.1f}"

    def interval(self, row: Row) -> Interval | None:
        """Write and place an interval."""
        if row.interval is None:
            return None
        low, high = row.interval
        ends = self.at(low), self.at(high), self.at(row.score)
        return Interval(self.number(low), self.number(high), *ends, self.title(row.method))

    def title(self, method: str) -> str:
        """Say how an interval was found."""
        if method not in self.methods:
            said = gettext("95 %% interval: %(method)s", method=method) if method else ""
            self.methods[method] = said
        return self.methods[method]

    def beside(self, row: Row) -> Markup:
        """Say what stands beside a rank."""
        if row.rank is None or (row.move is None and row.rank_range is None):
            return NOTHING
        return _beside(row.move, row.rank_range, row.chance_move, self.language)

    def share(self, row: Row) -> Markup:
        """Say how often a team is first, where that is ever and may be told."""
        share = row.first_share
        if share is None or share < LEAST_SHARE or self.is_ladder or row.team is None:
            return NOTHING
        return Markup(row_macro("share")(share))  # noqa: S704 - what a template has escaped

    def last(self, row: Row) -> Moment | None:
        """Say when a team sent something last; nobody asks that of a baseline."""
        if row.baseline:
            return None
        moment = row.last_submitted_at
        return Moment(moment.isoformat(), moment_words(moment, self.moment, self.language))


def row_macro(name: str) -> Any:
    """Return a macro of the template of rows."""
    return getattr(current_app.jinja_env.get_template(TEMPLATE).module, name)


@lru_cache(maxsize=20_000)
def _beside(
    move: int | None, rank_range: tuple[int, int] | None, chance: int | None, spoken: str
) -> Markup:
    """Say a move, a range and a chance; a board has as many of them as teams, or nearly."""
    said = "" if move is None else _moved(move, spoken)
    if rank_range:
        best, worst = rank_range
        said += _certain(spoken) if best == worst else _range(spoken).filled(rank_range)
    if chance is not None and move is not None:
        said += _by_chance(abs(move), spoken).filled((chance,))
    return Markup(said)  # noqa: S704 - what templates have escaped, and numbers


@lru_cache(maxsize=5_000)
def _moved(move: int, _spoken: str) -> str:
    return str(row_macro("moved")(move))


@lru_cache
def _certain(_spoken: str) -> str:
    return str(row_macro("certain")())


@lru_cache
def _range(_spoken: str) -> Pattern:
    return pattern_of(row_macro("range")(*marks(2)))


@lru_cache(maxsize=5_000)
def _by_chance(move: int, _spoken: str) -> Pattern:
    return pattern_of(row_macro("by_chance")(row_macro("far")(move), *marks(1)))


def shown_rows(view: Leaderboard) -> Iterator[ShownRow]:
    """Yield a page's rows as its template shows them."""
    words = Words(view)
    return map(words.row, view.page.rows, view.brackets)
