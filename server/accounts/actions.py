"""Writes of accounts: what happens to a person, whoever asks for it."""

import secrets
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from server.accounts import rules, sessions
from server.accounts.addresses import clean_address
from server.accounts.models import Account, AffiliationRequest, ApiToken, UniversityManager
from server.accounts.password_rules import check_password
from server.accounts.passwords import hash_password, judge_password
from server.accounts.queries import (
    account_by_email,
    account_by_id,
    administrators,
    locked_account,
    managers_of,
    tokens_of,
)
from server.accounts.rules import RequestState
from server.accounts.signin import token_digest
from server.shared import events
from server.shared.errors import N_, Conflict, NotFound
from server.universities.queries import university_by_id, university_of_address

TOKEN_PREFIX = "var_"  # noqa: S105 - the public part
HINT_LENGTH = 8


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
        grant_admin(session, account_id=_id(account), actor_id=actor_id, now=now)
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
    _record(session, "account.created", account, actor_id, account.created_at)
    return account


def verify_password(account: Account | None, password: str) -> bool:
    """Whether a password is the account's; as slow for an unknown account as for a known one."""
    return judge_password(account.password_hash if account else None, password).right


def mark_confirmed(session: Session, account: Account, *, join: bool = True, now: datetime) -> None:
    """Record that mail to the address is read, and join the university of its domain."""
    if account.confirmed_at is None:
        account.confirmed_at = now
        session.add(account)
        _record(session, "account.confirmed", account, _id(account), now)
    university = university_of_address(session, account.email) if join else None
    if university is not None:
        move_to_university(session, account, university.id, actor_id=None, now=now)


def change_name(session: Session, *, account_id: int, name: str, now: datetime) -> None:
    """Change the name that others see. Raises Invalid."""
    account = locked_account(session, account_id)
    account.name = rules.clean_name(name)
    session.add(account)
    _record(session, "account.renamed", account, account_id, now)


def set_listed(session: Session, *, account_id: int, listed: bool, now: datetime) -> None:
    """Agree to be named on the page of one's university, or take that back."""
    account = locked_account(session, account_id)
    account.listed_at = (account.listed_at or now) if listed else None
    session.add(account)
    kind = "account.listed" if listed else "account.unlisted"
    _record(session, kind, account, account_id, now)


def set_university(
    session: Session,
    *,
    account_id: int,
    university_id: int | None,
    actor_id: int | None,
    now: datetime,
) -> None:
    """Put an account into a university, or into none. Raises NotFound."""
    account = locked_account(session, account_id)
    move_to_university(session, account, university_id, actor_id=actor_id, now=now)


def move_to_university(
    session: Session,
    account: Account,
    university_id: int | None,
    *,
    actor_id: int | None,
    now: datetime,
) -> None:
    """Move an account: it manages the former university no longer, and what it asked is settled."""
    before = account.university_id
    if university_id is not None:
        university_by_id(session, university_id)
        _settle_requests(session, _id(account), university_id, actor_id, now)
    if before == university_id:
        return
    if before is not None:
        _end_management(session, before, _id(account), actor_id, now)
    account.university_id = university_id
    # They agreed to be named by the university of before.
    account.listed_at = None
    session.add(account)
    _record(
        session,
        "account.university_changed",
        account,
        actor_id,
        now,
        before=before,
        after=university_id,
    )


def grant_admin(
    session: Session,
    *,
    account_id: int,
    is_admin: bool = True,
    actor_id: int | None = None,
    now: datetime,
) -> None:
    """Make an account an administrator, or no longer one. Raises Conflict for the last one."""
    account = locked_account(session, account_id)
    if account.is_admin == is_admin:
        return
    if not is_admin:
        rules.check_administrator_may_go(administrators=len(administrators(session)))
    account.is_admin = is_admin
    session.add(account)
    kind = "account.admin_granted" if is_admin else "account.admin_ended"
    _record(session, kind, account, actor_id, now)


