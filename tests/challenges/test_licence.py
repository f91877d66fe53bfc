"""What the data may be used for, and what they say of people, stands beside the files."""

import pytest

from server.challenges.models import Challenge

PAGE = "/challenges/digits/data"


@pytest.fixture
def told(database, cast):
    """Sets the fields of the digits."""

    def write(**fields: object) -> None:
        with database.writing() as session:
            challenge = session.get_one(Challenge, cast.digits.id)
            for name, value in fields.items():
                setattr(challenge, name, value)
            session.commit()

    return write


def test_a_challenge_that_says_nothing_has_no_empty_block(client, cast) -> None:
    assert "Licence and privacy" not in client.get(PAGE).text


def test_licence_citation_and_whom_to_ask_are_shown(client, told) -> None:
    told(licence="CC BY 4.0", citation="Alpaydin (1998)", privacy_contact="dpo@tum.example")
    page = client.get(PAGE).text
    assert "CC BY 4.0" in page
    assert "Alpaydin (1998)" in page
    assert "dpo@tum.example" in page


@pytest.mark.parametrize(
    ("personal", "said"), [(True, "do not pass them on"), (False, "hold no personal data")]
)
def test_whether_the_data_are_about_people_is_said(client, told, personal, said) -> None:
    told(personal_data=personal)
    assert said in client.get(PAGE).text


def test_a_name_from_right_to_left_and_a_script_do_no_harm(client, told) -> None:
    told(licence="<script>alert(1)</script>", citation="رخصة (CC)")
    page = client.get(PAGE).text
    assert "<script>alert(1)" not in page
    assert "<bdi>رخصة (CC)</bdi>" in page
