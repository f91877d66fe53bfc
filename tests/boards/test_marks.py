"""Marks and places against a count by hand, on boards with ties of every length."""

from datetime import timedelta

import numpy as np
import pytest
import sqlalchemy as sa
from sqlmodel import Session, col

from server.boards.marks import APART, kept_marks, marks_of
from server.boards.models import Entry
from server.boards.places import FEW, count_ranked, places
from server.boards.reading import board_slice
from server.boards.rows import On
from server.evaluations.queries import live_evaluation
from server.evaluations.rules import Board
from server.shared.caching import IN_SESSION, Cache
from server.teams.models import Team
from tests.boards.scored import add_team, statements, submitted
from tests.cast import NOON

TEAMS = 3 * APART + 7
SPREADS = {"all different": None, "short ties": 200, "ties longer than a step": 3, "all equal": 1}


def filled(session, board, cast, distinct):
    """Fill a board past the ORM; return its keys in order."""
    keys = np.random.default_rng(3).permutation(TEAMS) / 1000
    if distinct is not None:
        keys = np.floor(keys * 1000) % distinct
    team = add_team(session, board.challenge_id, "one", captain=cast.olga)
    submission = submitted(session, board, team)
    like = team.model_dump(exclude={"id", "name", "name_key", "code"})
    names = [f"team {number}" for number in range(TEAMS)]
    made = [{**like, "name": name, "name_key": name, "code": name} for name in names]
    teams = session.scalars(sa.insert(Team).returning(col(Team.id)), made).all()
    same = {
        "phase_id": board.id,
        "board": Board.PUBLIC,
        "submission_id": submission.id,
        "evaluation_id": live_evaluation(session, board.id).id,
        "value": 0.0,
        "method": "",
        "submissions": 1,
        "last_submitted_at": NOON,
        "ranked": True,
    }
    rows = [
        {
            **same,
            "key": float(key),
            "team_id": team_id,
            "submitted_at": NOON - timedelta(seconds=nth),
        }
        for nth, (key, team_id) in enumerate(zip(keys, teams, strict=True))
    ]
    session.execute(sa.insert(Entry), rows)
    session.commit()
    return sorted(keys.tolist())


@pytest.fixture(params=SPREADS.values(), ids=SPREADS)
def keys(request, session, board, cast):
    return filled(session, board, cast, request.param)


@pytest.fixture
def reading(database):
    """A session as the web has it."""
    with Session(database.read_engine, info={IN_SESSION: Cache()}) as made:
        yield made


@pytest.fixture
def on(board):
    return On(board.id, Board.PUBLIC)


def test_marks_places_and_pages_are_those_that_are_counted(session, reading, on, keys):
    marks = marks_of(reading, on)
    assert marks.total == count_ranked(reading, on) == count_ranked(session, on) == TEAMS
    assert marks.before == [sum(key < mark for key in keys) for mark in marks.keys]
    wanted = [*keys[::97], keys[0] - 1, keys[-1] + 1, (keys[0] + keys[-1]) / 2]
    expected = {key: 1 + sum(other < key for other in keys) for key in wanted}
    assert places(reading, on, wanted) == places(session, on, wanted) == expected
    everything = sorted(set(keys))
    assert len(everything) < FEW or places(reading, on, everything) == places(session, on, keys)
    for offset in (0, 1, APART, APART + 1, TEAMS - 3, TEAMS, TEAMS + 5):
        found = board_slice(reading, on, offset=offset, limit=20, baselines=[])
        assert found == board_slice(session, on, offset=offset, limit=20, baselines=[])
        assert [row.key for row in found] == keys[offset : offset + 20]


def test_an_empty_board_has_no_marks(reading, session, on, board):
    assert marks_of(reading, on) == ([], [], 0)
    assert (count_ranked(reading, on), places(reading, on, [0.5])) == (0, {0.5: 1})
    assert board_slice(reading, on, offset=0, limit=20, baselines=[]) == []


def test_what_is_kept_is_read_once_and_a_session_that_writes_reads_anew(
    session, reading, on, board, cast
):
    filled(session, board, cast, None)
    marks = kept_marks(reading, on)
    with statements(reading) as seen:
        assert kept_marks(reading, on) is marks
    assert seen == []
    assert kept_marks(session, on) is None
