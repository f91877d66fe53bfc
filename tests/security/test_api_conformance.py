"""The API is what its own OpenAPI document says, whatever a program sends."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.security.world import World

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


def so_often(examples: int) -> settings:
    """Return how many requests are made up for an operation, the same ones each time."""
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


def known(world: World, path: str) -> dict[str, Any]:
    """Return arguments that exist: made-up ones alone would be answered 404 each time."""
    return {
        "slug": "munich" if "/universities/" in path else "digits",
        "team_id": world.cast.teams["pandas"].id,
        "submission_id": world.ids["submission of pandas"],
        "evaluation_id": world.ids["evaluation"],
        "token_id": world.ids["token of wei"],
        "account_id": world.cast.people["mei"].id,
        "name": "train.csv",
        "code": world.tokens["certificate of digits"],
        "phase": "a",
    }


def ask_often(world: World, operation: Any, role: str, examples: int) -> None:
    """Send generated requests to one operation and check every answer."""
    real = known(world, operation.path)

    @so_often(examples)
    @given(case=operation.as_strategy(), exists=st.booleans())
    def ask(case: Any, exists: bool) -> None:
        if exists and case.path_parameters:
            case.path_parameters.update({n: real[n] for n in case.path_parameters})
        case.call_and_validate(headers=world.bearer(role), checks=CHECKS)
        if operation.method.upper() != "GET":
            world.restore()

    ask()


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("role", "examples"),
    [
        ("organiser", 6),
        pytest.param("organiser", 25, marks=pytest.mark.long),
        pytest.param("member", 12, marks=pytest.mark.long),
    ],
)
def test_answers_conform_to_the_document(world: World, role: str, examples: int):
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", world.app)
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) > 35
    wrong = []
    for operation in operations:
        try:
            ask_often(world, operation, role, examples)
        except FailureGroup as group:
            wrong += [f"{operation.label}: {said}" for said in group.exceptions]
    assert not wrong, "\n\n".join(wrong)
