"""Rows as a page shows them: every number and moment in words, for a template without calls."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from flask_babel import gettext

from server.boards.leaderboards import Leaderboard
from server.boards.rows import Row
from server.shared.language import language, number_words
from server.shared.moments import moment_words, span_words

# The drawing of an interval: its width, and what stays free at its ends.
WIDTH, MARGIN = 120, 4


class Interval(NamedTuple):
    """An interval in words, and where its ends and the score stand in its drawing."""

    low: str
    high: str
    left: str
    right: str
    at: str
    title: str


class Moment(NamedTuple):
    """A moment for machines, in words, and how long it is ago."""

    iso: str
    words: str
    ago: str


class ShownRow(NamedTuple):
    """A row in the order in which the template takes it apart."""

    row: Row
    rank: int | None
    place: str
    team_id: int | None
    team: str
    university_slug: str | None
    university: str
    score: str
    interval: Interval | None
    submissions: str
    last: Moment | None
    has_more: bool


class Words:
    """Says the rows of one page in the reader's language."""

    def __init__(self, view: Leaderboard, *, now: datetime) -> None:
        self.language, self.now = language(), now
        self.form = "#,##0." + "0" * view.decimals if view.decimals else "#,##0"
        low, high = view.axis
        self.low, self.span = low, high - low if high > low else 1.0
        self.moment = gettext("d MMM y, HH:mm")
        self.methods: dict[str, str] = {}

    def number(self, value: float) -> str:
        """Write a score."""
        return number_words(value, self.form, self.language)

    def at(self, value: float) -> str:
        """Return where a value stands in the drawing."""
        share = min(max((value - self.low) / self.span, 0.0), 1.0)
        return f"{MARGIN + (WIDTH - 2 * MARGIN) * share:.1f}"

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

    def last(self, row: Row) -> Moment | None:
        """Say when a team sent something last; nobody asks that of a baseline."""
        if row.baseline:
            return None
        moment = row.last_submitted_at
        ago = span_words(
            moment - self.now,
            granularity="minute",
            threshold=1.2,
            add_direction=True,
            locale=self.language,
        )
        words = moment_words(moment, self.moment, self.language)
        return Moment(moment.isoformat(), words, ago)


def shown_rows(view: Leaderboard, *, now: datetime) -> Iterator[ShownRow]:
    """Yield a page's rows as its template shows them."""
    words = Words(view, now=now)
    for row in view.page.rows:
        more = (row.rank_range, row.move, row.chance_move, row.first_share)
        yield ShownRow(
            row=row,
            rank=row.rank,
            place="" if row.rank is None else number_words(row.rank, None, words.language),
            team_id=row.team.id if row.team else None,
            team=row.team.name if row.team else row.baseline or "",
            university_slug=row.university.slug if row.university else None,
            university=row.university.name if row.university else "",
            score=words.number(row.score),
            interval=words.interval(row),
            submissions="" if row.baseline else number_words(row.submissions, None, words.language),
            last=words.last(row),
            has_more=more != (None, None, None, None),
        )
