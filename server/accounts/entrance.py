"""Signing up and in, and the proofs that need a letter: address, forgotten password."""

from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from server.accounts import letters, links
from server.accounts.actions import add_account, end_sessions, join_by_address, mark_confirmed
from server.accounts.addresses import clean_address
from server.accounts.links import Confirmation, EmailChange
from server.accounts.models import Account, ApiToken
from server.accounts.noting import id_of
from server.accounts.password_rules import check_password
from server.accounts.passwords import hash_password, judge_password
from server.accounts.queries import account_by_email, account_by_id, locked_account
from server.accounts.rules import clean_name
from server.accounts.second_factor import drop_unproven
from server.accounts.sightings import Seen, sight
from server.policies.actions import accept_present
from server.shared import events
from server.shared.errors import N_, Conflict, Forbidden, Invalid, NotFound, NotSignedIn
from server.shared.signing import Signer

# Passwords are hashed before an action first asks its session, so that no transaction that
# writes stays open for the sixth of a second that this takes.


class Proof(NamedTuple):
    """An account whose password was given, and the hash to keep if the parameters changed."""

    account: Account
    new_hash: str | None


def sign_up(
    session: Session,
    *,
    email: str,
    name: str,
    password: str,
    nonce: str,
    language: str = "",
    now: datetime,
) -> None:
    """Add an account and send its confirmation; an address that is taken gets a letter instead.

    Neither the answer nor its time tells the two apart. `nonce` names this browser.

    Raises:
        Invalid: the address, the name or the password is not one.
    """
    address, clean = clean_address(email), clean_name(name)
    check_password(password, email=address, name=clean)
    kept = hash_password(password)
    account = add_account(
        session,
        Account(
            email=address,
            name=clean,
            password_hash=kept,
            language_seen=language,
            created_at=now,
        ),
    )
    if account is not None:
        accept_present(session, account_id=id_of(account), now=now)
        letters.confirm_address(session, account, nonce=nonce, now=now)
        return
    owner = account_by_email(session, address)
    if owner is not None:
        letters.somebody_signed_up(session, owner, now=now)


def prove(session: Session, *, email: str, password: str) -> Proof:
    """Return the account whose address and password these are.

    Raises:
        NotSignedIn: they are not; which of the two was wrong is not said.
    """
    account = account_by_email(session, email)
    verdict = judge_password(account.password_hash if account else None, password)
    if account is None or not verdict.right:
        raise NotSignedIn(
            N_("The e-mail address or the password is not right."), code="sign-in-refused"
        )
    return Proof(account, verdict.new_hash)


def sign_in(
    session: Session, *, proof: Proof, seen: Seen, language: str = "", now: datetime
) -> Account:
    """Record that an account was entered. Raises NotSignedIn if its password changed meanwhile.

    `language`: what its browser speaks, for letters to whoever chose none.
    """
    assert proof.account.id is not None
    account = locked_account(session, proof.account.id)
    if account.password_hash != proof.account.password_hash:
        raise NotSignedIn(N_("The password was changed meanwhile. Sign in again."))
    account.password_hash = proof.new_hash or account.password_hash
    account.language_seen = language or account.language_seen
    session.add(account)
    sight(session, account_id=proof.account.id, what="sign-in", seen=seen, now=now)
    _record(session, "account.signed_in", account, now)
    return account


def resend_confirmation(session: Session, *, email: str, now: datetime) -> None:
    """Send the confirmation again; nothing tells whether the address waits for one."""
    account = account_by_email(session, clean_address(email))
    if account is not None and account.confirmed_at is None:
        letters.confirm_address(session, account, nonce="", now=now)


def confirm(session: Session, *, link: Confirmation, now: datetime) -> Account:
    """Confirm an account's address. Raises Invalid where the account has another one by now."""
    account = _linked(session, link.account_id)
    if account.email != link.email:
        raise links.used()
    mark_confirmed(session, account, now=now)
    return account


def ask_reset(session: Session, *, email: str, now: datetime) -> None:
    """Send a link to choose a new password; nothing tells whether the address is known."""
    account = account_by_email(session, clean_address(email))
    if account is not None:
        letters.reset_password(session, account, now=now)
        _record(session, "account.reset_asked", account, now)


def account_of_reset(session: Session, signer: Signer, token: str, now: datetime) -> Account:
    """Return the account whose password a link lets one choose. Raises Invalid."""
    link = links.read_reset(signer, token, now)
    try:
        account = account_by_id(session, link.account_id)
    except NotFound as error:
        raise links.used() from error
    if (account.session_version, account.email) != (link.session_version, link.email):
        raise links.used()
    return account


