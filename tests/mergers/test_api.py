"""Merging two teams by a program."""

import pytest
from flask.testing import FlaskClient

from server.accounts.models import ApiToken
from server.accounts.signin import token_digest
from server.shared.database import Database
from server.teams.models import Team
from tests.cast import NOON, Cast


@pytest.fixture
def headers(database: Database, cast: Cast) -> dict[str, str]:
    """Jonas's program."""
    with database.writing() as session:
        session.add(
            ApiToken(
                account_id=cast.jonas.id,
                name="tests",
                hint="jona",
                digest=token_digest("jonas"),
                created_at=NOON,
            )
        )
        session.commit()
    return {"Authorization": "Bearer jonas"}


def test_the_api_answers_with_the_team_that_is_kept(
    client: FlaskClient, cast: Cast, solo: Team, headers: dict[str, str]
) -> None:
    answer = client.post(
        f"/api/v1/teams/{solo.id}/merge", json={"code": cast.isar.code}, headers=headers
    )
    assert answer.status_code == 200
    assert answer.json["id"] == cast.isar.id
    assert [m["id"] for m in answer.json["members"]] == [cast.lena.id, cast.jonas.id]


def test_the_api_refuses_with_a_problem(
    client: FlaskClient, cast: Cast, solo: Team, headers: dict[str, str]
) -> None:
    answer = client.post(
        f"/api/v1/teams/{solo.id}/merge", json={"code": cast.pandas.code}, headers=headers
    )
    assert (answer.status_code, answer.json["code"]) == (403, "other-university")
