"""Pure decisions on classes: late days, and the grade that a score comes to."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from server.challenges.rules import DAY
from server.shared.errors import N_, Conflict

# Boards compare scores to so many digits; a band's bound is met by the same measure.
DIGITS = 12
BEST = "best"
BASELINE = "baseline:"

Anchor = float | str


class Band(NamedTuple):
    """A grade, and the score from which on it is given."""

    at: Anchor
    grade: str


class Scheme(NamedTuple):
    """How a score becomes a grade; `bands` is empty where it runs straight between two scores."""

    bottom: Anchor | None
    top: Anchor | None
    lowest: float
    highest: float
    decimals: int
    bands: tuple[Band, ...]
    otherwise: str
    missing: str
    late_cost: float


class Known(NamedTuple):
    """The scores that grades are measured by: those of the baselines, and the best ranked one."""

    baselines: Mapping[str, float]
    best: float | None
    higher_is_better: bool


class Measured(NamedTuple):
    """A score with its interval, where it has one."""

    value: float
    low: float | None = None
    high: float | None = None


class Grade(NamedTuple):
    """A grade as it is printed, its points (None for words), and what it could as well have been.

    `worst` and `best` are the grades at the ends of the score's interval; `share` is how far the
    score lies from the lower score to the upper one, within [0, 1].
    """

    text: str
    points: float | None = None
    worst: str | None = None
    best: str | None = None
    share: float | None = None


def late_until(*, ends: datetime, days: int) -> datetime:
    """Return the last second at which a late file is taken for a grade."""
    return ends + days * DAY


def score_of(anchor: Anchor, known: Known) -> float:
    """Return the score that an anchor names. Raises Conflict: there is none yet."""
    if not isinstance(anchor, str):
        return float(anchor)
    if anchor == BEST:
        found = known.best
    else:
        found = known.baselines.get(anchor.removeprefix(BASELINE).strip())
    if found is not None:
        return found
    if anchor == BEST:
        said = N_("Grades are measured by the best score of the board, and nobody is ranked yet.")
        raise Conflict(said, code="no-anchor")
    raise Conflict(
        N_("Grades are measured by “%(anchor)s”, which has no score yet."),
        code="no-anchor",
        anchor=anchor.removeprefix(BASELINE).strip(),
    )


def grade(score: Measured | None, *, scheme: Scheme, known: Known, late: int = 0) -> Grade:
    """Return the grade of a score that was handed in so many days late; None: nothing was.

    Raises:
        Conflict: a score that the scheme names is missing, or the scale does not run from a worse
            score to a better one.
    """
    if score is None:
        return Grade(scheme.missing)
    ends = [end for end in (score.low, score.high) if end is not None]
    lines = [_linear, _banded][bool(scheme.bands)]
    found = lines(score.value, scheme, known, late)
    if len(ends) < 2:
        return found
    low, high = (lines(end, scheme, known, late).text for end in ends)
    worst, best = (low, high) if known.higher_is_better else (high, low)
    return found._replace(worst=worst, best=best)


def _linear(value: float, scheme: Scheme, known: Known, late: int) -> Grade:
    assert scheme.bottom is not None
    assert scheme.top is not None
    bottom, top = score_of(scheme.bottom, known), score_of(scheme.top, known)
    _require_upwards(bottom, top, known)
    share = min(1.0, max(0.0, (value - bottom) / (top - bottom)))
    points = scheme.lowest + share * (scheme.highest - scheme.lowest)
    step = scheme.late_cost if scheme.highest > scheme.lowest else -scheme.late_cost
    ends = sorted((scheme.lowest, scheme.highest))
    points = min(ends[1], max(ends[0], points - late * step))
    text = written(points, scheme.decimals)
    return Grade(text, float(text), share=share)


def _require_upwards(bottom: float, top: float, known: Known) -> None:
    """Refuse a scale that stands on its head, as where nobody is better than the baseline.

    Whoever is worse than both scores would get the highest grade by it.
    """
    if _rounded(bottom) == _rounded(top):
        raise Conflict(
            N_("The two scores that grades run between are the same: %(score)s."),
            code="no-anchor",
            score=f"{bottom:.6g}",
        )
    if (top > bottom) is not known.higher_is_better:
        raise Conflict(
            N_(
                "Grades run from the score %(bottom)s up to %(top)s, which is not better: worse"
                " work would get the better grade. Put the worse of the two scores first, or choose"
                " others."
            ),
            code="no-anchor",
            bottom=f"{bottom:.6g}",
            top=f"{top:.6g}",
        )


def _banded(value: float, scheme: Scheme, known: Known, late: int) -> Grade:
    bands = ordered(scheme.bands, known)
    sign = 1 if known.higher_is_better else -1
    reached = [
        place
        for place, band in enumerate(bands)
        if sign * _rounded(value) >= sign * _rounded(score_of(band.at, known))
    ]
    if not reached:
        return Grade(scheme.otherwise)
    place = reached[0] + int(late * scheme.late_cost)
    return Grade(bands[place].grade if place < len(bands) else scheme.otherwise)


def ordered(bands: Sequence[Band], known: Known) -> list[Band]:
    """Return bands from the best score to the worst. Raises Conflict."""
    turn = known.higher_is_better
    return sorted(bands, key=lambda band: score_of(band.at, known), reverse=turn)


def written(points: float, decimals: int) -> str:
    """Return points with so many decimals; a half goes up, as people round."""
    step = Decimal(1).scaleb(-decimals)
    # Adding zero takes the sign off a zero.
    return str(Decimal(repr(round(points, 9))).quantize(step, rounding=ROUND_HALF_UP) + 0)


def _rounded(value: float) -> float:
    return float(f"{value:.{DIGITS - 1}e}")


class HandedIn(NamedTuple):
    """A score that may be graded, and how many days late it came."""

    submission_id: int
    score: Measured
    late: int


class Chosen(NamedTuple):
    """What of a team's is graded, and its grade."""

    handed_in: HandedIn | None
    grade: Grade


def choose(
    in_time: HandedIn | None, last_late: HandedIn | None, *, scheme: Scheme, known: Known
) -> Chosen:
    """Grade what counts on the board, or the last late file where that gives the better grade.

    Raises:
        Conflict: as `grade`.
    """
    options = [
        Chosen(each, grade(each.score, scheme=scheme, known=known, late=each.late))
        for each in (in_time, last_late)
        if each is not None
    ]
    if not options:
        return Chosen(None, grade(None, scheme=scheme, known=known))
    return max(options, key=lambda chosen: _rank(chosen.grade, scheme, known))


def _rank(found: Grade, scheme: Scheme, known: Known) -> float:
    """Return how good a grade is, for comparing two of one scheme."""
    if found.points is not None:
        return found.points if scheme.highest > scheme.lowest else -found.points
    grades = [band.grade for band in ordered(scheme.bands, known)]
    return -float(grades.index(found.text)) if found.text in grades else float("-inf")
