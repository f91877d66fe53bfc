"""How a challenge goes: days, teams, best scores, and what needs its organiser now."""

from datetime import date, timedelta

import pytest

from server.accounts.rules import RequestState
from server.challenges.models import Challenge, Organiser, Phase, Registration
from server.challenges.queries import phases_of
from server.challenges.rules import Reveal, Role
from server.discussions.models import Question
from server.evaluations.models import Evaluation
from server.evaluations.rules import EvaluationState
from server.organise.dashboard import figures_of, records, waiting_of
from server.organise.drawing import charts_of, spans_of
from server.organise.queries import desk_of
from server.submissions.models import Submission
from server.submissions.rules import SubmissionState
from tests.boards.scored import scored, submitted
from tests.cast import NOON

TODAY = NOON.date()
DAY = timedelta(days=1)


@pytest.fixture
def figures(session, cast):
    def figures():
        phases = phases_of(session, cast.digits.id)
        return figures_of(session, cast.digits.id, phases, higher=True, now=NOON)

    return figures


@pytest.fixture
def sent(session, cast, board):
    """Send a scored file of the team Pandas some days ago."""

    def sent(days: int, score: float, **values) -> Submission:
        team = session.merge(values.pop("team", cast.pandas))
        made = scored(session, board, team, score, 0.1, by=cast.wei)
        made.received_at = NOON - days * DAY
        for name, value in values.items():
            setattr(made, name, value)
        session.add(made)
        session.commit()
        return made

    return sent


def needs(session, now=NOON) -> list[str]:
    return [need.kind.value for need in desk_of(session, "digits", now=now).needs]


def test_submissions_are_counted_by_the_day_in_utc_and_by_state(figures, sent, board):
    sent(3, 0.5, received_at=NOON.replace(hour=23, minute=59) - 3 * DAY)
    sent(2, 0.5, received_at=NOON.replace(hour=0, minute=0) - 2 * DAY)
    found = figures()
    assert found.days[TODAY - 3 * DAY] == {SubmissionState.SCORED: 1}
    assert found.days[TODAY - 2 * DAY] == {SubmissionState.SCORED: 1}
    # The baseline is nobody's submission.
    assert found.total == 5
    assert found.states[SubmissionState.FAILED] == 1


def test_the_best_score_is_that_of_the_days_on_which_it_improved(figures, sent, board):
    sent(5, 0.4)
    sent(5, 0.5)
    sent(4, 0.45)
    sent(3, 0.6)
    sent(2, 0.99, withdrawn_at=NOON)
    sent(2, 0.98, disqualified_at=NOON)
    sent(2, 0.97, late=True)
    (best,) = figures().best
    days = dict(best.days)
    assert days[TODAY - 5 * DAY] == 0.5
    assert days[TODAY - 3 * DAY] == 0.6
    assert TODAY - 4 * DAY not in days
    assert TODAY - 2 * DAY not in days
    assert max(days.values()) == 0.9


def test_a_team_off_the_boards_takes_no_part_in_the_best_score(figures, session, cast, board):
    team = session.merge(cast.pandas)
    team.disqualified_at = NOON
    session.add(team)
    session.commit()
    assert [value for _, value in figures().best[0].days] == [0.8]


def test_the_best_score_is_never_a_baselines(figures, session, cast, board):
    before = figures().best[0].days
    scored(session, board, None, 0.999, 0.1, baseline="strong")
    session.commit()
    assert figures().best[0].days == before


@pytest.mark.parametrize(("higher", "kept"), [(True, [1.0, 3.0]), (False, [1.0, 0.5])])
def test_records_follow_the_direction_of_the_metric(higher, kept):
    days = [(TODAY + i * DAY, v) for i, v in enumerate((1.0, 1.0, 3.0, 0.5))]
    assert [value for _, value in records(days, higher=higher)] == kept


def test_active_teams_are_those_of_this_week(figures, session, cast, sent, board):
    assert figures().active == 2
    for submission in session.query(Submission).filter_by(team_id=cast.isar.id):
        submission.received_at = NOON - 8 * DAY
        session.add(submission)
    session.commit()
    assert figures().active == 1
    assert figures().team_count == 2


def test_what_waits_is_counted_with_the_oldest(session, cast, board):
    assert waiting_of(session, cast.digits.id) == (0, None)
    old = submitted(session, board, session.merge(cast.isar), state=SubmissionState.QUEUED)
    old.received_at = NOON - timedelta(minutes=30)
    session.add(old)
    session.commit()
    assert waiting_of(session, cast.digits.id) == (1, NOON - timedelta(minutes=30))
    assert needs(session)[0] == "stuck"


def test_days_become_weeks_where_they_would_be_too_many():
    assert spans_of({}, TODAY) == []
    few = spans_of({TODAY - 5 * DAY: 1}, TODAY)
    assert [len(span) for span in few] == [1] * 6
    many = spans_of({TODAY - 100 * DAY: 1}, TODAY)
    assert {len(span) for span in many[:-1]} == {7}
    assert many[-1][-1] == TODAY


