"""The ranges over the replicates: from stored replicates, with their time, and never too often."""

from datetime import timedelta

import numpy as np
import pytest
from sqlmodel import select

from server.challenges.models import Phase
from server.challenges.rules import Ranking
from server.evaluations.models import Replicates, Score
from server.evaluations.rules import Board
from server.shared.events import record
from server.standings import ranging
from server.standings.keeping import Keeper
from server.standings.models import Snapshot, StandingRange
from server.standings.news import RESAMPLED, ask_for_ranges
from server.standings.ranging import AT_LEAST_APART, refresh_ranges
from server.standings.rules import Rule
from tests.boards.scored import evaluate, reveal_now, scored
from tests.cast import NOON

COUNT = 200


def replicate(session, submission, board, values):
    """Store the replicates of a submission on a board."""
    score = session.exec(
        select(Score).where(Score.submission_id == submission.id, Score.board == board)
    ).one()
    session.add(Replicates(score_id=score.id, data=np.asarray(values, dtype="<f8").tobytes()))


@pytest.fixture
def board(session, cast, refresh):
    """Two teams: on the public board either is ahead in half of the replicates."""
    phase = session.merge(cast.phase_a)
    evaluate(session, phase)
    first = scored(session, phase, session.merge(cast.pandas), 0.9, 0.7, by=cast.wei)
    second = scored(session, phase, session.merge(cast.isar), 0.8, 0.6, by=cast.lena)
    turns = np.where(np.arange(COUNT) % 2, 0.9, 0.8)
    replicate(session, first, Board.PUBLIC, turns)
    replicate(session, second, Board.PUBLIC, 1.7 - turns)
    replicate(session, first, Board.PRIVATE, np.full(COUNT, 0.7))
    replicate(session, second, Board.PRIVATE, np.full(COUNT, 0.6))
    refresh()
    return phase


def ranges(database, rule=Rule.POINTS):
    with database.reading() as session:
        rows = session.exec(select(StandingRange).where(StandingRange.rule == rule))
        return sorted((row.low, row.high) for row in rows)


def test_ranges_are_those_of_the_resampled_boards(client, database, board):
    assert refresh_ranges(database, now=NOON) == 1
    assert ranges(database) == [(1, 2), (1, 2)]
    assert ranges(database, Rule.PARTICIPATION) == []
    rows = client.get("/api/v1/standings").json["rows"]
    assert [row["rank_range"] for row in rows] == [{"best": 1, "worst": 2}] * 2
    assert "95 % of 200 resampled boards" in client.get("/universities").text


def test_private_replicates_count_from_the_reveal_on_alone(database, session, board, refresh):
    reveal_now(session, board)
    refresh()
    refresh_ranges(database, now=NOON)
    assert ranges(database) == [(1, 1), (2, 2)]


def test_a_ladder_that_runs_tells_nothing_beyond_what_it_released(
    database, session, board, refresh
):
    session.get_one(Phase, board.id).ranking = Ranking.LADDER
    session.commit()
    refresh_ranges(database, now=NOON)
    assert ranges(database) == [(1, 1), (2, 2)]


def test_a_team_without_replicates_keeps_its_score(database, session, board):
    for row in session.exec(select(Replicates).limit(1)):
        session.delete(row)
    session.commit()
    refresh_ranges(database, now=NOON)
    # 0.9 stands before 0.8 and shares the first rank with 0.9.
    assert ranges(database) == [(1, 1), (1, 2)]


def test_they_are_computed_when_something_changed_and_not_too_often(
    database, session, cast, board, refresh
):
    refresh_ranges(database, now=NOON)
    assert refresh_ranges(database, now=NOON + timedelta(days=1)) == 0
    with database.writing() as writer:
        snapshot = writer.get_one(Snapshot, 0)
        snapshot.version += 1
        snapshot.ranges_seconds = 0.01
        writer.add(snapshot)
        writer.commit()
    assert refresh_ranges(database, now=NOON + AT_LEAST_APART - timedelta(seconds=1)) == 0
    assert refresh_ranges(database, now=NOON + AT_LEAST_APART) == 1


def test_replicates_that_came_back_are_taken_into_the_ranges(
    database, session, cast, board, clock, refresh
):
    keeper, row = Keeper(database), session.exec(select(Replicates).limit(1)).one()
    number, data = row.score_id, row.data
    session.delete(row)
    session.commit()
    keeper.refresh(now=NOON)
    refresh_ranges(database, now=NOON)
    assert ranges(database) == [(1, 1), (1, 2)]
    later = NOON + timedelta(minutes=1)
    session.add(Replicates(score_id=number, data=data))
    record(session, RESAMPLED, at=NOON, challenge_id=cast.digits.id)
    session.commit()
    keeper.refresh(now=later)
    assert refresh_ranges(database, now=later) == 1
    assert ranges(database) == [(1, 2), (1, 2)]
    assert refresh_ranges(database, now=later + timedelta(days=1)) == 0


def test_replicates_that_come_while_ranges_are_computed_are_not_forgotten(
    database, session, board, monkeypatch
):
    sums = ranging._sums

    def meanwhile(*arguments):
        with database.writing() as writer:
            ask_for_ranges(writer)
            writer.commit()
        return sums(*arguments)

    monkeypatch.setattr(ranging, "_sums", meanwhile)
    assert refresh_ranges(database, now=NOON) == 1
    monkeypatch.undo()
    assert refresh_ranges(database, now=NOON + timedelta(hours=1)) == 1
    assert refresh_ranges(database, now=NOON + timedelta(hours=2)) == 0


def test_without_any_replicates_there_are_no_ranges_and_the_page_says_nothing_of_them(
    client, database, session, cast, refresh
):
    phase = session.merge(cast.phase_a)
    evaluate(session, phase)
    scored(session, phase, session.merge(cast.pandas), 0.9, by=cast.wei)
    refresh()
    refresh_ranges(database, now=NOON)
    assert ranges(database) == []
    assert client.get("/api/v1/standings").json["rows"][0]["rank_range"] is None
    assert "resampled boards" not in client.get("/universities").text
