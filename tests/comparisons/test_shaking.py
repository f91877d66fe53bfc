"""The shake-up of a revealed phase: computed once by the worker, again when its boards change."""

from datetime import timedelta

import numpy as np
import pytest
from scipy import stats
from sqlmodel import select

from server.boards.actions import disqualify_team
from server.boards.chosen import Asked, choose
from server.boards.leaderboards import board_page
from server.boards.models import Entry, TeamMove
from server.boards.rebuilding import rebuild_board
from server.boards.rows import Row
from server.boards.schedules import write_rank_ranges
from server.challenges.models import Phase
from server.challenges.rules import Ranking
from server.comparisons.models import ShakeUp
from server.comparisons.shake_queries import shake_up_of, stale_shake_ups
from server.comparisons.shaking import Shaker
from server.evaluations.models import Evaluation, Replicates, Score
from server.evaluations.rules import Board, EvaluationState
from server.shared.access import VISITOR
from server.shared.errors import Forbidden, NotFound
from server.teams.models import Team
from tests.boards.scored import reveal_now
from tests.cast import NOON

PUBLIC = [0.95, 0.90, 0.85, 0.80, 0.75, 0.70, 0.65, 0.60, 0.55, 0.50, 0.45, 0.40]
# The last of the public board wins; everybody else falls by one place.
PRIVATE = [*(value - 0.01 for value in PUBLIC[:-1]), 0.99]


class Sent:
    """Stands for the engine: remembers which phases were sent."""

    def __init__(self) -> None:
        self.phases: list[int] = []

    def handle(self, name: str, handler: object) -> None:
        """Signals are delivered by hand in these tests."""

    def send(self, name: str, *, phase_id: int) -> None:
        self.phases.append(phase_id)


@pytest.fixture
def shaker(database, clock) -> Shaker:
    return Shaker(database=database, jobs=Sent(), clock=clock)


@pytest.fixture
def teams(database, session, phase, contest) -> list[int]:
    """Twelve teams of a revealed phase, with ranges; their ids in the order of the public board."""
    made = contest(PUBLIC, PRIVATE)
    reveal_now(session, phase)
    session.commit()
    write_rank_ranges(database, now=NOON)
    return made


def read(database, phase) -> ShakeUp | None:
    with database.reading() as session:
        return session.get(ShakeUp, phase.id)


def shown(database, cast, board: Board | None = None) -> list[Row]:
    """The rows that a visitor sees."""
    asked = Asked(phase="a", board=board)
    with database.reading() as session:
        chosen = choose(session, cast.digits, asked, viewer=VISITOR, now=NOON)
        return list(board_page(session, chosen, asked).page.rows)


def shown_shake_up(database, cast):
    with database.reading() as session:
        chosen = choose(session, cast.digits, Asked(phase="a"), viewer=VISITOR, now=NOON)
        return shake_up_of(session, chosen)


def test_nothing_is_computed_before_the_reveal(database, session, phase, contest, shaker):
    contest(PUBLIC, PRIVATE)
    write_rank_ranges(database, now=NOON)
    shaker.sweep()
    shaker.shake_up(phase.id)
    assert shaker.jobs.phases == []
    assert read(database, phase) is None
    assert session.exec(select(TeamMove)).all() == []


def test_it_is_asked_for_until_it_is_there_and_computed_once(database, phase, teams, shaker, clock):
    for _ in range(3):
        shaker.sweep()
    assert shaker.jobs.phases == [phase.id]
    # A signal that was lost is sent again after a while.
    clock.forward(minutes=1)
    shaker.sweep()
    assert shaker.jobs.phases == [phase.id] * 2
    shaker.shake_up(phase.id)
    clock.forward(minutes=5)
    shaker.shake_up(phase.id)
    shaker.sweep()
    assert shaker.jobs.phases == [phase.id] * 2
    assert read(database, phase).made_at == NOON + timedelta(minutes=1)


def test_the_numbers_are_those_of_the_two_boards(database, session, phase, teams, shaker):
    shaker.shake_up(phase.id)
    found = read(database, phase).found
    before, after = np.arange(1, 13), np.array([*range(2, 13), 1])
    assert found["teams"] == 12
    assert found["spearman"] == pytest.approx(stats.spearmanr(before, after).statistic)
    assert found["kendall"] == pytest.approx(stats.kendalltau(before, after).statistic)
    assert found["mean_move"] == pytest.approx(22 / 12)
    assert found["stayed"] == pytest.approx(0.9)
    assert found["chance"]["resamples"] == 60
    assert found["chance"]["spearman"]["low"] > found["spearman"]
    assert found["climbed"] == [teams[11]]
    assert set(found["fell"]) < set(teams[:11])
    moves = {m.team_id: m for m in session.exec(select(TeamMove))}
    assert (moves[teams[11]].public_rank, moves[teams[11]].private_rank) == (12, 1)
    assert 0 <= moves[teams[11]].within < 11


