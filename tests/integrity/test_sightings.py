"""Shared places: of this challenge's accounts alone, the rarest first, and for 90 days."""

from datetime import timedelta

import pytest

from server.accounts.models import Sighting
from server.accounts.sightings import Seen, purge_sightings
from server.integrity.sightings import places_in_common, shared_addresses, shared_devices
from tests.boards.scored import add_member
from tests.cast import NOON
from tests.integrity.conftest import answers, text_of

HOME, CAMPUS, LAPTOP = "198.51.100.7", "203.0.113.9", "Mozilla/5.0 (X11)"


@pytest.fixture
def seen(session):
    def seen(account, address: str, device: str = LAPTOP, *, at=NOON, what="sign-in") -> None:
        session.add(
            Sighting(account_id=account.id, at=at, what=what, address=address, device=device)
        )
        session.flush()

    return seen


@pytest.fixture
def upload(contest, seen):
    """Have a team upload from a place, as the upload's page does it: both at one moment."""

    def upload(index: int, address: str, device: str = LAPTOP, *, minutes: int = 0) -> None:
        at = NOON + timedelta(minutes=minutes)
        contest.send(contest.teams[index], text_of(answers(index)), at=at)
        seen(contest.people[index], address, device, at=at, what="submission")

    return upload


def devices(session, contest, now=NOON):
    return shared_devices(session, contest.phase.challenge_id, now=now)


def addresses(session, contest, now=NOON):
    return shared_addresses(session, contest.phase.challenge_id, now=now)


def test_teams_that_upload_from_one_device_are_found(session, contest, upload) -> None:
    upload(0, HOME, minutes=1)
    upload(0, HOME, minutes=2)
    upload(1, HOME, minutes=3)
    upload(2, HOME, "another browser", minutes=4)
    (place,) = devices(session, contest)
    assert place.teams == [contest.teams[0].id, contest.teams[1].id]
    assert place.accounts == [contest.people[0].id, contest.people[1].id]
    assert (place.uploads, place.everywhere) == (3, 2)


def test_members_of_one_team_at_one_table_are_no_sign(session, contest, seen) -> None:
    friend = contest.person("friend")
    other = contest.person("other friend")
    for person in (friend, other):
        add_member(session, contest.teams[0], person)
    for person in (contest.people[0], friend, other):
        seen(person, HOME)
    assert addresses(session, contest) == []


def test_many_accounts_at_one_address_are_told_with_how_many_it_has_in_all(
    session, contest, seen
) -> None:
    for person in contest.people[:3]:
        seen(person, HOME)
    for person in contest.people[:6]:
        seen(person, CAMPUS)
    for number in range(10):
        seen(contest.person(f"stranger-{number}"), CAMPUS)
    home, campus = addresses(session, contest)
    assert (len(home.accounts), home.everywhere) == (3, 3)
    assert (len(campus.accounts), campus.everywhere) == (6, 16)


def test_people_of_other_challenges_are_counted_and_not_named(session, cast, contest, seen) -> None:
    for person in (contest.people[0], contest.people[1], cast.chidi, cast.jonas):
        seen(person, HOME)
    assert addresses(session, contest) == []
    seen(contest.people[2], HOME)
    (place,) = addresses(session, contest)
    assert place.accounts == [person.id for person in contest.people[:3]]
    assert place.everywhere == 5


def test_addresses_are_shown_for_90_days_and_then_gone(session, contest, upload) -> None:
    upload(0, HOME)
    upload(1, HOME, minutes=1)
    accounts = [person.id for person in contest.people[:2]]
    (place,) = places_in_common(session, accounts, devices=True, now=NOON)
    assert place == Seen(HOME, LAPTOP)
    late = NOON + timedelta(days=90, minutes=30)
    # Even where the purge was not run: it is not shown, and not found.
    assert places_in_common(session, accounts, devices=True, now=late) == []
    assert devices(session, contest, now=late) == []
    assert purge_sightings(session, now=late) == 2
    assert places_in_common(session, accounts, devices=False, now=NOON) == []
