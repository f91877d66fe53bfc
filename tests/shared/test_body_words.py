"""What is wrong with a body is said in the words of the catalogues."""

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from server.shared.body_words import WORDS, body_words


class Body(BaseModel):
    """Something of most kinds that a request may hold."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field("x", min_length=1, max_length=3)
    page: int = Field(1, ge=1, le=9)
    more: list[int] = []


@pytest.mark.parametrize(
    "body",
    [
        {"name": ""},
        {"name": 3},
        {"name": "long"},
        {"page": "x"},
        {"page": 0},
        {"page": 10},
        {"more": 1},
        {"other": 1},
    ],
)
def test_what_a_body_lacks_is_known_by_its_words(app, monkeypatch, body):
    with pytest.raises(ValidationError) as caught:
        Body.model_validate(body)
    said = caught.value.errors()[0]["msg"]
    asked = []
    monkeypatch.setattr(
        "server.shared.body_words.gettext", lambda message, **v: asked.append(message) or "其他"
    )
    assert body_words(said) == "其他"
    assert asked[0] in WORDS


def test_what_is_not_known_stays_as_it_is(app):
    with app.test_request_context():
        assert body_words("Something new") == "Something new"
        assert body_words("Input should be less than or equal to 9") == (
            "Input should be less than or equal to 9"
        )
