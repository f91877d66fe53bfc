"""Entries: a team's row on a board, made from its scores whenever one of them changes."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from server.boards.anonymity import named_university
from server.boards.freezing import follow_decisions, shown_in_copy
from server.boards.ladder import as_released, climb_alone, climb_team, has_ladder, on_the_ladder
from server.boards.models import Entry
from server.boards.queries import candidates_of, top_entries
from server.boards.rules import Candidate, counted_in_private, counted_in_public, sort_key
from server.challenges.models import Challenge, Phase
from server.challenges.queries import phases_of
from server.challenges.rules import Ranking
from server.evaluations.actions import forget_replicates
from server.evaluations.models import Evaluation, Score
from server.evaluations.queries import live_evaluation, open_evaluations, score_on
from server.evaluations.rules import SCORED_BOARDS, Board
from server.submissions.models import Submission
from server.submissions.rules import SubmissionState
from server.teams.models import Team


def rebuild_entry(session: Session, *, phase: Phase, evaluation: Evaluation, team_id: int) -> None:
    """Make a team's entries what its scores say: O(the team's submissions in the phase)."""
    challenge = session.get_one(Challenge, phase.challenge_id)
    # No key changes: whoever copies entries only refers to the team, and need not wait.
    held = select(Team).where(Team.id == team_id).with_for_update(key_share=True)
    team = session.exec(held).one()
    found = candidates_of(
        session,
        team_id=team_id,
        phase_id=phase.id or 0,
        evaluation_id=evaluation.id or 0,
        higher_is_better=challenge.higher_is_better,
    )
    released: dict[int, float] = {}
    if phase.ranking is Ranking.LADDER:
        answers = climb_team(session, phase=phase, evaluation=evaluation, team_id=team_id)
        found = on_the_ladder(found, answers, higher_is_better=challenge.higher_is_better)
        released = {k: a.released for k, a in answers.items() if a.released is not None}
    public = counted_in_public(found, phase.ranking)
    private = counted_in_private(found, phase.ranking, select=phase.select)
    if not evaluation.has_private:
        private = None
    _put(session, phase, evaluation, team, Board.PUBLIC, public, found, released)
    _put(session, phase, evaluation, team, Board.PRIVATE, private, found, {})
    follow_decisions(session, phase, team)
    counted = {c.submission_id for c in (public, private) if c is not None}
    # By the replicates of what everybody still sees the standings tell how sure they are.
    counted |= shown_in_copy(session, phase, team)
    uncounted = {c.submission_id for c in found if not c.selected} - counted
    if uncounted:
        forget_replicates(session, uncounted, evaluation.id or 0)


def _put(
    session: Session,
    phase: Phase,
    evaluation: Evaluation,
    team: Team,
    board: Board,
    counted: Candidate | None,
    found: list[Candidate],
    released: Mapping[int, float],
) -> None:
    entry = session.exec(
        select(Entry).where(
            Entry.phase_id == phase.id, Entry.board == board, Entry.team_id == team.id
        )
    ).first()
    if counted is None or team.closed_at is not None:
        if entry is not None:
            session.delete(entry)
            session.flush()
            _ask_for_ranges(session, phase, board)
        return
    score = _score(session, counted.submission_id, evaluation, board)
    if counted.submission_id in released:
        score = as_released(score, released[counted.submission_id])
    key = counted.public if board is Board.PUBLIC else counted.private
    assert key is not None
    if entry is None:
        entry = _new_entry(phase, evaluation, board, score, key)
        entry.team_id = team.id
    elif entry.submission_id != counted.submission_id or entry.evaluation_id != evaluation.id:
        # A range belongs to the score it was computed from.
        entry.rank_best = entry.rank_worst = entry.rank_group = None
        entry.first_share = entry.ranges_at = None
    _copy(entry, evaluation, score, key)
    entry.university_id = named_university(session, phase, team)
    taken_off = entry.ranked and team.disqualified_at is not None
    entry.ranked = team.disqualified_at is None
    entry.submitted_at = counted.received_at
    entry.submissions = len(found)
    entry.last_submitted_at = max(c.received_at for c in found)
    if not entry.ranked:
        # Whoever comes back is looked at anew, with the others.
        entry.ranges_at = None
    session.add(entry)
    session.flush()
    if taken_off:
        _ask_for_ranges(session, phase, board)


def _score(session: Session, submission_id: int, evaluation: Evaluation, board: Board) -> Score:
    score = score_on(
        session, submission_id=submission_id, evaluation_id=evaluation.id or 0, board=board
    )
    assert score is not None
    return score


def _new_entry(
    phase: Phase, evaluation: Evaluation, board: Board, score: Score, key: float
) -> Entry:
    return Entry(
        phase_id=phase.id or 0,
        board=board,
        submission_id=score.submission_id,
        evaluation_id=evaluation.id or 0,
        key=key,
        value=score.value,
        submitted_at=score.scored_at,
        last_submitted_at=score.scored_at,
    )


def _copy(entry: Entry, evaluation: Evaluation, score: Score, key: float) -> None:
    entry.submission_id = score.submission_id
    entry.evaluation_id = evaluation.id or 0
    entry.key, entry.value = key, score.value
    entry.low, entry.high, entry.method = score.low, score.high, score.method


def _ask_for_ranges(session: Session, phase: Phase, board: Board) -> None:
    """Have the ranges of a board computed again: one entry without a range is enough."""
    first = top_entries(session, phase.id or 0, board, limit=1)
    for entry in first:
        entry.ranges_at = None
        session.add(entry)


def mark_beyond(
    session: Session, phase_id: int, board: Board, *, key: float, now: datetime
) -> None:
    """Note that the entries after the ones that are given ranges were looked at too."""
    session.execute(
        sa.update(Entry)
        .where(
            col(Entry.phase_id) == phase_id,
            col(Entry.board) == board,
            col(Entry.key) >= key,
            col(Entry.ranges_at).is_(None),
        )
        .values(ranges_at=now)
    )


def rebuild_baseline(
    session: Session, *, phase: Phase, evaluation: Evaluation, submission: Submission
) -> None:
    """Make a baseline's unranked entries what its score says."""
    challenge = session.get_one(Challenge, phase.challenge_id)
    session.execute(
        sa.delete(Entry).where(
            col(Entry.submission_id) == submission.id, col(Entry.board).in_(SCORED_BOARDS)
        )
    )
    if submission.state is not SubmissionState.SCORED or submission.withdrawn_at is not None:
        return
    for board in SCORED_BOARDS:
        score = score_on(
            session,
            submission_id=submission.id or 0,
            evaluation_id=evaluation.id or 0,
            board=board,
        )
        if score is None:
            continue
        if has_ladder(phase, board):
            score = _baseline_released(session, phase, evaluation, score)
        key = sort_key(score.value, higher_is_better=challenge.higher_is_better)
        entry = _new_entry(phase, evaluation, board, score, key)
        _copy(entry, evaluation, score, key)
        entry.ranked = False
        entry.submitted_at = entry.last_submitted_at = submission.received_at
        session.add(entry)
    session.flush()


