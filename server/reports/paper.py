"""A university's report as one page of PDF."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import NamedTuple

from flask_babel import format_datetime, format_decimal
from flask_babel import gettext as _
from fpdf import FPDF
from fpdf.enums import XPos, YPos

from server.reports.facts import Facts
from server.reports.fonts import LATIN, add_fonts, is_covered, printable
from server.standings.progress import Chart
from server.standings.queries import Found, Place
from server.standings.rules import FORMULAS, Medals, Rule

Colour = tuple[int, int, int]
INK: Colour = (26, 36, 44)
MUTED: Colour = (98, 110, 122)
ACCENT: Colour = (20, 74, 92)
WARM: Colour = (178, 98, 20)
LINE: Colour = (214, 217, 222)
# Millimetres of A4.
WIDE, MARGIN = 210, 16
INSIDE = WIDE - 2 * MARGIN
ROW = 6.0
MOST_RESULTS = 15
DASH = "–"


class Column(NamedTuple):
    """A column of a table: its heading, its width in millimetres, and where its text stands."""

    title: str
    width: float
    align: str = "L"


class Paper(FPDF):
    """One page with the fonts and the few shapes that reports need."""

    def __init__(self, texts: str) -> None:
        super().__init__(format="A4")
        self.set_margins(MARGIN, 14, MARGIN)
        self.set_auto_page_break(auto=False)
        self.add_page()
        add_fonts(self, texts)

    def say(
        self, text: str, *, size: float, colour: Colour = INK, height: float, wide: float = 0
    ) -> None:
        """Write a line and go to the next."""
        self.set_font(LATIN, size=size)
        self.set_text_color(*colour)
        fitted = self.fitted(text, wide or self.epw)
        self.cell(wide, height, fitted, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def heading(self, text: str) -> None:
        """Write the heading of a section."""
        with self.strong(ACCENT):
            self.say(text, size=11.5, colour=ACCENT, height=7.5)

    @contextmanager
    def strong(self, colour: Colour = INK) -> Iterator[None]:
        """Write heavier: letters with an outline, for a font that comes in one weight."""
        with self.local_context(text_mode="FILL_STROKE", line_width=0.12, draw_color=colour):
            yield

    def fitted(self, text: str, wide: float) -> str:
        """Return a text that fits into a width, cut with dots where it is longer."""
        clean = printable(text)
        if self.get_string_width(clean) <= wide:
            return clean
        while clean and self.get_string_width(clean + "…") > wide:
            clean = clean[:-1]
        return clean.rstrip() + "…"

    def rows(self, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
        """Draw a table from the left of where the pen stands."""
        left = self.get_x()
        self.set_draw_color(*LINE)
        self.set_line_width(0.2)
        self._row(left, columns, [c.title for c in columns], size=7.5, colour=MUTED)
        for row in rows:
            self._row(left, columns, row, size=8.5, colour=INK)
        self.set_x(left)

    def _row(
        self,
        left: float,
        columns: Sequence[Column],
        row: Sequence[str],
        *,
        size: float,
        colour: Colour,
    ) -> None:
        self.set_x(left)
        self.set_font(LATIN, size=size)
        self.set_text_color(*colour)
        for column, text in zip(columns, row, strict=True):
            fitted = self.fitted(text, column.width - 2)
            self.cell(column.width, ROW, fitted, border="B", align=column.align)
        self.ln(ROW)


def report_pdf(facts: Facts, *, url: str, site: str, country: str, now: datetime) -> bytes:
    """Return a university's report over a season: one page of A4, with its fonts in it."""
    title = _season_title(facts)
    paper = Paper(_all_text(facts, site, title, country))
    paper.set_title(f"{facts.university.name}: {title}")
    paper.set_author(site)
    paper.set_creation_date(now)
    paper.set_lang("en")
    _masthead(paper, facts, site=site, title=title, country=country)
    _figures(paper, facts)
    top = paper.get_y()
    _rules(paper, facts)
    below = paper.get_y()
    if facts.chart is not None:
        _progress(paper, facts.chart, top)
    paper.set_xy(MARGIN, max(below, top + 52))
    _results(paper, facts)
    _foot(paper, facts, url=url)
    return bytes(paper.output())


def _season_title(facts: Facts) -> str:
    season = facts.season
    return str(_("All public challenges")) if season.is_everything else season.title


