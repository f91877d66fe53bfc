"""Teams for programs: the contract's JSON, its statuses, and who sees the code."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from server.challenges.models import Challenge
from server.challenges.rules import Joining
from server.shared.database import Database
from server.shared.mail import OutgoingMail
from tests.cast import Cast


def test_a_team_is_created_with_a_name(client: FlaskClient, cast: Cast, bearer) -> None:
    answer = client.post(
        "/api/v1/challenges/digits/teams", json={"name": "Alpine Bits"}, headers=bearer(cast.jonas)
    )
    assert answer.status_code == 201
    munich = {"slug": "munich", "name": "Technical University of Munich"}
    made = answer.json
    assert made.pop("code")
    assert made.pop("id")
    assert made == {
        "challenge": "digits",
        "name": "Alpine Bits",
        "captain": cast.jonas.id,
        "members": [{"id": cast.jonas.id, "name": "Jonas Huber", "university": munich}],
        "university": munich,
        "universities": [munich],
    }


@pytest.mark.parametrize("body", [{"json": {}}, {}])
def test_a_team_is_created_without_a_name(
    client: FlaskClient, cast: Cast, bearer, body: dict[str, Any]
) -> None:
    answer = client.post("/api/v1/challenges/digits/teams", headers=bearer(cast.jonas), **body)
    assert (answer.status_code, answer.json["name"]) == (201, "Jonas Huber's team")


@pytest.mark.parametrize(
    ("who", "name", "status", "code"),
    [
        ("jonas", "Giant Pandas", 409, "name-taken"),
        ("jonas", "x", 422, "invalid"),
        ("mei", "Another", 409, "one-team"),
        ("newt", "Too early", 403, "not-confirmed"),
    ],
)
def test_a_refused_team_is_a_problem(
    client: FlaskClient, cast: Cast, bearer, who: str, name: str, status: int, code: str
) -> None:
    answer = client.post(
        "/api/v1/challenges/digits/teams", json={"name": name}, headers=bearer(getattr(cast, who))
    )
    assert answer.mimetype == "application/problem+json"
    assert (answer.status_code, answer.json["code"]) == (status, code)


def test_a_refused_name_names_its_field(client: FlaskClient, cast: Cast, bearer) -> None:
    answer = client.post(
        "/api/v1/challenges/digits/teams", json={"name": "x"}, headers=bearer(cast.jonas)
    )
    assert answer.json["errors"] == [
        {"field": "name", "message": "A team's name has 2 to 80 characters."}
    ]


def test_a_team_is_joined_by_code_or_link(client: FlaskClient, cast: Cast, bearer) -> None:
    for who, code in (
        (cast.jonas, cast.isar.code),
        (cast.olga, f"http://localhost/teams/join/{cast.isar.code}"),
    ):
        answer = client.post("/api/v1/teams/join", json={"code": code}, headers=bearer(who))
        assert answer.status_code == 200
        assert who.id in [m["id"] for m in answer.json["members"]]
        assert answer.json["code"] == cast.isar.code


def test_asking_the_captain_is_202_and_shows_no_code(
    client: FlaskClient, cast: Cast, bearer, change, database: Database
) -> None:
    change(Challenge, cast.digits.id, joining=Joining.APPROVAL)
    answer = client.post(
        "/api/v1/teams/join", json={"code": cast.isar.code}, headers=bearer(cast.jonas)
    )
    assert (answer.status_code, answer.json["code"]) == (202, None)
    assert [m["id"] for m in answer.json["members"]] == [cast.lena.id]
    with database.reading() as session:
        assert session.exec(select(OutgoingMail.recipient)).all() == [cast.lena.email]


@pytest.mark.parametrize(
    ("who", "code", "status", "says"),
    [
        ("jonas", "guess", 404, "opens no team"),
        ("amina", "code-of-isar", 403, "University of Nairobi"),
        ("newt", "code-of-isar", 403, "Confirm your e-mail"),
        ("mei", "code-of-isar", 409, "Leave it first"),
    ],
)
def test_a_team_that_can_not_be_joined_says_why(
    client: FlaskClient, cast: Cast, bearer, who: str, code: str, status: int, says: str
) -> None:
    answer = client.post(
        "/api/v1/teams/join", json={"code": code}, headers=bearer(getattr(cast, who))
    )
    assert answer.status_code == status
    assert says in answer.json["detail"]


def test_a_cookie_joins_no_team_in_the_api(client: FlaskClient, cast: Cast) -> None:
    answer = client.post("/api/v1/teams/join", json={"code": cast.isar.code})
    assert answer.status_code == 401


def test_the_code_is_for_members_alone(client: FlaskClient, cast: Cast, bearer) -> None:
    url = f"/api/v1/teams/{cast.pandas.id}"
    assert client.get(url).json["code"] is None
    assert client.get(url, headers=bearer(cast.lena)).json["code"] is None
    assert client.get(url, headers=bearer(cast.ada)).json["code"] is None
    assert client.get(url, headers=bearer(cast.mei)).json["code"] == cast.pandas.code


def test_a_team_of_a_hidden_challenge_is_not_there(
    client: FlaskClient, cast: Cast, bearer, change
) -> None:
    change(Challenge, cast.digits.id, visibility="invited")
    url = f"/api/v1/teams/{cast.pandas.id}"
    assert client.get(url).status_code == 404
    assert client.get(url, headers=bearer(cast.amina)).status_code == 404
    assert client.get(url, headers=bearer(cast.wei)).status_code == 200


def test_the_captain_renames_and_hands_over_in_one_call(
    client: FlaskClient, cast: Cast, bearer
) -> None:
    answer = client.patch(
        f"/api/v1/teams/{cast.pandas.id}",
        json={"name": "Red Pandas", "captain": cast.mei.id},
        headers=bearer(cast.wei),
    )
    assert answer.status_code == 200
    assert (answer.json["name"], answer.json["captain"]) == ("Red Pandas", cast.mei.id)


def test_a_change_that_is_refused_in_part_changes_nothing(
    client: FlaskClient, cast: Cast, bearer
) -> None:
    url = f"/api/v1/teams/{cast.pandas.id}"
    answer = client.patch(
        url, json={"name": "Red Pandas", "captain": cast.lena.id}, headers=bearer(cast.wei)
    )
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "captain")
    assert client.get(url).json["name"] == "Giant Pandas"


@pytest.mark.parametrize("who", ["mei", "lena"])
def test_nobody_but_the_captain_changes_a_team(
    client: FlaskClient, cast: Cast, bearer, who: str
) -> None:
    answer = client.patch(
        f"/api/v1/teams/{cast.pandas.id}",
        json={"name": "Mine"},
        headers=bearer(getattr(cast, who)),
    )
    assert answer.status_code == 403


def test_a_member_leaves(client: FlaskClient, cast: Cast, bearer) -> None:
    answer = client.delete(
        f"/api/v1/teams/{cast.pandas.id}/members/{cast.mei.id}", headers=bearer(cast.mei)
    )
    assert (answer.status_code, answer.data) == (204, b"")


def test_a_captain_who_leaves_hands_over(client: FlaskClient, cast: Cast, bearer) -> None:
    url = f"/api/v1/teams/{cast.pandas.id}"
    answer = client.delete(f"{url}/members/{cast.wei.id}", headers=bearer(cast.wei))
    assert answer.status_code == 204
    assert client.get(url).json["captain"] == cast.mei.id


def test_the_captain_removes_and_the_removed_is_told(
    client: FlaskClient, cast: Cast, bearer, database: Database
) -> None:
    url = f"/api/v1/teams/{cast.pandas.id}/members/{cast.mei.id}"
    assert client.delete(url, headers=bearer(cast.wei)).status_code == 204
    with database.reading() as session:
        assert session.exec(select(OutgoingMail.recipient)).all() == [cast.mei.email]


@pytest.mark.parametrize(("who", "whom"), [("mei", "wei"), ("lena", "mei")])
def test_nobody_else_removes_a_member(
    client: FlaskClient, cast: Cast, bearer, who: str, whom: str
) -> None:
    answer = client.delete(
        f"/api/v1/teams/{cast.pandas.id}/members/{getattr(cast, whom).id}",
        headers=bearer(getattr(cast, who)),
    )
    assert answer.status_code == 403
