"""The composition root: every route says who may."""

from io import BytesIO

from flask import Flask

from server.shared.access import declared
from tests.cast import sign_in

FREE = {"static", "bootstrap.static"}


def test_every_route_declares_who_may_ask(app: Flask) -> None:
    silent = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint not in FREE and declared(app.view_functions[rule.endpoint]) is None
    ]
    assert silent == []


def test_health_answers(client, cast) -> None:
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").json == {"status": "ready"}
    assert b"varsity_waiting" in client.get("/metrics").data


def test_a_wrong_address_is_a_page_or_a_problem(client) -> None:
    assert client.get("/api/v1/nothing").mimetype == "application/problem+json"


def test_a_page_that_is_not_there_knows_who_is_signed_in(app, cast) -> None:
    def header(browser):
        answer = browser.get("/nothing/here")
        assert answer.status_code == 404
        return answer.text

    assert "/sign-up" in header(app.test_client())
    wei = header(sign_in(app.test_client(), cast.wei))
    assert cast.wei.name in wei
    assert "/sign-up" not in wei


def test_a_number_that_no_row_can_have_is_no_page(client, cast) -> None:
    for number in (2**31, 10**30):
        assert client.get(f"/teams/{number}").status_code == 404
        assert client.get(f"/people/{number}").status_code == 404


def test_a_file_where_a_word_is_expected_is_refused(client) -> None:
    answer = client.post("/sign-in", data={"email": (BytesIO(b"x"), "x.txt"), "password": "x"})
    assert answer.status_code == 415


def test_json_without_end_is_the_senders_mistake(client) -> None:
    answer = client.post("/api/v1/tokens", data="[" * 200_000, content_type="application/json")
    assert answer.status_code in (400, 422)
    assert answer.mimetype == "application/problem+json"
