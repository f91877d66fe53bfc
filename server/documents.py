"""The API's own description: OpenAPI 3.1 for programs and a page for people."""

from collections import defaultdict
from http import HTTPStatus
from typing import Any, NamedTuple

from apiflask import APIFlask
from apiflask.exceptions import HTTPError, _ValidationError
from flask import Blueprint, Response, current_app, jsonify, render_template
from flask_babel import gettext

from server.shared.access import Who, access, declared
from server.shared.body_words import body_words
from server.shared.errors import N_, NotFound
from server.shared.responses import PROBLEM, problem
from server.shared.web import services

bp = Blueprint("docs", __name__)
UPLOAD_EXTENSION = "x-request-body"
PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "An RFC 9457 problem document.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong, and what to do about it."},
        "code": {"type": "string", "description": "The same word for the same kind of refusal."},
        "request_id": {"type": "string", "description": "Finds the request in the server's log."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}
DESCRIPTION = """Everything a participant or an organiser does, for programs.

Send `Authorization: Bearer <token>`; make a token in your settings, with `varsity login`, or with
`POST /api/v1/tokens`. Lists are `{total, page, per_page, rows}` with at most 100 rows a page.
Refusals are RFC 9457 problem documents. Times are UTC."""


class Operation(NamedTuple):
    """One route as the page shows it."""

    method: str
    path: str
    summary: str
    description: str
    signed_in: bool
    parameters: list[dict[str, Any]]
    body: list[dict[str, Any]]
    body_type: str
    answers: list[tuple[str, str, list[dict[str, Any]]]]
    anchor: str


@bp.get("/api/v1/openapi.json")
@access(Who.EVERYBODY)
def openapi() -> Response:
    """Give the OpenAPI 3.1 document."""
    return jsonify(document())


@bp.get("/api/docs")
@access(Who.EVERYBODY)
def api() -> str:
    """Name every route of the API, readable without JavaScript."""
    return render_template(
        "docs/api.html", groups=_groups(document()), base_url=services().settings.base_url
    )


@bp.get("/api/docs/<topic>")
@access(Who.EVERYBODY)
def topic(topic: str) -> str:
    """Describe the routes of one topic, with their fields."""
    groups = _groups(document())
    found = next((tag for tag in groups if topic_of(tag) == topic), None)
    if found is None:
        raise NotFound(
            N_("The API has no such topic. All of its routes are listed under API docs.")
        )
    return render_template("docs/topic.html", groups=groups, tag=found, operations=groups[found])


@bp.app_template_filter("topic")
def topic_of(tag: str) -> str:
    """Return a tag as it stands in an address."""
    return tag.lower().replace(" ", "-")


def _groups(spec: dict[str, Any]) -> dict[str, list[Operation]]:
    """Return the operations under their tags, in the order of these."""
    groups: dict[str, list[Operation]] = defaultdict(list)
    for path, methods in spec["paths"].items():
        for method, operation in methods.items():
            if method != "parameters":
                tag = (operation.get("tags") or ["Other"])[0]
                groups[tag].append(_operation(spec, path, method, operation))
    return dict(sorted(groups.items()))


def document() -> dict[str, Any]:
    """Return the OpenAPI document of the application that answers, which is made once."""
    if "openapi" not in current_app.extensions:
        app = current_app._get_current_object()  # type: ignore[attr-defined]
        current_app.extensions["openapi"] = app.spec
    spec: dict[str, Any] = current_app.extensions["openapi"]
    return spec


def install_openapi(app: APIFlask) -> None:
    """Describe problems, tokens and uploads in the document, and answer bad bodies as problems."""
    app.config["HTTP_ERROR_SCHEMA"] = PROBLEM_SCHEMA
    app.config["VALIDATION_ERROR_SCHEMA"] = PROBLEM_SCHEMA
    app.config["AUTO_SERVERS"] = False
    app.config["SYNC_LOCAL_SPEC"] = False
    app.security_schemes = {"token": {"type": "http", "scheme": "bearer"}}
    app.description = DESCRIPTION
    app.license = {"name": "Apache-2.0", "identifier": "Apache-2.0"}
    app.error_processor(_bad_body)
    app.spec_processor(_finish)  # type: ignore[arg-type]


def _bad_body(error: HTTPError) -> Response:
    if not isinstance(error, _ValidationError):
        return problem(error.status_code, error.message or "", code="bad-request")
    errors = [
        {"field": name, "message": " ".join(_texts(messages))}
        for location in error.detail.values()
        for name, messages in (location.items() if isinstance(location, dict) else ())
    ]
    return problem(
        422,
        gettext(N_("The request has fields that can't be read.")),
        code="invalid",
        errors=errors,
    )


