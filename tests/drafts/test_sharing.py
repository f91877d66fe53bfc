"""Whoever is let into a draft is told, once; two owners at the same moment make one row."""

import threading

import pytest
from sqlmodel import select

from server.challenges.rules import Role
from server.drafts.models import DraftPerson
from server.drafts.sharing import let_in
from server.notifications.models import Notification, NotificationChoice
from server.shared.mail import OutgoingMail
from tests.cast import NOON, sign_in

KIND = "draft_shared"


def told(desk, who) -> list[Notification]:
    return desk.all(
        select(Notification).where(Notification.account_id == who.id, Notification.kind == KIND)
    )


def letters(desk, who) -> list[OutgoingMail]:
    return desk.all(select(OutgoingMail).where(OutgoingMail.recipient == who.email))


def test_whoever_is_let_in_is_told_in_the_product_and_by_mail_once(desk, cast, app):
    desk.begin()
    desk.post("/people", email=cast.lena.email, role="judge")
    (one,) = told(desk, cast.lena)
    assert one.data == {"person": "Olga Petrova", "challenge": "Two kinds of petals"}
    assert one.link == desk.path()
    (letter,) = letters(desk, cast.lena)
    assert "Olga Petrova lets you into the draft of Two kinds of petals" in letter.subject
    assert desk.path() in letter.body
    desk.post("/people", email=cast.lena.email, role="organiser")
    desk.post("/people", email=cast.lena.email, role="organiser")
    assert len(told(desk, cast.lena)) == len(letters(desk, cast.lena)) == 1
    assert desk.all(select(DraftPerson.role)) == ["organiser"]
    lena = sign_in(app.test_client(), cast.lena)
    assert lena.get(one.link, follow_redirects=True).status_code == 200


def test_whoever_wants_no_letters_of_this_kind_gets_none(desk, cast, session):
    choice = NotificationChoice(account_id=cast.lena.id, kind=KIND, in_product=True, by_mail=False)
    session.add(choice)
    session.commit()
    desk.begin()
    desk.post("/people", email=cast.lena.email, role="judge")
    assert told(desk, cast.lena)
    assert not letters(desk, cast.lena)


@pytest.mark.parametrize("roles", [("judge", "judge"), ("judge", "organiser")])
def test_two_owners_who_let_in_the_same_person_at_once_make_one_row(desk, cast, database, roles):
    desk.begin()
    start, faults = threading.Barrier(2), []

    def let(owner, role) -> None:
        start.wait()
        try:
            with database.writing() as own:
                let_in(own, desk.id, email=cast.lena.email, role=role, actor_id=owner.id, now=NOON)
                own.commit()
        except Exception as error:  # noqa: BLE001 - whatever it is, the test names it
            faults.append(error)

    threads = [
        threading.Thread(target=let, args=(owner, role))
        for owner, role in zip((cast.olga, cast.ada), roles, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not faults
    (row,) = desk.all(select(DraftPerson))
    assert row.account_id == cast.lena.id
    assert row.role in (Role(role).value for role in roles)
    assert len(told(desk, cast.lena)) == 1
