"""The ladder of a team: what each of its submissions is answered with, in the order received."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import sqlalchemy as sa
from sqlmodel import Session, col

from scorers.ladder import Form, Step, climb, paired_error
from scorers.ladder import Rung as Given
from server.boards.models import Entry
from server.boards.rules import Candidate, sort_key
from server.challenges.models import Challenge, Phase
from server.challenges.rules import Ranking
from server.evaluations.models import Evaluation, Rung, Score
from server.evaluations.rules import Board
from server.submissions.models import Submission
from server.submissions.rules import WAITING
from server.teams.models import Team


class Answer(NamedTuple):
    """What a team is told with a submission: the released value, and whether it is better now.

    `released` is None where it waits for an earlier one, or has no place on the ladder.
    """

    released: float | None
    improved: bool
    form: Form | None


def has_ladder(phase: Phase, board: Board) -> bool:
    """Whether a board shows released values: every board of such a phase but the private one."""
    return phase.ranking is Ranking.LADDER and board is not Board.PRIVATE


def climb_team(
    session: Session, *, phase: Phase, evaluation: Evaluation, team_id: int, hold: bool = True
) -> dict[int, Answer]:
    """Bring the ladder of a team up to date; return what each of its submissions is told.

    A withdrawn submission keeps its place: its answer was given. A disqualified one has none.
    `hold`: a submission that was not answered yet waits while an earlier one has no end.
    """
    found = _found(session, evaluation, col(Submission.team_id) == team_id, phase_id=phase.id)
    before = _first_waiting(session, phase, team_id) if hold else None
    standing = [f for f in found if f.disqualified_at is None and not _waits(f, before)]
    answers = _climb(session, standing, higher=_higher(session, phase))
    _take_back(session, [f for f in found if f.id not in answers])
    return answers


def climb_alone(
    session: Session, *, phase: Phase, evaluation: Evaluation, submission_id: int
) -> float | None:
    """Return the value that a baseline is shown with: on the grid, as a first submission's is."""
    found = _found(session, evaluation, col(Submission.id) == submission_id, phase_id=phase.id)
    answers = _climb(session, found, higher=_higher(session, phase))
    return answers[submission_id].released if submission_id in answers else None


def climb_all(session: Session, *, phase: Phase, evaluation: Evaluation) -> None:
    """Bring every team's ladder of a phase up to date, and the baselines' (before it goes live)."""
    query = sa.select(col(Submission.id), col(Submission.team_id)).where(
        col(Submission.phase_id) == phase.id
    )
    found = session.execute(query).all()
    for team_id in {team for _, team in found if team is not None}:
        climb_team(session, phase=phase, evaluation=evaluation, team_id=team_id)
    for submission_id in (s for s, team in found if team is None):
        climb_alone(session, phase=phase, evaluation=evaluation, submission_id=submission_id)


def climb_beside(session: Session, *, submission_id: int, evaluation_id: int) -> None:
    """Bring the ladder up to date on which a score stands under an evaluation that is not live.

    Nobody is told of it before that goes live, so nothing waits.
    """
    submission = session.get_one(Submission, submission_id)
    phase = session.get_one(Phase, submission.phase_id)
    if phase.ranking is not Ranking.LADDER:
        return
    evaluation = session.get_one(Evaluation, evaluation_id)
    if submission.team_id is None:
        climb_alone(session, phase=phase, evaluation=evaluation, submission_id=submission_id)
        return
    held = sa.select(Team).where(col(Team.id) == submission.team_id)
    session.execute(held.with_for_update(key_share=True)).one()
    climb_team(session, phase=phase, evaluation=evaluation, team_id=submission.team_id, hold=False)


def on_the_ladder(
    candidates: Iterable[Candidate], answers: dict[int, Answer], *, higher_is_better: bool
) -> list[Candidate]:
    """Return candidates with the released values for the public ones, which no other may have.

    The best of them is the last that was released and not withdrawn: each was better than all
    before.
    """
    return [
        c._replace(public=_key(answers.get(c.submission_id), higher=higher_is_better))
        for c in candidates
    ]


def as_released(score: Score, released: float) -> Score:
    """Return what may be shown in the place of a score, as a value that is in no session."""
    return Score(
        submission_id=score.submission_id,
        evaluation_id=score.evaluation_id,
        board=score.board,
        value=released,
        rows=score.rows,
        scored_at=score.scored_at,
    )


def answers_of(session: Session, submission_ids: Iterable[int]) -> dict[tuple[int, int], Answer]:
    """Return what was answered, by submission and evaluation; nothing of what has no ladder."""
    query = (
        sa.select(
            col(Score.submission_id),
            col(Score.evaluation_id),
            col(Rung.released),
            col(Rung.improved),
            col(Rung.form),
        )
        .join(Rung, col(Rung.score_id) == col(Score.id))
        .where(col(Score.submission_id).in_(set(submission_ids)), col(Score.board) == Board.PUBLIC)
    )
    return {(f[0], f[1]): Answer(f[2], f[3], f[4]) for f in session.execute(query)}


