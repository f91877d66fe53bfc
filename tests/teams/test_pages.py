"""Teams in the browser: the ways to a team, the desk of one, and who may press what."""

from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from server.accounts.models import Account
from server.challenges.models import Challenge, ChallengePage, Participation
from server.challenges.rules import Joining
from server.shared.database import Database
from server.shared.mail import OutgoingMail
from server.teams.models import JoinRequest, Membership, Team, TeamInvitation
from tests.cast import NOON, Cast, FrozenClock, sign_in

DESK = "/challenges/digits/team"


def page(client: FlaskClient, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status
    return unescape(answer.text)


def press(client: FlaskClient, url: str, **values: object) -> str:
    """Post a form, expect to be sent on, and return the page one arrives at."""
    answer = client.post(url, data=values)
    assert answer.status_code == 303, unescape(answer.text)
    return page(client, answer.location)


def team_named(database: Database, name: str) -> Team | None:
    with database.reading() as session:
        return session.exec(select(Team).where(Team.name == name)).first()


def is_in(database: Database, team: Team, person: Account) -> bool:
    with database.reading() as session:
        found = select(Membership).where(
            Membership.team_id == team.id, Membership.account_id == person.id
        )
        return session.exec(found).first() is not None


def mails(database: Database) -> list[OutgoingMail]:
    with database.reading() as session:
        return list(session.exec(select(OutgoingMail).order_by(OutgoingMail.id)))


def add_rules(database: Database, cast: Cast) -> None:
    with database.writing() as session:
        session.add(
            ChallengePage(
                challenge_id=cast.digits.id,
                slug="rules",
                title="Rules",
                position=1,
                markdown="Be fair.",
            )
        )
        session.commit()


def test_a_visitor_is_asked_to_sign_in(client: FlaskClient, cast: Cast) -> None:
    assert "Sign in to take part" in page(client, DESK)


def test_an_unconfirmed_person_is_told_to_confirm(client: FlaskClient, cast: Cast) -> None:
    shown = page(sign_in(client, cast.newt), DESK)
    assert "Confirm your e-mail address first" in shown
    assert client.post(DESK, data={"name": "Too early"}).status_code == 403


def test_a_person_without_a_team_makes_one(
    client: FlaskClient, cast: Cast, database: Database
) -> None:
    sign_in(client, cast.jonas)
    assert "You begin as a team of one" in page(client, DESK)
    shown = press(client, DESK, name="Alpine Bits")
    assert "Alpine Bits takes part" in shown
    assert is_in(database, team_named(database, "Alpine Bits"), cast.jonas)


def test_a_taken_name_is_said_at_its_field_and_kept(client: FlaskClient, cast: Cast) -> None:
    answer = sign_in(client, cast.jonas).post(DESK, data={"name": "giant pandas"})
    assert answer.status_code == 422
    assert "Another team of this challenge is called giant pandas" in answer.text
    assert 'value="giant pandas"' in answer.text


def test_rules_are_accepted_where_the_team_is_made(
    client: FlaskClient, cast: Cast, database: Database
) -> None:
    add_rules(database, cast)
    sign_in(client, cast.jonas)
    assert "accept them" in page(client, DESK)
    refused = client.post(DESK, data={"name": "Alpine Bits"})
    assert refused.status_code == 422
    assert "Without this you can't take part." in unescape(refused.text)
    press(client, DESK, name="Alpine Bits", accept="y")
    with database.reading() as session:
        assert session.get(Participation, (cast.digits.id, cast.jonas.id)).rules_sha256


def test_a_pasted_link_leads_to_its_team(client: FlaskClient, cast: Cast) -> None:
    sign_in(client, cast.jonas)
    link = f"http://localhost/teams/join/{cast.isar.code}"
    assert "Isar Surfers" in press(client, f"{DESK}/link", code=link)
    assert client.post(f"{DESK}/link", data={"code": ""}).status_code == 422


def test_a_signed_out_person_comes_back_to_the_invite_link(client: FlaskClient, cast: Cast) -> None:
    answer = client.get(f"/teams/join/{cast.isar.code}")
    assert answer.status_code == 302
    assert answer.location == f"/sign-in?next=/teams/join/{cast.isar.code}"
    assert "You are invited into a team." in client.get(answer.location).text
    assert "You are invited into a team." not in client.get("/sign-in?next=/challenges").text


def test_an_invite_link_says_whose_it_is_and_what_joining_means(
    client: FlaskClient, cast: Cast
) -> None:
    shown = page(sign_in(client, cast.jonas), f"/teams/join/{cast.isar.code}")
    for word in ("Isar Surfers", "Handwritten digits", "Lena Vogt", "Joining means"):
        assert word in shown
    assert cast.isar.code in shown


def test_a_link_is_joined_by_a_button(client: FlaskClient, cast: Cast, database: Database) -> None:
    shown = press(sign_in(client, cast.jonas), f"/teams/join/{cast.isar.code}")
    assert "Welcome to Isar Surfers" in shown
    assert is_in(database, cast.isar, cast.jonas)


def test_looking_at_a_link_joins_nothing(
    client: FlaskClient, cast: Cast, database: Database
) -> None:
    page(sign_in(client, cast.jonas), f"/teams/join/{cast.isar.code}")
    assert not is_in(database, cast.isar, cast.jonas)


@pytest.mark.parametrize(
    ("who", "says"),
    [
        ("amina", "belongs to University of Nairobi"),
        ("chidi", "has no university yet. Ask for it"),
        ("mei", "is in the team Giant Pandas of this challenge already"),
        ("lena", "You are in this team already"),
        ("newt", "has no university yet"),
    ],
)
def test_who_can_not_join_reads_why_before_pressing(
    client: FlaskClient, cast: Cast, who: str, says: str
) -> None:
    person = getattr(cast, who)
    shown = page(sign_in(client, person), f"/teams/join/{cast.isar.code}")
    assert "Join the team" not in shown
    assert says in shown


def test_rules_are_accepted_where_a_team_is_joined(
    client: FlaskClient, cast: Cast, database: Database
) -> None:
    add_rules(database, cast)
    sign_in(client, cast.jonas)
    url = f"/teams/join/{cast.isar.code}"
    assert 'name="accept"' in page(client, url)
    assert client.post(url).status_code == 403
    press(client, url, accept="1")
    assert is_in(database, cast.isar, cast.jonas)


def test_where_the_captain_decides_a_request_goes_to_the_captain_and_the_answer_comes_back(
    client: FlaskClient, cast: Cast, database: Database, change
) -> None:
    change(Challenge, cast.digits.id, joining=Joining.APPROVAL)
    shown = press(sign_in(client, cast.jonas), f"/teams/join/{cast.isar.code}")
    assert "has your request" in shown
    assert "waits for its captain" in shown
    with database.reading() as session:
        request_id = session.exec(select(JoinRequest.id)).one()
    assert "Jonas Huber" in page(sign_in(client, cast.lena), DESK)
    decide = f"/teams/{cast.isar.id}/decide"
    press(client, decide, request_id=request_id, decision="accept")
    assert is_in(database, cast.isar, cast.jonas)
    sent = [(m.recipient, m.subject) for m in mails(database)]
    assert sent == [
        (cast.lena.email, "Jonas Huber asks to join Isar Surfers"),
        (cast.jonas.email, "You are in the team Isar Surfers"),
    ]


def test_a_captain_reads_on_the_teams_page_that_there_is_no_room_for_one_more(
    client: FlaskClient, cast: Cast, database: Database, change
) -> None:
    change(Challenge, cast.digits.id, joining=Joining.APPROVAL)
    press(sign_in(client, cast.jonas), f"/teams/join/{cast.isar.code}")
    change(Challenge, cast.digits.id, max_size=1)
    sign_in(client, cast.lena)
    decide = f"/teams/{cast.isar.id}/decide"
    shown = press(client, decide, request_id=1, decision="accept")
    assert "A team here has room for 1;" in shown
    assert "Jonas Huber" in shown
    assert not is_in(database, cast.isar, cast.jonas)


def test_who_asks_again_is_told_that_the_request_waits_and_the_captain_gets_one_letter(
    client: FlaskClient, cast: Cast, database: Database, change
) -> None:
    change(Challenge, cast.digits.id, joining=Joining.APPROVAL)
    url = f"/teams/join/{cast.isar.code}"
    press(sign_in(client, cast.jonas), url)
    shown = page(client, url)
    assert "has your request" in shown
    assert "Ask to join" not in shown
    press(client, url)
    assert [m.recipient for m in mails(database)] == [cast.lena.email]


def test_a_refused_request_is_told(
    client: FlaskClient, cast: Cast, database: Database, change
) -> None:
    change(Challenge, cast.digits.id, joining=Joining.APPROVAL)
    press(sign_in(client, cast.jonas), f"/teams/join/{cast.isar.code}")
    sign_in(client, cast.lena)
    press(client, f"/teams/{cast.isar.id}/decide", request_id=1, decision="refuse")
    assert not is_in(database, cast.isar, cast.jonas)
    assert "did not accept your request" in mails(database)[-1].body.replace("\n", " ")
    told = page(sign_in(client, cast.jonas), "/notifications")
    assert "the captain of Isar Surfers did not accept your request. You can take part" in told


def test_a_request_is_withdrawn_by_the_asker_alone(
    client: FlaskClient, cast: Cast, database: Database, change
) -> None:
    change(Challenge, cast.digits.id, joining=Joining.APPROVAL)
    press(sign_in(client, cast.jonas), f"/teams/join/{cast.isar.code}")
    url = f"/teams/{cast.isar.id}/withdraw"
    assert sign_in(client, cast.manfred).post(url, data={"request_id": 1}).status_code == 403
    assert "is withdrawn" in press(sign_in(client, cast.jonas), url, request_id=1)


def test_the_desk_shows_members_the_link_and_the_lock(
    client: FlaskClient, cast: Cast, change
) -> None:
    change(Challenge, cast.digits.id, lock_at=NOON)
    shown = page(sign_in(client, cast.mei), DESK)
    for word in ("Giant Pandas", "王伟", "李梅", "2 of at most 3", cast.pandas.code, "20 Nov 2026"):
        assert word in shown
    assert "Rename" not in shown


def test_a_locked_desk_offers_nothing_that_would_be_refused(
    client: FlaskClient, cast: Cast, change, clock: FrozenClock
) -> None:
    change(Challenge, cast.digits.id, lock_at=NOON)
    clock.forward(seconds=1)
    shown = page(sign_in(client, cast.wei), DESK)
    for word in ("/leave", "/merge", "/remove", cast.pandas.code):
        assert word not in shown
    assert "locked" in shown
    assert "Teams were locked" in press(client, f"/teams/{cast.pandas.id}/leave")


def test_the_captain_renames_removes_and_hands_over(
    client: FlaskClient, cast: Cast, database: Database
) -> None:
    sign_in(client, cast.wei)
    base = f"/teams/{cast.pandas.id}"
    assert "The team is called Red Pandas now" in press(client, f"{base}/rename", name="Red Pandas")
    assert "has a new captain" in press(client, f"{base}/captain", account_id=cast.mei.id)
    sign_in(client, cast.mei)
    shown = press(client, f"{base}/remove", account_id=cast.wei.id)
    assert "is no longer in the team" in shown
    assert "has a new invite link" in shown
    assert not is_in(database, cast.pandas, cast.wei)
    sent = [(m.recipient, m.subject) for m in mails(database)]
    assert sent == [
        (cast.mei.email, "You are the captain of Red Pandas now"),
        (cast.wei.email, "You are no longer in the team Red Pandas"),
    ]


@pytest.mark.parametrize("name", ["", "x", "Isar Surfers"])
def test_a_name_that_can_not_be_is_said_at_its_field(
    client: FlaskClient, cast: Cast, name: str
) -> None:
    url = f"/teams/{cast.pandas.id}/rename"
    answer = sign_in(client, cast.wei).post(url, data={"name": name})
    assert answer.status_code == 422
    assert 'id="name-error"' in answer.text
    assert "invalid-feedback" in answer.text


def test_an_address_is_invited_by_mail_with_the_link(
    client: FlaskClient, cast: Cast, database: Database
) -> None:
    sign_in(client, cast.lena)
    shown = press(client, f"/teams/{cast.isar.id}/invite", email="Jonas@TUM.example")
    assert "jonas@tum.example" in shown
    (mail,) = mails(database)
    assert mail.recipient == cast.jonas.email
    assert f"http://localhost/teams/join/{cast.isar.code}" in mail.body
    press(client, f"/teams/{cast.isar.id}/uninvite", email="jonas@tum.example")
    with database.reading() as session:
        assert session.exec(select(TeamInvitation)).all() == []


def test_a_captain_sends_no_flood_of_invitations(client: FlaskClient, cast: Cast) -> None:
    sign_in(client, cast.lena)
    url = f"/teams/{cast.isar.id}/invite"
    statuses = [
        client.post(url, data={"email": f"s{n}@tum.example"}).status_code for n in range(31)
    ]
    assert statuses == [303] * 30 + [429]


def test_what_is_no_address_is_not_invited(client: FlaskClient, cast: Cast) -> None:
    url = f"/teams/{cast.isar.id}/invite"
    answer = sign_in(client, cast.lena).post(url, data={"email": "jonas at home"})
    assert answer.status_code == 422
    assert "not an e-mail address" in answer.text
    assert 'value="jonas at home"' in answer.text


def test_a_renewed_link_replaces_the_old(
    client: FlaskClient, cast: Cast, database: Database
) -> None:
    press(sign_in(client, cast.lena), f"/teams/{cast.isar.id}/code")
    assert sign_in(client, cast.jonas).get(f"/teams/join/{cast.isar.code}").status_code == 404
    new = team_named(database, "Isar Surfers").code
    assert "Isar Surfers" in page(client, f"/teams/join/{new}")


def test_a_member_leaves_and_the_desk_is_empty(client: FlaskClient, cast: Cast) -> None:
    shown = press(sign_in(client, cast.mei), f"/teams/{cast.pandas.id}/leave")
    assert "You left Giant Pandas" in shown
    assert "Take part" in shown


VERBS = ("leave", "remove", "captain", "rename", "code", "invite", "uninvite", "decide")


@pytest.mark.parametrize("verb", VERBS)
def test_nobody_of_another_team_presses_a_button(
    client: FlaskClient, cast: Cast, verb: str
) -> None:
    url = f"/teams/{cast.pandas.id}/{verb}"
    assert sign_in(client, cast.lena).post(url).status_code == 403


@pytest.mark.parametrize("verb", VERBS)
def test_a_visitor_is_sent_to_sign_in(client: FlaskClient, cast: Cast, verb: str) -> None:
    answer = client.post(f"/teams/{cast.pandas.id}/{verb}")
    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in")


@pytest.mark.parametrize("verb", [v for v in VERBS if v != "leave"])
def test_a_member_who_does_not_lead_changes_nothing(
    client: FlaskClient, cast: Cast, verb: str
) -> None:
    filled = {
        "account_id": cast.wei.id,
        "name": "Mine now",
        "email": "a@tum.example",
        "request_id": 1,
    }
    url, programs = f"/teams/{cast.pandas.id}/{verb}", {"Accept": "application/json"}
    answer = sign_in(client, cast.mei).post(url, data=filled, headers=programs)
    assert (answer.status_code, answer.json["code"]) == (403, "not-captain")


def test_a_half_form_is_refused_and_not_a_fault(client: FlaskClient, cast: Cast) -> None:
    url = f"/teams/{cast.pandas.id}/remove"
    assert sign_in(client, cast.wei).post(url, data={"account_id": "x"}).status_code == 422


def test_who_presses_a_button_too_late_is_not_told_of_a_mistyped_address(client, cast) -> None:
    sign_in(client, cast.wei)
    data = {"request_id": "999999", "decision": "refuse"}
    answer = client.post(f"/teams/{cast.pandas.id}/decide", data=data)
    assert answer.status_code == 404
    assert "This is no longer there" in answer.text
    assert "mistyped" not in answer.text
    assert "mistyped" in client.get("/teams/999999").text
