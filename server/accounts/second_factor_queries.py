"""Reads of second factors."""

import sqlalchemy as sa
from sqlmodel import Session, col

from server.accounts.models import RecoveryCode, SecondFactor


def factor_of(session: Session, account_id: int) -> SecondFactor | None:
    """Return what an account has set up, or began to."""
    return session.get(SecondFactor, account_id, populate_existing=True)


def factor_in_use(session: Session, account_id: int) -> SecondFactor | None:
    """Return the second factor that an account signs in with."""
    row = factor_of(session, account_id)
    return row if row is not None and row.confirmed_at is not None else None


def recovery_codes_left(session: Session, account_id: int) -> int:
    """Return how many recovery codes of an account were not used yet."""
    query = sa.select(sa.func.count()).where(
        col(RecoveryCode.account_id) == account_id, col(RecoveryCode.used_at).is_(None)
    )
    return int(session.execute(query).scalar_one())
