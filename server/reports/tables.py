"""The numbers of a university's report: its figures, its ranks by each rule, its results."""

from flask_babel import format_decimal
from flask_babel import gettext as _

from server.reports.facts import Facts
from server.shared.fonts import LATIN
from server.shared.paper import ACCENT, MARGIN, MUTED, Column, Paper
from server.standings.queries import Place
from server.standings.results import Found
from server.standings.rules import Medals, Rule

MOST_RESULTS = 15
DASH = "–"


def figures(paper: Paper, facts: Facts) -> None:
    """Write the figures of a university in large, or that there are none yet."""
    own = facts.places.get(Rule.POINTS)
    if own is None:
        paper.say(_("No result in this season yet."), size=11, height=10)
        return
    total = facts.snapshot.universities
    figures = [
        (_of(own.rank, total), _("rank by points")),
        (_span(own.range), _("95 % range of the rank")),
        (_span(own.rules), _("rank over the five rules")),
        (_decimal(own.value, 2), _("points")),
        (_medals(own.medals), _("gold · silver · bronze")),
        (format_decimal(own.activity.accounts), _("people with a scored submission")),
    ]
    wide, top = paper.epw / len(figures), paper.get_y()
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


def rules(paper: Paper, facts: Facts) -> None:
    """Write a university's rank by each rule."""
    paper.heading(_("By each rule"))
    columns = (
        Column(_("Rule"), 30),
        Column(_("Rank"), 14, "R"),
        Column(_("95 % range"), 21, "R"),
        Column(_("Value"), 24, "R"),
    )
    rows = [
        (rule_name(rule), str(place.rank), _span(place.range), _value(place, rule))
        for rule, place in facts.places.items()
    ]
    paper.rows(columns, rows)


def rule_name(rule: Rule) -> str:
    """Return a rule's name for people."""
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


def results(paper: Paper, facts: Facts) -> None:
    """Write what a university has in each challenge, the most points first."""
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


def _of(rank: int, ranked: int) -> str:
    """Return a rank among so many without words: in some languages these would be cut off."""
    return f"{rank} / {ranked}"


def _result(found: Found) -> tuple[str, ...]:
    board, result = found.board, found.result
    mark = " *" if board.provisional else ""
    return (
        board.challenge.title + mark,
        found.best_team.name,
        _of(result.best_rank, result.teams_ranked),
        _span(found.rank_range),
        _decimal(result.points, 2),
        _medals(result.medals),
        str(found.teams),
    )