def grant_manager(
    session: Session,
    *,
    university_id: int,
    account_id: int,
    actor_id: int | None = None,
    now: datetime,
) -> None:
    """Let an account confirm the members of a university. Raises NotFound."""
    account = locked_account(session, account_id)
    university_by_id(session, university_id)
    if session.get(UniversityManager, (university_id, account_id)) is not None:
        return
    session.add(UniversityManager(university_id=university_id, account_id=account_id))
    session.flush()
    _record(
        session, "university.manager_named", account, actor_id, now, university_id=university_id
    )


def revoke_manager(
    session: Session, *, university_id: int, account_id: int, actor_id: int | None, now: datetime
) -> None:
    """End an account's role as a manager. Raises Conflict for the last one who ends his own."""
    if session.get(UniversityManager, (university_id, account_id)) is None:
        raise NotFound(N_("This account does not manage the university."))
    rules.check_manager_may_go(
        managers=len(managers_of(session, university_id)), by_himself=actor_id == account_id
    )
    _end_management(session, university_id, account_id, actor_id, now)


def end_sessions(session: Session, account: Account) -> None:
    """End every session of an account, everywhere, and void the links it was sent."""
    account.session_version += 1
    session.add(account)
    sessions.end_all(session, _id(account))


def sign_out_everywhere(session: Session, *, account_id: int, now: datetime) -> None:
    """End every session of an account at its own wish. Raises NotFound."""
    account = locked_account(session, account_id)
    end_sessions(session, account)
    _record(session, "account.signed_out_everywhere", account, account_id, now)


def create_token(
    session: Session, *, account_id: int, name: str, now: datetime
) -> tuple[ApiToken, str]:
    """Add a token for programs; return it with its text, which is not kept.

    Raises:
        Invalid: the name is not one.
        Conflict: the account has too many.
    """
    clean = rules.clean_token_name(name)
    account = locked_account(session, account_id)
    if tokens_of(session, account_id).total >= rules.MOST_TOKENS:
        raise Conflict(
            N_("An account has at most %(most)s tokens: revoke one first."), most=rules.MOST_TOKENS
        )
    plain = TOKEN_PREFIX + secrets.token_urlsafe(32)
    token = ApiToken(
        account_id=account_id,
        name=clean,
        hint=plain[:HINT_LENGTH],
        digest=token_digest(plain),
        created_at=now,
    )
    session.add(token)
    session.flush()
    _record(session, "token.created", account, account_id, now, token_id=token.id)
    return token, plain


def revoke_token(session: Session, *, account_id: int, token_id: int, now: datetime) -> None:
    """End one of an account's own tokens. Raises NotFound."""
    account = account_by_id(session, account_id)
    token = session.get(ApiToken, token_id)
    if token is None or token.account_id != account_id or token.revoked_at is not None:
        raise NotFound(N_("You have no such token."))
    token.revoked_at = now
    session.add(token)
    _record(session, "token.revoked", account, account_id, now, token_id=token_id)


def _settle_requests(
    session: Session, account_id: int, university_id: int, actor_id: int | None, now: datetime
) -> None:
    session.execute(
        sa.update(AffiliationRequest)
        .where(
            col(AffiliationRequest.account_id) == account_id,
            col(AffiliationRequest.university_id) == university_id,
            col(AffiliationRequest.state) == RequestState.OPEN,
        )
        .values(state=RequestState.APPROVED, decided_at=now, decided_by=actor_id)
    )


def _end_management(
    session: Session, university_id: int, account_id: int, actor_id: int | None, now: datetime
) -> None:
    row = session.get(UniversityManager, (university_id, account_id))
    if row is None:
        return
    session.delete(row)
    session.flush()
    events.record(
        session,
        "university.manager_ended",
        at=now,
        actor_id=actor_id,
        subject_id=account_id,
        university_id=university_id,
    )


def _record(
    session: Session, kind: str, account: Account, actor_id: int | None, now: datetime, **data: Any
) -> None:
    events.record(session, kind, at=now, actor_id=actor_id, subject_id=account.id, **data)


def _id(account: Account) -> int:
    assert account.id is not None
    return account.id
