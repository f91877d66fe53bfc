"""`varsity login`."""

import platform
from urllib.parse import urlsplit

import click

from server.cli.credentials import clean_url, keep
from server.cli.output import json_option, note, print_json
from server.cli.remote import Problem, Remote
from server.cli.words import N_, _

CODE_NEEDED = "second-factor-needed"
PLAIN_TEXT = N_(
    "Warning: %(address)s is not https: your password and token can be read on the way."
)
LOCAL = ("localhost", "127.0.0.1", "::1")


@click.command()
@click.argument("url")
@click.option("--token", help="A token made in the settings, instead of e-mail and password.")
@click.option("--email", help="The account's address (asked for where it is left out).")
@click.option("--password", help="Its password (asked for where it is left out).")
@click.option("--code", help="A code of its authenticator app, where it has two-step sign-in.")
@json_option
def login(
    url: str,
    token: str | None,
    email: str | None,
    password: str | None,
    code: str | None,
    as_json: bool,
) -> None:
    """Sign in to the server at URL; a token is kept in ~/.config/varsity/config.toml.

    VARSITY_URL and VARSITY_TOKEN stand above what is kept.
    """
    address = clean_url(url)
    _warn_of_plain_text(address)
    chosen = token or _new_token(address, email, password, code)
    with Remote(address, chosen) as remote:
        me = remote.get("/me")
    path = keep(address, chosen)
    if as_json:
        print_json({"url": address, "id": me["id"], "name": me["name"], "config": str(path)})
    else:
        said = {"address": address, "name": me["name"], "email": me["email"]}
        click.echo(_("Signed in to %(address)s as %(name)s (%(email)s).", **said))


def _new_token(address: str, email: str | None, password: str | None, code: str | None) -> str:
    who = email or click.prompt(_("E-mail"), err=True)
    secret = password or click.prompt(_("Password"), hide_input=True, err=True)
    name = f"varsity on {platform.node() or 'a computer'}"[:80]
    body = {"email": who, "password": secret, "name": name}
    with Remote(address) as remote:
        try:
            made = remote.post("/tokens", json=body | ({"code": code} if code else {}))
        except Problem as refusal:
            if code or refusal.code != CODE_NEEDED:
                raise
            typed = click.prompt(_("Code of your authenticator app"), err=True)
            made = remote.post("/tokens", json=body | {"code": typed})
    return str(made["token"])


def _warn_of_plain_text(address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme == "http" and parts.hostname not in LOCAL:
        note(_(PLAIN_TEXT, address=address))
