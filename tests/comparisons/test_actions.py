"""One comparison is one row, made once, whoever asks and whatever dies."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from server.boards.chosen import Asked, choose
from server.boards.freezing import copy_board
from server.challenges.models import Phase
from server.challenges.rules import Ranking
from server.comparisons.actions import (
    ask,
    claim,
    end,
    fail_interrupted_comparisons,
)
from server.comparisons.computing import ComparisonReport, Found, SideFound
from server.comparisons.models import COMPARISONS, Comparison
from server.comparisons.queries import is_offered, pair_of, waiting_comparisons
from server.comparisons.rules import MOST_ATTEMPTS, MOST_INTERRUPTIONS, ComparisonState
from server.evaluations.rules import Board
from server.shared.access import VISITOR, Viewer
from server.shared.errors import Conflict, Forbidden, Invalid, NotFound
from server.shared.events import Event
from tests.boards.scored import reveal_now, scored
from tests.cast import NOON

LEASE = timedelta(minutes=10)
SIDE = SideFound(value=0.9, interval=(0.8, 0.95), method="Wilson")
FOUND = ComparisonReport(
    found=Found(
        a=SIDE, b=SIDE, difference=0.2, interval=(0.1, 0.3), p_value=0.01, method="t", rows=9
    )
)


@pytest.fixture
def chosen(session, cast):
    """The board that somebody asks for and may see."""

    def chosen(board: Board | None = None, viewer: Viewer = VISITOR):
        return choose(session, cast.digits, Asked(phase="a", board=board), viewer=viewer, now=NOON)

    return chosen


@pytest.fixture
def asked(session, cast, two, chosen) -> Comparison:
    """The row of the two teams, asked for once."""
    pair = ask(session, chosen(), a=cast.isar.id, b=cast.pandas.id, actor_id=cast.mei.id, now=NOON)
    session.commit()
    return pair.row


def rows(session) -> list[Comparison]:
    return list(session.exec(select(Comparison).order_by(col(Comparison.id))))


def made(session, row: Comparison, *, now=NOON, holder="host/1/2/x") -> None:
    taken = claim(session, row.id, holder=holder, now=now, lease=LEASE)
    assert end(session, taken, holder=holder, report=FOUND, now=now)
    session.commit()


def test_asked_twice_and_from_either_side_it_is_one_row_and_one_event(session, cast, asked, chosen):
    again = ask(
        session, chosen(), a=cast.pandas.id, b=cast.isar.id, actor_id=cast.lena.id, now=NOON
    )
    assert again.row.id == asked.id
    assert len(rows(session)) == 1
    kinds = session.exec(select(Event.kind).where(Event.kind == "comparison.asked")).all()
    assert len(kinds) == 1


def test_a_result_reads_from_the_side_that_is_asked(session, cast, asked, chosen):
    made(session, asked)
    pandas, isar = cast.pandas.id, cast.isar.id
    first, second = (pair_of(session, chosen(), *pair) for pair in ((pandas, isar), (isar, pandas)))
    assert first.difference.difference == -second.difference.difference
    assert abs(first.difference.difference) == 0.2
    # The row speaks of the team with the smaller number first.
    assert (first if pandas < isar else second).difference.difference == 0.2


def test_when_what_counts_changes_the_result_is_of_earlier_submissions(
    session, cast, asked, chosen
):
    made(session, asked)
    phase = session.get_one(Phase, cast.phase_a.id)
    scored(session, phase, session.merge(cast.isar), 0.95, 0.5, by=cast.lena, at=NOON)
    pair = pair_of(session, chosen(), cast.isar.id, cast.pandas.id)
    assert (pair.state, pair.is_current, pair.may_be_asked) == ("none", False, True)
    assert pair.older.id == asked.id
    pair = ask(session, chosen(), a=cast.isar.id, b=cast.pandas.id, actor_id=1, now=NOON)
    assert (len(rows(session)), pair.state) == (2, "queued")
    made(session, pair.row, now=NOON + timedelta(minutes=1))
    pair = pair_of(session, chosen(), cast.isar.id, cast.pandas.id)
    assert pair.is_current
    assert pair.shown.compared_at == NOON + timedelta(minutes=1)


def test_a_killed_worker_leaves_a_comparison_that_is_made_again_exactly_once(session, asked):
    first = claim(session, asked.id, holder="host/1/2/dead", now=NOON, lease=LEASE)
    assert first is not None
    assert waiting_comparisons(session, now=NOON, limit=9) == []
    assert claim(session, asked.id, holder="host/1/2/other", now=NOON, lease=LEASE) is None
    COMPARISONS.give_back(session, "host/1/2", died=True)
    assert waiting_comparisons(session, now=NOON, limit=9) == [asked.id]
    second = claim(session, asked.id, holder="host/3/4/new", now=NOON, lease=LEASE)
    later = NOON + timedelta(minutes=1)
    # Whoever was thought dead and comes back writes nothing.
    assert not end(session, first, holder="host/1/2/dead", report=FOUND, now=later)
    assert end(session, second, holder="host/3/4/new", report=FOUND, now=NOON)
    assert not end(session, second, holder="host/3/4/new", report=FOUND, now=later)
    assert claim(session, asked.id, holder="host/3/4/new", now=later, lease=LEASE) is None
    session.expire_all()
    (row,) = rows(session)
    assert (row.state, row.compared_at, row.interruptions) == (ComparisonState.COMPARED, NOON, 1)


def test_a_lease_that_ran_out_is_taken_over(session, asked):
    claim(session, asked.id, holder="host/1/2/dead", now=NOON, lease=LEASE)
    late = NOON + LEASE + timedelta(seconds=1)
    assert waiting_comparisons(session, now=late, limit=9) == [asked.id]
    taken = claim(session, asked.id, holder="host/3/4/new", now=late, lease=LEASE)
    assert taken.interruptions == 1


def test_the_third_fault_ends_it_and_it_can_be_asked_for_again(session, cast, asked, chosen):
    for attempt in range(MOST_ATTEMPTS):
        assert waiting_comparisons(session, now=NOON, limit=9) == [asked.id]
        holder = f"host/1/2/{attempt}"
        taken = claim(session, asked.id, holder=holder, now=NOON, lease=LEASE)
        end(session, taken, holder=holder, report=ComparisonReport(trace="it broke"), now=NOON)
        session.expire_all()
    assert waiting_comparisons(session, now=NOON, limit=9) == []
    pair = pair_of(session, chosen(), cast.isar.id, cast.pandas.id)
    assert (pair.state, pair.row.trace, pair.difference) == ("failed", "it broke", None)
    again = ask(session, chosen(), a=cast.isar.id, b=cast.pandas.id, actor_id=1, now=NOON)
    assert (again.row.id, again.state, again.row.attempts) == (asked.id, "queued", 0)


def test_what_kills_its_worker_each_time_ends(session, asked):
    for number in range(MOST_INTERRUPTIONS):
        claim(session, asked.id, holder=f"host/1/{number}/x", now=NOON, lease=LEASE)
        COMPARISONS.give_back(session, f"host/1/{number}", died=True)
    session.expire_all()
    fail_interrupted_comparisons(session)
    (row,) = rows(session)
    assert row.state is ComparisonState.FAILED
    assert "died 3 times" in row.trace


def test_one_team_twice_and_a_team_that_is_on_no_board_are_refused(session, cast, two, chosen):
    with pytest.raises(Invalid):
        ask(session, chosen(), a=cast.isar.id, b=cast.isar.id, actor_id=1, now=NOON)
    with pytest.raises(NotFound):
        ask(session, chosen(), a=cast.isar.id, b=99_999, actor_id=1, now=NOON)
    assert rows(session) == []


def test_a_ladder_is_not_compared_before_its_final_board_is_out(session, cast, two, chosen):
    phase = session.get_one(Phase, cast.phase_a.id)
    phase.ranking = Ranking.LADDER
    session.flush()
    organiser = Viewer(id=cast.olga.id)
    for board, viewer in ((None, VISITOR), (Board.PRIVATE, organiser)):
        assert not is_offered(chosen(board, viewer))
        with pytest.raises(Conflict):
            ask(
                session,
                chosen(board, viewer),
                a=cast.isar.id,
                b=cast.pandas.id,
                actor_id=1,
                now=NOON,
            )
    reveal_now(session, phase)
    assert is_offered(chosen(Board.PRIVATE))
    assert not is_offered(chosen(Board.PUBLIC))


def test_before_the_reveal_the_private_board_is_compared_for_organisers_alone(
    session, cast, two, chosen
):
    with pytest.raises(Forbidden):
        chosen(Board.PRIVATE)
    organiser = Viewer(id=cast.olga.id)
    private = chosen(Board.PRIVATE, organiser)
    pair = ask(session, private, a=cast.isar.id, b=cast.pandas.id, actor_id=cast.olga.id, now=NOON)
    made(session, pair.row)
    public = pair_of(session, chosen(), cast.isar.id, cast.pandas.id)
    assert (public.row, public.older, public.difference) == (None, None, None)


def test_behind_a_frozen_board_nothing_newer_than_it_is_told(session, cast, asked, chosen):
    made(session, asked)
    phase = session.get_one(Phase, cast.phase_a.id)
    copy_board(session, phase, now=NOON)
    phase.frozen_at = NOON
    session.flush()
    scored(session, phase, session.merge(cast.isar), 0.95, 0.5, by=cast.lena, at=NOON)
    behind = ask(
        session,
        chosen(viewer=Viewer(id=cast.olga.id)),
        a=cast.isar.id,
        b=cast.pandas.id,
        actor_id=cast.olga.id,
        now=NOON,
    )
    made(session, behind.row, now=NOON + timedelta(hours=1))
    seen = pair_of(session, chosen(), cast.isar.id, cast.pandas.id)
    assert (seen.row.id, seen.is_current) == (asked.id, True)
    assert {seen.a.entry.value, seen.b.entry.value} == {0.7, 0.9}
    # And where what the copy shows was never compared, there is nothing older to show.
    session.delete(session.get_one(Comparison, asked.id))
    session.flush()
    seen = pair_of(session, chosen(), cast.isar.id, cast.pandas.id)
    assert (seen.row, seen.older, seen.difference) == (None, None, None)
