"""Every row of a phase's boards at once, in few statements however many teams it has."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from server.boards.ladder import climb_all
from server.boards.models import ENTRIES, Entry, NextPlace
from server.boards.rules import Candidate, counted_in_private, counted_in_public, sort_key
from server.challenges.models import Challenge, Phase
from server.challenges.rules import Ranking
from server.evaluations.models import Evaluation, Rung, Score
from server.evaluations.rules import SCORED_BOARDS, Board
from server.submissions.models import Submission
from server.submissions.rules import SubmissionState
from server.teams.models import Team

OF_A_SCORE = ("value", "low", "high", "method")
# So many teams are looked up in one statement.
TEAMS_AT_ONCE = 500


class Found(NamedTuple):
    """A submission with what an evaluation says of it; `disqualified_at` is its team's."""

    id: int
    received_at: datetime
    selected: bool
    team_id: int | None
    university_id: int | None
    disqualified_at: datetime | None
    released: float | None
    improved: bool | None
    public_value: float | None
    public_low: float | None
    public_high: float | None
    public_method: str | None
    private_value: float | None
    private_low: float | None
    private_high: float | None
    private_method: str | None


def rebuild_board(session: Session, *, phase: Phase, evaluation: Evaluation) -> int:
    """Rebuild every entry of a phase; return how many teams and baselines are on its boards.

    A frozen board stays as it was.
    """
    hold_teams(session, phase)
    if phase.ranking is Ranking.LADDER:
        climb_all(session, phase=phase, evaluation=evaluation)
    clear_board(session, phase=phase, evaluation=evaluation)
    made = made_entries(session, phase=phase, evaluation=evaluation)
    add_entries(session, made)
    return len({row["team_id"] or -row["submission_id"] for row in made})


def clear_board(session: Session, *, phase: Phase, evaluation: Evaluation) -> None:
    """Take away every entry of a phase, for those of the evaluation now live."""
    session.execute(
        sa.delete(Entry).where(col(Entry.phase_id) == phase.id, col(Entry.board).in_(SCORED_BOARDS))
    )
    session.execute(sa.delete(NextPlace).where(col(NextPlace.phase_id) == phase.id))
    # Dropping what counts no longer takes longer than all of this: it is done afterwards.
    evaluation.to_tidy = True
    session.add(evaluation)


def add_entries(session: Session, made: Sequence[dict[str, Any]]) -> None:
    """Write entries that were made."""
    if made:
        session.execute(ENTRIES.insert(), made)


def hold_teams(session: Session, phase: Phase) -> None:
    """Have whoever decides on a team meanwhile wait, and then see the new evaluation."""
    session.execute(
        sa.select(col(Team.id))
        .where(col(Team.challenge_id) == phase.challenge_id)
        .order_by(col(Team.id))
        .with_for_update(key_share=True)
    ).all()


def made_entries(
    session: Session,
    *,
    phase: Phase,
    evaluation: Evaluation,
    beside: bool = False,
    among: Collection[int] | None = None,
) -> list[dict[str, Any]]:
    """Return what the entries of a phase are under an evaluation: O(its submissions).

    `beside`: it is not the live one, whose word on each submission is its state. `among`: of
    these teams alone, and of the baselines.
    """
    challenge = session.get_one(Challenge, phase.challenge_id)
    query = _scored(phase, evaluation, beside=beside, anonymous=challenge.anonymous)
    by_team: dict[int, list[Found]] = defaultdict(list)
    for condition in _whose(among):
        for row in session.execute(query.where(condition)):
            found = Found(*row)
            by_team[found.team_id or -found.id].append(found)
    if phase.ranking is Ranking.LADDER:
        by_team = {team: _on_the_ladder(all_of_it) for team, all_of_it in by_team.items()}
    return [
        _entry(phase, evaluation, board, counted, all_of_it)
        for all_of_it in by_team.values()
        for board, counted in _counted(phase, evaluation, all_of_it, challenge.higher_is_better)
    ]