def _all_text(facts: Facts, *more: str) -> str:
    names = (facts.university.name, facts.university.native_name, *more, DASH)
    teams = (
        f.best_team.name + f.board.challenge.title + f.board.phase.title for f in facts.results
    )
    return "".join([*names, *teams])


def _masthead(paper: Paper, facts: Facts, *, site: str, title: str, country: str) -> None:
    university = facts.university
    paper.set_fill_color(*ACCENT)
    paper.rect(0, 0, WIDE, 4, style="F")
    paper.say(_("%(site)s · university report", site=site), size=8.5, colour=MUTED, height=5)
    with paper.strong():
        paper.say(university.name, size=21, height=11)
    native = university.native_name
    known = native if native != university.name and is_covered(native) else ""
    second = " · ".join(part for part in (known, country) if part)
    if second:
        paper.say(second, size=12, colour=MUTED, height=7)
    snapshot = facts.snapshot
    says = _(
        "%(title)s: %(universities)s universities, %(challenges)s challenges",
        title=title,
        universities=snapshot.universities,
        challenges=snapshot.challenges,
    )
    if snapshot.provisional:
        says += " " + _("(%(open)s of them provisional)", open=snapshot.provisional)
    paper.say(says, size=11, height=7)
    paper.ln(3)


def _figures(paper: Paper, facts: Facts) -> None:
    own = facts.places.get(Rule.POINTS)
    if own is None:
        paper.say(_("No result in this season yet."), size=11, height=10)
        return
    total = facts.snapshot.universities
    figures = [
        (_("%(rank)s of %(total)s", rank=own.rank, total=total), _("rank by points")),
        (_span(own.range), _("95 % range of the rank")),
        (_span(own.rules), _("rank over the five rules")),
        (_decimal(own.value, 2), _("points")),
        (_medals(own.medals), _("gold · silver · bronze")),
        (format_decimal(own.activity.accounts), _("people with a scored submission")),
    ]
    wide, top = INSIDE / len(figures), paper.get_y()
    for index, (figure, label) in enumerate(figures):
        left = MARGIN + index * wide
        paper.set_draw_color(*ACCENT)
        paper.set_line_width(0.6)
        paper.line(left, top, left + wide - 4, top)
        paper.set_xy(left, top + 1.5)
        with paper.strong():
            paper.say(figure, size=14, height=8, wide=wide - 3)
        paper.set_xy(left, top + 9.5)
        paper.set_font(LATIN, size=7)
        paper.set_text_color(*MUTED)
        paper.multi_cell(wide - 3, 3.4, label, align="L")
    paper.set_xy(MARGIN, top + 21)


def _rules(paper: Paper, facts: Facts) -> None:
    paper.heading(_("By each rule"))
    columns = (
        Column(_("Rule"), 30),
        Column(_("Rank"), 14, "R"),
        Column(_("95 % range"), 21, "R"),
        Column(_("Value"), 24, "R"),
    )
    rows = [
        (_rule_name(rule), str(place.rank), _span(place.range), _value(place, rule))
        for rule, place in facts.places.items()
    ]
    paper.rows(columns, rows)


def _rule_name(rule: Rule) -> str:
    names: dict[Rule, str] = {
        Rule.POINTS: _("Points"),
        Rule.MEDALS: _("Medals"),
        Rule.GEOMETRIC: _("Geometric mean"),
        Rule.PERCENTILE: _("Percentile"),
        Rule.PARTICIPATION: _("Participation"),
    }
    return names[rule]


def _value(place: Place, rule: Rule) -> str:
    if rule is Rule.MEDALS:
        return _medals(place.medals)
    if rule is Rule.PARTICIPATION:
        return str(format_decimal(place.activity.accounts))
    return _decimal(place.value, 3 if rule is Rule.PERCENTILE else 2)


def _decimal(value: float, places: int) -> str:
    return str(format_decimal(value, format="#,##0." + "0" * places))


def _medals(won: Medals) -> str:
    return " · ".join(format_decimal(round(count, 2)) for count in won)


def _span(found: tuple[int, int] | None) -> str:
    if found is None:
        return DASH
    return str(found[0]) if found[0] == found[1] else f"{found[0]}–{found[1]}"


