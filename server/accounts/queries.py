"""Reads of accounts."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, select

from server.accounts.models import (
    Account,
    AffiliationRequest,
    ApiToken,
    BrowserSession,
    UniversityManager,
)
from server.accounts.rules import FIRST_LANGUAGE, RequestState, unseen_since
from server.shared.access import Viewer
from server.shared.errors import N_, Forbidden, NotFound
from server.shared.paging import Page, page_of
from server.universities.models import University
from server.universities.queries import university_by_slug


class Asked(NamedTuple):
    """A request to belong to a university, and who asks."""

    request: AffiliationRequest
    account: Account


class AskedOf(NamedTuple):
    """A request to belong to a university, and which university it is."""

    request: AffiliationRequest
    university: University


def account_by_id(session: Session, account_id: int) -> Account:
    """Return an account. Raises NotFound."""
    account = session.get(Account, account_id)
    if account is None or account.closed_at is not None:
        raise NotFound(N_("There is no such account."))
    return account


def locked_account(session: Session, account_id: int) -> Account:
    """Return an account that nobody else changes before this transaction ends. Raises NotFound."""
    query = select(Account).where(Account.id == account_id, col(Account.closed_at).is_(None))
    account = session.exec(
        query.with_for_update().execution_options(populate_existing=True)
    ).first()
    if account is None:
        raise NotFound(N_("There is no such account."))
    return account


def account_by_email(session: Session, email: str) -> Account | None:
    """Return the account of an address, in any case of letters."""
    address = email.strip().lower()
    # No account has an address with a zero byte or half a character; databases refuse to look.
    if not address.isprintable():
        return None
    return session.exec(select(Account).where(Account.email == address)).first()


def accounts_by_id(session: Session, ids: Iterable[int | None]) -> dict[int, Account]:
    """Return accounts by their ids, in one query."""
    wanted = {i for i in ids if i is not None}
    if not wanted:
        return {}
    rows = session.exec(select(Account).where(col(Account.id).in_(wanted)))
    return {a.id: a for a in rows if a.id is not None}


def language_of_account() -> sa.ColumnElement[str]:
    """Return the language that each account is written to in: chosen, else its browser's."""
    chosen, seen = (
        sa.func.nullif(c, "") for c in (col(Account.language), col(Account.language_seen))
    )
    return sa.func.coalesce(chosen, seen, FIRST_LANGUAGE)


def find_accounts(
    session: Session,
    *,
    q: str = "",
    university_id: int | None = None,
    page: int = 1,
    per_page: int = 50,
) -> Page[Account]:
    """Return a page of the open accounts whose name or address holds `q`, by name."""
    query = select(Account).where(col(Account.closed_at).is_(None))
    text = q.replace("\0", "").strip()
    if text:
        query = query.where(
            sa.or_(
                col(Account.name).icontains(text, autoescape=True),
                col(Account.email).icontains(text, autoescape=True),
            )
        )
    if university_id is not None:
        query = query.where(Account.university_id == university_id)
    query = query.order_by(col(Account.name), col(Account.id))
    return page_of(session, query, page=page, per_page=per_page)


def member_counts(session: Session) -> dict[int, int]:
    """Return the number of open accounts of each university that has any."""
    query = (
        sa.select(col(Account.university_id), sa.func.count())
        .where(col(Account.closed_at).is_(None), col(Account.university_id).is_not(None))
        .group_by(col(Account.university_id))
    )
    return {row[0]: row[1] for row in session.execute(query)}


def administrators(session: Session) -> list[Account]:
    """Return the administrators, by name."""
    query = select(Account).where(col(Account.is_admin).is_(True), col(Account.closed_at).is_(None))
    return list(session.exec(query.order_by(col(Account.name))))


def told_of(session: Session, account_id: int, expression: sa.ColumnElement[Any]) -> Any:
    """Return what an expression about the account of a row says of one."""
    query = sa.select(expression).select_from(Account).where(col(Account.id) == account_id)
    return session.execute(query).scalar()


def manages_any(session: Session, account_id: int) -> bool:
    """Whether an account manages some university."""
    query = select(UniversityManager).where(UniversityManager.account_id == account_id).limit(1)
    return session.exec(query).first() is not None


def is_manager(session: Session, university_id: int, account_id: int) -> bool:
    """Whether an account manages this university."""
    return session.get(UniversityManager, (university_id, account_id)) is not None


def managers_of(session: Session, university_id: int) -> list[Account]:
    """Return the accounts that manage a university, by name."""
    query = (
        select(Account)
        .join(UniversityManager, col(UniversityManager.account_id) == col(Account.id))
        .where(UniversityManager.university_id == university_id)
        .order_by(col(Account.name), col(Account.id))
    )
    return list(session.exec(query))


def managed_by(session: Session, account_id: int) -> list[University]:
    """Return the universities that an account manages, by name."""
    query = (
        select(University)
        .join(UniversityManager, col(UniversityManager.university_id) == col(University.id))
        .where(UniversityManager.account_id == account_id)
        .order_by(col(University.name))
    )
    return list(session.exec(query))


def requests_to(session: Session, university_id: int) -> list[Asked]:
    """Return the open requests to belong to a university, oldest first."""
    query = (
        select(AffiliationRequest, Account)
        .join(Account, col(Account.id) == col(AffiliationRequest.account_id))
        .where(
            AffiliationRequest.university_id == university_id,
            AffiliationRequest.state == RequestState.OPEN,
        )
        .order_by(col(AffiliationRequest.id))
    )
    return [Asked(request, account) for request, account in session.exec(query)]


def open_request_of(session: Session, account_id: int) -> AskedOf | None:
    """Return the request of an account that nobody has decided yet."""
    query = (
        select(AffiliationRequest, University)
        .join(University, col(University.id) == col(AffiliationRequest.university_id))
        .where(
            AffiliationRequest.account_id == account_id,
            AffiliationRequest.state == RequestState.OPEN,
        )
    )
    row = session.exec(query).first()
    return AskedOf(*row) if row else None


def tokens_of(
    session: Session, account_id: int, *, page: int = 1, per_page: int = 100
) -> Page[ApiToken]:
    """Return a page of the tokens of an account that still open something, newest first."""
    query = (
        select(ApiToken)
        .where(ApiToken.account_id == account_id, col(ApiToken.revoked_at).is_(None))
        .order_by(col(ApiToken.id).desc())
    )
    return page_of(session, query, page=page, per_page=per_page)


def sessions_of(session: Session, account_id: int, *, now: datetime) -> list[BrowserSession]:
    """Return the browsers in which an account is signed in, the last seen first."""
    query = (
        select(BrowserSession)
        .where(
            BrowserSession.account_id == account_id,
            col(BrowserSession.seen_on) > unseen_since(now),
        )
        .order_by(col(BrowserSession.seen_on).desc(), col(BrowserSession.created_at).desc())
    )
    return list(session.exec(query))


def manager_gate(session: Session, viewer: Viewer, arguments: Mapping[str, Any]) -> None:
    """Let in the managers of the university that the route's `slug` names."""
    account_id = viewer.account_id
    university = university_by_slug(session, str(arguments["slug"]))
    if viewer.is_admin or (university.id and is_manager(session, university.id, account_id)):
        return
    raise Forbidden(N_("This page is for the managers of the university."))
