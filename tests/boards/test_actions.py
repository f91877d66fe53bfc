"""A score moves its team's entries in the same transaction; whoever is taken off comes back."""

from datetime import timedelta

import pytest
from sqlmodel import Session, func, select

from server.boards.actions import (
    disqualify_submission,
    disqualify_team,
    go_live,
    rebuild_team,
    record_score,
    reinstate_submission,
    reinstate_team,
    reveal,
)
from server.boards.models import Entry
from server.boards.rebuilding import rebuild_board
from server.challenges.models import Challenge, Phase
from server.challenges.rules import Ranking
from server.evaluations.actions import write_scores
from server.evaluations.models import Evaluation, Replicates, Rescore, Score
from server.evaluations.rules import Board, EvaluationState, RescoreState
from server.evaluations.scoring import Outcome, Report
from server.shared.errors import Conflict
from server.shared.events import Event
from server.submissions.actions import Received, submit_baseline, withdraw
from server.submissions.claims import claim, finish
from server.submissions.models import Admission, Submission
from server.submissions.rules import SubmissionState
from server.teams.models import Team
from tests.cast import NOON
from tests.scores import LEASE, add_live, report, score, submitted

HOLDER = "host/1/2/first"
WHY = {"reason": "two accounts of one person", "now": NOON}


@pytest.fixture
def phase(session, cast) -> Phase:
    return session.get_one(Phase, cast.phase_a.id)


@pytest.fixture
def live(session, phase) -> Evaluation:
    return add_live(session, phase)


@pytest.fixture
def scored(session, cast, live):
    """Have a team submit at a minute, and score it."""

    def scored(minute: int, public: float, private: float | None = None, **who) -> Submission:
        at = NOON + timedelta(minutes=minute)
        submission = submitted(session, cast, at=at, **who)
        said = report(public, public if private is None else private, replicates=True)
        assert score(session, submission, live, said)
        return submission

    return scored


def entry(session: Session, team: Team, board: Board = Board.PUBLIC) -> Entry | None:
    session.expire_all()
    return session.exec(select(Entry).where(Entry.team_id == team.id, Entry.board == board)).first()


def count(session: Session, table: type) -> int:
    return session.exec(select(func.count()).select_from(table)).one()


def isar(**more):
    return {"team": "isar", "by": "lena", **more}


def test_the_first_score_makes_the_entries_of_both_boards(session, cast, scored):
    submission = scored(0, 0.8, 0.7)
    public, private = entry(session, cast.pandas), entry(session, cast.pandas, Board.PRIVATE)
    assert (public.submission_id, public.value, public.key) == (submission.id, 0.8, -0.8)
    assert (private.value, private.key) == (0.7, -0.7)
    assert (public.university_id, public.ranked, public.submissions) == (cast.tsinghua.id, True, 1)


def test_a_worse_score_counts_the_submission_but_keeps_the_best(session, cast, scored):
    best = scored(0, 0.8)
    scored(5, 0.6)
    kept = entry(session, cast.pandas)
    assert (kept.submission_id, kept.submissions) == (best.id, 2)
    assert kept.submitted_at == NOON
    assert kept.last_submitted_at == NOON + timedelta(minutes=5)


def test_scores_that_come_in_another_order_give_the_same_entry(session, cast, live):
    early, late = (
        submitted(session, cast, data=str(n), at=NOON + timedelta(minutes=n)) for n in (1, 2)
    )
    score(session, late, live, report(0.8, 0.8))
    score(session, early, live, report(0.8, 0.9))
    assert entry(session, cast.pandas).submission_id == early.id


def test_a_report_recorded_twice_changes_nothing(session, cast, live):
    submission = submitted(session, cast)
    taken = claim(session, submission.id, holder=HOLDER, now=NOON, lease=LEASE)
    said = {"submission": taken, "evaluation": live, "holder": HOLDER, "now": NOON}
    assert record_score(session, report=report(0.8, 0.7), **said)
    assert not record_score(session, report=report(0.1, 0.1), **said)
    session.commit()
    assert (count(session, Score), count(session, Entry)) == (2, 2)
    assert entry(session, cast.pandas).value == 0.8
    ended = select(Event).where(Event.kind == "submission.scored")
    assert len(session.exec(ended).all()) == 1


def test_a_worker_that_lost_its_claim_records_nothing(session, cast, live):
    submission = submitted(session, cast)
    taken = claim(session, submission.id, holder=HOLDER, now=NOON, lease=LEASE)
    claim(session, submission.id, holder="host/9/9/other", now=NOON + LEASE * 2, lease=LEASE)
    assert not record_score(
        session, submission=taken, evaluation=live, holder=HOLDER, report=report(0.8), now=NOON
    )
    assert (count(session, Score), count(session, Entry)) == (0, 0)