def reset_password(session: Session, *, account: Account, password: str, now: datetime) -> Account:
    """Set the password of an account whose mail is read by whoever asks; that confirms it too.

    Its tokens end as well, and the device of whoever never confirmed the address.

    Raises:
        Invalid: the password is not acceptable, or the link was used meanwhile.
    """
    changed = _set_password(session, account, password, now)
    # Somebody else may have signed up with this address, or had the old password: a token of
    # theirs must not outlive it.
    session.execute(
        sa.update(ApiToken)
        .where(col(ApiToken.account_id) == changed.id, col(ApiToken.revoked_at).is_(None))
        .values(revoked_at=now)
    )
    drop_unproven(session, changed, now=now)
    mark_confirmed(session, changed, now=now)
    return changed


def change_password(
    session: Session, *, account: Account, old: str, new: str, now: datetime
) -> Account:
    """Change a password and end every session of the account.

    Raises:
        Invalid: the old one is wrong, or the new one is not acceptable.
    """
    require_password(account, old, field="old_password")
    if old == new:
        raise Invalid(N_("This is the password you have."), field="new_password")
    return _set_password(session, account, new, now, field="new_password")


def require_password(account: Account, password: str, *, field: str) -> None:
    """Refuse whoever does not know the account's password. Raises Invalid."""
    if not judge_password(account.password_hash, password).right:
        raise Invalid(N_("This is not your password."), field=field)


def ask_email(
    session: Session, *, account: Account, email: str, password: str, now: datetime
) -> None:
    """Send a link to a new address, and a notice to the present one.

    An address that another account has gets a letter instead; nothing tells the two apart.

    Raises:
        Invalid: the password is wrong, or the address is not one or the present one.
    """
    require_password(account, password, field="email_password")
    address = clean_address(email)
    if address == account.email:
        raise Invalid(N_("This is your address already."), field="email")
    owner = account_by_email(session, address)
    if owner is None:
        letters.confirm_new_address(session, account, email=address, now=now)
    else:
        letters.somebody_wants_address(session, owner, now=now)
    letters.address_to_change(session, account, email=address, now=now)
    _record(session, "account.email_change_asked", account, now)


def change_email(session: Session, *, link: EmailChange, account_id: int, now: datetime) -> Account:
    """Give an account the address whose mail it reads, and move it to the university of its domain.

    Raises:
        Forbidden: the link is for another account.
        Invalid: the link was used, or the password was changed since.
        Conflict: the address was taken meanwhile.
    """
    check_own_link(link, account_id)
    account = locked_account(session, account_id)
    if (account.email, account.session_version) != (link.before, link.session_version):
        raise links.used()
    _take_address(session, account, link.after)
    _record(session, "account.email_changed", account, now)
    mark_confirmed(session, account, join=False, now=now)
    join_by_address(session, account, now=now)
    letters.address_changed(session, account, before=link.before, now=now)
    return account


def check_own_link(link: EmailChange, account_id: int) -> None:
    """Refuse a link that was asked for by another account. Raises Forbidden."""
    if link.account_id != account_id:
        raise Forbidden(
            N_("This link is for another account: sign out, and sign in with that one."),
            code="link-of-another",
        )


def _take_address(session: Session, account: Account, address: str) -> None:
    try:
        with session.begin_nested():
            account.email = address
            session.add(account)
    except IntegrityError as error:
        raise Conflict(N_("Another account has this address by now.")) from error


def _set_password(
    session: Session, account: Account, password: str, now: datetime, *, field: str = "password"
) -> Account:
    check_password(password, email=account.email, name=account.name, field=field)
    kept = hash_password(password)
    assert account.id is not None
    locked = locked_account(session, account.id)
    if locked.session_version != account.session_version:
        raise links.used()
    locked.password_hash = kept
    end_sessions(session, locked)
    letters.password_changed(session, locked, now=now)
    _record(session, "account.password_changed", locked, now)
    return locked


def _linked(session: Session, account_id: int) -> Account:
    try:
        return locked_account(session, account_id)
    except NotFound as error:
        raise links.used() from error


def _record(session: Session, kind: str, account: Account, now: datetime) -> None:
    events.record(session, kind, at=now, actor_id=account.id, subject_id=account.id)
