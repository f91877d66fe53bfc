"""What the clock does for boards: reveals that are due, ranges of ranks that are missing."""

from datetime import timedelta

import numpy as np
import pytest
from sqlmodel import select

from server.boards.models import Entry
from server.boards.queries import boards_without_ranges
from server.boards.schedules import reveal_due, write_rank_ranges
from server.challenges.models import Phase
from server.challenges.rules import Reveal
from server.evaluations.rules import Board
from tests.cast import NOON
from tests.scores import add_live, report, score, submitted


@pytest.fixture
def over(session, cast):
    """A moment after the end of the first phase, which is scored."""
    phase = session.get_one(Phase, cast.phase_a.id)
    live = add_live(session, phase)
    score(session, submitted(session, cast), live, report(0.9, 0.8))
    session.commit()
    return phase.ends + timedelta(seconds=1)


def test_an_ended_phase_is_revealed_once_by_the_clock(session, cast, over):
    assert reveal_due(session, now=over - timedelta(microseconds=1)) == []
    assert reveal_due(session, now=over) == [cast.phase_a.id]
    assert reveal_due(session, now=over + timedelta(days=1)) == []
    assert session.get_one(Phase, cast.phase_a.id).revealed_at == over


def test_a_phase_of_the_organisers_own_reveal_is_left_to_them(session, cast, over):
    phase = session.get_one(Phase, cast.phase_a.id)
    phase.reveal = Reveal.BY_ORGANISER
    session.add(phase)
    session.flush()
    assert reveal_due(session, now=over) == []


def test_a_phase_that_still_scores_is_revealed_later(session, cast, over):
    submitted(session, cast, data="in time")
    assert reveal_due(session, now=over) == []


def test_a_board_of_two_gets_ranges_and_is_then_left_alone(database, cast):
    with database.writing() as session:
        live = add_live(session, session.get_one(Phase, cast.phase_a.id))
        score(session, submitted(session, cast), live, report(0.9, 0.9, replicates=True))
        other = submitted(session, cast, team="isar", by="lena")
        score(session, other, live, report(0.2, 0.2, replicates=True))
        session.commit()
    assert write_rank_ranges(database, now=NOON) == 2
    with database.reading() as session:
        entries = session.exec(select(Entry).where(Entry.board == Board.PUBLIC)).all()
        by_value = sorted(entries, key=lambda e: -e.value)
        assert [(e.rank_best, e.rank_worst) for e in by_value] == [(1, 1), (2, 2)]
        assert [e.rank_group for e in by_value] == [1, 2]
        assert np.isclose(sum(e.first_share for e in entries), 1.0)
        assert {e.ranges_at for e in entries} == {NOON}
        assert boards_without_ranges(session) == []


def test_a_board_without_replicates_says_no_range_and_is_not_asked_for_ever(database, cast):
    with database.writing() as session:
        live = add_live(session, session.get_one(Phase, cast.phase_a.id))
        score(session, submitted(session, cast), live, report(0.9, 0.9))
        session.commit()
    assert write_rank_ranges(database, now=NOON) == 2
    assert write_rank_ranges(database, now=NOON) == 0
    with database.reading() as session:
        assert {e.rank_best for e in session.exec(select(Entry))} == {None}


def test_a_new_score_asks_for_new_ranges(database, cast):
    with database.writing() as session:
        live = add_live(session, session.get_one(Phase, cast.phase_a.id))
        score(session, submitted(session, cast), live, report(0.5, 0.5, replicates=True))
        session.commit()
    write_rank_ranges(database, now=NOON)
    with database.writing() as session:
        better = submitted(session, cast, data="better", at=NOON + timedelta(minutes=1))
        score(session, better, session.merge(live), report(0.6, 0.6, replicates=True))
        session.commit()
    assert write_rank_ranges(database, now=NOON) == 2
