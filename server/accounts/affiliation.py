"""Who belongs to a university where the address does not say so: asked, decided, ended."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col

from server.accounts import letters
from server.accounts.models import Account, AffiliationRequest, UniversityManager
from server.accounts.queries import (
    account_by_id,
    is_manager,
    locked_account,
    managers_of,
    open_request_of,
)
from server.accounts.roles import grant_manager, move_to_university, revoke_manager
from server.accounts.rules import RequestState, check_manager_may_go, clean_note
from server.shared import events
from server.shared.errors import N_, Conflict, Forbidden, NotFound
from server.universities.models import University


def ask(
    session: Session, *, account_id: int, university: University, note: str, now: datetime
) -> AffiliationRequest:
    """Ask to belong to a university; its managers are told.

    Raises:
        Forbidden: the address is not confirmed.
        Conflict: it is the account's university already, or another request is open.
    """
    clean = clean_note(note)
    account = locked_account(session, account_id)
    _check_may_ask(session, account, university)
    assert university.id is not None
    request = AffiliationRequest(
        account_id=account_id, university_id=university.id, note=clean, created_at=now
    )
    session.add(request)
    session.flush()
    _record(session, "affiliation.asked", request, account_id, now)
    for manager in managers_of(session, university.id):
        letters.asked_to_belong(session, manager, account, university, note=clean, now=now)
    return request


def _check_may_ask(session: Session, account: Account, university: University) -> None:
    if account.confirmed_at is None:
        raise Forbidden(N_("Confirm your e-mail address first."), code="not-confirmed")
    if account.university_id == university.id:
        raise Conflict(
            N_("You belong to %(name)s already."), field="university_id", name=university.name
        )
    assert account.id is not None
    if open_request_of(session, account.id) is not None:
        raise Conflict(
            N_("You asked a university already: wait for its answer or withdraw the request."),
            field="university_id",
        )


def withdraw(session: Session, *, account_id: int, now: datetime) -> None:
    """Take back the open request of an account. Raises NotFound."""
    locked_account(session, account_id)
    asked = open_request_of(session, account_id)
    if asked is None:
        raise NotFound(N_("You have no open request."))
    _close(session, asked.request, RequestState.WITHDRAWN, account_id, now)


def decide(
    session: Session,
    *,
    university: University,
    request_id: int,
    approve: bool,
    actor_id: int,
    now: datetime,
) -> Account:
    """Approve or refuse a request to belong to this university, and tell the person.

    Raises:
        NotFound: this university was asked no such thing.
        Conflict: it was decided or withdrawn already.
    """
    request = session.get(AffiliationRequest, request_id, with_for_update=True)
    if request is None or request.university_id != university.id:
        raise NotFound(N_("There is no such request."))
    if request.state != RequestState.OPEN:
        raise Conflict(N_("This request was decided or withdrawn already."))
    account = locked_account(session, request.account_id)
    state = RequestState.APPROVED if approve else RequestState.REFUSED
    _close(session, request, state, actor_id, now)
    if approve:
        move_to_university(session, account, university.id, actor_id=actor_id, now=now)
    letters.decided(session, account, university, approved=approve, now=now)
    return account


def leave(session: Session, *, account_id: int, now: datetime) -> None:
    """Leave one's university. Raises Conflict for its last manager."""
    account = locked_account(session, account_id)
    if account.university_id is None:
        raise Conflict(N_("You belong to no university."))
    if is_manager(session, account.university_id, account_id):
        managers = len(managers_of(session, account.university_id))
        check_manager_may_go(managers=managers, by_himself=True)
    move_to_university(session, account, None, actor_id=account_id, now=now)


def remove_member(
    session: Session, *, university: University, account_id: int, actor_id: int, now: datetime
) -> None:
    """Take a person out of a university, and tell the person.

    Raises:
        NotFound: the account does not belong to it.
        Conflict: one removes oneself (who leaves does so in the settings).
    """
    account = _member(session, university, account_id)
    if account_id == actor_id:
        raise Conflict(N_("You can't remove yourself: leave the university in your settings."))
    move_to_university(session, account, None, actor_id=actor_id, now=now)
    letters.removed(session, account, university, now=now)


def name_manager(
    session: Session, *, university: University, account_id: int, actor_id: int, now: datetime
) -> None:
    """Let a member confirm the others. Raises NotFound."""
    account = _member(session, university, account_id)
    assert university.id is not None
    grant_manager(
        session, university_id=university.id, account_id=account_id, actor_id=actor_id, now=now
    )
    if account_id != actor_id:
        letters.named_manager(session, account, university, now=now)


def end_manager(
    session: Session, *, university: University, account_id: int, actor_id: int, now: datetime
) -> None:
    """End a manager's role. Raises NotFound, and Conflict for the last one who ends his own."""
    assert university.id is not None
    revoke_manager(
        session, university_id=university.id, account_id=account_id, actor_id=actor_id, now=now
    )


def _member(session: Session, university: University, account_id: int) -> Account:
    account = account_by_id(session, account_id)
    if account.university_id != university.id:
        raise NotFound(N_("This account does not belong to the university."))
    return locked_account(session, account_id)


def _close(
    session: Session,
    request: AffiliationRequest,
    state: RequestState,
    actor_id: int,
    now: datetime,
) -> None:
    request.state, request.decided_at, request.decided_by = state, now, actor_id
    session.add(request)
    session.flush()
    _record(session, f"affiliation.{state.value}", request, actor_id, now)


def _record(
    session: Session, kind: str, request: AffiliationRequest, actor_id: int, now: datetime
) -> None:
    events.record(
        session,
        kind,
        at=now,
        actor_id=actor_id,
        subject_id=request.account_id,
        university_id=request.university_id,
        request_id=request.id,
    )


def move_university(session: Session, gone_id: int, kept_id: int) -> None:
    """Give a merged university's members, managers and requests to the one that is kept."""
    session.execute(
        sa.update(Account)
        .where(col(Account.university_id) == gone_id)
        .values(university_id=kept_id)
    )
    managing = col(UniversityManager.university_id)
    twice = sa.select(col(UniversityManager.account_id)).where(managing == kept_id)
    session.execute(
        sa.delete(UniversityManager).where(
            managing == gone_id, col(UniversityManager.account_id).in_(twice)
        )
    )
    session.execute(
        sa.update(UniversityManager).where(managing == gone_id).values(university_id=kept_id)
    )
    session.execute(
        sa.update(AffiliationRequest)
        .where(col(AffiliationRequest.university_id) == gone_id)
        .values(university_id=kept_id)
    )
    members = sa.select(col(Account.id)).where(col(Account.university_id) == kept_id)
    session.execute(
        sa.update(AffiliationRequest)
        .where(
            col(AffiliationRequest.university_id) == kept_id,
            col(AffiliationRequest.state) == RequestState.OPEN,
            col(AffiliationRequest.account_id).in_(members),
        )
        .values(state=RequestState.APPROVED)
    )
