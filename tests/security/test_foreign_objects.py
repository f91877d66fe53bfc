"""An address that joins one's own slug with another's number opens nothing."""

import pytest

from tests.security.world import World

FORM = {"reason": "because", "decision": "accept", "name": "x", "request_id": "0"}
PAGES = [
    ("organiser", "GET", "/organise/digits/submissions/{submission of moon}"),
    ("organiser", "POST", "/organise/digits/submissions/{submission of moon}/disqualify"),
    ("organiser", "POST", "/organise/digits/submissions/{submission of moon}/retry"),
    ("organiser", "POST", "/organise/digits/teams/{team moon}/disqualify"),
    ("organiser", "POST", "/organise/digits/phases/nothing/reveal"),
    ("organiser", "GET", "/organise/digits/controls/teams/{team moon}"),
    ("organiser", "POST", "/organise/digits/controls/teams/{team moon}/extra"),
    ("organiser", "POST", "/organise/digits/phases/nothing/freeze"),
    ("organiser", "POST", "/organise/tides/phases/a/freeze"),
    ("organiser elsewhere", "POST", "/organise/digits/controls/pause"),
    ("manager", "POST", "/universities/munich/requests/{request to nairobi}"),
    ("manager", "POST", "/universities/munich/members/{wei}/remove"),
    ("manager", "POST", "/universities/munich/managers/{amina}/remove"),
    ("organiser", "POST", "/organise/digits/certificates/{certificate of tides}/revoke"),
    ("organiser", "POST", "/organise/digits/certificates/{certificate of tides}/allow"),
    ("manager elsewhere", "GET", "/universities/nairobi/manage/certificates/{bundle}.zip"),
    ("manager", "POST", "/universities/munich/managers/{wei}"),
    ("member", "POST", "/settings/tokens/{token of mei}/revoke"),
    ("member", "POST", "/settings/data/export/{export of mei}"),
    ("administrator", "POST", "/settings/data/export/{export of mei}"),
    ("member", "POST", "/notifications/{notification of mei}/open"),
    ("member", "POST", "/notifications/{notification of mei}/read"),
    ("other team", "GET", "/challenges/digits/questions/{question of digits}"),
    ("other team", "POST", "/challenges/digits/questions/{question of digits}"),
    ("member", "GET", "/challenges/digits/questions/{question of tides}"),
    ("organiser", "GET", "/organise/digits/questions/{question of tides}"),
    ("organiser", "POST", "/organise/digits/questions/{question of tides}/close"),
    ("organiser", "POST", "/organise/digits/questions/{question of tides}/publish"),
    ("organiser", "POST", "/organise/digits/announcements/{announcement of tides}"),
    ("organiser", "POST", "/organise/digits/announcements/{announcement of tides}/withdraw"),
]
DRAFTS = [
    ("organiser elsewhere", "GET", "/organise/drafts/{draft}/about"),
    ("organiser elsewhere", "POST", "/organise/drafts/{draft}/launch"),
    ("organiser", "POST", "/organise/drafts/{draft}/files/999999"),
    ("organiser elsewhere", "GET", "/organise/trials/{trial}"),
]
API = [
    ("member", "DELETE", "/api/v1/tokens/{token of mei}"),
    ("member", "DELETE", "/api/v1/teams/{team pandas}/members/{lena}"),
    ("member", "PATCH", "/api/v1/teams/{team isar}"),
    ("organiser", "POST", "/api/v1/submissions/{submission of moon}/disqualify"),
    ("organiser", "POST", "/api/v1/teams/{team moon}/disqualify"),
    ("organiser", "POST", "/api/v1/teams/{team moon}/extra-submissions"),
    ("organiser", "POST", "/api/v1/challenges/tides/phases/a/freeze"),
    ("organiser", "GET", "/api/v1/evaluations/{evaluation of tides}"),
    ("organiser elsewhere", "GET", "/api/v1/submissions/{submission of pandas}"),
    ("organiser elsewhere", "GET", "/api/v1/submissions/{submission of pandas}/file"),
    ("other team", "POST", "/api/v1/submissions/{submission of pandas}/withdraw"),
]


def filled(world: World, path: str) -> str:
    people = {key: account.id for key, account in world.cast.people.items()}
    teams = {f"team {key}": team.id for key, team in world.cast.teams.items()}
    return path.format_map(world.ids | people | teams)


def rows(world: World) -> bytes:
    with world.database.read_engine.connect() as connection:
        raw = connection.connection.driver_connection
        return "\n".join(raw.iterdump()).encode()


@pytest.mark.parametrize(("role", "method", "path"), [*PAGES, *DRAFTS])
def test_a_page_does_not_reach_into_another_room(world: World, role: str, method: str, path: str):
    before = rows(world)
    answer = world.browser(role).open(filled(world, path), method=method, data=FORM)
    assert answer.status_code in (403, 404)
    assert rows(world) == before


@pytest.mark.parametrize(("role", "method", "path"), API)
def test_the_api_does_not_reach_into_another_room(world, role, method, path):
    before = rows(world)
    body = {"json": {"reason": "because"}} if method in ("POST", "PATCH") else {}
    answer = world.app.test_client().open(
        filled(world, path), method=method, headers=world.bearer(role), **body
    )
    assert answer.status_code in (403, 404)
    assert rows(world) == before


def test_a_captain_decides_nothing_that_another_team_was_asked(world: World):
    before = rows(world)
    path = filled(world, "/teams/{team pandas}/decide")
    form = {"decision": "accept", "request_id": world.ids["request to isar"]}
    answer = world.browser("member").post(path, data=form)
    assert answer.status_code in (403, 404, 409)
    assert rows(world) == before
