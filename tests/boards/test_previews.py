"""The boards of an evaluation beside the live one: what they would be if it were live."""

from datetime import timedelta

import pytest
from sqlmodel import select

from server.boards.actions import go_live
from server.boards.kept import kept_page, places_kept, places_now
from server.boards.ladder import climb_beside
from server.boards.models import Entry, KeptEntry
from server.boards.previews import REST, is_current, make_previews
from server.challenges.rules import Ranking
from server.evaluations.models import Evaluation, Rescore
from server.evaluations.rules import SCORED_BOARDS, Board, EvaluationState
from server.shared.events import record
from tests.cast import NOON
from tests.corrections.correcting import beside, boards, compared, complete, rescored
from tests.scores import report, score, submitted

COLUMNS = ("team_id", "submission_id", "key", "value", "low", "high", "method", "submitted_at")
COUNTS = ("submissions", "last_submitted_at")


@pytest.fixture
def scored(session, cast):
    return boards(session, cast)


@pytest.fixture
def second(session, scored) -> Evaluation:
    phase, _, (pandas, isar) = scored
    made = beside(session, phase)
    rescored(session, made, pandas, (0.5, 0.8))
    rescored(session, made, isar, (0.75, 0.6))
    session.commit()
    return made


def rows(session, table, board: Board, *where) -> list[tuple]:
    found = session.exec(select(table).where(table.board == board, *where))
    return sorted(tuple(getattr(row, c) for c in (*COLUMNS, *COUNTS)) for row in found)


@pytest.mark.parametrize("ranking", list(Ranking))
def test_a_preview_is_the_board_that_going_live_makes(
    database, session, cast, scored, second, ranking
):
    phase, live, submissions = scored
    phase.ranking = ranking
    session.add(phase)
    session.flush()
    for minute, value in ((1, 0.6), (2, 0.3)):
        more = submitted(session, cast, at=NOON + timedelta(minutes=minute))
        assert score(session, more, live, report(value, value), holder=f"host/1/2/{minute}")
        # It was queued under the second as well.
        session.delete(session.get_one(Rescore, (more.id, second.id)))
        session.flush()
        rescored(session, second, more, (value / 2, 1 - value))
        submissions.append(more)
    # As a worker does after each of them.
    for submission in submissions:
        climb_beside(session, submission_id=submission.id, evaluation_id=second.id)
    compared(database, session, second)
    previewed = {b: rows(session, KeptEntry, b) for b in SCORED_BOARDS}
    places = {b: places_kept(session, second.id, b) for b in SCORED_BOARDS}
    assert go_live(session, evaluation=second, phase=phase, actor_id=None, now=NOON)
    for board in SCORED_BOARDS:
        assert previewed[board] == rows(session, Entry, board)
        assert places[board] == places_now(session, phase.id, board)


def test_it_is_made_when_everything_is_scored_and_again_when_something_changed(
    database, session, cast, second
):
    assert make_previews(database, now=NOON) == 0
    complete(session, second)
    assert make_previews(database, now=NOON) == 1
    assert make_previews(database, now=NOON + REST) == 0
    record(session, "submission.withdrawn", at=NOON, challenge_id=cast.digits.id)
    session.commit()
    assert not is_current(session, session.get_one(Evaluation, second.id))
    session.commit()
    # A busy contest changes all the time.
    assert make_previews(database, now=NOON + timedelta(seconds=1)) == 0
    assert make_previews(database, now=NOON + REST) == 1


def test_an_evaluation_that_is_decided_meanwhile_is_left_alone(database, session, second):
    complete(session, second)
    make_previews(database, now=NOON)
    second.state = EvaluationState.DISCARDED
    session.add(second)
    session.commit()
    assert make_previews(database, now=NOON + REST * 2) == 0


def test_the_board_that_is_replaced_is_kept_with_ranks_ranges_and_all(session, scored, second):
    phase, live, _ = scored
    first = session.exec(select(Entry).where(Entry.board == Board.PUBLIC)).first()
    first.rank_best, first.rank_worst = 1, 2
    session.add(first)
    complete(session, second)
    before = {b: rows(session, Entry, b) for b in SCORED_BOARDS}
    assert go_live(session, evaluation=second, phase=phase, actor_id=None, now=NOON)
    for board in SCORED_BOARDS:
        assert rows(session, KeptEntry, board, KeptEntry.evaluation_id == live.id) == before[board]
    page = kept_page(session, live, Board.PUBLIC, page=1, per_page=50)
    assert [(r.rank, r.team.name, r.rank_range) for r in page.rows] == [
        (1, "Giant Pandas", (1, 2)),
        (2, "Isar Surfers", None),
    ]
    found = kept_page(session, live, Board.PUBLIC, q="SURF", page=1, per_page=50)
    assert [(r.rank, r.team.name) for r in found.rows] == [(2, "Isar Surfers")]
    munich = kept_page(session, live, Board.PUBLIC, university="munich", page=1, per_page=50)
    assert (munich.total, munich.rows[0].team.name) == (1, "Isar Surfers")
