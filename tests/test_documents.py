"""The API's description is valid, complete and readable."""

import re

from flask import Flask
from openapi_spec_validator import validate

from server.accounts.tokens import create_token
from tests.cast import NOON


def test_the_openapi_document_is_valid_3_1(client) -> None:
    document = client.get("/api/v1/openapi.json").json
    assert document["openapi"].startswith("3.1")
    validate(document)


def test_every_api_route_is_described(app: Flask, client) -> None:
    described = client.get("/api/v1/openapi.json").json["paths"]
    routes = {rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/v1")} - {
        "/api/v1/openapi.json"
    }
    assert len(described) == len(routes)
    assert all(
        operation.get("summary") for methods in described.values() for operation in methods.values()
    )


def test_the_page_of_the_api_names_every_route(client) -> None:
    page = client.get("/api/docs").get_data(as_text=True)
    for path in client.get("/api/v1/openapi.json").json["paths"]:
        # On a narrow screen an address goes on in the next line after a slash, not within a word.
        assert path.replace("/", "/<wbr>") in page


def test_each_topic_of_the_api_has_a_light_page_with_its_routes_and_their_fields(client) -> None:
    listed = client.get("/api/docs").get_data(as_text=True)
    topics = set(re.findall(r"/api/docs/([a-z-]+)", listed))
    assert len(topics) > 8
    for topic in topics:
        page = client.get(f"/api/docs/{topic}").get_data()
        assert b"<section" in page
        assert len(page) < 100_000
    assert client.get("/api/docs/cookery").status_code == 404


def test_a_body_that_can_not_be_read_is_a_problem_with_its_fields(client) -> None:
    answer = client.post("/api/v1/tokens", json={"email": 5})
    assert answer.mimetype == "application/problem+json"
    assert answer.status_code == 422
    assert answer.json["errors"]


def _lists(client) -> list[str]:
    paths = client.get("/api/v1/openapi.json").json["paths"]
    return [p for p, methods in paths.items() if "per_page" in _parameters(methods.get("get"))]


def _parameters(operation) -> dict:
    return {each["name"]: each["schema"] for each in (operation or {}).get("parameters", ())}


def test_every_list_is_asked_for_in_parts_in_the_same_way(client, cast, session) -> None:
    lists = _lists(client)
    assert len(lists) >= 8
    described = client.get("/api/v1/openapi.json").json["paths"]
    _token, plain = create_token(session, account_id=cast.olga.id, name="laptop", now=NOON)
    session.commit()
    olga = {"Authorization": f"Bearer {plain}"}
    for path in lists:
        for name in ("page", "per_page"):
            schema = _parameters(described[path]["get"])[name]
            assert (schema["minimum"], "maximum" in schema) == (1, False), path
        url = path.format(slug=cast.digits.slug)
        much = client.get(f"{url}?per_page=101&page={10**30}", headers=olga)
        assert (much.status_code, much.json.get("per_page")) == (200, 100), path
        for few in ("per_page=0", "per_page=-1", "page=0", "per_page=x"):
            assert client.get(f"{url}?{few}", headers=olga).status_code == 422, (path, few)


def test_the_refusal_of_a_file_to_who_did_not_join_is_described(client, cast) -> None:
    path = "/api/v1/challenges/{slug}/files/{name}"
    operation = client.get("/api/v1/openapi.json").json["paths"][path]["get"]
    assert "application/problem+json" in operation["responses"]["403"]["content"]
