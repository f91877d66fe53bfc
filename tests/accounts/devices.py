"""A person's authenticator app, set up through the pages."""

import re
from collections.abc import Callable

import pyotp
from flask.testing import FlaskClient

from tests.cast import PASSWORD

PROOF = {"own_password": PASSWORD}
Device = Callable[[], str]


def begin(client: FlaskClient) -> pyotp.TOTP:
    """Ask for a picture, and read the secret beside it, as a person would."""
    assert client.post("/settings/second-factor/begin", data=PROOF).status_code == 303
    page = client.get("/settings/second-factor/set-up").text
    secret = re.search(r'class="secret">([A-Z2-7 ]+)<', page)
    assert secret is not None
    return pyotp.TOTP(secret[1].replace(" ", ""))


def set_up(client: FlaskClient, clock) -> tuple[Device, list[str]]:
    """Turn it on; return what the device shows at the clock's time, and the recovery codes."""
    totp = begin(client)
    page = client.post("/settings/second-factor/set-up", data={"code": totp.at(clock())})
    assert page.status_code == 200, page.text
    clock.forward(seconds=60)
    return lambda: totp.at(clock()), re.findall(r"<li><code>([a-z2-7-]+)</code>", page.text)
