"""Writes of accounts: what happens to a person, whoever asks for it."""

from datetime import datetime
from zoneinfo import available_timezones

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from server.accounts import rules, sessions
from server.accounts.addresses import clean_address
from server.accounts.models import Account
from server.accounts.noting import id_of, note
from server.accounts.password_rules import check_password
from server.accounts.passwords import hash_password, judge_password
from server.accounts.queries import account_by_email, is_manager, locked_account
from server.accounts.roles import grant_admin, move_to_university
from server.shared.errors import N_, Conflict, Invalid
from server.universities.models import University
from server.universities.queries import university_of_address


def create_account(
    session: Session,
    *,
    email: str,
    name: str,
    password: str | None = None,
    password_hash: str = "",
    university_id: int | None = None,
    confirmed: bool = False,
    is_admin: bool = False,
    actor_id: int | None = None,
    now: datetime,
) -> Account:
    """Add an account; without a password nobody can sign in with it before a reset.

    A confirmed one without a university joins the university of its address. Many accounts with
    one password may share its `password_hash`: a hash takes a sixth of a second.

    Raises:
        Invalid: the address, the name or the password is not one.
        Conflict: the address has an account already.
    """
    address, clean = clean_address(email), rules.clean_name(name)
    if password is not None:
        check_password(password, email=address, name=clean)
        password_hash = hash_password(password)
    account = add_account(
        session,
        Account(email=address, name=clean, password_hash=password_hash, created_at=now),
        actor_id=actor_id,
    )
    if account is None:
        raise Conflict(N_("There is an account with the address %(email)s."), email=address)
    if is_admin:
        grant_admin(session, account_id=id_of(account), actor_id=actor_id, now=now)
    if university_id is not None:
        move_to_university(session, account, university_id, actor_id=actor_id, now=now)
    if confirmed:
        mark_confirmed(session, account, join=university_id is None, now=now)
    return account


def add_account(
    session: Session, account: Account, *, actor_id: int | None = None
) -> Account | None:
    """Add an account, or return None where the database knows its address already."""
    try:
        with session.begin_nested():
            session.add(account)
    except IntegrityError:
        if account_by_email(session, account.email) is None:
            raise
        return None
    note(session, "account.created", account, actor_id, account.created_at)
    return account


def verify_password(account: Account | None, password: str) -> bool:
    """Whether a password is the account's; as slow for an unknown account as for a known one."""
    return judge_password(account.password_hash if account else None, password).right


def mark_confirmed(session: Session, account: Account, *, join: bool = True, now: datetime) -> None:
    """Record that mail to the address is read, and join the university of its domain.

    The first time alone: who left the university since does not come back by a new password.
    """
    if account.confirmed_at is not None:
        return
    account.confirmed_at = now
    session.add(account)
    note(session, "account.confirmed", account, id_of(account), now)
    if join:
        join_by_address(session, account, now=now)


def join_by_address(session: Session, account: Account, *, now: datetime) -> None:
    """Move an account to the university of its address, where that has one for it."""
    university = university_joined_by(session, account, account.email)
    if university is not None:
        move_to_university(session, account, university.id, actor_id=None, now=now)


def university_joined_by(session: Session, account: Account, email: str) -> University | None:
    """Return the university that an account comes to by an address; None where it stays.

    An address of no university takes nobody out of one. Who manages a university stays in it:
    that office is laid down in the settings, and never by the way.
    """
    university = university_of_address(session, email)
    if university is None or university.id == account.university_id:
        return None
    present = account.university_id
    manages = present is not None and is_manager(session, present, id_of(account))
    return None if manages else university


def change_name(session: Session, *, account_id: int, name: str, now: datetime) -> None:
    """Change the name that others see. Raises Invalid."""
    account = locked_account(session, account_id)
    account.name = rules.clean_name(name)
    session.add(account)
    note(session, "account.renamed", account, account_id, now)


def set_listed(session: Session, *, account_id: int, listed: bool, now: datetime) -> None:
    """Agree to be named on the page of one's university, or take that back."""
    account = locked_account(session, account_id)
    account.listed_at = (account.listed_at or now) if listed else None
    session.add(account)
    kind = "account.listed" if listed else "account.unlisted"
    note(session, kind, account, account_id, now)


def set_language(
    session: Session, *, account_id: int, language: str, time_zone: str, now: datetime
) -> None:
    """Choose a language and a time zone; an empty one is what the browser says. Raises Invalid."""
    if time_zone and time_zone not in available_timezones():
        raise Invalid(N_("There is no such time zone."), field="time_zone")
    account = locked_account(session, account_id)
    account.language, account.time_zone = language, time_zone
    session.add(account)
    note(session, "account.language_chosen", account, account_id, now)


def end_sessions(session: Session, account: Account) -> None:
    """End every session of an account, everywhere, and void the links it was sent."""
    account.session_version += 1
    session.add(account)
    sessions.end_all(session, id_of(account))


def sign_out_everywhere(session: Session, *, account_id: int, now: datetime) -> None:
    """End every session of an account at its own wish. Raises NotFound."""
    account = locked_account(session, account_id)
    end_sessions(session, account)
    note(session, "account.signed_out_everywhere", account, account_id, now)
