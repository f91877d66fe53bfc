"""The figures of a place, and the results of a level, as a certificate's paper shows them."""

from server.certificates import wording
from server.certificates.schemas import CertificateBody, CertifiedLevel, LevelResult
from server.certificates.wording import Both
from server.shared.fonts import LATIN, legible
from server.shared.language import number_words
from server.shared.paper import ACCENT, INK, MUTED, Column, Paper

MOST_RESULTS = 4
DASH = "–"


def number(value: float) -> str:
    """Return a score with four decimals, or fewer where it is large."""
    size = abs(value)
    places = 4 if size < 10 else 3 if size < 100 else 2 if size < 1000 else 1
    return number_words(value, "#,##0." + "0" * places, "en")


def span(ends: tuple[float, float] | None) -> str:
    """Return an interval of scores."""
    return DASH if ends is None else f"{number(ends[0])} – {number(ends[1])}"


def facts(paper: Paper, body: CertificateBody) -> None:
    """Write the figures of a place side by side, and the advisers of the team below."""
    figures = _figures(body)
    left, top = paper.get_x(), paper.get_y()
    for place, (label, value) in enumerate(figures):
        wide = paper.epw / len(figures)
        at = left + place * wide
        paper.set_draw_color(*ACCENT)
        paper.set_line_width(0.6)
        paper.line(at, top, at + wide - 5, top)
        paper.set_xy(at, top + 2)
        paper.set_text_color(*INK)
        paper.set_font(LATIN, size=paper.size_for(value, (15, 13, 11, 9.5, 8), wide - 6))
        with paper.strong():
            paper.cell(wide - 5, 8, paper.fitted(value, wide - 5))
        paper.set_xy(at, top + 11)
        paper.block(label.en, size=8, height=3.8, colour=MUTED, wide=wide - 5)
        paper.set_x(at)
        paper.block(label.zh, size=8, height=3.8, colour=MUTED, wide=wide - 5)
    names = [name for name in map(legible, body.team.advisers if body.team else []) if name]
    if names:
        paper.set_xy(left, top + (25 if figures else 4))
        paper.say(f"{wording.ADVISERS.label}: {', '.join(names)}", size=9.5, height=5)


def _figures(body: CertificateBody) -> list[tuple[Both, str]]:
    place, found = body.placement, []
    if place is not None:
        best = place.rank_range
        ranks = DASH if best is None else "–".join(map(str, dict.fromkeys(best)))
        found += [(wording.RANK, f"{place.rank} / {place.teams}"), (wording.RANGE, ranks)]
        found += [(wording.SCORE, number(place.score)), (wording.INTERVAL, span(place.interval))]
        found.append((wording.METRIC, legible(place.metric) or DASH))
        if place.medal:
            medal = wording.MEDALS[place.medal.value]
            found.append((wording.MEDAL, f"{medal.en} · {medal.zh}"))
    return found


def results(paper: Paper, level: CertifiedLevel) -> None:
    """Write the results that a level rests on."""
    columns = (
        Column(wording.CHALLENGE.label, 96),
        Column(wording.PHASE.label, 48),
        Column(wording.RANK.label, 30, "R"),
        Column(wording.SCORE.label, 28, "R"),
        Column(wording.INTERVAL.label, 43, "R"),
    )
    shown = level.results[:MOST_RESULTS]
    paper.rows(columns, [_result(result) for result in shown])
    if len(level.results) > len(shown):
        more = f"+ {len(level.results) - len(shown)}"
        paper.say(more, size=8.5, colour=MUTED, height=5)


def _result(result: LevelResult) -> tuple[str, ...]:
    return (
        legible(result.title) or result.challenge,
        legible(result.phase) or DASH,
        f"{result.rank} / {result.teams}",
        number(result.score),
        span(result.interval),
    )
