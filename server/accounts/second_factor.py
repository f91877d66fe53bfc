"""The second factor of a sign-in: set up, asked for, taken away."""

from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Session, col

from server.accounts import codes, letters
from server.accounts.actions import end_sessions
from server.accounts.models import Account, RecoveryCode, SecondFactor
from server.accounts.noting import id_of, note
from server.accounts.queries import locked_account
from server.accounts.second_factor_queries import factor_in_use, factor_of
from server.shared.database import changed_rows
from server.shared.errors import N_, Conflict, DomainError, Forbidden, Invalid, NotFound, TooFast

# So long a secret that was shown waits for its first code.
SETTING_UP_LASTS = timedelta(minutes=15)
MOST_FAILURES = 5
LOCK_LASTS = timedelta(minutes=15)


class Verdict(StrEnum):
    """What a code is worth."""

    RIGHT = "right"
    WRONG = "wrong"
    USED = "used"
    LOCKED = "locked"
    UNREADABLE = "unreadable"


def begin(session: Session, *, account_id: int, key: str, now: datetime) -> SecondFactor:
    """Make a secret that counts once its first code was typed. Raises Conflict."""
    locked_account(session, account_id)
    row = factor_of(session, account_id) or SecondFactor(
        account_id=account_id, secret="", begun_at=now
    )
    if row.confirmed_at is not None:
        raise Conflict(N_("Two-step sign-in is on already. Turn it off to use another device."))
    row.secret, row.begun_at = codes.sealed(codes.new_secret(), key), now
    session.add(row)
    return row


def pending(session: Session, account_id: int, *, now: datetime) -> SecondFactor | None:
    """Return what an account began to set up and may still finish."""
    row = factor_of(session, account_id)
    if row is None or row.confirmed_at is not None or now - row.begun_at >= SETTING_UP_LASTS:
        return None
    return row


def confirm(session: Session, *, account_id: int, code: str, key: str, now: datetime) -> list[str]:
    """Put a second factor to use and return its recovery codes, which are not kept.

    Raises:
        Conflict: nothing was begun, or too long ago.
        Invalid: the code is not the device's.
    """
    account = locked_account(session, account_id)
    row = pending(session, account_id, now=now)
    if row is None:
        raise Conflict(N_("This took too long: begin again, with a new picture."))
    step = codes.matching_step(codes.unsealed(row.secret, key), codes.device_code(code), now)
    if step is None:
        raise Invalid(
            N_("This is not the code that we expect. Is the clock of your device right?"),
            field="code",
        )
    row.confirmed_at, row.last_step, row.failures, row.locked_until = now, step, 0, None
    session.add(row)
    letters.second_factor_set(session, account, now=now)
    note(session, "account.second_factor_set", account, account_id, now)
    return _new_recovery_codes(session, account_id)


def renew_recovery_codes(session: Session, *, account_id: int, now: datetime) -> list[str]:
    """Replace the recovery codes, used or not. Raises NotFound."""
    account = locked_account(session, account_id)
    if factor_in_use(session, account_id) is None:
        raise NotFound(N_("Two-step sign-in is off."))
    note(session, "account.recovery_codes_renewed", account, account_id, now)
    return _new_recovery_codes(session, account_id)


def _new_recovery_codes(session: Session, account_id: int) -> list[str]:
    _drop_recovery_codes(session, account_id)
    made = [codes.new_recovery_code() for _ in range(codes.RECOVERY_CODES)]
    session.add_all(
        RecoveryCode(account_id=account_id, digest=codes.recovery_digest(account_id, code))
        for code in made
    )
    return made


def judge(session: Session, *, account_id: int, code: str, key: str, now: datetime) -> Verdict:
    """Say what a code is worth and note that it was tried: the caller commits, right or wrong.

    Each counts once. Five wrong ones lock the device's codes for a quarter of an hour; the
    recovery codes, which nobody can guess, still open the account.
    """
    account = locked_account(session, account_id)
    row = factor_in_use(session, account_id)
    if row is None:
        return Verdict.WRONG
    if not codes.is_device_code(code):
        return _judge_recovery(session, account, row, code, now)
    if row.locked_until is not None and now < row.locked_until:
        return Verdict.LOCKED
    return _judge_device(session, account, row, code, key, now)


