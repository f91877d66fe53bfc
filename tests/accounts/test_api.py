"""Tokens for programs, through the API."""

import re

import pytest
from sqlmodel import Session, select

from server.accounts.models import Account, ApiToken, Sighting
from server.accounts.tokens import create_token
from tests.cast import NOON, PASSWORD, sign_in


@pytest.fixture
def bearer(session, cast) -> dict[str, str]:
    """Wei's token, as a program sends it."""
    _token, plain = create_token(session, account_id=cast.wei.id, name="laptop", now=NOON)
    session.commit()
    return {"Authorization": f"Bearer {plain}"}


def test_an_address_and_its_password_make_a_token(client, cast, database) -> None:
    body = {"email": cast.wei.email, "password": PASSWORD, "name": "laptop"}
    made = client.post("/api/v1/tokens", json=body)
    assert made.status_code == 201
    assert set(made.json) == {"id", "name", "token", "created_at"}
    assert re.fullmatch(r"var_[A-Za-z0-9_-]{43}", made.json["token"])
    assert made.json["created_at"] == "2026-11-20T12:00:00Z"
    listed = client.get("/api/v1/tokens", headers={"Authorization": f"Bearer {made.json['token']}"})
    assert listed.json["total"] == 1
    assert listed.json["rows"][0]["hint"] == made.json["token"][:8]
    assert made.json["token"] not in listed.text
    with Session(database.read_engine) as session:
        assert session.exec(select(Sighting)).one().account_id == cast.wei.id


def test_a_wrong_password_and_an_unknown_address_are_the_same_problem(client, cast) -> None:
    answers = [
        client.post("/api/v1/tokens", json={"email": email, "password": "guess", "name": "x"})
        for email in (cast.wei.email, "who@ever.example")
    ]
    assert [a.status_code for a in answers] == [401, 401]
    assert answers[0].mimetype == "application/problem+json"
    assert answers[0].json["detail"] == answers[1].json["detail"]


def test_a_token_makes_another(client, cast, bearer) -> None:
    made = client.post("/api/v1/tokens", json={"name": "cluster"}, headers=bearer)
    assert made.status_code == 201
    assert client.get("/api/v1/tokens", headers=bearer).json["total"] == 2


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": "x"},
        {"name": "", "email": "wei@tsinghua.example", "password": PASSWORD},
        {"name": "x", "email": "wei@tsinghua.example"},
        {"name": "x", "password": PASSWORD},
        {"name": ["x"], "email": 3, "password": {}},
        {"name": "x", "surprise": 1},
        {"name": "x\u202e", "email": "wei@tsinghua.example", "password": PASSWORD},
        [],
        "x",
    ],
)
def test_a_body_that_is_not_right_is_a_problem_and_no_fault(client, cast, body) -> None:
    answer = client.post("/api/v1/tokens", json=body)
    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize(("strange", "status"), [("\0", 401), ("\ud800", 422)])
def test_an_address_that_no_database_takes_is_refused_like_any_wrong_one(
    client, cast, strange, status
) -> None:
    body = {"name": "x", "email": f"wei{strange}@tsinghua.example", "password": PASSWORD}
    assert client.post("/api/v1/tokens", json=body).status_code == status


def test_half_a_character_is_a_wrong_password_and_no_fault(client, cast) -> None:
    body = {"name": "x", "email": cast.wei.email, "password": "\ud800"}
    assert client.post("/api/v1/tokens", json=body).status_code == 401


def test_a_cookie_alone_makes_no_token(client, cast) -> None:
    sign_in(client, cast.wei)
    assert client.post("/api/v1/tokens", json={"name": "x"}).status_code == 422
    assert client.delete("/api/v1/tokens/1").status_code == 401


def test_a_token_revokes_itself_and_opens_nothing_then(client, cast, bearer) -> None:
    token_id = client.get("/api/v1/tokens", headers=bearer).json["rows"][0]["id"]
    gone = client.delete(f"/api/v1/tokens/{token_id}", headers=bearer)
    assert (gone.status_code, gone.data) == (204, b"")
    answer = client.get("/api/v1/tokens", headers=bearer)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert client.delete(f"/api/v1/tokens/{token_id}", headers=bearer).status_code == 401


def test_the_token_of_another_is_not_found(client, cast, bearer, session, database) -> None:
    theirs, _plain = create_token(session, account_id=cast.lena.id, name="hers", now=NOON)
    session.commit()
    assert client.delete(f"/api/v1/tokens/{theirs.id}", headers=bearer).status_code == 404
    assert client.delete("/api/v1/tokens/999999", headers=bearer).status_code == 404
    with Session(database.read_engine) as reading:
        assert reading.get_one(ApiToken, theirs.id).revoked_at is None


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Bearer var_x", "bearer \u00e9"])
def test_a_token_that_is_none_opens_nothing(client, cast, header) -> None:
    answer = client.get("/api/v1/tokens", headers={"Authorization": header})
    assert answer.status_code == 401


def test_the_day_of_the_last_use_is_kept(client, cast, bearer, clock) -> None:
    def used() -> str | None:
        return client.get("/api/v1/tokens", headers=bearer).json["rows"][0]["used_on"]

    assert used() == "2026-11-20T12:00:00Z"
    clock.forward(hours=3)
    assert used() == "2026-11-20T12:00:00Z"
    clock.forward(days=1)
    assert used() == "2026-11-21T15:00:00Z"


def test_tokens_are_limited_in_number(client, cast, bearer, monkeypatch) -> None:
    monkeypatch.setattr("server.accounts.rules.MOST_TOKENS", 2)
    answers = [
        client.post("/api/v1/tokens", json={"name": "x"}, headers=bearer).status_code
        for _ in range(2)
    ]
    assert answers == [201, 409]


def test_tokens_are_limited_in_time(settings, client, cast, bearer) -> None:
    settings.rate_limit_tokens = "1 per hour"
    answers = [
        client.post("/api/v1/tokens", json={"name": "x"}, headers=bearer).status_code
        for _ in range(2)
    ]
    assert answers == [201, 429]


def test_a_token_reads_pages_and_writes_none(client, cast, bearer, database) -> None:
    assert client.get("/settings", headers=bearer).status_code == 200
    sent = client.post("/settings/name", headers=bearer, data={"name": "Somebody Else"})
    assert "/sign-in" in sent.location
    with database.reading() as session:
        assert session.get_one(Account, cast.wei.id).name == cast.wei.name


def test_a_token_made_by_password_alone_does_not_pass_the_second_factor_of_a_role(
    client, cast, settings
) -> None:
    settings.require_second_factor = "organisers"
    body = {"email": cast.ada.email, "password": PASSWORD, "name": "laptop"}
    token = client.post("/api/v1/tokens", json=body).json["token"]
    for path in ("/admin", "/organise/digits"):
        answer = client.get(path, headers={"Authorization": f"Bearer {token}"})
        assert answer.location.startswith("/settings/second-factor?next=")
