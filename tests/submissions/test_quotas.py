"""What is left to several teams at once is what is left to each of them."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from server.challenges.models import Phase
from server.submissions.queries import quota_of, quotas_of
from server.submissions.rules import SubmissionState
from server.teams.models import ExtraSubmissions
from tests.cast import NOON
from tests.scores import submitted


@pytest.fixture
def phases(session: Session, cast) -> list[Phase]:
    return [session.merge(cast.phase_a), session.merge(cast.phase_b)]


@pytest.fixture
def sent(session: Session, cast, phases) -> None:
    """Both teams have sent files; one of them failed often, and was given more."""
    for number in range(3):
        submitted(session, cast, data=f"p{number}")
    submitted(session, cast, data="other", team="isar", by="lena")
    for number in range(4):
        row = submitted(session, cast, data=f"f{number}")
        row.state = SubmissionState.FAILED
        session.add(row)
    for phase, given in zip(phases, (2, 7), strict=True):
        session.add(
            ExtraSubmissions(
                phase_id=phase.id,
                team_id=cast.pandas.id,
                total=given,
                per_day=given,
                day=NOON,
                reason="the server was down",
                given_at=NOON,
            )
        )
    session.flush()


@pytest.mark.parametrize("days", [0, 1])
def test_together_and_one_by_one_say_the_same(session, cast, phases, sent, days) -> None:
    now = NOON + timedelta(days=days)
    wanted = [(team, phase) for team in (cast.pandas.id, cast.isar.id, None) for phase in phases]
    alone = [quota_of(session, team_id=team, phase=phase, now=now) for team, phase in wanted]
    assert quotas_of(session, wanted, now=now) == alone
    # 3 and the fourth failure of 5 + 2; none of 5 + 7; 1 of 5; nothing of 5; a team to be.
    today = [3, 12, 4, 5, 5, 5] if not days else [5, 5, 5, 5, 5, 5]
    assert [left.left_today for left in alone] == today


def test_nobody_is_asked_for_nothing(session) -> None:
    assert quotas_of(session, [], now=NOON) == []
