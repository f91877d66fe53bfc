"""A team's scores of a phase over time, as its own page draws them."""

from collections.abc import Iterator, Sequence

from flask import url_for
from flask_babel import gettext
from sqlmodel import Session, col, select

from server.boards.submission_views import SubmissionView, views_of
from server.challenges.rules import Ranking
from server.evaluations.models import Score
from server.shared.charts import Form, LineChart, Point, Series, line_chart
from server.submissions.models import Submission
from server.submissions.rules import SubmissionState

# A chart of more points says no more; the newest are drawn.
MOST_POINTS = 300


def history_of(session: Session, *, team_id: int, phase_id: int) -> LineChart | None:
    """Return each score of a team in a phase with its interval, and its best so far.

    Made of what each submission's own page shows: on a ladder that is the released value alone, and
    final scores are there after the reveal only.
    """
    views = views_of(session, _scored(session, team_id, phase_id))
    shown = [view for view in views if view.public is not None and not view.submission.late]
    if not shown:
        return None
    ladder = shown[0].phase.ranking is Ranking.LADDER and not shown[0].revealed
    name = gettext("Released score") if ladder else gettext("Public score")
    series = [Series(name, [_point(v, v.public) for v in shown if v.public], Form.DOTS)]
    best = list(_best_so_far(shown))
    if best and not ladder:
        series.append(Series(gettext("Best so far"), best, Form.STEPS))
    finals = [_point(view, view.private) for view in shown if view.private is not None]
    if finals:
        series.append(Series(gettext("Final score"), finals, Form.DOTS))
    return line_chart(series)


def _scored(session: Session, team_id: int, phase_id: int) -> Sequence[Submission]:
    query = (
        select(Submission)
        .where(
            Submission.team_id == team_id,
            Submission.phase_id == phase_id,
            Submission.state == SubmissionState.SCORED,
        )
        .order_by(col(Submission.received_at).desc(), col(Submission.id).desc())
        .limit(MOST_POINTS)
    )
    return list(reversed(session.exec(query).all()))


def _point(view: SubmissionView, score: Score) -> Point:
    s = view.submission
    address = url_for("boards.submission", submission_id=view.id)
    return Point(
        s.received_at, score.value, score.low, score.high, f"#{s.id} {s.filename}", address
    )


def _best_so_far(views: Sequence[SubmissionView]) -> Iterator[Point]:
    better = max if views[0].challenge.higher_is_better else min
    best: float | None = None
    for view in views:
        s = view.submission
        counts = s.withdrawn_at is None and s.disqualified_at is None and view.public is not None
        if counts and view.public is not None:
            value = view.public.value
            reached = value if best is None else better(best, value)
            if reached != best:
                best = reached
                yield Point(s.received_at, reached, label=f"#{s.id}")
