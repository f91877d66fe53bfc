"""Whatever the body of a JSON route is, it is never a fault of ours."""

import itertools
from collections.abc import Iterator

from tests.security.addresses import Address, addresses
from tests.security.world import World

JSON = "application/json"
# Each: what is sent, and as what.
ODD = {
    "a list": (b"[]", JSON),
    "a full list": (b'[{"reason": "x"}]', JSON),
    "a string": (b'"reveal"', JSON),
    "a number": (b"7", JSON),
    "null": (b"null", JSON),
    "true": (b"true", JSON),
    "no JSON": (b"{reason", JSON),
    "no text": (b"\xff\xfe{}", JSON),
    "nothing, called JSON": (b"", JSON),
    "numbers for words": (
        b'{"reason": 1, "phase": 2, "code": 3, "name": 4, "captain": "x", "email": 5}',
        JSON,
    ),
    "lists for words": (
        b'{"reason": [], "phase": ["a"], "code": [], "name": {}, "captain": [], "email": []}',
        JSON,
    ),
    "nulls for words": (b'{"reason": null, "phase": null, "code": null, "name": null}', JSON),
    "unknown keys": (b'{"nonsense": 1}', JSON),
    "half a character": (b'{"reason": "\\ud800", "code": "\\ud800", "name": "\\ud800"}', JSON),
    "a zero byte": (b'{"reason": "\\u0000", "code": "\\u0000", "name": "\\u0000"}', JSON),
    "too deep": (b"[" * 5000, JSON),
    "a form": (b"reason=x&code=x&phase=x", "application/x-www-form-urlencoded"),
    "a broken form": (b"--x\r\nnonsense", "multipart/form-data; boundary=x"),
    "no boundary": (b"--x\r\n", "multipart/form-data"),
    "a text": (b"reveal", "text/plain"),
    "no type": (b'{"reason": "x"}', None),
    "an odd type": (b"{}", "application/json; charset=nonsense"),
}


def routes(world: World) -> Iterator[tuple[Address, str]]:
    for address in addresses(world):
        if address.is_api:
            for method in sorted(address.methods & {"POST", "PUT", "PATCH", "DELETE"}):
                yield address, method


def test_an_odd_body_is_refused_with_a_problem_on_every_route(world: World):
    wrong, asked = [], 0
    client = world.app.test_client()
    for address, method in routes(world):
        for name, (data, content_type) in ODD.items():
            answer = client.open(
                address.path,
                method=method,
                data=data,
                content_type=content_type,
                headers=world.bearer("administrator"),
            )
            asked += 1
            problem = answer.mimetype == "application/problem+json"
            if answer.status_code >= 500 or (answer.status_code >= 400 and not problem):
                wrong.append((method, address.path, name, answer.status_code))
            if answer.status_code < 400:
                world.restore()
    assert asked > 200
    assert not wrong, "\n".join(map(str, wrong))


WITH_A_BODY = (
    "challenges/digits/reveal",
    "submissions/{submission}/disqualify",
    "teams/{team}/reinstate",
    "teams/{team}/extra-submissions",
    "challenges/digits/phases/a/extend",
    "challenges/digits/phases/a/pause",
    "teams/join",
    "teams/{team}/merge",
)


SHAPES = ("a full list", "a string", "a number", "true", "numbers for words")


def test_a_body_of_the_wrong_shape_is_said_to_be_one(world: World):
    ids = {"submission": world.ids["submission of pandas"], "team": world.cast.pandas.id}
    client, headers = world.app.test_client(), world.bearer("administrator")
    for path, odd in itertools.product(WITH_A_BODY, SHAPES):
        data, content_type = ODD[odd]
        answer = client.post(
            f"/api/v1/{path.format(**ids)}", data=data, content_type=content_type, headers=headers
        )
        said = (answer.status_code, answer.json.get("code"), bool(answer.json.get("errors")))
        assert said == (422, "invalid", True), (path, odd)


def test_a_reveal_needs_no_body_but_refuses_one_that_it_can_not_read(world: World):
    client, headers = world.app.test_client(), world.bearer("organiser")
    path = "/api/v1/challenges/digits/reveal"
    # The phase has not ended: a body that was read gets this far.
    for data in (b"", b"{}", b'{"phase": "a"}', b'{"phase": null}'):
        answer = client.post(path, data=data, content_type=JSON, headers=headers)
        assert answer.status_code == 409, data
    assert client.post(path, headers=headers).status_code == 409
    for name, status in {"no JSON": 400, "a form": 415, "null": 422, "unknown keys": 422}.items():
        data, content_type = ODD[name]
        answer = client.post(path, data=data, content_type=content_type, headers=headers)
        assert answer.status_code == status, name