def _baseline_released(
    session: Session, phase: Phase, evaluation: Evaluation, score: Score
) -> Score:
    released = climb_alone(
        session, phase=phase, evaluation=evaluation, submission_id=score.submission_id
    )
    return score if released is None else as_released(score, released)


def hold_team(session: Session, team_id: int) -> Team:
    """Hold a team's row: what is live is read after this, so that no re-score is overlooked."""
    return session.exec(
        select(Team).where(Team.id == team_id).with_for_update(key_share=True)
    ).one()


def rebuild_after_failure(session: Session, submission: Submission) -> None:
    """Answer what waited on a ladder for the end of a submission, which failed."""
    phase = session.get_one(Phase, submission.phase_id)
    if phase.ranking is not Ranking.LADDER or submission.team_id is None:
        return
    hold_team(session, submission.team_id)
    evaluation = live_evaluation(session, phase.id)
    if evaluation is not None:
        rebuild_entry(session, phase=phase, evaluation=evaluation, team_id=submission.team_id)


def rebuild_in_phase(session: Session, *, phase: Phase, team_id: int) -> None:
    """Rebuild a team's entries in a phase, and its ladders beside the live evaluation."""
    evaluation = live_evaluation(session, phase.id)
    if evaluation is not None:
        rebuild_entry(session, phase=phase, evaluation=evaluation, team_id=team_id)
    if phase.ranking is Ranking.LADDER:
        for beside in open_evaluations(session, phase.id or 0):
            climb_team(session, phase=phase, evaluation=beside, team_id=team_id, hold=False)


def rebuild_team(session: Session, *, team_id: int, now: datetime) -> None:
    """Rebuild a team's entries in every phase of its challenge (after a merge, a withdrawal)."""
    team = hold_team(session, team_id)
    for phase in phases_of(session, team.challenge_id):
        rebuild_in_phase(session, phase=phase, team_id=team_id)
