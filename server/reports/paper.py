"""A university's report as one page of PDF."""

from datetime import datetime

from flask_babel import format_datetime
from flask_babel import gettext as _

from server.reports.curve import progress
from server.reports.facts import Facts
from server.reports.tables import DASH, figures, results, rule_name, rules
from server.shared.fonts import LATIN, is_covered
from server.shared.language import language
from server.shared.paper import ACCENT, LINE, MARGIN, MUTED, Paper
from server.standings.rules import FORMULAS, Rule


def report_pdf(facts: Facts, *, url: str, site: str, country: str, now: datetime) -> bytes:
    """Return a university's report over a season: one page of A4, with its fonts in it."""
    title = _season_title(facts)
    paper = Paper(_all_text(facts, site, title, country))
    paper.set_title(f"{facts.university.name}: {title}")
    paper.set_author(site)
    paper.set_creation_date(now)
    paper.set_lang(language())
    _masthead(paper, facts, site=site, title=title, country=country)
    figures(paper, facts)
    top = paper.get_y()
    # Without a result its tables would be heads without a row.
    if facts.places:
        rules(paper, facts)
    below = paper.get_y()
    if facts.chart is not None:
        progress(paper, facts.chart, top)
    paper.set_xy(MARGIN, max(below, top + 52))
    if facts.results:
        results(paper, facts)
    _foot(paper, facts, url=url)
    return bytes(paper.output())


def _season_title(facts: Facts) -> str:
    season = facts.season
    return str(_("All public challenges")) if season.is_everything else season.title


def _all_text(facts: Facts, *more: str) -> str:
    # A label too: in a language that is written in other letters the paper needs their font.
    names = (facts.university.name, facts.university.native_name, *more, DASH, _("Challenges"))
    teams = (
        f.best_team.name + f.board.challenge.title + f.board.phase.title for f in facts.results
    )
    return "".join([*names, *teams])


def _masthead(paper: Paper, facts: Facts, *, site: str, title: str, country: str) -> None:
    university = facts.university
    paper.set_fill_color(*ACCENT)
    paper.rect(0, 0, paper.w, 4, style="F")
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


def _foot(paper: Paper, facts: Facts, *, url: str) -> None:
    paper.set_xy(MARGIN, 297 - 52)
    paper.set_draw_color(*LINE)
    paper.set_line_width(0.2)
    paper.line(MARGIN, paper.get_y(), paper.w - MARGIN, paper.get_y())
    paper.ln(1.5)
    snapshot = facts.snapshot
    notes = [
        _("* provisional: by the public board, the result is not revealed yet."),
        _(
            "r: rank of the best team; N: ranked teams; w: weight; C: the challenges. "
            "Mixed teams are split equally."
        ),
        *(f"{rule_name(rule)}: {_(FORMULAS[rule])}" for rule in Rule),
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
    paper.cell(paper.epw * 0.55, 5, paper.fitted(url, paper.epw * 0.55), link=url)
    page = _("as of %(at)s UTC · page 1 of 1", at=_moment(snapshot.as_of))
    paper.cell(paper.epw * 0.45, 5, page, align="R")


def _moment(moment: datetime | None) -> str:
    return str(format_datetime(moment, _("d MMM y, HH:mm"), rebase=False)) if moment else DASH
