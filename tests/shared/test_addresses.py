"""Addresses that are remembered are those that Flask builds."""

import pytest
from flask import Flask, url_for
from werkzeug.routing import BuildError

from server.evaluations.rules import Board


@pytest.mark.parametrize(
    ("endpoint", "values"),
    [
        ("boards.leaderboard", {"slug": "digits"}),
        ("boards.leaderboard", {"slug": "digits", "page": 1}),
        ("boards.leaderboard", {"slug": "digits", "page": True}),
        ("boards.leaderboard", {"slug": "digits", "page": "1", "q": None}),
        ("boards.leaderboard", {"slug": "digits", "q": "Ü & <b>", "_anchor": "own"}),
        ("boards.leaderboard", {"slug": "digits", "board": Board.PUBLIC}),
        ("boards.team", {"team_id": 7, "tags": ["a", "b"]}),
        ("boards.team", {"team_id": 7, "_external": True}),
        ("static", {"filename": "varsity.css", "v": None}),
        (".leaderboard", {"slug": "digits"}),
    ],
)
def test_an_address_is_the_one_that_flask_builds_the_second_time_too(app, endpoint, values):
    with app.test_request_context("/challenges/digits/leaderboard"):
        built = Flask.url_for(app, endpoint, **values)
        assert [url_for(endpoint, **values) for _ in range(2)] == [built, built]


def test_two_servers_of_one_application_have_addresses_of_their_own(app):
    with app.test_request_context(base_url="http://localhost/one"):
        assert url_for("profiles.home") == "/one/"
        assert url_for("profiles.home", _external=True) == "http://localhost/one/"
    with app.test_request_context(base_url="http://other/two"):
        assert url_for("profiles.home") == "/two/"
        assert url_for("profiles.home", _external=True) == "http://other/two/"


def test_an_address_that_does_not_exist_is_refused_each_time(app):
    with app.test_request_context():
        for _ in range(2):
            with pytest.raises(BuildError):
                url_for("boards.leaderboard")
