"""The numbers are for this machine, or for whoever has the token; no header makes one of it."""

import pytest

from server.app import create_app

ELSEWHERE = {"REMOTE_ADDR": "198.51.100.7"}
HERE = {"REMOTE_ADDR": "127.0.0.1"}


def status(client, environ: dict[str, str], **headers: str) -> int:
    return client.get("/metrics", environ_base=environ, headers=headers).status_code


@pytest.fixture
def behind_a_proxy(settings, database, clock, cast):
    settings.trusted_proxies = 1
    return create_app(settings, clock=clock, database=database).test_client()


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_a_program_of_this_machine_reads_the_numbers_without_a_token(client, cast, address):
    assert status(client, {"REMOTE_ADDR": address}) == 200


def test_nobody_elsewhere_reads_the_numbers(client, cast):
    assert status(client, ELSEWHERE) == 403


@pytest.mark.parametrize(
    "header", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "X-Forwarded-Host", "Via"]
)
def test_a_header_makes_nobody_one_of_this_machine(client, behind_a_proxy, cast, header):
    for browser in (client, behind_a_proxy):
        assert status(browser, ELSEWHERE, **{header: "127.0.0.1"}) == 403
        # A proxy of this machine, for whoever asks it.
        assert status(browser, HERE, **{header: "198.51.100.7"}) == 403
        assert status(browser, HERE, **{header: "127.0.0.1"}) == 403


def test_behind_a_proxy_that_was_announced_this_machine_still_reads_them(behind_a_proxy):
    assert status(behind_a_proxy, HERE) == 200


def test_the_token_opens_them_from_everywhere_and_its_lack_closes_them_here(
    settings, database, clock, cast
):
    settings.metrics_token = "a-token-of-the-operator"
    client = create_app(settings, clock=clock, database=database).test_client()
    right = {"Authorization": "Bearer a-token-of-the-operator"}
    assert status(client, ELSEWHERE, **right) == 200
    assert status(client, ELSEWHERE, **right, **{"X-Forwarded-For": "127.0.0.1"}) == 200
    assert status(client, HERE) == 403
    assert status(client, HERE, Authorization="Bearer wrong") == 403
