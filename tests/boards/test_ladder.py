"""A ladder by team: what is released, in which order, and what is never told."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from server.boards.actions import (
    disqualify_submission,
    go_live,
    rebuild_team,
    reinstate_submission,
    reveal,
)
from server.boards.entries import rebuild_after_failure
from server.boards.ladder import form_of
from server.boards.models import Entry
from server.boards.queries import boards_without_ranges
from server.boards.rebuilding import made_entries, rebuild_board
from server.boards.submission_views import view_of
from server.challenges.models import Phase
from server.evaluations.actions import write_scores
from server.evaluations.models import Rescore, Rung
from server.evaluations.rules import Board, EvaluationState, RescoreState
from server.evaluations.scoring import Outcome, Report
from server.submissions.actions import Received, submit_baseline, withdraw
from server.submissions.claims import claim, try_again_or_fail
from server.submissions.models import Submission
from server.submissions.rules import AGAIN_AFTER, MOST_ATTEMPTS, SubmissionState
from tests.boards.climbing import ROWS, climbed, has_ladder, said, sent, told
from tests.cast import NOON
from tests.scores import LEASE, add_live, score

WHY = {"reason": "labels of the test set", "now": NOON}


@pytest.fixture
def phase(session, cast) -> Phase:
    return has_ladder(session, cast)


@pytest.fixture
def live(session, phase):
    return add_live(session, phase)


def entry(session, board: Board = Board.PUBLIC) -> Entry | None:
    return session.exec(select(Entry).where(Entry.board == board)).first()


def shown(session) -> float | None:
    found = entry(session)
    return None if found is None else round(found.value * ROWS, 9)


def test_the_first_score_is_released_and_then_what_is_better_by_more_than_noise(
    session, cast, live
):
    first = climbed(session, cast, live, 0, 30)
    assert (told(session, first, live), shown(session)) == ((30, True), 30)
    second = climbed(session, cast, live, 1, 31, seed=1)
    assert (told(session, second, live), shown(session)) == ((30, False), 30)
    third = climbed(session, cast, live, 2, 50, seed=2)
    assert (told(session, third, live), shown(session)) == ((50, True), 50)
    worse = climbed(session, cast, live, 3, 20, seed=3)
    assert (told(session, worse, live), shown(session)) == ((50, False), 50)


def test_an_entry_has_the_released_value_and_nothing_else(session, cast, live):
    climbed(session, cast, live, 0, 30)
    last = climbed(session, cast, live, 1, 50, seed=2)
    climbed(session, cast, live, 2, 51, seed=3)
    found = entry(session)
    assert (found.value, found.key, found.submission_id) == (50 / 60, -0.833333333333, last.id)
    assert (found.low, found.high, found.method, found.rank_best) == (None, None, "", None)
    assert (found.submissions, found.submitted_at) == (3, last.received_at)


def test_no_range_of_ranks_is_computed_before_the_final_ranking(session, cast, live):
    climbed(session, cast, live, 0, 30)
    climbed(session, cast, live, 0, 40, team="isar", by="lena")
    assert [board for _, board in boards_without_ranges(session)] == [Board.PRIVATE]


def test_what_was_received_later_waits_for_the_end_of_what_came_before(session, cast, live):
    first, second = sent(session, cast, 0), sent(session, cast, 1)
    assert score(session, second, live, said(40))
    assert told(session, second, live) == (None, False)
    assert entry(session) is None
    view = view_of(session, second)
    assert (view.waits, view.state, view.public, view.scored_at) == (
        True,
        SubmissionState.SCORING,
        None,
        None,
    )
    # The organisers see what it scored.
    seen = view_of(session, second, for_organisers=True)
    assert (seen.state, seen.public.value) == (SubmissionState.SCORED, 40 / 60)
    assert score(session, first, live, said(30))
    assert (told(session, first, live), told(session, second, live)) == ((30, True), (40, True))
    assert shown(session) == 40


def test_it_waits_no_longer_when_the_earlier_one_is_rejected_or_failed(session, cast, live):
    ends = Report(outcome=Outcome.REJECTED, message="no header")
    first, second = sent(session, cast, 0), sent(session, cast, 1)
    assert score(session, second, live, said(40))
    assert score(session, first, live, ends)
    assert told(session, second, live) == (40, True)
    third, fourth = sent(session, cast, 2), sent(session, cast, 3)
    assert score(session, fourth, live, said(55, seed=1))
    for attempt in range(MOST_ATTEMPTS):
        holder = f"host/1/2/{attempt}"
        now = NOON + attempt * AGAIN_AFTER[-1]
        taken = claim(session, third.id, holder=holder, now=now, lease=LEASE)
        try_again_or_fail(session, taken, holder=holder, trace="a fault", now=now)
        assert told(session, fourth, live) == (None, False)
    rebuild_after_failure(session, third)
    assert told(session, fourth, live) == (55, True)


def test_an_answer_that_was_given_is_not_taken_back_while_an_earlier_one_is_tried_again(
    session, cast, live
):
    first, second = sent(session, cast, 0), sent(session, cast, 1)
    first.state = SubmissionState.FAILED
    session.flush()
    assert score(session, second, live, said(40))
    first.state = SubmissionState.QUEUED
    session.flush()
    rebuild_team(session, team_id=cast.pandas.id, now=NOON)
    assert told(session, second, live) == (40, True)
    assert score(session, first, live, said(39, seed=4))
    # It is put in at its place, and the ladder is what it would have been.
    assert (told(session, first, live), told(session, second, live)) == ((39, True), (39, False))


FOUR = (30, 44, 46, 58)


def in_order(session, cast, live, hits, order):
    submissions = [sent(session, cast, minute) for minute in range(len(hits))]
    for at in order:
        assert score(session, submissions[at], live, said(hits[at], seed=at))
    return [told(session, s, live) for s in submissions], shown(session)


def test_workers_that_end_out_of_order_change_nothing(session, cast, live):
    session.commit()
    expected = in_order(session, cast, live, FOUR[:3], range(3))
    for order in ((1, 0, 2), (2, 1, 0), (1, 2, 0)):
        session.rollback()
        assert in_order(session, cast, live, FOUR[:3], order) == expected


@settings(
    max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.integers(20, 60), min_size=4, max_size=4), st.permutations(range(4)))
def test_any_scores_in_any_order_climb_the_same_ladder(session, cast, live, hits, order):
    session.commit()
    expected = in_order(session, cast, live, hits, range(4))
    session.rollback()
    assert in_order(session, cast, live, hits, order) == expected
    session.rollback()
    released = [rows for rows, _ in expected[0]]
    assert released == sorted(released)


def test_a_withdrawn_submission_counts_no_more_but_its_answer_was_given(session, cast, phase, live):
    first = climbed(session, cast, live, 0, 30)
    between = climbed(session, cast, live, 1, 45, seed=1)
    last = climbed(session, cast, live, 2, 58, seed=2)
    hidden = climbed(session, cast, live, 3, 57, seed=3)
    taken_back = {"phase": phase, "actor_id": cast.wei.id, "now": NOON}
    withdraw(session, submission=last, **taken_back)
    rebuild_team(session, team_id=cast.pandas.id, now=NOON)
    # What is shown was released once before; the score of the one after it is told by nothing.
    assert shown(session) == 45
    assert told(session, last, live) == (58, True)
    assert told(session, hidden, live) == (58, False)
    withdraw(session, submission=between, **taken_back)
    withdraw(session, submission=first, **taken_back)
    rebuild_team(session, team_id=cast.pandas.id, now=NOON)
    assert entry(session) is None
    again = climbed(session, cast, live, 4, 50, seed=4)
    assert (told(session, again, live), shown(session)) == ((58, False), None)


def test_a_disqualified_submission_was_never_on_the_ladder(session, cast, live):
    climbed(session, cast, live, 0, 30)
    stolen = climbed(session, cast, live, 1, 60, seed=1)
    honest = climbed(session, cast, live, 2, 50, seed=2)
    assert told(session, honest, live) == (60, False)
    disqualify_submission(session, submission=stolen, actor_id=cast.olga.id, **WHY)
    assert (told(session, honest, live), shown(session)) == ((50, True), 50)
    assert told(session, stolen, live) == (None, False)
    assert not view_of(session, stolen).waits
    reinstate_submission(session, submission=stolen, actor_id=cast.olga.id, **WHY)
    assert (told(session, honest, live), shown(session)) == ((60, False), 60)


def test_each_team_has_a_ladder_of_its_own(session, cast, live):
    climbed(session, cast, live, 0, 55)
    other = climbed(session, cast, live, 1, 30, team="isar", by="lena")
    assert told(session, other, live) == (30, True)


def test_a_team_sees_the_released_value_and_its_organisers_the_score(session, cast, live):
    climbed(session, cast, live, 0, 30)
    second = climbed(session, cast, live, 1, 31, seed=1)
    view = view_of(session, second)
    assert (view.public.value, view.public.also) == (0.5, {})
    assert (view.public.low, view.public.high, view.public.method) == (None, None, "")
    assert (view.answer.improved, view.rank) == (False, None)
    seen = view_of(session, second, for_organisers=True)
    assert (seen.public.value, seen.answer.released) == (31 / 60, 0.5)
    assert seen.public.also
    assert seen.public.low is not None


def test_at_the_reveal_the_last_release_counts_and_the_scores_are_shown(session, cast, phase, live):
    climbed(session, cast, live, 0, 30, private=0.99)
    counts = climbed(session, cast, live, 1, 50, seed=1, private=0.4)
    luckier = climbed(session, cast, live, 2, 51, seed=2, private=0.9)
    found = entry(session, Board.PRIVATE)
    assert (found.submission_id, found.value) == (counts.id, 0.4)
    assert found.low is not None
    phase.ends = NOON - timedelta(days=1)
    reveal(session, phase=phase, actor_id=None, now=NOON)
    view = view_of(session, luckier)
    assert (view.public.value, view.private.value) == (51 / 60, 0.9)
    assert (view.answer.released, view.answer.improved) == (50 / 60, False)
    # The public board stays what it was.
    assert shown(session) == 50


def scored_beside(session, submission, corrected, report) -> None:
    """Write what a worker found under an evaluation that is not live, in the background."""
    ids = {"submission_id": submission.id, "evaluation_id": corrected.id}
    session.add(Rescore(state=RescoreState.SCORED, **ids))
    write_scores(session, report=report, now=NOON, **ids)


def test_a_correction_builds_the_whole_ladder_anew(session, cast, phase, live):
    hits = {1: FOUR, 2: (40, 35, 55, 56)}
    made = [climbed(session, cast, live, m, h, seed=m) for m, h in enumerate(hits[1])]
    corrected = add_live(session, phase, number=2, state=EvaluationState.COMPLETE)
    # Scored in the background in some order, and nobody is told meanwhile.
    for at in (2, 0, 3, 1):
        report = said(hits[2][at], seed=at + 9)
        scored_beside(session, made[at], corrected, report)
    assert shown(session) == 58
    go_live(session, evaluation=corrected, phase=phase, actor_id=cast.olga.id, now=NOON)
    answers = [told(session, s, corrected) for s in made]
    assert answers == [(40, True), (40, False), (55, True), (55, False)]
    assert shown(session) == 55
    assert [told(session, s, live)[0] for s in made] == [30, 44, 44, 58]


def test_a_board_beside_the_live_one_is_that_which_goes_live(session, cast, phase, live):
    made = [climbed(session, cast, live, m, h, seed=m) for m, h in enumerate(FOUR)]
    corrected = add_live(session, phase, number=2, state=EvaluationState.COMPLETE)
    for at, submission in enumerate(made):
        report = said(FOUR[-at - 1], seed=at)
        scored_beside(session, submission, corrected, report)
    rebuild_team(session, team_id=cast.pandas.id, now=NOON)
    beside = made_entries(session, phase=phase, evaluation=corrected, beside=True)
    values = {row["board"]: row["value"] for row in beside}
    go_live(session, evaluation=corrected, phase=phase, actor_id=cast.olga.id, now=NOON)
    assert values == {b: entry(session, b).value for b in (Board.PUBLIC, Board.PRIVATE)}


def test_a_board_rebuilt_from_nothing_is_the_board_that_grew(session, cast, phase, live):
    for minute, hits in enumerate(FOUR):
        climbed(session, cast, live, minute, hits, seed=minute)
        climbed(session, cast, live, minute, 60 - hits // 2, team="isar", by="lena", seed=minute)
    grown = snapshot(session)
    session.exec(select(Rung)).first().error = 9.0
    for rung in session.exec(select(Rung)):
        rung.released, rung.improved, rung.against, rung.error = None, False, None, None
    session.flush()
    assert rebuild_board(session, phase=phase, evaluation=live) == 2
    assert snapshot(session) == grown


def snapshot(session):
    later = {"id", "ranges_at"}
    session.expire_all()
    rungs = {r.score_id: r.model_dump(exclude={"evidence"}) for r in session.exec(select(Rung))}
    found = session.exec(select(Entry))
    return rungs, {(e.team_id, e.board): e.model_dump(exclude=later) for e in found}


def test_a_score_without_evidence_is_released_only_where_it_is_the_first(session, cast, live):
    bare = said(30).model_copy(update={"rung": None})
    first, second = sent(session, cast, 0), sent(session, cast, 1)
    assert score(session, first, live, bare)
    assert score(session, second, live, said(60))
    assert (told(session, first, live), told(session, second, live)) == ((30, True), (30, False))


def test_a_baseline_is_shown_with_its_value_alone(session, cast, phase, live):
    upload = Received("baseline.csv", 10, "b" * 64)
    baseline = submit_baseline(session, phase=phase, name="majority", upload=upload, now=NOON)
    assert score(session, baseline, live, said(33))
    found = entry(session)
    assert (found.ranked, found.value, found.low) == (False, 33 / 60, None)


def test_the_page_can_say_by_what_an_improvement_is_told(session, cast, live):
    assert form_of(session, live.phase_id) is None
    climbed(session, cast, live, 0, 30)
    assert form_of(session, live.phase_id) == "losses"


def test_a_phase_without_a_ladder_keeps_nothing_for_one(session, cast):
    live = add_live(session, session.get_one(Phase, cast.phase_a.id))
    submission = sent(session, cast, 0)
    assert score(session, submission, live, said(30).model_copy(update={"rung": None}))
    assert session.exec(select(Rung)).all() == []
    assert session.get_one(Submission, submission.id).state is SubmissionState.SCORED