def form_of(session: Session, phase_id: int | None) -> Form | None:
    """Return what the differences of a phase are measured by; None before the first score."""
    query = (
        sa.select(col(Rung.form))
        .select_from(Entry)
        .join(
            Score,
            sa.and_(
                col(Score.submission_id) == col(Entry.submission_id),
                col(Score.evaluation_id) == col(Entry.evaluation_id),
                col(Score.board) == Board.PUBLIC,
            ),
        )
        .join(Rung, col(Rung.score_id) == col(Score.id))
        .where(col(Entry.phase_id) == phase_id, col(Entry.board) == Board.PUBLIC)
        .limit(1)
    )
    return session.execute(query).scalar()


def _key(answer: Answer | None, *, higher: bool) -> float | None:
    if answer is None or answer.released is None or not answer.improved:
        return None
    return sort_key(answer.released, higher_is_better=higher)


def _higher(session: Session, phase: Phase) -> bool:
    return session.get_one(Challenge, phase.challenge_id).higher_is_better


def _found(
    session: Session,
    evaluation: Evaluation,
    whose: sa.ColumnElement[bool],
    *,
    phase_id: int | None,
) -> list[Any]:
    """Return the scores that may stand on a ladder, in the order received, without evidence."""
    query = (
        sa.select(
            col(Submission.id),
            col(Submission.received_at),
            col(Submission.state),
            col(Submission.disqualified_at),
            col(Score.id).label("score_id"),
            col(Score.value),
            col(Rung.score_id).label("rung"),
            *(getattr(Rung, name).label(name) for name in _KEPT),
        )
        .join(Score, col(Score.submission_id) == col(Submission.id))
        .outerjoin(Rung, col(Rung.score_id) == col(Score.id))
        .where(
            whose,
            col(Submission.phase_id) == phase_id,
            col(Submission.late).is_(False),
            col(Score.evaluation_id) == evaluation.id,
            col(Score.board) == Board.PUBLIC,
        )
        .order_by(col(Submission.received_at), col(Submission.id))
    )
    return list(session.execute(query))


_KEPT = ("form", "power", "per_unit", "against", "error", "released", "improved")


def _first_waiting(session: Session, phase: Phase, team_id: int) -> tuple[Any, int] | None:
    query = (
        sa.select(col(Submission.received_at), col(Submission.id))
        .where(
            col(Submission.team_id) == team_id,
            col(Submission.phase_id) == phase.id,
            col(Submission.state).in_(WAITING),
            col(Submission.late).is_(False),
        )
        .order_by(col(Submission.received_at), col(Submission.id))
        .limit(1)
    )
    first = session.execute(query).first()
    return None if first is None else (first[0], first[1])


def _waits(found: Any, before: tuple[Any, int] | None) -> bool:
    if before is None:
        return False
    again = found.state in WAITING
    return again or (found.released is None and (found.received_at, found.id) > before)


def _climb(session: Session, found: list[Any], *, higher: bool) -> dict[int, Answer]:
    """Go up the ladder, with the errors that are kept where the best before is still the same."""
    evidence = _Evidence(session, found)

    def error_of(new: int, best: int) -> float | None:
        if found[new].against == found[best].score_id:
            return found[new].error  # type: ignore[no-any-return]
        evidence.forget_all_but(best)
        return paired_error(evidence.of(new), evidence.of(best))

    rungs = [_given(f) for f in found]
    steps = climb(rungs, higher_is_better=higher, error_of=error_of)
    for f, step in zip(found, steps, strict=True):
        _keep(session, f, step, None if step.against is None else found[step.against].score_id)
    return {
        f.id: Answer(step.released, step.improved, f.form)
        for f, step in zip(found, steps, strict=True)
    }


def _given(found: Any, evidence: np.ndarray[Any, np.dtype[np.float64]] | None = None) -> Given:
    return Given(found.value, found.form, evidence, found.power or 1, found.per_unit)


class _Evidence:
    """The evidence of a team's scores, read when two are compared, the best before kept."""

    def __init__(self, session: Session, found: list[Any]) -> None:
        self._session = session
        self._found = found
        self._read: dict[int, Given] = {}

    def of(self, at: int) -> Given:
        """Return a score with its evidence."""
        if at not in self._read:
            self._read[at] = self._load(at)
        return self._read[at]

    def forget_all_but(self, at: int) -> None:
        """Let go of what is not the best before: two are compared at a time."""
        self._read = {k: v for k, v in self._read.items() if k == at}

    def _load(self, at: int) -> Given:
        found = self._found[at]
        query = sa.select(col(Rung.evidence)).where(col(Rung.score_id) == found.score_id)
        data = self._session.execute(query).scalar()
        return _given(found, None if data is None else np.frombuffer(data, dtype="<f8"))


def _keep(session: Session, found: Any, step: Step, against: int | None) -> None:
    now = {
        "released": step.released,
        "improved": step.improved,
        "error": step.error,
        "against": against,
    }
    if found.rung is None:
        # Scored before its phase had a ladder: the value alone is known.
        session.execute(sa.insert(Rung).values(score_id=found.score_id, power=1, **now))
    elif any(getattr(found, name) != value for name, value in now.items()):
        session.execute(sa.update(Rung).where(col(Rung.score_id) == found.score_id).values(**now))


def _take_back(session: Session, found: list[Any]) -> None:
    """Forget the answers to what has no place on the ladder (any more)."""
    scores = [f.score_id for f in found if f.released is not None]
    if scores:
        session.execute(
            sa.update(Rung)
            .where(col(Rung.score_id).in_(scores))
            .values(released=None, improved=False, error=None, against=None)
        )
