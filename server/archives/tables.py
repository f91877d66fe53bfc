"""All that an organiser may see of submissions, as a table, some rows at a time."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlmodel import Session, col, select

from server.accounts.models import Account
from server.accounts.queries import accounts_by_id
from server.challenges.models import Phase
from server.evaluations.models import Score
from server.evaluations.queries import live_evaluation, scores_of
from server.evaluations.rules import Board
from server.shared.spreadsheets import moment
from server.submissions.models import Submission
from server.teams.models import Team
from server.teams.queries import teams_by_id
from server.universities.models import University
from server.universities.queries import universities_by_id

# Rows are read so many at a time, each time from where the last ended.
AT_ONCE = 1_000
SUBMISSION_COLUMNS = (
    "id",
    "phase",
    "team",
    "team_id",
    "university",
    "by",
    "baseline",
    "state",
    "public_score",
    "public_low",
    "public_high",
    "private_score",
    "private_low",
    "private_high",
    "received_at",
    "scored_at",
    "late",
    "selected",
    "file",
    "bytes",
    "sha256",
    "note",
    "message",
    "withdrawn_at",
    "disqualified_at",
    "disqualified_reason",
)


def submission_rows(session: Session, query: Any) -> Iterator[tuple[Any, ...]]:
    """Yield the submissions of a select, the newest first, in the order of `SUBMISSION_COLUMNS`.

    The session's transaction ends after each part: none is open while a slow reader takes it.
    """
    last: int | None = None
    while True:
        more = query if last is None else query.where(col(Submission.id) < last)
        found = session.exec(more.order_by(col(Submission.id).desc()).limit(AT_ONCE)).all()
        last = found[-1].id if found else None
        many = len(found) == AT_ONCE
        beside = _beside(session, found)
        rows = [_cells(submission, beside) for submission in found]
        session.rollback()
        session.expunge_all()
        yield from rows
        if not many:
            return


class _Beside(NamedTuple):
    """What rows of submissions are written with: names by their ids, scores by submission."""

    phases: dict[int, str]
    teams: dict[int, Team]
    universities: dict[int, University]
    people: dict[int, Account]
    public: dict[int, Score]
    private: dict[int, Score]


def _beside(session: Session, found: Sequence[Submission]) -> _Beside:
    """Look up in a fixed number of queries what submissions refer to; ranks cost too much."""
    phases = session.exec(select(Phase).where(col(Phase.id).in_({s.phase_id for s in found}))).all()
    live = {e.id for p in phases if (e := live_evaluation(session, p.id)) is not None}
    teams = teams_by_id(session, (s.team_id for s in found))
    return _Beside(
        phases={p.id or 0: p.slug for p in phases},
        teams=teams,
        universities=universities_by_id(session, (t.university_id for t in teams.values())),
        people=accounts_by_id(session, (s.account_id for s in found)),
        public=_scores(session, found, live, Board.PUBLIC),
        private=_scores(session, found, live, Board.PRIVATE),
    )


def _scores(
    session: Session, found: Sequence[Submission], live: set[int | None], board: Board
) -> dict[int, Score]:
    scores = scores_of(session, [s.id for s in found if s.id is not None], board=board)
    return {number: score for (number, by), score in scores.items() if by in live}


def _cells(s: Submission, beside: _Beside) -> tuple[Any, ...]:
    team = beside.teams.get(s.team_id or 0)
    university = beside.universities.get((team and team.university_id) or 0)
    person = beside.people.get(s.account_id or 0)
    return (
        s.id,
        beside.phases[s.phase_id],
        team.name if team else None,
        s.team_id,
        university.slug if university else None,
        person.name if person else None,
        s.baseline,
        s.state.value,
        *_of_score(beside.public.get(s.id or 0)),
        *_of_score(beside.private.get(s.id or 0)),
        moment(s.received_at),
        moment(s.scored_at),
        yes(s.late),
        yes(s.selected),
        s.filename,
        s.size,
        s.sha256,
        s.comment,
        s.message,
        moment(s.withdrawn_at),
        moment(s.disqualified_at),
        s.disqualified_reason,
    )


def _of_score(score: Score | None) -> tuple[float | None, ...]:
    return (None, None, None) if score is None else (score.value, score.low, score.high)


def yes(fact: bool) -> str | None:
    """Write a fact: yes, or nothing."""
    return "yes" if fact else None