def _texts(messages: Any) -> list[str]:
    said = messages if isinstance(messages, list) else [messages]
    return [body_words(str(one)) for one in said]


def _finish(spec: dict[str, Any]) -> dict[str, Any]:
    """Say of each operation who may call it, and give refusals their media type."""
    # Two blueprints may share a tag; the document may name it once.
    spec["tags"] = [{"name": name} for name in sorted({tag["name"] for tag in spec["tags"]})]
    for path, methods in spec["paths"].items():
        for method, operation in methods.items():
            if UPLOAD_EXTENSION in operation:
                operation["requestBody"] = operation.pop(UPLOAD_EXTENSION)
            if _signed_in_only(path, method):
                operation["security"] = [{"token": []}]
            _add_refusals(path, operation)
            for status, response in operation["responses"].items():
                content = response.get("content", {})
                if status[0] in "45" and "application/json" in content:
                    response["content"] = {PROBLEM: content["application/json"]}
    return spec


def _add_refusals(path: str, operation: dict[str, Any]) -> None:
    """Name the refusals that no handler lists, because every request may meet them."""
    statuses = [HTTPStatus.UNAUTHORIZED]
    if operation.get("security"):
        statuses.append(HTTPStatus.FORBIDDEN)
    if "{" in path:
        statuses.append(HTTPStatus.NOT_FOUND)
    if "requestBody" in operation:
        statuses += [HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE]
    for status in statuses:
        refusal = {"description": status.phrase, "content": {PROBLEM: {"schema": PROBLEM_SCHEMA}}}
        operation["responses"].setdefault(str(status.value), refusal)


def _signed_in_only(path: str, method: str) -> bool:
    public = (Who.EVERYBODY, Who.SEES_CHALLENGE)
    for rule in current_app.url_map.iter_rules():
        if _as_openapi(rule.rule) == path and method.upper() in (rule.methods or ()):
            return declared(current_app.view_functions[rule.endpoint]) not in public
    return True


def _as_openapi(rule: str) -> str:
    parts = [
        p.rpartition(":")[2] if i % 2 else p
        for i, p in enumerate(rule.replace(">", "<").split("<"))
    ]
    return "".join(f"{{{p}}}" if i % 2 else p for i, p in enumerate(parts))


def _operation(
    spec: dict[str, Any], path: str, method: str, operation: dict[str, Any]
) -> Operation:
    contents = operation.get("requestBody", {}).get("content", {})
    body_type = next(iter(contents), "")
    return Operation(
        method=method.upper(),
        path=path,
        summary=operation.get("summary", ""),
        description=operation.get("description", ""),
        signed_in=bool(operation.get("security")),
        parameters=operation.get("parameters", []),
        body=_fields(spec, contents[body_type].get("schema", {})) if body_type else [],
        body_type=body_type,
        answers=[
            (status, response.get("description", ""), _answer(spec, status, response))
            for status, response in operation["responses"].items()
        ],
        anchor=f"{method}-{path}".replace("/", "-").replace("{", "").replace("}", ""),
    )


def _answer(spec: dict[str, Any], status: str, response: dict[str, Any]) -> list[dict[str, Any]]:
    if status[0] != "2":
        return []
    return _fields(spec, response.get("content", {}).get("application/json", {}).get("schema", {}))


def _fields(spec: dict[str, Any], schema: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a schema's fields with a readable type, one level deep."""
    resolved = _resolve(spec, schema)
    required = resolved.get("required", [])
    return [
        {
            "name": name,
            "type": _type(spec, field),
            "description": _resolve(spec, field).get("description", ""),
            "required": name in required,
        }
        for name, field in resolved.get("properties", {}).items()
    ]


def _resolve(spec: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    reference = schema.get("$ref", "")
    if not reference:
        return schema
    found: dict[str, Any] = spec["components"]["schemas"].get(reference.rpartition("/")[2], {})
    return found


def _type(spec: dict[str, Any], schema: dict[str, Any]) -> str:
    if "anyOf" in schema:
        return " or ".join(_type(spec, option) for option in schema["anyOf"])
    resolved = _resolve(spec, schema)
    if resolved.get("type") == "array":
        return f"list of {_type(spec, resolved.get('items', {}))}"
    if "enum" in resolved:
        return " | ".join(str(value) for value in resolved["enum"])
    if resolved.get("properties"):
        return "{" + ", ".join(resolved["properties"]) + "}"
    return str(resolved.get("format") or resolved.get("type") or "any")
