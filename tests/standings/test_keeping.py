"""The stored standings follow the boards: what changed is taken in, and nothing else is touched."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from server.boards.actions import disqualify_team
from server.challenges.models import Challenge, Phase
from server.challenges.rules import Visibility
from server.shared.events import record
from server.standings.keeping import Keeper, refresh_standings
from server.standings.models import (
    Contribution,
    Participant,
    Reading,
    Snapshot,
    Standing,
    StandingBoard,
    StandingMoment,
)
from server.standings.rules import Rule
from server.teams.models import Team
from server.teams.origins import fix_university
from tests.boards.scored import add_member, add_team, open_phase, reveal_now, scored
from tests.cast import NOON


@pytest.fixture
def board(session, cast):
    return open_phase(session, cast)


@pytest.fixture
def keeper(database, board):
    made = Keeper(database)
    made.refresh(now=NOON)
    return made


def submit(session, board, team, value, *, by, at=NOON - timedelta(hours=1), **more):
    """A scored submission, and the event that the worker writes with it."""
    submission = scored(session, board, team, value, at=at, by=by, **more)
    record(
        session,
        "submission.scored",
        at=NOON,
        challenge_id=board.challenge_id,
        team_id=team.id,
        subject_id=submission.id,
    )
    session.commit()
    return submission


def read(session, query):
    """Rows, with no transaction left open that the worker would wait for."""
    session.rollback()
    found = session.exec(query).all()
    session.expunge_all()
    session.rollback()
    return found


def told(session, rule=Rule.POINTS):
    query = select(Standing).where(Standing.season_id == 0, Standing.rule == rule)
    return [
        (row.university_id, row.rank, row.accounts, row.teams, row.submissions)
        for row in read(session, query.order_by(col(Standing.position)))
    ]


def version(session):
    return read(session, select(Snapshot.version).where(Snapshot.season_id == 0))[0]


def test_a_score_is_in_the_standings_with_the_next_turn(session, cast, board, keeper):
    submit(session, board, session.merge(cast.pandas), 0.9, by=cast.wei)
    assert keeper.refresh(now=NOON)
    tsinghua, munich = cast.tsinghua.id, cast.munich.id
    assert told(session) == [(tsinghua, 1, 1, 1, 1)]
    submit(session, board, session.merge(cast.isar), 0.95, by=cast.lena)
    assert keeper.refresh(now=NOON)
    assert told(session) == [(munich, 1, 1, 1, 1), (tsinghua, 2, 1, 1, 1)]


def test_where_nothing_changed_nothing_is_written(session, cast, board, keeper):
    submit(session, board, session.merge(cast.pandas), 0.9, by=cast.wei)
    keeper.refresh(now=NOON)
    before = version(session)
    record(session, "submission.received", at=NOON, challenge_id=board.challenge_id, team_id=1)
    session.commit()
    assert not keeper.refresh(now=NOON)
    assert not refresh_standings(keeper.database, now=NOON)
    assert version(session) == before


def test_a_change_of_one_challenge_leaves_the_others_alone(session, cast, board, keeper):
    submit(session, board, session.merge(cast.pandas), 0.9, by=cast.wei)
    keeper.refresh(now=NOON)
    asked = []
    sa.event.listen(
        keeper.database.read_engine,
        "before_cursor_execute",
        lambda *given: asked.append(given[2]),
    )
    record(session, "token.created", at=NOON, actor_id=cast.wei.id)
    session.commit()
    keeper.refresh(now=NOON)
    assert asked
    assert not [one for one in asked if "FROM entry" in one or "FROM submission" in one]


def test_a_person_counts_once_in_however_many_submissions(session, cast, board, keeper):
    pandas = session.merge(cast.pandas)
    for value, who in ((0.5, cast.wei), (0.6, cast.wei), (0.7, cast.mei)):
        submit(session, board, pandas, value, by=who)
    keeper.refresh(now=NOON)
    assert told(session, Rule.PARTICIPATION) == [(cast.tsinghua.id, 1, 2, 1, 3)]


def test_who_is_taken_off_the_board_is_out_of_the_standings(session, cast, board, keeper):
    pandas = session.merge(cast.pandas)
    submit(session, board, pandas, 0.9, by=cast.wei)
    keeper.refresh(now=NOON)
    disqualify_team(session, team=pandas, reason="copied", actor_id=cast.olga.id, now=NOON)
    session.commit()
    assert keeper.refresh(now=NOON)
    assert told(session) == []
    assert read(session, select(Participant)) == []


def test_a_phase_that_begins_by_the_clock_alone_stands_for_its_challenge(session, cast, keeper):
    def standing_for():
        return read(session, select(StandingBoard.phase_id))[0]

    assert standing_for() == cast.phase_a.id
    keeper.refresh(now=cast.phase_b.starts)
    assert standing_for() == cast.phase_b.id


def test_a_challenge_that_is_public_no_more_leaves_nothing(session, cast, board, keeper):
    submit(session, board, session.merge(cast.pandas), 0.9, by=cast.wei)
    keeper.refresh(now=NOON)
    session.get_one(Challenge, board.challenge_id).visibility = Visibility.UNLISTED
    session.commit()
    assert keeper.refresh(now=NOON)
    assert told(session) == []
    assert read(session, select(Contribution)) == []


def test_an_event_that_commits_behind_a_later_one_is_not_missed(session, cast, board, keeper):
    newest = read(session, select(Reading.newest))[0]
    record(session, "token.created", at=NOON).id = newest + 900
    session.commit()
    keeper.refresh(now=NOON)
    submission = scored(session, board, session.merge(cast.pandas), 0.9, by=cast.wei)
    late = record(
        session,
        "submission.scored",
        at=NOON,
        challenge_id=board.challenge_id,
        team_id=cast.pandas.id,
        subject_id=submission.id,
    )
    late.id = newest + 899
    session.commit()
    assert keeper.refresh(now=NOON + timedelta(seconds=1))
    assert told(session) == [(cast.tsinghua.id, 1, 1, 1, 1)]


def test_what_is_settled_is_not_kept_in_mind(session, cast, board, keeper):
    for seconds in (11, 22, 33):
        record(session, "token.created", at=NOON)
        session.commit()
        keeper.refresh(now=NOON + timedelta(seconds=seconds))
    reading = read(session, select(Reading))[0]
    assert len(reading.seen) <= 2
    assert reading.settled > 0


def test_a_turn_that_was_broken_off_between_its_halves_is_made_up_for(
    session, cast, board, keeper, monkeypatch
):
    submit(session, board, session.merge(cast.pandas), 0.9, by=cast.wei)

    def dies(*_given, **_more):
        raise RuntimeError

    monkeypatch.setattr(keeper.aggregator, "run", dies)
    with pytest.raises(RuntimeError):
        keeper.refresh(now=NOON)
    monkeypatch.undo()
    assert told(session) == []
    assert keeper.refresh(now=NOON)
    assert told(session) == [(cast.tsinghua.id, 1, 1, 1, 1)]


def test_a_mixed_team_gives_people_to_their_own_university_and_itself_in_parts(
    session, cast, board, keeper
):
    session.get_one(Challenge, board.challenge_id).same_university = False
    mixed = add_team(session, board.challenge_id, "mixed", captain=cast.wei)
    mixed.fixed_at = None
    for person in (cast.amina, cast.jonas):
        add_member(session, mixed, person)
    fix_university(session, team=mixed, now=NOON)
    # Both came later: Olga is of a university that it competes for, Mei of another one.
    submit(session, board, mixed, 0.9, by=cast.olga)
    submit(session, board, mixed, 0.91, by=cast.mei)
    submit(session, board, mixed, 0.92, by=cast.amina)
    keeper.refresh(now=NOON)
    assert sorted(told(session, Rule.PARTICIPATION)) == sorted(
        [(cast.munich.id, 1, 1, 0.5, 1), (cast.nairobi.id, 1, 1, 0.5, 1)]
    )


def test_a_members_later_move_changes_no_split(session, cast, board, keeper):
    session.get_one(Challenge, board.challenge_id).same_university = False
    mixed = add_team(session, board.challenge_id, "mixed", captain=cast.wei)
    mixed.fixed_at = None
    add_member(session, mixed, cast.amina)
    fix_university(session, team=mixed, now=NOON)
    session.merge(cast.amina).university_id = cast.munich.id
    submit(session, board, mixed, 0.9, by=cast.amina)
    keeper.refresh(now=NOON)
    assert [row[0] for row in told(session)] == [cast.nairobi.id]


def test_a_frozen_board_stands_as_it_was_frozen(session, cast, board, keeper):
    submit(session, board, session.merge(cast.pandas), 0.9, by=cast.wei)
    keeper.refresh(now=NOON)
    session.get_one(Phase, board.id).frozen_at = NOON
    session.commit()
    submit(session, board, session.merge(cast.isar), 0.95, by=cast.lena)
    keeper.refresh(now=NOON)
    rows = read(session, select(Standing).where(Standing.rule == Rule.POINTS))
    ranked = {row.university_id: row.challenges for row in rows}
    # No copy was made here: nothing at all is told of what came after.
    assert ranked.get(cast.munich.id, 0) == 0


def test_standings_are_kept_once_a_day_and_at_a_reveal(session, cast, board, keeper):
    def moments():
        query = select(StandingMoment).order_by(col(StandingMoment.at))
        return [(m.at, m.revealed_id, m.points_rank) for m in read(session, query)]

    submit(session, board, session.merge(cast.pandas), 0.9, private=0.8, by=cast.wei)
    keeper.refresh(now=NOON)
    keeper.refresh(now=NOON + timedelta(hours=11))
    assert moments() == [(NOON, None, 1)]
    tomorrow = NOON + timedelta(hours=12)
    keeper.refresh(now=tomorrow)
    assert moments() == [(NOON, None, 1), (tomorrow, None, 1)]
    reveal_now(session, board)
    session.commit()
    later = tomorrow + timedelta(hours=1)
    keeper.refresh(now=later)
    assert moments()[2:] == [(later, board.challenge_id, 1)]


def test_two_workers_at_once_leave_what_one_would(session, cast, board, database, keeper):
    other = Keeper(database)
    submit(session, board, session.merge(cast.pandas), 0.9, by=cast.wei)
    keeper.refresh(now=NOON)
    submit(session, board, session.merge(cast.isar), 0.95, by=cast.lena)
    other.refresh(now=NOON)
    keeper.refresh(now=NOON)
    after = told(session)
    refresh_standings(database, now=NOON)
    assert told(session) == after
    assert [row[0] for row in after] == [cast.munich.id, cast.tsinghua.id]


def test_teams_of_a_university_that_became_part_of_another_count_for_that(
    session, cast, board, keeper
):
    submit(session, board, session.merge(cast.pandas), 0.9, by=cast.wei)
    keeper.refresh(now=NOON)
    for team in session.exec(select(Team)):
        team.university_id = cast.munich.id
    session.execute(sa.text("UPDATE entry SET university_id = :m"), {"m": cast.munich.id})
    record(session, "university.merged", at=NOON, subject_id=cast.munich.id)
    session.commit()
    assert keeper.refresh(now=NOON)
    assert told(session) == [(cast.munich.id, 1, 1, 1, 1)]
