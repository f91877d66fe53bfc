import numpy as np
import pytest
from sqlmodel import select

from server.challenges.models import Phase
from server.evaluations.models import Replicates, Score
from tests.boards.scored import add_team, evaluate, scored


@pytest.fixture
def phase(session, cast) -> Phase:
    """The open phase `a` of the cast's challenge, with its live evaluation; the session writes."""
    made = session.merge(cast.phase_a)
    evaluate(session, made)
    session.commit()
    return made


@pytest.fixture
def contest(session, cast, phase):
    """Have teams stand on both boards, with replicates of some noise; return their ids."""

    def contest(publics, privates, *, noise: float = 0.01) -> list[int]:
        rng = np.random.default_rng(5)
        teams = []
        for number, (public, private) in enumerate(zip(publics, privates, strict=True)):
            team = add_team(session, cast.digits.id, f"Team {number}", captain=cast.jonas)
            scored(session, phase, team, public, private)
            teams.append(team.id)
        for score in session.exec(select(Score)):
            drawn = score.value + rng.normal(0, noise, 60)
            session.add(Replicates(score_id=score.id, data=drawn.astype("<f8").tobytes()))
        session.commit()
        return teams

    return contest


@pytest.fixture
def two(session, cast, phase):
    """The Giant Pandas ahead of the Isar Surfers on the public board, behind on the private."""
    first = scored(session, phase, session.merge(cast.pandas), 0.9, 0.6, by=cast.wei)
    second = scored(session, phase, session.merge(cast.isar), 0.7, 0.8, by=cast.lena)
    session.commit()
    return first, second