def test_a_score_under_an_evaluation_that_is_no_longer_live_is_not_recorded(
    session, cast, phase, live
):
    submission = submitted(session, cast)
    taken = claim(session, submission.id, holder=HOLDER, now=NOON, lease=LEASE)
    second = add_live(session, phase, number=2, state=EvaluationState.COMPLETE)
    go_live(session, evaluation=second, phase=phase, actor_id=None, now=NOON)
    assert not record_score(
        session, submission=taken, evaluation=live, holder=HOLDER, report=report(0.8), now=NOON
    )
    assert count(session, Score) == 0


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Outcome.REJECTED, SubmissionState.REJECTED),
        (Outcome.SOLUTION, SubmissionState.FAILED),
        (Outcome.FAULT, SubmissionState.FAILED),
    ],
)
def test_what_ends_without_a_score_is_on_no_board(session, cast, live, outcome, state):
    submission = submitted(session, cast)
    said = Report(outcome=outcome, message="why", trace="where", fault_count=1)
    score(session, submission, live, said)
    ended = session.get_one(Submission, submission.id, populate_existing=True)
    assert (ended.state, count(session, Entry), count(session, Score)) == (state, 0, 0)
    assert (ended.message == "why") == (outcome is Outcome.REJECTED)


def test_a_solution_without_private_rows_has_no_private_board(session, cast, phase):
    live = add_live(session, phase, has_private=False)
    score(session, submitted(session, cast), live, report(0.8))
    assert entry(session, cast.pandas).value == 0.8
    assert entry(session, cast.pandas, Board.PRIVATE) is None


def test_a_withdrawn_best_gives_way_to_the_next(session, cast, phase, scored):
    next_best, best = scored(0, 0.7), scored(1, 0.9)
    withdraw(session, submission=best, phase=phase, actor_id=cast.wei.id, now=NOON)
    rebuild_team(session, team_id=cast.pandas.id, now=NOON)
    assert entry(session, cast.pandas).submission_id == next_best.id


def test_a_team_without_any_submission_left_leaves_the_board(session, cast, phase, scored):
    only = scored(0, 0.9)
    withdraw(session, submission=only, phase=phase, actor_id=cast.wei.id, now=NOON)
    rebuild_team(session, team_id=cast.pandas.id, now=NOON)
    assert count(session, Entry) == 0


def test_a_disqualified_submission_is_off_until_it_is_reinstated(session, cast, scored):
    next_best, best = scored(0, 0.7), scored(1, 0.9)
    who = {"submission": best, "actor_id": cast.olga.id, **WHY}
    disqualify_submission(session, **who)
    assert entry(session, cast.pandas).submission_id == next_best.id
    with pytest.raises(Conflict):
        disqualify_submission(session, **who)
    reinstate_submission(session, **who)
    assert entry(session, cast.pandas).submission_id == best.id
    with pytest.raises(Conflict):
        reinstate_submission(session, **who)


def test_a_disqualified_team_stands_unranked_until_it_is_reinstated(session, cast, scored):
    scored(0, 0.9)
    team = session.get_one(Team, cast.pandas.id)
    who = {"team": team, "actor_id": cast.olga.id, **WHY}
    disqualify_team(session, **who)
    assert not entry(session, cast.pandas).ranked
    with pytest.raises(Conflict):
        disqualify_team(session, **who)
    reinstate_team(session, **who)
    assert entry(session, cast.pandas).ranked


def test_every_taking_off_and_putting_back_is_in_the_log_with_its_reason(session, cast, scored):
    submission, team = scored(0, 0.9), session.get_one(Team, cast.pandas.id)
    who = {"actor_id": cast.olga.id, **WHY}
    disqualify_submission(session, submission=submission, **who)
    reinstate_submission(session, submission=submission, **who)
    disqualify_team(session, team=team, **who)
    reinstate_team(session, team=team, **who)
    session.flush()
    logged = session.exec(select(Event).where(Event.actor_id == cast.olga.id)).all()
    assert {e.kind: e.data["reason"] for e in logged} == dict.fromkeys(
        (
            "submission.disqualified",
            "submission.reinstated",
            "team.disqualified",
            "team.reinstated",
        ),
        WHY["reason"],
    )


def test_a_baseline_is_on_both_boards_and_ranked_on_none(session, cast, phase, live, scored):
    scored(0, 0.7)
    baseline = submit_baseline(
        session,
        phase=phase,
        name="logistic regression",
        upload=Received("base.csv", 10, "b" * 64),
        now=NOON,
    )
    for _ in range(2):
        baseline.state = SubmissionState.QUEUED
        session.add(baseline)
        session.flush()
        score(session, baseline, live, report(0.9, 0.8))
    entries = session.exec(select(Entry).where(Entry.submission_id == baseline.id)).all()
    assert [(e.team_id, e.ranked) for e in entries] == [(None, False)] * 2


def test_only_counted_submissions_keep_their_replicates(session, cast, scored):
    scored(0, 0.9)
    scored(1, 0.5)
    assert count(session, Replicates) == 2
    assert count(session, Score) == 4