def _judge_device(
    session: Session, account: Account, row: SecondFactor, code: str, key: str, now: datetime
) -> Verdict:
    try:
        step = codes.matching_step(codes.unsealed(row.secret, key), codes.device_code(code), now)
    except codes.UnreadableSecret:
        return Verdict.UNREADABLE
    if step is None:
        return _failed(session, account, row, now)
    fresh = sa.update(SecondFactor).where(
        col(SecondFactor.account_id) == row.account_id, col(SecondFactor.last_step) < step
    )
    if not changed_rows(session, fresh.values(last_step=step, failures=0, locked_until=None)):
        return Verdict.USED
    return Verdict.RIGHT


def _judge_recovery(
    session: Session, account: Account, row: SecondFactor, code: str, now: datetime
) -> Verdict:
    account_id = id_of(account)
    unused = sa.update(RecoveryCode).where(
        col(RecoveryCode.account_id) == account_id,
        col(RecoveryCode.digest) == codes.recovery_digest(account_id, code),
        col(RecoveryCode.used_at).is_(None),
    )
    if not changed_rows(session, unused.values(used_at=now)):
        return _failed(session, account, row, now)
    letters.recovery_code_used(session, account, now=now)
    note(session, "account.recovery_code_used", account, account_id, now)
    return Verdict.RIGHT


def _failed(session: Session, account: Account, row: SecondFactor, now: datetime) -> Verdict:
    row.failures += 1
    session.add(row)
    note(session, "account.second_factor_refused", account, None, now)
    if row.failures % MOST_FAILURES == 0:
        row.locked_until = now + LOCK_LASTS
        letters.codes_guessed(session, account, now=now)
        note(session, "account.second_factor_locked", account, None, now)
    return Verdict.WRONG


def refusal(verdict: Verdict, *, field: str = "code") -> DomainError:
    """Return what to say to whoever typed a code that is not right."""
    if verdict is Verdict.LOCKED:
        return TooFast(
            N_("Too many wrong codes. Wait a quarter of an hour, or type a recovery code."),
            field=field,
        )
    if verdict is Verdict.USED:
        return Invalid(
            N_("This code was used already. Wait until your app shows the next one."), field=field
        )
    if verdict is Verdict.UNREADABLE:
        return Invalid(
            N_(
                "The codes of your device can't be checked here any more, because the server's "
                "secret key was changed. Type a recovery code, or ask an administrator."
            ),
            field=field,
        )
    return Invalid(N_("This code is not right."), field=field)


def disable(session: Session, *, account_id: int, now: datetime) -> None:
    """Turn it off at the wish of the account, which has just proved itself. Raises NotFound."""
    account = _taken_away(session, account_id)
    letters.second_factor_ended(session, account, by_administrator=False, now=now)
    note(session, "account.second_factor_ended", account, account_id, now)


def reset(session: Session, *, account_id: int, actor_id: int, now: datetime) -> None:
    """Turn it off for somebody who lost the device; every session of the account ends as well.

    Raises:
        NotFound: the account has none.
        Forbidden: it is the actor's own: that takes the password and a code.
    """
    if account_id == actor_id:
        raise Forbidden(N_("Turn off your own second step in your settings, with a code."))
    account = _taken_away(session, account_id)
    end_sessions(session, account)
    letters.second_factor_ended(session, account, by_administrator=True, now=now)
    note(session, "account.second_factor_reset", account, actor_id, now)


def drop_unproven(session: Session, account: Account, *, now: datetime) -> None:
    """Take the device off an account whose address nobody had confirmed yet.

    Whoever signed up with it may be somebody else than the one who reads its mail.
    """
    if account.confirmed_at is None and factor_of(session, id_of(account)) is not None:
        forget_factor(session, id_of(account))
        note(session, "account.second_factor_ended", account, account.id, now)


def _taken_away(session: Session, account_id: int) -> Account:
    account = locked_account(session, account_id)
    row = factor_in_use(session, account_id)
    if row is None:
        raise NotFound(N_("Two-step sign-in is off."))
    forget_factor(session, account_id)
    return account


def forget_factor(session: Session, account_id: int) -> None:
    """Delete an account's secret and its recovery codes."""
    session.execute(sa.delete(SecondFactor).where(col(SecondFactor.account_id) == account_id))
    _drop_recovery_codes(session, account_id)


def _drop_recovery_codes(session: Session, account_id: int) -> None:
    session.execute(sa.delete(RecoveryCode).where(col(RecoveryCode.account_id) == account_id))
