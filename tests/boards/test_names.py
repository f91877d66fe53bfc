"""A part of a name finds its teams: those of now, whatever was kept before."""

from array import array

import pytest

from server.accounts.models import Account
from server.boards.names import Names
from server.challenges.models import Challenge
from server.classes.actions import Wanted, set_up
from server.portability.deleting import delete_account
from server.shared.access import Viewer
from server.shared.events import record
from server.teams.actions import create_team, rename
from server.teams.models import Team
from tests.boards.scored import scored
from tests.cast import NOON

BOARD = "/api/v1/challenges/digits/leaderboard"
NAMES = Names("ab cd\nbcd\nx", array("q", [0, 6, 10, 12]), array("q", [7, 3, 5]))


@pytest.mark.parametrize(
    ("part", "teams"),
    [("b", [7, 3]), ("cd", [7, 3]), ("d\nb", [7]), ("x", [5]), ("y", []), ("", [7, 3, 5])],
)
def test_a_part_finds_each_name_that_holds_it_once(part, teams):
    assert NAMES.holding(part, most=9) == teams
    assert NAMES.holding(part, most=1) == teams[:1]


def test_no_names_hold_nothing():
    assert Names("", array("q", [0]), array("q")).holding("", most=9) == []


@pytest.fixture
def found(client, session, board, cast):
    """What a search by a part of a name finds, with two teams on the board."""
    for team, value in ((cast.pandas, 0.9), (cast.isar, 0.8)):
        scored(session, board, session.merge(team), value)
    record(session, "submission.scored", at=NOON, challenge_id=board.challenge_id)
    session.commit()

    def ask(part):
        session.commit()
        rows = client.get(BOARD, query_string={"q": part}).json["rows"]
        return [row["team"]["name"] for row in rows]

    return ask


def test_a_new_name_is_found_at_once_and_the_old_no_more(found, session, cast):
    assert (found("PANDA"), found("bear")) == (["Giant Pandas"], [])
    captain = Viewer(id=cast.wei.id)
    rename(session, team=session.merge(cast.pandas), name="Polar Bears", by=captain, now=NOON)
    assert (found("panda"), found("bear")) == ([], ["Polar Bears"])


def test_a_new_team_is_found_at_once(found, session, board, cast):
    assert found("newcomer") == []
    challenge = session.get_one(Challenge, board.challenge_id)
    made = create_team(
        session, challenge=challenge, account_id=cast.jonas.id, name="Newcomers", now=NOON
    )
    scored(session, board, made, 0.7)
    assert found("newcomer") == ["Newcomers"]


def test_names_that_are_drawn_hide_those_of_before(found, session, board, cast):
    assert found("surf") == ["Isar Surfers"]
    challenge = session.get_one(Challenge, board.challenge_id)
    wanted = Wanted(anonymous=True, late_days=0, grading=None)
    set_up(session, challenge=challenge, wanted=wanted, actor_id=cast.olga.id, now=NOON)
    name = session.get_one(Team, cast.isar.id).name
    assert (found("surf"), found(name)) == ([], [name])


def test_a_person_who_left_is_not_found_by_the_name_of_their_team(found, session, cast):
    rename(
        session,
        team=session.merge(cast.isar),
        name="Lena Vogel",
        by=Viewer(id=cast.lena.id),
        now=NOON,
    )
    session.get_one(Account, cast.lena.id).name = "Lena Vogel"
    assert found("lena") == ["Lena Vogel"]
    delete_account(session, account_id=cast.lena.id, actor_id=cast.lena.id, now=NOON)
    assert found("lena") == []
