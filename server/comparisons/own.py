"""Two submissions of one's own team: what is known of them, and the wish to have them compared."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, select

from server.boards.submission_views import SubmissionView, views_of
from server.challenges.models import Phase
from server.comparisons.computing import DifferingFound
from server.comparisons.models import Comparison
from server.comparisons.queries import difference_of
from server.comparisons.rules import (
    ComparisonState,
    Difference,
    hides_differences,
    require_two_submissions,
)
from server.evaluations.rules import Board
from server.shared.errors import N_, Conflict, NotFound
from server.shared.events import record
from server.submissions.models import Submission
from server.submissions.rules import SubmissionState

MOST_OFFERED = 200
OTHER_PHASE = N_("These are of two phases, with other test rows: they can't be compared.")
ON_A_LADDER = N_(
    "This phase has a ladder: a score changes only when it is better by more than noise. What lies "
    "between two of your files would tell more than that, so that they are not compared."
)
NO_SCORE = N_("Only two submissions with a score under the present evaluation can be compared.")


@dataclass(frozen=True)
class OwnPair:
    """Two submissions of a team; `why_not`: why they can't be compared, or None."""

    a: SubmissionView
    b: SubmissionView
    row: Comparison | None
    why_not: str | None

    @property
    def state(self) -> str:
        """Where the comparison stands; "none": nobody asked."""
        return self.row.state.value if self.row else "none"

    @property
    def found(self) -> bool:
        """Whether it was compared."""
        return self.row is not None and self.row.state is ComparisonState.COMPARED

    @property
    def difference(self) -> Difference | None:
        """What was found of a - b on the public rows."""
        if self.row is None or not self.found or not self.row.found:
            return None
        found = difference_of(self.row.found)
        return found if self.row.first_submission_id == self.a.id else found.turned()

    @property
    def differing(self) -> DifferingFound | None:
        """How the two files differ, from the side of a."""
        said = self.row.found.get("differing") if self.row and self.row.found else None
        if self.row is None or not said:
            return None
        found = DifferingFound.model_validate(said)
        if self.row.first_submission_id != self.a.id:
            for change in found.changes:
                change.a, change.b = change.b, change.a
        return found

    @property
    def may_be_asked(self) -> bool:
        """Whether a comparison would be a new one."""
        fresh = self.row is None or self.row.state is ComparisonState.FAILED
        return fresh and self.why_not is None

    @property
    def also(self) -> list[tuple[str, float | None, float | None]]:
        """The secondary values of both, side by side."""
        here = self.a.public.also if self.a.public else {}
        there = self.b.public.also if self.b.public else {}
        return [(name, here.get(name), there.get(name)) for name in dict.fromkeys([*here, *there])]


def own_pair(session: Session, *, team_id: int, a: int, b: int) -> OwnPair:
    """Return two submissions of a team.

    Raises:
        Invalid: it is one twice.
        NotFound: one is not the team's.
    """
    require_two_submissions(a, b)
    query = select(Submission).where(col(Submission.id).in_([a, b]), Submission.team_id == team_id)
    views = {view.id: view for view in views_of(session, list(session.exec(query)))}
    if len(views) != 2:
        raise NotFound(N_("There is no such submission."))
    first, second = views[a], views[b]
    why_not = _why_not(first, second)
    return OwnPair(first, second, None if why_not else _row_of(session, first, second), why_not)


def _why_not(a: SubmissionView, b: SubmissionView) -> str | None:
    if a.phase.id != b.phase.id:
        return OTHER_PHASE
    if hides_differences(ranking=a.phase.ranking, board=Board.PUBLIC, revealed=a.revealed):
        return ON_A_LADDER
    if a.public is None or b.public is None:
        return NO_SCORE
    return None if a.public.evaluation_id == b.public.evaluation_id else NO_SCORE


def _row_of(session: Session, a: SubmissionView, b: SubmissionView) -> Comparison | None:
    first, second = sorted((a.id, b.id))
    query = select(Comparison).where(
        Comparison.first_submission_id == first,
        Comparison.second_submission_id == second,
        Comparison.evaluation_id == (a.public.evaluation_id if a.public else 0),
        Comparison.board == Board.PUBLIC,
    )
    return session.exec(query).first()


def ask_own(
    session: Session, *, team_id: int, a: int, b: int, actor_id: int, now: datetime
) -> Comparison | None:
    """Have two submissions of a team compared on the public rows: one row however often asked.

    Raises: as `own_pair`; Conflict where they can't be compared.
    """
    pair = own_pair(session, team_id=team_id, a=a, b=b)
    if pair.why_not:
        raise Conflict(pair.why_not, code="not-comparable")
    # Who asks at the same moment waits here, and then finds the row.
    phase_id = pair.a.submission.phase_id
    held = sa.select(col(Phase.id)).where(col(Phase.id) == phase_id).with_for_update(key_share=True)
    session.execute(held)
    pair = own_pair(session, team_id=team_id, a=a, b=b)
    if not pair.may_be_asked:
        return pair.row
    row = _queued(session, pair, team_id, now=now)
    record(
        session,
        "comparison.asked",
        at=now,
        actor_id=actor_id,
        challenge_id=pair.a.submission.challenge_id,
        team_id=team_id,
        subject_id=row.id,
        board=Board.PUBLIC.value,
    )
    return row


def _queued(session: Session, pair: OwnPair, team_id: int, *, now: datetime) -> Comparison:
    first, second = sorted((pair.a.id, pair.b.id))
    row = pair.row or Comparison(
        phase_id=pair.a.submission.phase_id,
        board=Board.PUBLIC,
        evaluation_id=pair.a.public.evaluation_id if pair.a.public else 0,
        first_team_id=team_id,
        second_team_id=team_id,
        first_submission_id=first,
        second_submission_id=second,
        asked_at=now,
    )
    row.state, row.asked_at, row.trace = ComparisonState.QUEUED, now, None
    row.attempts = row.interruptions = 0
    session.add(row)
    session.flush()
    return row


class OfPhase(NamedTuple):
    """Submissions of one phase, among which two can be compared."""

    phase: Phase
    views: list[SubmissionView]


def offered(
    session: Session, *, team_id: int, challenge_id: int, beside: int | None = None
) -> list[OfPhase]:
    """Return the scored submissions of a team to choose two of, phase by phase, the newest first.

    The phase of `beside`, a submission that is chosen already, comes before the others.
    """
    query = (
        select(Submission)
        .where(
            Submission.team_id == team_id,
            Submission.challenge_id == challenge_id,
            Submission.state == SubmissionState.SCORED,
        )
        .order_by(col(Submission.received_at).desc(), col(Submission.id).desc())
        .limit(MOST_OFFERED)
    )
    found: dict[int, OfPhase] = {}
    for view in views_of(session, list(session.exec(query))):
        found.setdefault(view.submission.phase_id, OfPhase(view.phase, [])).views.append(view)
    return sorted(found.values(), key=lambda one: all(view.id != beside for view in one.views))
