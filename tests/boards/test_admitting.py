"""Who may take part in the next phase follows the result also after it was revealed."""

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from server.boards.actions import (
    disqualify_submission,
    disqualify_team,
    go_live,
    reinstate_submission,
    reveal,
)
from server.challenges.models import Phase
from server.evaluations.actions import write_scores
from server.evaluations.models import Rescore
from server.evaluations.rules import EvaluationState, RescoreState
from server.notifications.models import Notification
from server.submissions.models import Admission
from server.teams.models import Team
from tests.cast import NOON
from tests.scores import add_live, report, score, submitted


@pytest.fixture
def phase(session, cast) -> Phase:
    """The next phase admits one team."""
    following = session.get_one(Phase, cast.phase_b.id)
    following.admit_top = 1
    session.add(following)
    return session.get_one(Phase, cast.phase_a.id)


@pytest.fixture
def two(session, cast, phase):
    """The pandas stand before the team from the Isar."""
    live, made = add_live(session, phase), []
    for minute, value, who in ((0, 0.9, {}), (1, 0.5, {"team": "isar", "by": "lena"})):
        at = NOON + timedelta(minutes=minute)
        made.append(submitted(session, cast, at=at, **who))
        assert score(session, made[-1], live, report(value, value))
    return made


@pytest.fixture
def decided(cast, phase):
    return {"reason": "a rule was broken", "actor_id": cast.olga.id, "now": over(phase)}


def over(phase: Phase):
    return phase.ends + timedelta(minutes=1)


def admitted(session: Session) -> set[int]:
    return set(session.exec(select(Admission.team_id)))


def told(session: Session) -> list[int]:
    query = select(Notification.account_id).where(Notification.kind == "team_admitted")
    return list(session.exec(query))


def test_whoever_moves_up_when_a_team_is_disqualified_is_admitted_and_told(
    session, cast, phase, two, decided
):
    reveal(session, phase=phase, actor_id=None, now=over(phase))
    assert admitted(session) == {cast.pandas.id}
    pandas = {cast.wei.id, cast.mei.id}
    assert set(told(session)) == pandas
    disqualify_team(session, team=session.get_one(Team, cast.pandas.id), **decided)
    assert admitted(session) == {cast.pandas.id, cast.isar.id}
    assert sorted(told(session)) == sorted([*pandas, cast.lena.id])


def test_whoever_comes_back_after_the_reveal_is_admitted_and_nobody_loses_the_place(
    session, cast, phase, two, decided
):
    disqualify_submission(session, submission=two[0], **decided)
    reveal(session, phase=phase, actor_id=None, now=over(phase))
    assert admitted(session) == {cast.isar.id}
    reinstate_submission(session, submission=two[0], **decided)
    assert admitted(session) == {cast.pandas.id, cast.isar.id}


def test_whoever_a_correction_brings_among_the_first_is_admitted(session, cast, phase, two):
    reveal(session, phase=phase, actor_id=None, now=over(phase))
    corrected = add_live(session, phase, number=2, state=EvaluationState.COMPLETE)
    for submission, value in zip(two, (0.4, 0.6), strict=True):
        said = report(value, value)
        ids = {"submission_id": submission.id, "evaluation_id": corrected.id}
        write_scores(session, **ids, report=said, now=NOON)
        session.add(Rescore(**ids, state=RescoreState.SCORED))
    go_live(session, evaluation=corrected, phase=phase, actor_id=None, now=over(phase))
    assert admitted(session) == {cast.pandas.id, cast.isar.id}
    assert set(told(session)) == {cast.wei.id, cast.mei.id, cast.lena.id}


def test_nobody_is_admitted_before_the_reveal(session, cast, phase, two, decided):
    disqualify_team(session, team=session.get_one(Team, cast.pandas.id), **decided)
    assert admitted(session) == set()


def test_nobody_is_told_of_a_place_in_a_phase_that_is_over(session, cast, phase, two, decided):
    reveal(session, phase=phase, actor_id=None, now=over(phase))
    following = session.get_one(Phase, cast.phase_b.id)
    decided["now"] = following.ends + timedelta(seconds=1)
    disqualify_team(session, team=session.get_one(Team, cast.pandas.id), **decided)
    assert admitted(session) == {cast.pandas.id, cast.isar.id}
    assert cast.lena.id not in told(session)
