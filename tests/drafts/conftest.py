from functools import partial

import pytest

from server.preflight.budget import Budget
from server.preflight.checking import report
from tests.cast import sign_in
from tests.drafts.drafting import Desk


@pytest.fixture
def desk(client, cast, settings, database, clock, monkeypatch) -> Desk:
    """Olga, who may create challenges here, and a worker; few draws, for a check is not its test."""
    few = Budget(rows=200, permutations=19, fields=9)
    monkeypatch.setattr("server.drafts.looking.report", partial(report, budget=few))
    settings.create_challenges = "confirmed"
    return Desk(sign_in(client, cast.olga), settings, database, clock)
