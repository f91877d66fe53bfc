"""A submission as it is shown: with its score, and its place where it counts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, func

from server.accounts.queries import accounts_by_id
from server.boards.ladder import Answer, answers_of, as_released
from server.boards.models import Entry
from server.boards.places import count_ranked, places
from server.boards.rows import On, TeamName
from server.boards.rules import sort_key
from server.boards.team_places import ranks_at
from server.boards.versions import note_phases
from server.boards.visibility import served
from server.challenges.models import Challenge, Phase
from server.challenges.queries import challenges_by_id
from server.challenges.rules import INCLUSIVE, Ranking
from server.evaluations.models import Evaluation, Score
from server.evaluations.queries import live_by_phase, scores_of
from server.evaluations.rules import Board
from server.submissions.models import Submission
from server.submissions.rules import SubmissionState
from server.submissions.times import times_of
from server.teams.queries import teams_by_id


@dataclass(frozen=True)
class SubmissionView:
    """A submission with what may be shown of it; `private` is None where it may not be.

    On a ladder `public` is the released value until the reveal, alone, and `answer` says whether it
    became better; `waits`: for the end of an earlier submission.
    """

    submission: Submission
    challenge: Challenge
    phase: Phase
    team: TeamName | None
    by: str | None
    public: Score | None
    private: Score | None
    board: Board
    rank: int | None
    frozen_since: datetime | None = None
    answer: Answer | None = None
    waits: bool = False

    @property
    def state(self) -> SubmissionState:
        """Where it stands for its team: what waits for its answer is still being scored."""
        return SubmissionState.SCORING if self.waits else self.submission.state

    @property
    def scored_at(self) -> datetime | None:
        """When what is shown of it was said, where that is told: a correction says it anew."""
        if self.waits:
            return None
        return self.public.scored_at if self.public else self.submission.scored_at

    @property
    def id(self) -> int:
        """The submission's number."""
        assert self.submission.id is not None
        return self.submission.id

    @property
    def revealed(self) -> bool:
        """Whether the result of its phase is out."""
        return self.phase.revealed_at is not None

    @property
    def on(self) -> On:
        """The board that its rank speaks of."""
        return On(self.submission.phase_id, self.board)

    @property
    def for_grade(self) -> bool:
        """Whether it came in the late days of a class: on no board, and not for practice either."""
        until = times_of(self.challenge, self.phase).late_until
        in_time = until is not None and self.submission.received_at < until + INCLUSIVE
        return self.submission.late and in_time

    def is_open(self, now: datetime) -> bool:
        """Whether the phase still takes decisions on it."""
        return now < self.phase.ends + INCLUSIVE

    def may_withdraw(self, now: datetime) -> bool:
        """Whether the team can still take it back."""
        return self.is_open(now) and self.submission.withdrawn_at is None

    def may_pick(self, now: datetime) -> bool:
        """Whether the team can pick it for the final board, or drop the pick."""
        waits = self.submission.state in (SubmissionState.REJECTED, SubmissionState.FAILED)
        return (
            self.phase.ranking is Ranking.SELECTED
            and self.may_withdraw(now)
            and not waits
            and not self.submission.late
        )


# Made once; which boards they are is a part of the question: no row of another is read.
KEYS = sa.select(
    col(Entry.submission_id), col(Entry.phase_id), col(Entry.board), col(Entry.key)
).where(
    col(Entry.submission_id).in_(sa.bindparam("ids", expanding=True)),
    sa.tuple_(col(Entry.phase_id), col(Entry.board)).in_(sa.bindparam("boards", expanding=True)),
    col(Entry.ranked).is_(True),
)


def views_of(
    session: Session, submissions: Sequence[Submission], *, for_organisers: bool = False
) -> list[SubmissionView]:
    """Return how submissions are shown, in a fixed number of queries.

    Private scores are read of revealed phases only, or where it is for the organisers.
    """
    phases = _phases(session, {s.phase_id for s in submissions})
    note_phases(session, phases.values())
    challenges = challenges_by_id(session, (s.challenge_id for s in submissions))
    teams = teams_by_id(session, (s.team_id for s in submissions))
    people = accounts_by_id(session, (s.account_id for s in submissions))
    live = live_by_phase(session, phases)
    shown = {k for k, p in phases.items() if for_organisers or p.revealed_at is not None}
    public = scores_of(session, _ids(submissions), board=Board.PUBLIC)
    hidden = _ids(s for s in submissions if s.phase_id in shown)
    private = scores_of(session, hidden, board=Board.PRIVATE) if hidden else {}
    boards = {k: _shown_board(p, live.get(k), organiser=for_organisers) for k, p in phases.items()}
    ranked = _ranks(session, _ids(submissions), boards)
    ladders = {k for k, p in phases.items() if p.ranking is Ranking.LADDER}
    climbing = _ids(s for s in submissions if s.phase_id in ladders)
    answers = answers_of(session, climbing) if climbing else {}
    views = []
    for submission in submissions:
        evaluation = live.get(submission.phase_id)
        at = (submission.id or 0, (evaluation and evaluation.id) or 0)
        team = teams.get(submission.team_id or 0)
        person = people.get(submission.account_id or 0)
        answer = answers.get(at)
        told = submission.phase_id in ladders - shown
        views.append(
            SubmissionView(
                submission=submission,
                challenge=challenges[submission.challenge_id],
                phase=phases[submission.phase_id],
                team=None if team is None else TeamName(team.id or 0, team.name),
                by=person.name if person else None,
                public=_released(public.get(at), answer) if told else public.get(at),
                private=private.get(at),
                board=boards[submission.phase_id],
                rank=ranked.get(submission.id or 0),
                frozen_since=phases[submission.phase_id].frozen_at,
                answer=answer,
                waits=told and at in public and _waits(submission, answer),
            )
        )
    return views


