"""The managers' page: decide, remove, name; and nobody else."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session, select

from server.accounts.models import Account, AffiliationRequest
from server.accounts.queries import is_manager
from server.accounts.roles import grant_manager
from server.accounts.rules import RequestState
from server.shared.database import Database
from tests.cast import NOON, Cast, sign_in


@pytest.fixture
def asked(app: Flask, database: Database, cast: Cast) -> int:
    """The id of Chidi's request to belong to Munich."""
    chidi = sign_in(app.test_client(), cast.chidi)
    chidi.post(
        "/settings/university", data={"university_id": cast.munich.id, "note": "Huber's course"}
    )
    with Session(database.read_engine) as session:
        request = session.exec(select(AffiliationRequest)).one()
        assert request.id is not None
        return request.id


@pytest.fixture
def manager(client: FlaskClient, cast: Cast) -> FlaskClient:
    return sign_in(client, cast.manfred)


def university_of(database: Database, account_id: int) -> int | None:
    with Session(database.read_engine) as session:
        return session.get_one(Account, account_id).university_id


def manages(database: Database, university_id: int, account_id: int) -> bool:
    with Session(database.read_engine) as session:
        return is_manager(session, university_id, account_id)


def decide(client: FlaskClient, request_id: int, decision: str, slug: str = "munich") -> int:
    url = f"/universities/{slug}/requests/{request_id}"
    return client.post(url, data={"decision": decision}).status_code


def test_a_manager_sees_who_asks_and_the_addresses_of_own_members_alone(
    manager, cast, asked
) -> None:
    text = manager.get("/universities/munich/manage").text
    for words in ("Chidi Obi", "Huber&#39;s course", cast.lena.email, "tum.example"):
        assert words in text
    assert cast.wei.email not in text
    assert cast.wei.name not in text
    assert manager.get("/universities/tsinghua/manage").status_code == 403
    found = manager.get("/universities/munich/manage?q=lena").text
    assert cast.lena.email in found
    assert cast.jonas.email not in found


def test_an_approved_person_belongs_and_is_told(manager, cast, asked, database, mailbox) -> None:
    assert decide(manager, asked, "approve") == 303
    assert university_of(database, cast.chidi.id) == cast.munich.id
    assert "Welcome" in mailbox.last(cast.chidi.email).body
    assert decide(manager, asked, "refuse") == 409
    assert university_of(database, cast.chidi.id) == cast.munich.id


def test_a_refused_person_stays_out_and_is_told(manager, cast, asked, database, mailbox) -> None:
    assert decide(manager, asked, "refuse") == 303
    assert university_of(database, cast.chidi.id) is None
    assert "did not confirm you" in mailbox.last(cast.chidi.email).body
    with Session(database.read_engine) as session:
        request = session.get_one(AffiliationRequest, asked)
        assert (request.state, request.decided_by) == (RequestState.REFUSED, cast.manfred.id)


def test_an_administrator_may_decide(client, cast, asked, database) -> None:
    assert decide(sign_in(client, cast.ada), asked, "approve") == 303
    assert university_of(database, cast.chidi.id) == cast.munich.id


@pytest.mark.parametrize("who", ["chidi", "lena", "olga", "wei"])
def test_nobody_else_decides(client, cast, asked, database, who) -> None:
    sign_in(client, cast.people[who])
    assert decide(client, asked, "approve") == 403
    assert client.get("/universities/munich/manage").status_code == 403
    for verb in ("members/{}/remove", "managers/{}", "managers/{}/remove"):
        url = "/universities/munich/" + verb.format(cast.jonas.id)
        assert client.post(url).status_code == 403
    assert university_of(database, cast.chidi.id) is None


def test_a_manager_of_another_university_does_not_decide_under_its_own_name(
    client, cast, asked, session, database
) -> None:
    grant_manager(session, university_id=cast.tsinghua.id, account_id=cast.wei.id, now=NOON)
    session.commit()
    sign_in(client, cast.wei)
    assert decide(client, asked, "approve", slug="tsinghua") == 404
    removal = f"/universities/tsinghua/members/{cast.lena.id}/remove"
    assert client.post(removal).status_code == 404
    assert client.post(f"/universities/tsinghua/managers/{cast.lena.id}").status_code == 404
    assert (
        client.post(f"/universities/tsinghua/managers/{cast.manfred.id}/remove").status_code == 404
    )
    assert university_of(database, cast.lena.id) == cast.munich.id
    assert manages(database, cast.munich.id, cast.manfred.id)


def test_a_removed_member_is_told(manager, cast, database, mailbox) -> None:
    assert manager.post(f"/universities/munich/members/{cast.lena.id}/remove").status_code == 303
    assert university_of(database, cast.lena.id) is None
    assert "no longer belong" in mailbox.last(cast.lena.email).subject
    own = manager.post(f"/universities/munich/members/{cast.manfred.id}/remove")
    assert own.status_code == 409


def test_managers_name_and_end_each_other_but_not_the_last(
    app, manager, cast, database, mailbox
) -> None:
    base = "/universities/munich/managers"
    assert manager.post(f"{base}/{cast.manfred.id}/remove").status_code == 409
    assert manager.post(f"{base}/{cast.lena.id}").status_code == 303
    assert "You now manage" in mailbox.last(cast.lena.email).subject
    assert manager.post(f"{base}/{cast.chidi.id}").status_code == 404
    lena = sign_in(app.test_client(), cast.lena)
    assert lena.get("/universities/munich/manage").status_code == 200
    assert lena.post(f"{base}/{cast.manfred.id}/remove").status_code == 303
    assert manager.get("/universities/munich/manage").status_code == 403
    assert lena.post(f"{base}/{cast.lena.id}/remove").status_code == 409
    assert manages(database, cast.munich.id, cast.lena.id)


def test_who_is_removed_as_a_member_manages_no_longer(manager, cast, database, session) -> None:
    grant_manager(session, university_id=cast.munich.id, account_id=cast.lena.id, now=NOON)
    session.commit()
    manager.post(f"/universities/munich/members/{cast.lena.id}/remove")
    assert not manages(database, cast.munich.id, cast.lena.id)


def test_an_unknown_university_is_not_found(manager) -> None:
    assert manager.get("/universities/atlantis/manage").status_code == 404


def test_the_letter_to_a_manager_is_laid_out_to_be_read(asked, cast, mailbox) -> None:
    lines = mailbox.last(cast.manfred.email).body.splitlines()
    assert lines[:7] == [
        "Dear Manfred Roth,",
        "",
        "Chidi Obi (chidi@mail.example) asks to belong to Technical University of Munich.",
        "",
        "    Huber's course",
        "",
        "Approve or refuse it here: http://localhost/universities/munich/manage",
    ]
    assert lines[7:9] == ["", "-- "]