def test_the_board_says_how_far_chance_moves_a_team_there(database, cast, phase, teams, shaker):
    assert {row.chance_move for row in shown(database, cast)} == {None}
    shaker.shake_up(phase.id)
    first, *others = shown(database, cast)
    assert (first.team.id, first.move) == (teams[11], 11)
    assert first.chance_move < 11
    assert all(row.chance_move >= 0 for row in others)
    assert {row.chance_move for row in shown(database, cast, Board.PUBLIC)} == {None}


def test_a_team_taken_off_the_board_asks_for_a_new_one(
    database, session, cast, phase, teams, shaker, clock
):
    shaker.shake_up(phase.id)
    gone = session.get_one(Team, teams[11])
    disqualify_team(session, team=gone, reason="two accounts", actor_id=cast.olga.id, now=NOON)
    session.commit()
    later = clock.forward(minutes=5)
    write_rank_ranges(database, now=later)
    shaker.shake_up(phase.id)
    row = read(database, phase)
    assert (row.found["teams"], row.found["spearman"], row.made_at) == (11, 1.0, later)
    with database.reading() as reading:
        assert len(reading.exec(select(TeamMove)).all()) == 11


def test_an_evaluation_that_goes_live_asks_for_a_new_one(
    database, session, cast, phase, teams, shaker, clock
):
    shaker.shake_up(phase.id)
    before = session.exec(select(Evaluation)).one()
    before.state = EvaluationState.PAST
    session.add(before)
    session.flush()
    values = before.model_dump(exclude={"id", "number", "state"})
    after = Evaluation(**values, number=2, state=EvaluationState.LIVE)
    session.add(after)
    session.flush()
    for score in session.exec(select(Score)).all():
        same = Score(**score.model_dump(exclude={"id", "evaluation_id"}), evaluation_id=after.id)
        session.add(same)
        session.flush()
        data = session.get_one(Replicates, score.id).data
        session.add(Replicates(score_id=same.id, data=data))
    session.flush()
    rebuild_board(session, phase=phase, evaluation=after)
    session.commit()
    # What was said of the other evaluation is not shown beside this one's board.
    assert shown_shake_up(database, cast) is None
    assert {row.chance_move for row in shown(database, cast)} == {None}
    later = clock.forward(minutes=5)
    write_rank_ranges(database, now=later)
    shaker.shake_up(phase.id)
    assert shown_shake_up(database, cast).row.made_at == later


@pytest.mark.parametrize(("why", "ranking"), [("replicates", "best"), ("ladder", "ladder")])
def test_where_chance_is_not_known_it_says_why(
    database, session, phase, teams, shaker, why, ranking
):
    phase.ranking = Ranking(ranking)
    session.add(phase)
    if why == "replicates":
        session.delete(session.exec(select(Replicates)).first())
    else:
        # The public board of a ladder has no ranges.
        for entry in session.exec(select(Entry).where(Entry.board == Board.PUBLIC)):
            entry.ranges_at = None
    session.commit()
    shaker.shake_up(phase.id)
    found = read(database, phase).found
    assert (found["why"], found["chance"], found["beyond"]) == (why, None, None)
    assert found["spearman"] is not None
    assert {m.within for m in session.exec(select(TeamMove))} == {None}


def test_a_single_team_has_no_shake_up_and_is_not_asked_for_ever(
    database, session, phase, contest, shaker
):
    contest([0.9], [0.8])
    reveal_now(session, phase)
    session.commit()
    write_rank_ranges(database, now=NOON)
    shaker.shake_up(phase.id)
    assert read(database, phase).found["teams"] == 1
    assert stale_shake_ups(session) == []


def test_it_is_read_after_the_reveal_alone(session, cast, phase, two):
    chosen = choose(session, cast.digits, Asked(phase="a"), viewer=VISITOR, now=NOON)
    with pytest.raises(Forbidden):
        shake_up_of(session, chosen)
    session.exec(select(Evaluation)).one().has_private = False
    reveal_now(session, session.get_one(Phase, phase.id))
    chosen = choose(session, cast.digits, Asked(phase="a"), viewer=VISITOR, now=NOON)
    with pytest.raises(NotFound):
        shake_up_of(session, chosen)


def test_ranges_that_are_not_there_yet_are_waited_for(database, session, phase, contest, shaker):
    contest(PUBLIC, PRIVATE)
    reveal_now(session, phase)
    session.commit()
    assert stale_shake_ups(session) == []
    session.rollback()
    write_rank_ranges(database, now=NOON + timedelta(seconds=3))
    assert [stale.phase_id for stale in stale_shake_ups(session)] == [phase.id]
