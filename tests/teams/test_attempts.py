"""Codes of teams are not guessed: page, API, joining and merging count together, by account."""

import pytest

from server.app import create_app
from tests.cast import sign_in


@pytest.fixture
def browser(settings, database, clock, cast):
    settings.rate_limit_codes = "3 per hour"
    app = create_app(settings, clock=clock, database=database)
    app.config["WTF_CSRF_ENABLED"] = False
    return lambda who: sign_in(app.test_client(), who)


def test_tries_by_every_way_count_together(browser, cast):
    wei = browser(cast.wei)
    merge = f"/teams/{cast.pandas.id}/merge"
    assert wei.get("/teams/join/guess-1").status_code == 404
    assert wei.post("/teams/join/guess-2").status_code == 404
    assert wei.post(merge, data={"code": "guess-3"}).status_code == 422
    refused = [wei.get("/teams/join/x"), wei.post("/teams/join/x"), wei.post(merge)]
    assert [answer.status_code for answer in refused] == [429, 429, 429]
    assert int(refused[0].headers["Retry-After"]) > 3000


def test_the_right_code_does_not_help_once_the_limit_is_reached(browser, cast):
    chidi = browser(cast.chidi)
    for number in range(3):
        chidi.post(f"/teams/join/guess-{number}")
    assert chidi.post(f"/teams/join/{cast.isar.code}").status_code == 429


def test_another_account_has_tries_of_its_own(browser, cast):
    wei, jonas = browser(cast.wei), browser(cast.jonas)
    for number in range(4):
        wei.get(f"/teams/join/guess-{number}")
    assert jonas.post(f"/teams/join/{cast.isar.code}").status_code in (303, 409)
