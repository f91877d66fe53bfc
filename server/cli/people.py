"""`varsity account` and `varsity university`."""

import secrets
import sys

import click
from sqlmodel import Session

from server.accounts.actions import create_account
from server.accounts.tokens import create_token
from server.cli.instance import data_option, opened
from server.cli.output import json_option, print_json
from server.shared.clock import utcnow
from server.universities.actions import create_university
from server.universities.queries import university_by_slug

PASSWORD_BYTES = 12
FROM_STDIN = "-"


@click.group()
def account() -> None:
    """Manage accounts."""


@click.group()
def university() -> None:
    """Manage universities."""


@account.command("create")
@click.argument("email")
@click.option("--name", required=True, help="The person's name.")
@click.option("--university", "slug", metavar="SLUG", help="The university to belong to.")
@click.option("--admin", is_flag=True, help="Make an administrator.")
@click.option("--password", help="The password; `-` reads it from standard input.")
@click.option("--token", "with_token", is_flag=True, help="Print a new API token alone on stdout.")
@data_option
@json_option
def create_one(
    *,
    email: str,
    name: str,
    slug: str | None,
    admin: bool,
    password: str | None,
    with_token: bool,
    as_json: bool,
) -> None:
    """Create an account whose address counts as confirmed.

    Without --password one is made, and printed once (not with --token, which prints the token
    alone: such an account gets a password by "Forgotten password").
    """
    made = None if password or with_token else secrets.token_urlsafe(PASSWORD_BYTES)
    chosen = sys.stdin.readline().rstrip("\r\n") if password == FROM_STDIN else password or made
    with opened() as instance, instance.database.writing() as session:
        answer = _create(session, email=email, name=name, slug=slug, admin=admin, password=chosen)
        if with_token:
            answer["token"] = _token(session, int(str(answer["id"])))
        session.commit()
    if made:
        answer["password"] = made
    _print_account(answer, as_json)


def _create(
    session: Session, *, email: str, name: str, slug: str | None, admin: bool, password: str | None
) -> dict[str, object]:
    belongs = university_by_slug(session, slug).id if slug else None
    row = create_account(
        session,
        email=email,
        name=name,
        password=password,
        university_id=belongs,
        confirmed=True,
        is_admin=admin,
        now=utcnow(),
    )
    session.flush()
    return {"id": row.id, "email": row.email, "name": row.name, "university": slug, "admin": admin}


def _token(session: Session, account_id: int) -> str:
    _row, plain = create_token(session, account_id=account_id, name="command line", now=utcnow())
    return str(plain)


def _print_account(answer: dict[str, object], as_json: bool) -> None:
    if as_json:
        print_json(answer)
    elif "token" in answer:
        click.echo(str(answer["token"]))
    else:
        role = "administrator" if answer["admin"] else "account"
        click.echo(f"Created {role} {answer['id']}: {answer['name']} <{answer['email']}>")
        if "password" in answer:
            click.echo(f"Password: {answer['password']}")


@university.command("create")
@click.argument("slug")
@click.option("--name", required=True, help="The university's name in English.")
@click.option("--native-name", default="", help="Its name in its own language.")
@click.option("--country", default="", metavar="CC", help="Its country, two letters (ISO 3166).")
@click.option("--domain", "domains", multiple=True, help="A domain of its addresses; repeatable.")
@data_option
@json_option
def create_other(
    *, slug: str, name: str, native_name: str, country: str, domains: tuple[str, ...], as_json: bool
) -> None:
    """Create a university; confirmed addresses of its domains join it by themselves."""
    with opened() as instance, instance.database.writing() as session:
        row = create_university(
            session,
            slug=slug,
            name=name,
            native_name=native_name,
            country=country,
            domains=domains,
            now=utcnow(),
        )
        session.commit()
        answer = {"id": row.id, "slug": row.slug, "name": row.name, "domains": list(domains)}
    if as_json:
        print_json(answer)
    else:
        click.echo(f"Created university {row.slug}: {row.name}")