def test_a_rank_range_belongs_to_the_score_it_was_made_from(session, cast, scored):
    scored(0, 0.7)
    ranged = entry(session, cast.pandas)
    ranged.rank_best, ranged.rank_worst, ranged.ranges_at = 1, 2, NOON
    session.add(ranged)
    session.flush()
    scored(1, 0.5)
    assert entry(session, cast.pandas).rank_best == 1
    scored(2, 0.9)
    assert entry(session, cast.pandas).rank_best is None


def test_going_live_moves_the_pointer_and_every_entry_at_once(session, cast, phase, live, scored):
    first, second = scored(0, 0.9), scored(1, 0.5, **isar())
    corrected = add_live(session, phase, number=2, state=EvaluationState.COMPLETE)
    for submission, value in ((first, 0.4), (second, 0.6)):
        write_scores(
            session,
            submission_id=submission.id,
            evaluation_id=corrected.id,
            report=report(value, value),
            now=NOON,
        )
        session.add(
            Rescore(
                submission_id=submission.id, evaluation_id=corrected.id, state=RescoreState.SCORED
            )
        )
    assert go_live(session, evaluation=corrected, phase=phase, actor_id=cast.olga.id, now=NOON)
    session.commit()
    assert entry(session, cast.pandas).value == 0.4
    assert entry(session, cast.isar).value == 0.6
    assert {e.evaluation_id for e in session.exec(select(Entry))} == {corrected.id}
    assert count(session, Score) == 8


@pytest.mark.parametrize("ranking", [Ranking.BEST, Ranking.LATEST, Ranking.SELECTED])
def test_a_board_rebuilt_from_nothing_is_the_board_that_grew(session, cast, phase, scored, ranking):
    phase.ranking = ranking
    session.add(phase)
    for minute, value in enumerate((0.5, 0.9, 0.7)):
        scored(minute, value, 1 - value)
        scored(minute, value / 2, value, **isar())
    later = {"id", "ranges_at"}
    grown = {(e.team_id, e.board): e.model_dump(exclude=later) for e in session.exec(select(Entry))}
    live = session.exec(select(Evaluation)).one()
    assert rebuild_board(session, phase=phase, evaluation=live) == 2
    again = {(e.team_id, e.board): e.model_dump(exclude=later) for e in session.exec(select(Entry))}
    assert grown == again


def test_a_late_submission_is_scored_and_on_no_board(session, cast, live):
    submission = submitted(session, cast)
    submission.late = True
    session.add(submission)
    session.flush()
    score(session, submission, live, report(0.9, 0.9))
    assert (count(session, Score), count(session, Entry)) == (2, 0)


def test_a_phase_is_revealed_once_after_its_end(session, phase, live):
    who = {"phase": phase, "actor_id": None}
    with pytest.raises(Conflict) as refused:
        reveal(session, **who, now=phase.ends + timedelta(microseconds=999_999))
    assert refused.value.code == "not-ended"
    over = phase.ends + timedelta(seconds=1)
    assert reveal(session, **who, now=over).phase.revealed_at == over
    with pytest.raises(Conflict) as refused:
        reveal(session, **who, now=over)
    assert refused.value.code == "revealed"


def test_nothing_is_revealed_while_something_received_in_time_waits(session, cast, phase, live):
    submission = submitted(session, cast)
    over = phase.ends + timedelta(hours=1)
    with pytest.raises(Conflict) as refused:
        reveal(session, phase=phase, actor_id=None, now=over)
    assert refused.value.code == "still-scoring"
    claim(session, submission.id, holder=HOLDER, now=over, lease=LEASE)
    finish(session, submission.id, holder=HOLDER, state=SubmissionState.REJECTED)
    assert reveal(session, phase=phase, actor_id=None, now=over)


def test_the_reveal_admits_the_top_and_ties_at_the_bound(session, cast, phase, scored):
    challenge = session.get_one(Challenge, cast.digits.id)
    following = session.get_one(Phase, cast.phase_b.id)
    following.admit_top = 1
    session.add(following)
    scored(0, 0.9, 0.5)
    scored(1, 0.1, 0.5, **isar())
    revealed = reveal(session, phase=phase, actor_id=cast.olga.id, now=phase.ends + timedelta(1))
    admitted = session.exec(select(Admission.team_id)).all()
    assert revealed.admitted == 2
    assert set(admitted) == {cast.pandas.id, cast.isar.id}
    assert challenge.id == following.challenge_id


def test_the_private_board_admits_not_the_public_one(session, cast, phase, scored):
    following = session.get_one(Phase, cast.phase_b.id)
    following.admit_top = 1
    session.add(following)
    scored(0, 0.9, 0.4)
    scored(1, 0.1, 0.5, **isar())
    reveal(session, phase=phase, actor_id=None, now=phase.ends + timedelta(1))
    assert session.exec(select(Admission.team_id)).all() == [cast.isar.id]