def _progress(paper: Paper, chart: Chart, top: float) -> None:
    left, scale = MARGIN + 96.0, (INSIDE - 96.0) / chart.width
    paper.set_xy(left, top)
    paper.heading(_("Rank by points over time"))
    base = top + 9
    paper.set_draw_color(*LINE)
    paper.set_line_width(0.2)
    for tick in chart.ranks:
        y = base + tick.at * scale
        paper.line(left + chart.left * scale, y, left + chart.right * scale, y)
        _label(paper, left, y - 1.8, chart.left * scale - 1, str(tick.label), "R")
    paper.set_draw_color(*ACCENT)
    paper.set_line_width(0.5)
    points = [(left + dot.x * scale, base + dot.y * scale) for dot in chart.dots]
    paper.polyline(points)
    paper.set_fill_color(*WARM)
    paper.circle(points[-1][0], points[-1][1], 1, style="F")
    below, half = base + (chart.bottom + 4) * scale, (chart.right - chart.left) * scale / 2
    begin, end = (_day(chart.dots[i].moment.at) for i in (0, -1))
    _label(paper, left + chart.left * scale, below, half, begin, "L")
    _label(paper, left + chart.left * scale + half, below, half, end, "R")


def _label(paper: Paper, left: float, top: float, wide: float, text: str, align: str) -> None:
    paper.set_xy(left, top)
    paper.set_font(LATIN, size=7)
    paper.set_text_color(*MUTED)
    paper.cell(wide, 3.6, text, align=align)


def _day(moment: datetime) -> str:
    return str(format_datetime(moment, "d MMM y", rebase=False))


def _results(paper: Paper, facts: Facts) -> None:
    paper.heading(_("Challenges"))
    columns = (
        Column(_("Challenge"), 56),
        Column(_("Best team"), 38),
        Column(_("Rank"), 19, "R"),
        Column(_("Its range"), 17, "R"),
        Column(_("Points"), 17, "R"),
        Column(_("Medals"), 19, "R"),
        Column(_("Teams"), 12, "R"),
    )
    shown = sorted(facts.results, key=lambda f: -f.result.points)[:MOST_RESULTS]
    paper.rows(columns, [_result(found) for found in shown])
    left = len(facts.results) - len(shown)
    if left > 0:
        says = _("and %(count)s more on the university's page", count=left)
        paper.say(says, size=8.5, colour=MUTED, height=6)


def _result(found: Found) -> tuple[str, ...]:
    board, result = found.board, found.result
    mark = " *" if board.provisional else ""
    return (
        board.challenge.title + mark,
        found.best_team.name,
        _("%(rank)s of %(teams)s", rank=result.best_rank, teams=result.teams_ranked),
        _span(found.rank_range),
        _decimal(result.points, 2),
        _medals(result.medals),
        str(found.teams),
    )


def _foot(paper: Paper, facts: Facts, *, url: str) -> None:
    paper.set_xy(MARGIN, 297 - 52)
    paper.set_draw_color(*LINE)
    paper.set_line_width(0.2)
    paper.line(MARGIN, paper.get_y(), WIDE - MARGIN, paper.get_y())
    paper.ln(1.5)
    snapshot = facts.snapshot
    notes = [
        _("* provisional: by the public board, the result is not revealed yet."),
        _(
            "r: rank of the best team; N: ranked teams; w: weight; C: the challenges. "
            "Mixed teams are split equally."
        ),
        *(f"{_rule_name(rule)}: {FORMULAS[rule]}" for rule in Rule),
    ]
    if snapshot.replicates:
        notes.append(
            _(
                "Ranges of universities: 95 %% of %(count)s resampled boards, as of %(at)s UTC.",
                count=snapshot.replicates,
                at=_moment(snapshot.ranges_at),
            )
        )
    for note in notes:
        paper.say(note, size=6.8, colour=MUTED, height=3.7)
    paper.set_xy(MARGIN, 297 - 14)
    paper.set_font(LATIN, size=7.5)
    paper.set_text_color(*MUTED)
    paper.cell(INSIDE * 0.55, 5, paper.fitted(url, INSIDE * 0.55), link=url)
    page = _("as of %(at)s UTC · page 1 of 1", at=_moment(snapshot.as_of))
    paper.cell(INSIDE * 0.45, 5, page, align="R")


def _moment(moment: datetime | None) -> str:
    return str(format_datetime(moment, "d MMM y, HH:mm", rebase=False)) if moment else DASH
