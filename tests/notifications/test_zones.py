"""A moment in a letter or a line is said in its reader's zone, which is named, and in UTC."""

from datetime import UTC, datetime

import pytest
from sqlmodel import select

from server.accounts.models import Account
from server.notifications.actions import notify
from server.notifications.zones import in_zone, moment_said
from server.shared.language import speaking
from server.shared.mail import OutgoingMail
from tests.boards.scored import statements
from tests.cast import NOON, sign_in

EVENING = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)
VALUES = {"challenge": "Digits", "phase": "A board", "ends": EVENING.isoformat()}


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("", "20 Nov 2026, 22:30 UTC"),
        ("UTC", "20 Nov 2026, 22:30 UTC"),
        ("Not/AZone", "20 Nov 2026, 22:30 UTC"),
        ("../etc/passwd", "20 Nov 2026, 22:30 UTC"),
        ("Europe/Berlin", "20 Nov 2026, 23:30 Europe/Berlin (22:30 UTC)"),
        ("Asia/Shanghai", "21 Nov 2026, 06:30 Asia/Shanghai (20 Nov 2026, 22:30 UTC)"),
        ("America/St_Johns", "20 Nov 2026, 19:00 America/St_Johns (22:30 UTC)"),
    ],
)
def test_a_moment_is_said_in_a_zone_and_in_utc(app, zone, said) -> None:
    with speaking("en"), in_zone(zone):
        assert moment_said(EVENING) == said


def test_summer_time_is_that_of_the_moment(app) -> None:
    with speaking("en"), in_zone("Europe/Berlin"):
        assert moment_said(EVENING.replace(month=7)).startswith("21 Jul 2026, 00:30 Europe/Berlin")


@pytest.fixture
def people(session, cast) -> list[int]:
    for person, zone in ((cast.wei, "Asia/Shanghai"), (cast.mei, "Asia/Shanghai")):
        session.get_one(Account, person.id).time_zone = zone
    session.commit()
    return [cast.wei.id, cast.mei.id, cast.lena.id]


def tell(session, kind, people, values):
    with statements(session) as asked:
        notify(session, kind=kind, account_ids=people, values=values, link="/", now=NOON)
    mails = {mail.recipient: mail.body for mail in session.exec(select(OutgoingMail))}
    inserts = [s for s, _ in asked if s.startswith("INSERT INTO outgoing_mail")]
    return mails, len(inserts)


def test_a_letter_is_written_once_for_each_zone_of_its_readers(session, cast, people) -> None:
    mails, inserts = tell(session, "deadline_moved", people, VALUES)
    assert "21 Nov 2026, 06:30 Asia/Shanghai (20 Nov 2026, 22:30 UTC)" in mails[cast.wei.email]
    assert mails[cast.mei.email].startswith(f"Dear {cast.mei.name},")
    assert "20 Nov 2026, 22:30 UTC" in mails[cast.lena.email]
    assert "Shanghai" not in mails[cast.lena.email]
    assert inserts == 2


def test_a_letter_without_a_moment_is_written_once_a_language(session, cast, people) -> None:
    _, inserts = tell(session, "winners_published", people, {"challenge": "Digits"})
    assert inserts == 2


def test_a_line_under_the_bell_is_in_the_zone_of_who_reads_it(
    client, session, cast, people
) -> None:
    tell(session, "deadline_moved", people, VALUES)
    session.commit()
    assert "06:30 Asia/Shanghai" in sign_in(client, cast.wei).get("/notifications").text
    page = sign_in(client, cast.lena).get("/notifications").text
    assert "20 Nov 2026, 22:30 UTC" in page
    assert "Shanghai" not in page
