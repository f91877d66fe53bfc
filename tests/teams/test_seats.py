"""Two at the same moment: the last place, one name, one person in two teams."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlmodel import select

from server.challenges.models import Challenge
from server.shared.database import Database
from server.shared.errors import Conflict
from server.teams import actions
from server.teams.models import Membership, Team
from tests.cast import NOON, Cast


def at_once(database: Database, *verbs) -> list[object]:
    """Run each verb in a thread and a transaction of its own; return what each came to."""
    barrier = Barrier(len(verbs))

    def run(verb) -> object:
        with database.writing() as session:
            barrier.wait(timeout=30)
            try:
                verb(session)
            except Conflict as error:
                return error.code
            session.commit()
            return "done"

    with ThreadPoolExecutor(len(verbs)) as pool:
        return sorted(pool.map(run, verbs), key=str)


@pytest.mark.parametrize("_again", range(3))
def test_the_last_place_goes_to_one_of_two(
    database: Database, cast: Cast, viewer_of, change, _again: int
) -> None:
    change(Challenge, cast.digits.id, max_size=2)

    def comes(who):
        return lambda session: actions.join_by_code(
            session, code=cast.isar.code, viewer=viewer_of(who), now=NOON
        )

    came = at_once(database, comes(cast.jonas), comes(cast.olga))
    assert came == ["done", "team-full"]
    with database.reading() as session:
        assert (
            len(session.exec(select(Membership).where(Membership.team_id == cast.isar.id)).all())
            == 2
        )


def test_one_of_two_gets_the_name(database: Database, cast: Cast) -> None:
    def creates(who):
        return lambda session: actions.create_team(
            session, challenge=cast.digits, account_id=who.id, name="The Best", now=NOON
        )

    assert at_once(database, creates(cast.jonas), creates(cast.olga)) == ["done", "name-taken"]


def test_one_person_who_clicks_twice_has_one_team(database: Database, cast: Cast) -> None:
    def creates(session):
        return actions.create_team(
            session, challenge=cast.digits, account_id=cast.jonas.id, now=NOON
        )

    assert at_once(database, creates, creates) == ["done", "one-team"]


def test_two_first_uploads_of_one_person_share_a_team(database: Database, cast: Cast) -> None:
    def ensures(session):
        return actions.ensure_team(
            session, challenge=cast.digits, account_id=cast.jonas.id, now=NOON
        )

    assert at_once(database, ensures, ensures) == ["done", "done"]
    with database.reading() as session:
        assert len(session.exec(select(Team).where(Team.captain_id == cast.jonas.id)).all()) == 1
