from datetime import timedelta

import pytest

from server.accounts.tokens import create_token
from tests.boards.scored import evaluate, scored
from tests.cast import NOON, sign_in


@pytest.fixture
def board(session, cast):
    """The open phase `a`: two teams with a score, and a baseline."""
    phase = session.merge(cast.phase_a)
    evaluate(session, phase)
    for key, public, private in (("pandas", 0.9, 0.9), ("isar", 0.8, 0.7)):
        team = session.merge(cast.teams[key])
        person = cast.wei if key == "pandas" else cast.lena
        scored(session, phase, team, public, private, by=person, at=NOON - timedelta(hours=2))
    scored(session, phase, None, 0.5, 0.5, baseline="always zero")
    session.commit()
    return phase


@pytest.fixture
def olga(app, cast):
    return sign_in(app.test_client(), cast.olga)


@pytest.fixture
def bearer(session):
    def bearer(account):
        _, secret = create_token(session, account_id=account.id, name="test", now=NOON)
        session.commit()
        return {"Authorization": f"Bearer {secret}"}

    return bearer
