"""Moves from the public board to the private one, kept of small boards and found by page of large."""

import pytest
import sqlalchemy as sa
from sqlmodel import Session

from server.boards import moves
from server.boards.models import TeamMove
from server.boards.moves import with_moves
from server.boards.reading import whole_page
from server.boards.rows import On
from server.evaluations.models import Evaluation
from server.evaluations.queries import live_evaluation
from server.evaluations.rules import Board, EvaluationState
from server.shared.caching import FOUND, IN_SESSION, Cache
from tests.boards.scored import add_team, scored, statements

# Public and private scores; two pairs share a rank on the public board.
SCORES = [(0.9, 0.5), (0.8, 0.6), (0.8, 0.7), (0.7, 0.9), (0.6, 0.8), (0.6, 0.4)]
CLIMBED = {"team 3": 3, "team 4": 3, "team 2": -1, "team 1": -2, "team 0": -4, "team 5": -1}
BY_CHANCE = {"team 3": 2, "team 0": 0}


@pytest.fixture
def final(session, board, cast):
    live = live_evaluation(session, board.id)
    for number, (public, private) in enumerate(SCORES):
        name = f"team {number}"
        team = add_team(session, board.challenge_id, name, captain=cast.olga)
        scored(session, board, team, public, private=private)
        # What was found under an evaluation before says nothing of this one.
        known = {"evaluation_id": live.id, "within": BY_CHANCE.get(name)}
        place = {"team_id": team.id, "public_rank": 1, "private_rank": 1}
        session.add(TeamMove(phase_id=board.id, **place, **known))
    session.commit()
    return On(board.id, Board.PRIVATE)


@pytest.fixture
def reading(database):
    with Session(database.read_engine, info={IN_SESSION: Cache(), FOUND: {}}) as session:
        yield session


def told(session: Session, final: On) -> dict[str, tuple[int | None, int | None]]:
    page = whole_page(session, final, page=1, per_page=50)
    rows = with_moves(session, final.phase_id, page.rows)
    return {row.team.name: (row.move, row.chance_move) for row in rows if row.team}


EXPECTED = {name: (move, BY_CHANCE.get(name)) for name, move in CLIMBED.items()}


def test_a_small_board_and_a_large_one_say_the_same(final, reading, session, monkeypatch):
    assert told(reading, final) == EXPECTED
    assert told(session, final) == EXPECTED
    reading.info[IN_SESSION].clear()
    monkeypatch.setattr(moves, "FEW", len(SCORES) - 1)
    assert told(reading, final) == EXPECTED


def test_the_places_of_a_small_board_are_found_once(final, reading):
    rows = whole_page(reading, final, page=1, per_page=2).rows
    with_moves(reading, final.phase_id, rows)
    others = whole_page(reading, final, page=2, per_page=2).rows
    with statements(reading) as asked:
        moved = with_moves(reading, final.phase_id, others)
    assert not asked
    assert [row.move for row in moved] == [-1, -2]


def test_chance_under_another_evaluation_is_not_told(final, reading, session, board):
    live = live_evaluation(session, board.id)
    past = Evaluation(
        **live.model_dump(exclude={"id", "number", "state"}), number=2, state=EvaluationState.PAST
    )
    session.add(past)
    session.flush()
    session.execute(sa.update(TeamMove).values(evaluation_id=past.id))
    session.commit()
    assert {chance for _, chance in told(reading, final).values()} == {None}
    assert told(session, final) == told(reading, final)
