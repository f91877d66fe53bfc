"""The composition root: every route says who may."""

from flask import Flask

from server.shared.access import declared

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