def test_the_charts_show_every_day_and_their_tables_what_is_in_them(as_, cast, sent, board):
    sent(3, 0.5)
    page = as_(cast.olga).get("/organise/digits").text
    assert "Submissions of teams by day" in page
    assert "17 Nov" in page
    assert "The best public score so far" in page
    assert page.count("The values in a table") == 3


def test_an_empty_challenge_says_what_will_be_here(as_, cast):
    page = as_(cast.olga).get("/organise/digits").text
    assert "No submission yet" in page
    assert "nothing can score them yet" in page


def test_what_failed_what_is_asked_and_who_asks_need_the_organiser(session, cast, board):
    assert needs(session) == ["failed"]
    session.add(
        Question(
            challenge_id=cast.digits.id,
            account_id=cast.wei.id,
            title="When?",
            asked_at=NOON,
            changed_at=NOON,
        )
    )
    session.add(
        Registration(
            challenge_id=cast.digits.id,
            account_id=cast.amina.id,
            state=RequestState.OPEN,
            asked_at=NOON,
        )
    )
    session.commit()
    assert needs(session) == ["failed", "questions", "approvals"]


def test_an_evaluation_that_is_scored_waits_for_a_decision(session, as_, cast, board):
    live = session.query(Evaluation).one()
    values = live.model_dump(exclude={"id", "live_at"})
    session.add(Evaluation(**values | {"number": 2, "state": EvaluationState.COMPLETE}))
    session.commit()
    assert "ready" in needs(session)
    session.rollback()
    assert "Evaluation 2 of A board is scored" in as_(cast.olga).get("/organise/digits").text


def test_a_judge_is_asked_for_no_decision(session, as_, cast, board):
    live = session.query(Evaluation).one()
    values = live.model_dump(exclude={"id", "live_at"})
    session.add(Evaluation(**values | {"number": 2, "state": EvaluationState.COMPLETE}))
    session.add(Organiser(challenge_id=cast.digits.id, account_id=cast.jonas.id, role=Role.JUDGE))
    session.commit()
    page = as_(cast.jonas).get("/organise/digits").text
    assert "waits for the organisers' decision" in page
    assert "waits for your decision" not in page
    assert "What needs the organisers now" in page
    assert "What needs you now" not in page


def test_a_result_that_the_organiser_reveals_waits_after_the_end(session, cast, board):
    later = NOON + 10 * DAY + timedelta(minutes=1)
    assert "reveal" not in needs(session, later)
    board.reveal = Reveal.BY_ORGANISER
    session.add(board)
    session.commit()
    assert needs(session, later)[:2] == ["failed", "reveal"]
    assert "reveal" not in needs(session, NOON)


def test_a_phase_that_ends_soon_is_paused_or_frozen_is_named(session, cast, board):
    phase = session.get_one(Phase, board.id)
    phase.paused_at = phase.frozen_at = NOON
    session.add(phase)
    session.commit()
    assert needs(session, NOON + 9 * DAY) == ["failed", "paused", "frozen", "ends_soon"]


def test_a_large_challenge_is_counted_every_few_minutes_and_its_queue_each_time(
    app, as_, session, cast, clock, board, sent, monkeypatch
):
    monkeypatch.setattr("server.organise.dashboard.MANY", 3)
    olga = as_(cast.olga)
    text = olga.get("/organise/digits").text
    sent(0, 0.1)
    submitted(session, board, session.merge(cast.isar), state=SubmissionState.QUEUED)
    session.commit()
    assert figure(olga.get("/organise/digits").text, "Submissions") == figure(text, "Submissions")
    assert figure(olga.get("/organise/digits").text, "Waiting") == "1"
    clock.forward(minutes=6)
    assert figure(olga.get("/organise/digits").text, "Submissions") == "5"


def figure(page: str, label: str) -> str:
    return page.split(f"<dt>{label}</dt>")[1].split("<dd>")[1].split("<", maxsplit=1)[0]


def test_another_challenge_takes_no_part_in_the_figures(session, cast, board, figures):
    mine = session.get_one(Challenge, cast.digits.id).model_dump()
    other = Challenge(**{**mine, "id": None, "slug": "other"})
    session.add(other)
    session.flush()
    session.add(Organiser(challenge_id=other.id, account_id=cast.jonas.id))
    session.commit()
    found = figures_of(session, other.id, [], higher=True, now=NOON)
    assert (found.total, found.team_count, found.active, found.best) == (0, 0, 0, [])


def test_a_chart_of_one_day_can_be_drawn(figures, board):
    charts = charts_of(figures(), names=("a", "b", "c"), write=date.isoformat, today=TODAY)
    assert charts.submissions is not None
    assert charts.best is not None
    assert charts.teams is not None
