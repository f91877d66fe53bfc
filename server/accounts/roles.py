"""What an account is: of which university, whose manager, an administrator or not."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col

from server.accounts import rules
from server.accounts.models import Account, AffiliationRequest, UniversityManager
from server.accounts.noting import id_of, note
from server.accounts.queries import administrators, locked_account, managers_of
from server.accounts.rules import RequestState
from server.shared import events
from server.shared.errors import N_, NotFound
from server.universities.queries import university_by_id


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
        _settle_requests(session, id_of(account), university_id, actor_id, now)
    if before == university_id:
        return
    if before is not None:
        _end_management(session, before, id_of(account), actor_id, now)
    account.university_id = university_id
    # They agreed to be named by the university of before.
    account.listed_at = None
    session.add(account)
    note(
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
    note(session, kind, account, actor_id, now)


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
    note(session, "university.manager_named", account, actor_id, now, university_id=university_id)


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
