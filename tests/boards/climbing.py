"""Submissions to a phase with a ladder: real scores of sixty labels, without a worker."""

from datetime import timedelta

import numpy as np
from sqlmodel import Session

from scorers import get_scorer
from server.boards.ladder import answers_of
from server.challenges.models import Phase
from server.challenges.rules import Ranking
from server.evaluations.models import Evaluation
from server.evaluations.scoring import BoardScore, Outcome, Report, rung_said
from server.submissions.models import Submission
from tests.cast import NOON, Cast
from tests.scores import score, submitted

ROWS = 60
TRUTH = np.random.default_rng(11).integers(0, 2, ROWS)


def with_hits(hits: int, *, seed: int = 0) -> np.ndarray:
    """Labels of which so many are right; which ones, says the seed."""
    wrong = np.random.default_rng(seed).permutation(ROWS)[hits:]
    labels = TRUTH.copy()
    labels[wrong] = 1 - labels[wrong]
    return labels


def said(hits: int, *, seed: int = 0, private: float | None = None) -> Report:
    """What the real scorer says of labels of which so many are right in public."""
    found = get_scorer("accuracy").evaluate(
        TRUTH, with_hits(hits, seed=seed), seed=1, replicates=100
    )
    low, high = found.interval
    public = BoardScore(
        value=found.value,
        low=low,
        high=high,
        method=found.method,
        also={"f1": found.value / 3},
        rows=ROWS,
        replicates=None,
    )
    final = hits / ROWS if private is None else private
    return Report(
        outcome=Outcome.SCORED,
        public=public,
        private=public.model_copy(update={"value": final}),
        rung=rung_said(found),
    )


def has_ladder(session: Session, cast: Cast) -> Phase:
    """Have the open phase rank by a ladder, with room for many submissions."""
    phase = session.get_one(Phase, cast.phase_a.id)
    phase.ranking, phase.per_day = Ranking.LADDER, 100
    session.add(phase)
    session.flush()
    return phase


def sent(session: Session, cast: Cast, minute: int, **who: str) -> Submission:
    """Have the Giant Pandas submit at a minute."""
    return submitted(session, cast, at=NOON + timedelta(minutes=minute), **who)


def climbed(
    session: Session, cast: Cast, live: Evaluation, minute: int, hits: int, **more: object
) -> Submission:
    """Have a team submit at a minute and score it at once."""
    who = {k: more.pop(k) for k in ("team", "by") if k in more}
    submission = sent(session, cast, minute, **who)
    assert score(session, submission, live, said(hits, **more))
    return submission


def told(session: Session, submission: Submission, live: Evaluation) -> tuple[float | None, bool]:
    """What was released with a submission, in rows that are right, and whether it was better."""
    answer = answers_of(session, [submission.id])[submission.id, live.id]
    rows = None if answer.released is None else round(answer.released * ROWS, 9)
    return rows, answer.improved
