"""Limits: too many in a short time are refused, with the time after which to try again."""

import pytest

from server.app import create_app
from server.shared.limits import limiter
from tests.cast import PASSWORD, sign_in

WEI, LENA = "wei@tsinghua.example", "lena@tum.example"
ALLOWED = 2
NOBODY_LISTENS = 1


@pytest.fixture
def limited(settings, database, clock, cast):
    """The application with few sign-ins, and few uploads, in a minute."""
    settings.rate_limit_sign_in = settings.rate_limit_uploads = f"{ALLOWED} per minute"
    made = create_app(settings, clock=clock, database=database)
    made.config["WTF_CSRF_ENABLED"] = False
    return made


def tried(app, *, email: str = WEI, password: str = "wrong", address: str = "192.0.2.1", **more):
    return app.test_client().post(
        "/sign-in",
        data={"email": email, "password": password},
        environ_base={"REMOTE_ADDR": address},
        **more,
    )


def sent(client, *, address: str = "192.0.2.1"):
    """Have a browser send a form without a file: refused for that, but counted."""
    return client.post(
        "/challenges/digits/submit",
        data={"comment": "x"},
        content_type="multipart/form-data",
        environ_base={"REMOTE_ADDR": address},
        headers={"Accept": "application/json"},
    )


def test_one_more_than_allowed_is_refused_with_the_time_to_wait(limited):
    assert 429 not in [tried(limited).status_code for _ in range(ALLOWED)]
    refused = tried(limited)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 61
    assert "Wait a little" in refused.text


def test_a_program_is_told_in_a_problem_document(limited):
    for _ in range(ALLOWED):
        tried(limited)
    refused = tried(limited, headers={"Accept": "application/json"})
    assert (refused.status_code, refused.mimetype) == (429, "application/problem+json")
    assert refused.json["code"] == "too-many-requests"
    assert int(refused.headers["Retry-After"]) > 0


def test_the_right_password_does_not_help_once_the_limit_is_reached(limited):
    for _ in range(ALLOWED):
        tried(limited)
    assert tried(limited, password=PASSWORD).status_code == 429


def test_another_person_elsewhere_has_tries_of_their_own(limited):
    for _ in range(ALLOWED + 1):
        tried(limited)
    assert tried(limited, email=LENA).status_code == 429
    assert tried(limited, email=LENA, address="192.0.2.2").status_code != 429


def test_an_account_is_not_tried_more_often_from_many_addresses(limited):
    tries = [tried(limited, address=f"192.0.2.{n}").status_code for n in range(ALLOWED + 1)]
    assert tries[-1] == 429
    assert 429 not in tries[:-1]


def test_a_forwarded_address_that_nobody_vouches_for_makes_no_new_tries(limited):
    for _ in range(ALLOWED):
        tried(limited)
    elsewhere = {"X-Forwarded-For": "198.51.100.7"}
    assert tried(limited, email=LENA, headers=elsewhere).status_code == 429


def test_uploads_are_counted_by_account_wherever_it_is(limited, cast):
    wei = sign_in(limited.test_client(), cast.wei)
    lena = sign_in(limited.test_client(), cast.lena)
    first = [sent(wei, address=f"192.0.2.{n}").status_code for n in range(ALLOWED)]
    assert first == [422] * ALLOWED
    assert sent(wei, address="192.0.2.99").status_code == 429
    assert sent(lena, address="192.0.2.1").status_code == 422


def test_two_applications_do_not_count_each_others_requests(limited, settings, database, clock):
    for _ in range(ALLOWED + 1):
        tried(limited)
    other = create_app(settings, clock=clock, database=database)
    other.config["WTF_CSRF_ENABLED"] = False
    assert tried(other).status_code != 429


@pytest.fixture
def without_redis(settings, database, clock, cast):
    """As above, where limits are counted in a Redis that nobody reaches."""
    settings.rate_limit_sign_in = f"{ALLOWED} per minute"
    settings.queue_url = f"redis://127.0.0.1:{NOBODY_LISTENS}/0"
    made = create_app(settings, clock=clock, database=database)
    made.config["WTF_CSRF_ENABLED"] = False
    return made


def test_who_signs_in_while_redis_is_away_is_let_in(without_redis):
    assert tried(without_redis, password=PASSWORD).status_code == 303


def test_limits_hold_while_redis_is_away(without_redis):
    tries = [tried(without_redis).status_code for _ in range(ALLOWED + 1)]
    assert tries[-1] == 429
    assert not {429, 500} & set(tries[:-1])


def test_an_application_whose_redis_is_away_is_no_matter_to_another(
    without_redis, settings, database, clock
):
    tried(without_redis)
    assert limiter.limiter.storage is not limiter.storage
    settings.queue_url = ""
    create_app(settings, clock=clock, database=database)
    assert limiter.limiter.storage is limiter.storage
