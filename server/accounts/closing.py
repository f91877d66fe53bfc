"""The end of an account: its results stay, the person is forgotten."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col

from server.accounts import rules
from server.accounts.actions import end_sessions
from server.accounts.models import (
    AffiliationRequest,
    ApiToken,
    Sighting,
    UniversityManager,
)
from server.accounts.queries import administrators, locked_account
from server.accounts.rules import RequestState
from server.accounts.second_factor import forget_factor
from server.shared import events


def close_account(
    session: Session, *, account_id: int, actor_id: int | None, now: datetime
) -> None:
    """Close an account and make it anonymous; its results stay under another name.

    Raises:
        Conflict: it is the last administrator's.
    """
    account = locked_account(session, account_id)
    if account.is_admin:
        rules.check_administrator_may_go(administrators=len(administrators(session)))
    account.name = rules.CLOSED_NAME
    account.email = rules.closed_address(account_id)
    account.password_hash = ""
    account.is_admin = False
    account.closed_at = now
    account.university_id = None
    account.listed_at = None
    account.confirmed_at = None
    account.language = account.language_seen = account.time_zone = ""
    account.page_seen_by = rules.PageSeenBy.OWNER
    end_sessions(session, account)
    _forget(session, account_id, now)
    events.record(session, "account.closed", at=now, actor_id=actor_id, subject_id=account_id)


def _forget(session: Session, account_id: int, now: datetime) -> None:
    """Delete what else would say who somebody was."""
    session.execute(
        sa.update(ApiToken)
        .where(col(ApiToken.account_id) == account_id)
        .values(name="", revoked_at=sa.func.coalesce(ApiToken.revoked_at, now))
    )
    mine = col(AffiliationRequest.account_id) == account_id
    session.execute(sa.update(AffiliationRequest).where(mine).values(note=""))
    session.execute(
        sa.update(AffiliationRequest)
        .where(mine, col(AffiliationRequest.state) == RequestState.OPEN)
        .values(state=RequestState.WITHDRAWN, decided_at=now)
    )
    session.execute(
        sa.delete(UniversityManager).where(col(UniversityManager.account_id) == account_id)
    )
    forget_factor(session, account_id)
    session.execute(sa.delete(Sighting).where(col(Sighting.account_id) == account_id))