def view_of(
    session: Session, submission: Submission, *, for_organisers: bool = False
) -> SubmissionView:
    """Return how one submission is shown."""
    return views_of(session, [submission], for_organisers=for_organisers)[0]


def _released(score: Score | None, answer: Answer | None) -> Score | None:
    if score is None or answer is None or answer.released is None:
        return None
    return as_released(score, answer.released)


def _waits(submission: Submission, answer: Answer | None) -> bool:
    scored = submission.state is SubmissionState.SCORED and not submission.late
    answered = answer is not None and answer.released is not None
    return scored and submission.disqualified_at is None and not answered


def _ids(submissions: Iterable[Submission]) -> set[int]:
    return {s.id for s in submissions if s.id is not None}


def _phases(session: Session, ids: set[int]) -> dict[int, Phase]:
    found = session.execute(sa.select(Phase).where(col(Phase.id).in_(ids))).scalars()
    return {p.id: p for p in found if p.id is not None}


def _shown_board(phase: Phase, evaluation: Evaluation | None, *, organiser: bool) -> Board:
    final = phase.revealed_at is not None and evaluation is not None and evaluation.has_private
    named = Board.PRIVATE if final else Board.PUBLIC
    return served(named, frozen=phase.frozen_at is not None, organiser=organiser)


def _ranks(session: Session, ids: set[int], boards: dict[int, Board]) -> dict[int, int]:
    """Return the rank of those submissions that count on the board shown of their phase."""
    if not ids:
        return {}
    asked = {"ids": ids, "boards": list(boards.items())}
    keys = {
        submission_id: (On(phase_id, board), key)
        for submission_id, phase_id, board, key in session.execute(KEYS, asked)
    }
    ranks = ranks_at(session, keys.values())
    return {submission_id: ranks[at] for submission_id, at in keys.items()}


class Change(NamedTuple):
    """What a submission changed: against the team's best before it, and in rank.

    `gain` is positive where the score became better, whatever the metric's direction.
    """

    before: float
    gain: float
    rank_before: int | None


def change_by(session: Session, view: SubmissionView) -> Change | None:
    """Return what a submission changed for its team on the public board; None for its first."""
    submission, higher = view.submission, view.challenge.higher_is_better
    if view.public is None or submission.team_id is None or submission.late:
        return None
    if view.phase.ranking is Ranking.LADDER:
        # What is told of the change is told by the ladder; the best before need not be.
        return None
    best = func.max(col(Score.value)) if higher else func.min(col(Score.value))
    query = (
        sa.select(best)
        .join(Submission, col(Submission.id) == col(Score.submission_id))
        .where(
            col(Submission.team_id) == submission.team_id,
            col(Submission.phase_id) == submission.phase_id,
            col(Submission.received_at) < submission.received_at,
            col(Submission.late).is_(False),
            col(Submission.withdrawn_at).is_(None),
            col(Submission.disqualified_at).is_(None),
            col(Score.evaluation_id) == view.public.evaluation_id,
            col(Score.board) == Board.PUBLIC,
        )
    )
    before = session.execute(query).scalar_one_or_none()
    if before is None:
        return None
    gain = view.public.value - before if higher else before - view.public.value
    return Change(before, gain, _rank_with(session, view, before))


def _rank_with(session: Session, view: SubmissionView, value: float) -> int | None:
    """Return the rank that another score would have given, everybody else standing as now."""
    if view.rank is None or view.board is not Board.PUBLIC or view.public is None:
        return None
    higher = view.challenge.higher_is_better
    key = sort_key(value, higher_is_better=higher)
    own = sort_key(view.public.value, higher_is_better=higher)
    return places(session, view.on, [key])[key] - (1 if own < key else 0)


def why_off(session: Session, view: SubmissionView) -> str:
    """Return why the organisers took its team off every board; "" where they did not."""
    team = teams_by_id(session, [view.submission.team_id]).get(view.submission.team_id or 0)
    return team.disqualified_reason if team is not None and team.disqualified_at else ""


def ranked_on(session: Session, view: SubmissionView) -> int:
    """Return how many teams the board ranks that a submission's rank speaks of."""
    return count_ranked(session, view.on)
