"""The curve of a university's report: its rank by points through a season."""

from datetime import datetime

from flask_babel import format_datetime
from flask_babel import gettext as _

from server.shared.fonts import LATIN
from server.shared.paper import ACCENT, LINE, MARGIN, MUTED, WARM, Paper
from server.standings.progress import Chart


def progress(paper: Paper, chart: Chart, top: float) -> None:
    """Draw the ranks of a season as a line, its last moment as a dot."""
    left, scale = MARGIN + 96.0, (paper.epw - 96.0) / chart.width
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
    if end != begin:
        _label(paper, left + chart.left * scale + half, below, half, end, "R")


def _label(paper: Paper, left: float, top: float, wide: float, text: str, align: str) -> None:
    paper.set_xy(left, top)
    paper.set_font(LATIN, size=7)
    paper.set_text_color(*MUTED)
    paper.cell(wide, 3.6, text, align=align)


def _day(moment: datetime) -> str:
    return str(format_datetime(moment, _("d MMM y"), rebase=False))
