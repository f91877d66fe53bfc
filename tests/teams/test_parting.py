"""A closed account leaves its teams in good order."""

from datetime import timedelta

from server.accounts.models import Account
from server.teams.models import Team
from server.teams.parting import part_with_closed
from server.teams.queries import members_of
from tests.cast import NOON


def close_account_of(session, person) -> None:
    session.get_one(Account, person.id).closed_at = NOON
    session.flush()


def test_the_captain_of_a_closed_account_is_followed_by_the_longest_member(session, cast) -> None:
    close_account_of(session, cast.wei)
    assert part_with_closed(session, now=NOON + timedelta(minutes=1)) == 1
    assert session.get_one(Team, cast.pandas.id).captain_id == cast.mei.id
    assert [m.id for m in members_of(session, cast.pandas.id)] == [cast.mei.id]


def test_a_team_without_submissions_closes_with_its_last_account(session, cast) -> None:
    close_account_of(session, cast.lena)
    part_with_closed(session, now=NOON)
    assert session.get_one(Team, cast.isar.id).closed_at == NOON


def test_a_team_with_submissions_keeps_its_result_and_its_anonymised_member(session, cast) -> None:
    close_account_of(session, cast.lena)
    session.get_one(Team, cast.isar.id).fixed_at = NOON
    session.flush()
    assert part_with_closed(session, now=NOON) == 0
    assert session.get_one(Team, cast.isar.id).closed_at is None


def test_nobody_leaves_whose_account_is_open(session, cast) -> None:
    assert part_with_closed(session, now=NOON) == 0
