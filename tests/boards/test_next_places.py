"""What the next place up would take: how far it is, and what the test set could see."""

from datetime import timedelta

import numpy as np
import pytest
from sqlmodel import col, select

from scorers.sampling.detecting import smallest_detectable
from server.boards.freezing import copy_board
from server.boards.models import Entry, NextPlace
from server.boards.next_places import next_up
from server.boards.schedules import write_rank_ranges
from server.boards.team_places import places_of
from server.challenges.models import Phase
from server.challenges.rules import Ranking
from server.evaluations.models import Replicates, Score
from server.evaluations.rules import Board
from server.teams.models import Team
from tests.boards.scored import add_team, scored
from tests.cast import NOON

R = 200


def entry(number: int, key: float) -> Entry:
    return Entry(id=number, team_id=number, key=key, value=-key, submission_id=number)


def test_the_next_place_is_the_nearest_better_score():
    first, level, third, fourth, last = (
        entry(i, k) for i, k in enumerate([-0.9, -0.9, -0.8, -0.8, -0.5])
    )
    found = [pair.above for pair in next_up([first, level, third, fourth, last])]
    assert found == [None, None, level, level, fourth]


@pytest.fixture
def teams(session, cast, board):
    """Four teams with 0.9, 0.8, 0.8 and 0.5, whose replicates are known; their ids."""
    rng, made = np.random.default_rng(3), []
    for number, value in enumerate((0.9, 0.8, 0.8, 0.5)):
        team = add_team(session, cast.digits.id, f"Team {number}", captain=cast.jonas)
        submission = scored(session, board, team, value, value / 2)
        made.append(team.id)
        for score in session.exec(select(Score).where(Score.submission_id == submission.id)):
            drawn = score.value + rng.normal(0, 0.01 * (number + 1), R)
            session.add(Replicates(score_id=score.id, data=drawn.astype("<f8").tobytes()))
    session.commit()
    return made


def known(database, board: Board = Board.PUBLIC) -> dict[int, NextPlace]:
    with database.reading() as session:
        found = session.exec(select(NextPlace).where(NextPlace.board == board)).all()
        return {place.team_id: place for place in found}


def drawn(session, team_id: int) -> np.ndarray:
    query = (
        select(Replicates.data)
        .join(Score, col(Score.id) == col(Replicates.score_id))
        .join(Entry, col(Entry.submission_id) == col(Score.submission_id))
        .where(Entry.team_id == team_id, Entry.board == Score.board, Score.board == Board.PUBLIC)
    )
    return np.frombuffer(session.exec(query).one(), dtype="<f8")


def test_the_worker_writes_it_with_the_ranges(database, session, teams):
    write_rank_ranges(database, now=NOON)
    found = known(database)
    assert set(found) == set(teams[1:])
    assert [found[t].difference for t in teams[1:]] == pytest.approx([0.1, 0.1, 0.3])
    error = (drawn(session, teams[1]) - drawn(session, teams[0])).std(ddof=1)
    assert found[teams[1]].detectable == pytest.approx(smallest_detectable(error))
    assert {place.made_at for place in found.values()} == {NOON}
    assert len(known(database, Board.PRIVATE)) == 3


def test_a_new_leader_changes_what_the_next_place_takes(database, session, teams, board):
    write_rank_ranges(database, now=NOON)
    scored(session, board, session.get_one(Team, teams[3]), 0.95, 0.9, at=NOON)
    session.commit()
    later = NOON + timedelta(minutes=1)
    write_rank_ranges(database, now=later)
    found = known(database)
    assert set(found) == set(teams[:3])
    assert found[teams[0]].difference == pytest.approx(0.05)
    # The new file has no replicates: how far it is can be said, not what could be seen.
    assert found[teams[0]].detectable is None
    assert found[teams[0]].made_at == later


def test_who_changes_below_the_top_is_told_too(database, session, cast, board, monkeypatch):
    monkeypatch.setattr("server.boards.schedules.MOST_RANGED", 2)
    ids = []
    for number, value in enumerate((0.9, 0.8, 0.7, 0.6)):
        team = add_team(session, cast.digits.id, f"Team {number}", captain=cast.jonas)
        scored(session, board, team, value, value)
        ids.append(team.id)
    session.commit()
    write_rank_ranges(database, now=NOON)
    found = known(database)
    assert {t: round(p.difference, 6) for t, p in found.items()} == dict.fromkeys(ids[1:], 0.1)


def test_a_team_reads_it_of_what_counts_now_and_never_behind_a_frozen_board(
    database, session, teams, board
):
    write_rank_ranges(database, now=NOON)
    team = session.get_one(Team, teams[1])
    (place,) = places_of(session, team)
    assert place.next.difference == pytest.approx(0.1)
    phase = session.get_one(Phase, board.id)
    copy_board(session, phase, now=NOON)
    phase.frozen_at = NOON
    session.flush()
    assert [p.next for p in places_of(session, team)] == [None]
    (place,) = places_of(session, team, organiser=True)
    assert place.next is not None
    scored(session, phase, team, 0.85, 0.4, at=NOON)
    assert [p.next for p in places_of(session, team, organiser=True)] == [None]


def test_a_ladder_says_nothing_of_it(database, session, teams, board):
    board.ranking = Ranking.LADDER
    session.add(board)
    session.commit()
    write_rank_ranges(database, now=NOON)
    assert known(database) == {}
    assert len(known(database, Board.PRIVATE)) == 3
