"""Several challenges at once: the same versions, phases and places as one by one."""

import pytest
from sqlmodel import Session, col, select

from server.boards.freezing import copy_board
from server.boards.team_places import places_of, places_of_teams
from server.boards.versions import look_at_all, tick_at, version_of
from server.challenges.models import Phase
from server.challenges.queries import phases_of
from server.shared.caching import FOUND, IN_SESSION, Cache
from server.shared.events import record
from server.teams.models import Team
from tests.boards.scored import add_team, another_contest, reveal_now, scored, statements
from tests.cast import NOON


@pytest.fixture
def page(database):
    """Open a session as a page's."""
    cache = Cache()
    opened = []

    def page() -> Session:
        opened.append(Session(database.read_engine, info={IN_SESSION: cache, FOUND: {}}))
        return opened[-1]

    yield page
    for session in opened:
        session.close()


@pytest.fixture
def contests(session, cast, board):
    """A challenge that runs and one that is over, with teams of Wei's on their boards; its ids."""
    over = another_contest(session, board, "wines")
    other = add_team(session, over.challenge_id, "岷江", captain=cast.wei)
    second = add_team(session, over.challenge_id, "Spree", captain=cast.lena)
    scored(session, board, session.merge(cast.pandas), 0.9, 0.2)
    scored(session, board, session.merge(cast.isar), 0.95, 0.3)
    scored(session, over, other, 0.5, 0.9, by=cast.wei)
    scored(session, over, second, 0.7, 0.8, by=cast.lena)
    reveal_now(session, over)
    session.commit()
    return board.challenge_id, over.challenge_id


def versions(session, ids):
    return {number: version_of(session, number) for number in ids}


def test_versions_and_phases_are_those_that_one_question_each_gives(page, contests):
    one, many = page(), page()
    look_at_all(many, contests)
    with statements(many) as asked:
        assert versions(many, contests) == versions(one, contests)
        for number in contests:
            assert [p.id for p in phases_of(many, number)] == [p.id for p in phases_of(one, number)]
            assert tick_at(many, number, now=NOON) == tick_at(one, number, now=NOON)
    # The one that looked at each asked; the one that looked at all did not ask again.
    of_phases = [words for words, _ in asked if "FROM challenge" in words]
    assert len(of_phases) == len(contests)


def test_a_change_of_one_changes_its_version_alone(page, contests, session):
    changed, same = contests
    before = page()
    look_at_all(before, contests)
    old = versions(before, contests)
    record(session, "team.renamed", at=NOON, challenge_id=changed)
    session.commit()
    after = page()
    look_at_all(after, contests)
    assert version_of(after, changed) != old[changed]
    assert version_of(after, same) == old[same]


def test_a_session_that_may_see_changes_looks_when_it_has_to(session, contests):
    with statements(session) as asked:
        look_at_all(session, contests)
    assert asked == []


def test_teams_stand_where_each_by_itself_stands(page, contests, session):
    teams = session.exec(select(Team)).all()
    together = places_of_teams(page(), teams)
    assert sum(map(len, together.values())) == 2 + 2 * 2
    for team in teams:
        alone = places_of(page(), team)
        told = [(p.phase.id, p.board, p.rank, p.teams, p.entry.key) for p in alone]
        found = together.get(team.id, [])
        assert [(p.phase.id, p.board, p.rank, p.teams, p.entry.key) for p in found] == told


def test_before_the_reveal_no_private_place_is_read_and_of_a_frozen_board_its_copy(
    page, contests, session, cast, board
):
    team = session.merge(cast.pandas)
    copy_board(session, board, now=NOON)
    row = session.get(Phase, board.id)
    row.frozen_at = NOON
    session.add(row)
    scored(session, board, team, 0.99, 0.4)
    session.commit()
    (place,) = places_of_teams(page(), [team])[team.id]
    assert (place.rank, place.entry.value, place.frozen_since) == (2, 0.9, NOON)


def test_ten_teams_take_as_many_questions_as_one(page, contests, session):
    # In an order: one that leads its board needs a question less than one behind it.
    teams = session.exec(select(Team).order_by(col(Team.id))).all()
    for some in (teams[:1], teams):
        # What is kept of the boards is there already.
        places_of_teams(page(), some)
    counts = []
    for some in (teams[:1], teams):
        asking = page()
        with statements(asking) as asked:
            places_of_teams(asking, some)
        counts.append(len([words for words, _ in asked if not words.startswith("BEGIN")]))
    # One more: of the challenge that is over, when its final board was computed.
    assert counts[1] <= counts[0] + 1
