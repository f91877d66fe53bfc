"""A challenge for the invited: who is on the list sees it, once the address is confirmed."""

import pytest
from sqlmodel import select

from server.accounts.models import Account
from server.challenges.actions import INVITED, invite
from server.challenges.models import Challenge
from server.challenges.rules import Visibility
from server.shared.catalogues import catalogue_of
from server.shared.errors import Invalid
from server.shared.language import speaking
from server.shared.mail import OutgoingMail
from tests.cast import NOON, sign_in


def send(session, cast, *emails: str) -> list[str]:
    challenge = session.get_one(Challenge, cast.digits.id)
    return invite(
        session, challenge=challenge, emails=emails, base_url="https://varsity.example", now=NOON
    )


@pytest.fixture
def closed(session, cast) -> None:
    session.get_one(Challenge, cast.digits.id).visibility = Visibility.INVITED
    session.commit()


def test_an_invited_and_confirmed_address_sees_the_challenge(client, session, cast, closed) -> None:
    sign_in(client, cast.amina)
    assert client.get("/challenges/digits").status_code == 404
    assert send(session, cast, f"  {cast.amina.email.upper()} ") == [cast.amina.email]
    session.commit()
    assert client.get("/challenges/digits").status_code == 200


def test_an_unconfirmed_address_proves_nothing(client, session, cast, closed) -> None:
    send(session, cast, cast.newt.email)
    session.commit()
    assert sign_in(client, cast.newt).get("/challenges/digits").status_code == 404


def test_whoever_opens_an_invitation_without_signing_in_is_led_to_it(client, cast, closed) -> None:
    hidden, missing = (client.get(f"/challenges/{slug}").text for slug in ("digits", "nothing"))
    for page, slug in ((hidden, "digits"), (missing, "nothing")):
        assert "If you were invited to a challenge, sign in first" in page
        assert f'btn-primary" href="/sign-in?next=/challenges/{slug}"' in page
    page = sign_in(client, cast.newt).get("/challenges/digits").text
    assert "sign in with the address that the invitation went to" in page
    assert "If you were invited" not in client.get("/nothing").text


def test_a_second_invitation_changes_nothing_and_sends_no_mail(session, cast) -> None:
    send(session, cast, "guest@mail.example")
    assert send(session, cast, "guest@mail.example", "guest@mail.example") == []
    mails = session.exec(select(OutgoingMail)).all()
    assert [m.recipient for m in mails] == ["guest@mail.example"]
    assert "https://varsity.example/challenges/digits" in mails[0].body


def test_an_invitation_is_written_in_the_language_of_its_reader(session, cast) -> None:
    session.get_one(Account, cast.amina.id).language = "zh"
    session.get_one(Account, cast.lena.id).language = "en"
    with speaking("zh"):
        send(session, cast, cast.amina.email, cast.lena.email, "guest@mail.example")
    mails = {m.recipient: m.subject for m in session.exec(select(OutgoingMail))}
    english = mails[cast.lena.email]
    assert english == "You are invited to Handwritten digits"
    in_chinese = str(catalogue_of("zh").ugettext(INVITED)) % {"title": "Handwritten digits"}
    assert mails[cast.amina.email] == mails["guest@mail.example"] == in_chinese


def test_one_wrong_address_refuses_all(session, cast) -> None:
    with pytest.raises(Invalid):
        send(session, cast, "guest@mail.example", "nobody")
    assert session.exec(select(OutgoingMail)).all() == []