def _whose(among: Collection[int] | None) -> Iterator[sa.ColumnElement[bool]]:
    if among is None:
        yield sa.true()
        return
    yield col(Submission.team_id).is_(None)
    teams = sorted(among)
    for first in range(0, len(teams), TEAMS_AT_ONCE):
        yield col(Submission.team_id).in_(teams[first : first + TEAMS_AT_ONCE])


def _on_the_ladder(found: Sequence[Found]) -> list[Found]:
    """Return what a team was answered in the place of what it scored in public.

    What did not make the released value better counts on no board.
    """
    return [
        row._replace(
            public_value=row.released if row.improved else None,
            public_low=None,
            public_high=None,
            public_method="",
        )
        for row in found
    ]


def _counted(
    phase: Phase, evaluation: Evaluation, found: Sequence[Found], higher: bool
) -> Iterator[tuple[Board, tuple[Candidate, Found]]]:
    """Yield what counts on each board, with the row that it was read from."""
    candidates = {_candidate(row, higher=higher): row for row in found}
    public = counted_in_public(candidates, phase.ranking)
    if public is not None:
        yield Board.PUBLIC, (public, candidates[public])
    if not evaluation.has_private:
        return
    private = counted_in_private(candidates, phase.ranking, select=phase.select)
    if private is not None:
        yield Board.PRIVATE, (private, candidates[private])


def _candidate(found: Found, *, higher: bool) -> Candidate:
    keys = [
        None if value is None else sort_key(value, higher_is_better=higher)
        for value in (found.public_value, found.private_value)
    ]
    return Candidate(found.id, found.received_at, found.selected, keys[0], keys[1])


def _entry(
    phase: Phase,
    evaluation: Evaluation,
    board: Board,
    counted: tuple[Candidate, Found],
    found: Sequence[Found],
) -> dict[str, Any]:
    candidate, row = counted
    return {
        "phase_id": phase.id,
        "board": board,
        "team_id": row.team_id,
        "university_id": row.university_id,
        "submission_id": row.id,
        "evaluation_id": evaluation.id,
        "ranked": row.team_id is not None and row.disqualified_at is None,
        "key": candidate.public if board is Board.PUBLIC else candidate.private,
        **{name: getattr(row, f"{board.value}_{name}") for name in OF_A_SCORE},
        "submitted_at": row.received_at,
        "submissions": len(found),
        "last_submitted_at": max(f.received_at for f in found),
    }


def _scored(
    phase: Phase, evaluation: Evaluation, *, beside: bool, anonymous: bool
) -> sa.Select[*tuple[Any, ...]]:
    public, private = aliased(Score), aliased(Score)

    def of(score: type[Score], board: Board) -> sa.ColumnElement[bool]:
        return sa.and_(
            col(score.submission_id) == col(Submission.id),
            col(score.evaluation_id) == evaluation.id,
            col(score.board) == board,
        )

    query: sa.Select[*tuple[Any, ...]] = (
        sa.select(
            col(Submission.id),
            col(Submission.received_at),
            col(Submission.selected),
            col(Submission.team_id),
            # In a class whose board is anonymous a university would name a team.
            (sa.null() if anonymous else col(Team.university_id)).label("university_id"),
            col(Team.disqualified_at),
            col(Rung.released),
            col(Rung.improved),
            *(getattr(public, name).label(f"public_{name}") for name in OF_A_SCORE),
            *(getattr(private, name).label(f"private_{name}") for name in OF_A_SCORE),
        )
        .join(public, of(public, Board.PUBLIC))
        .outerjoin(private, of(private, Board.PRIVATE))
        .outerjoin(Rung, col(Rung.score_id) == col(public.id))
        .outerjoin(Team, col(Team.id) == col(Submission.team_id))
        .where(
            col(Submission.phase_id) == phase.id,
            col(Submission.late).is_(False),
            col(Submission.withdrawn_at).is_(None),
            col(Submission.disqualified_at).is_(None),
            col(Team.closed_at).is_(None),
        )
    )
    return query if beside else query.where(col(Submission.state) == SubmissionState.SCORED)
