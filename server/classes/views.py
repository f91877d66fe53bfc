"""The page of a class: its settings as the form shows them, and its gradebook."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from flask_babel import gettext
from sqlmodel import Session

from server.challenges.models import Challenge, Phase
from server.challenges.queries import phases_of
from server.classes.models import GradeBook
from server.classes.queries import (
    Book,
    baselines_of,
    book_of,
    books_of,
    grades_differ,
    phase_to_grade,
    scheme_of,
    takes_late_files,
)
from server.classes.rules import Anchor, written
from server.classes.students import students_of
from server.folders.course import Grading
from server.shared.charts import Bar, BarChart, bar_chart
from server.shared.errors import Conflict
from server.shared.responses import message_of
from server.shared.stamps import stamp_of


class ClassPage(NamedTuple):
    """What the page of a class shows. `problem` says why there is no gradebook.

    `uncounted`: how many students its chart leaves out.
    """

    phases: list[Phase]
    phase: Phase | None
    baselines: list[str]
    settings: dict[str, str]
    book: Book | None
    problem: str
    chart: BarChart | None
    books: list[GradeBook]
    differs: int | None
    students: int
    late_now: bool
    uncounted: int


class Scale(NamedTuple):
    """The scale that published grades were found by, with each score as it was then.

    `ends`: the lowest and the highest grade with their scores; empty where there are `bands`.
    """

    ends: Sequence[tuple[str, float]]
    bands: Sequence[tuple[str, float]]
    otherwise: str
    late_cost: float


def scale_of(book: GradeBook) -> Scale:
    """Return the scale of published grades, for whoever would find an own grade again."""
    scheme = scheme_of(book.scheme)
    ends = ((scheme.lowest, scheme.bottom), (scheme.highest, scheme.top))
    return Scale(
        [
            (written(points, scheme.decimals), _then(at, book))
            for points, at in ends
            if at is not None
        ],
        [(band.grade, _then(band.at, book)) for band in scheme.bands],
        scheme.otherwise,
        scheme.late_cost,
    )


def _then(anchor: Anchor, book: GradeBook) -> float:
    return book.anchors[anchor] if isinstance(anchor, str) else anchor


def class_page(
    session: Session, challenge: Challenge, phase_slug: str | None, *, now: datetime
) -> ClassPage:
    """Return the page of a class, with the grades as they would be published now."""
    phase = phase_to_grade(session, challenge, phase_slug)
    book, problem = _book(session, challenge, phase)
    books = books_of(session, challenge)
    of_phase = [kept for kept in books if phase is not None and kept.phase_id == phase.id]
    return ClassPage(
        phases=phases_of(session, challenge.id or 0),
        phase=phase,
        baselines=baselines_of(session, challenge),
        settings=settings_of(challenge),
        book=book,
        problem=problem,
        chart=spread(book) if book else None,
        books=of_phase,
        differs=grades_differ(session, of_phase[0], book.rows) if book and of_phase else None,
        students=len(book.rows) if book else len(students_of(session, challenge)),
        late_now=phase is not None and takes_late_files(challenge, phase, now=now),
        uncounted=uncounted(book) if book else 0,
    )


def _book(session: Session, challenge: Challenge, phase: Phase | None) -> tuple[Book | None, str]:
    if phase is None:
        return None, gettext("There is no phase with scores yet.")
    try:
        return book_of(session, challenge, phase), ""
    except Conflict as refusal:
        return None, message_of(refusal)


def settings_of(challenge: Challenge) -> dict[str, str]:
    """Return a class's settings as the fields of the form hold them."""
    fields = {
        "anonymous": "yes" if challenge.anonymous else "",
        "late_days": str(challenge.late_days),
        "rule": "",
    }
    if challenge.grading is None:
        return fields
    grading = Grading.model_validate(challenge.grading)
    fields |= {
        "rule": grading.rule,
        "lowest": _typed(grading.lowest),
        "highest": _typed(grading.highest),
        "decimals": str(grading.decimals),
        "otherwise": grading.otherwise,
        "missing": grading.missing,
        "late_cost": _typed(grading.late_cost),
    }
    _put_anchor(fields, "bottom", grading.bottom)
    _put_anchor(fields, "top", grading.top)
    for place, band in enumerate(grading.bands):
        fields[f"grade_{place}"] = band.grade
        _put_anchor(fields, f"at_{place}", band.at)
    return fields


def standing_of(challenge: Challenge) -> str:
    """Return a mark of a class's settings: another one when somebody has changed them."""
    return stamp_of(settings_of(challenge))


def _put_anchor(fields: dict[str, str], name: str, anchor: float | str | None) -> None:
    if anchor is None:
        return
    if isinstance(anchor, str):
        fields[name] = anchor
    else:
        fields[name], fields[f"{name}_number"] = "number", _typed(anchor)


def _typed(number: float) -> str:
    """Return a number as one types it, to its last digit: saved again as shown, it is the same."""
    return repr(float(number)).removesuffix(".0")


def spread(book: Book) -> BarChart | None:
    """Return how the grades are spread: by tenths of the scale, or by band; None: no grade is."""
    if uncounted(book) == len(book.rows):
        return None
    scheme = book.scheme
    if scheme.bands:
        counted = Counter(row.grade.text for row in book.rows)
        names = [*dict.fromkeys([*(b.grade for b in scheme.bands), scheme.otherwise, *counted])]
        bars = [Bar(name, (float(counted[name]),)) for name in names]
    else:
        bars = _tenths(book)
    return bar_chart(bars, names=(gettext("Students"),))


def uncounted(book: Book) -> int:
    """Return how many students the chart leaves out: what is written for nothing has no place."""
    if book.scheme.bands:
        return 0
    return sum(row.grade.points is None for row in book.rows)


def _tenths(book: Book) -> list[Bar]:
    low, high = sorted((book.scheme.lowest, book.scheme.highest))
    points = [row.grade.points for row in book.rows if row.grade.points is not None]
    step = (high - low) / 10
    places: Mapping[int, int] = Counter(min(9, int((p - low) / step)) for p in points)
    return [
        Bar(f"{low + i * step:g}", (float(places.get(i, 0)),), _span(low + i * step, step))
        for i in range(10)
    ]


def _span(low: float, step: float) -> str:
    return f"{low:g} – {low + step:g}"
