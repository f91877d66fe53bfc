"""Reads of notifications and of what people want."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from server.accounts.models import Account
from server.accounts.queries import told_of
from server.notifications.kinds import ALL, kind_named
from server.notifications.models import Notification, NotificationChoice
from server.notifications.rules import MOST_COUNTED, Channel, Kind
from server.shared.caching import once
from server.shared.errors import N_, NotFound
from server.shared.paging import Page, page_of

# A database takes only so many values in one statement.
ACCOUNTS_AT_ONCE = 5_000
_WAITING = (
    sa.select(sa.literal_column("1"))
    .where(
        col(Notification.account_id) == col(Account.id),
        col(Notification.read_at).is_(None),
    )
    .limit(sa.literal_column(str(MOST_COUNTED)))
    .correlate(Account)
    .subquery()
)
# Asked by every page: how many wait for the account of a row, or for one.
UNREAD_NOW = "unread now"
UNREAD = sa.select(func.count()).select_from(_WAITING).scalar_subquery()


class Wish(NamedTuple):
    """What a person wants of a kind: by own decision, else by its default."""

    kind: Kind
    in_product: bool
    by_mail: bool


def notifications_of(
    session: Session, account_id: int, *, unread: bool = False, page: int = 1, per_page: int = 30
) -> Page[Notification]:
    """Return a page of what an account was told, newest first."""
    query = select(Notification).where(Notification.account_id == account_id)
    if unread:
        query = query.where(col(Notification.read_at).is_(None))
    # What was told at one moment is in the order of its numbers.
    newest = query.order_by(col(Notification.created_at).desc(), col(Notification.id).desc())
    return page_of(session, newest, page=page, per_page=per_page)


def notification_of(session: Session, account_id: int, number: int) -> Notification:
    """Return one of an account's own notifications. Raises NotFound, for another's too."""
    found = session.get(Notification, number)
    if found is None or found.account_id != account_id:
        raise NotFound(N_("There is no such notification, or it was cleared away."))
    return found


def unread_count(session: Session, account_id: int) -> int:
    """Return how many notifications wait, counted as far as the bell says it."""
    name = (UNREAD_NOW, account_id)
    return int(once(session, name, lambda: told_of(session, account_id, UNREAD)) or 0)


def wishes_of(session: Session, account_id: int) -> list[Wish]:
    """Return what a person wants of every kind."""
    query = select(NotificationChoice).where(NotificationChoice.account_id == account_id)
    chosen = {choice.kind: choice for choice in session.exec(query)}
    return [
        Wish(kind, chosen[kind.name].in_product, chosen[kind.name].by_mail)
        if kind.name in chosen
        else Wish(kind, kind.in_product, kind.by_mail)
        for kind in ALL
    ]


def gets_letters(session: Session, account_id: int, *, kind: str) -> bool:
    """Whether an account wants letters of a kind; nobody gets any of a kind that is gone."""
    return any(w.kind.name == kind and w.by_mail for w in wishes_of(session, account_id))


def wants(kind: str, channel: Channel) -> sa.ColumnElement[bool]:
    """Return the condition, on a row of Account, of wanting to be told of a kind in this way."""
    known = kind_named(kind)
    column = (
        NotificationChoice.by_mail if channel is Channel.MAIL else NotificationChoice.in_product
    )
    otherwise = sa.exists().where(
        col(NotificationChoice.account_id) == col(Account.id),
        col(NotificationChoice.kind) == kind,
        col(column).is_(not known.on(channel)),
    )
    return ~otherwise if known.on(channel) else otherwise


def wanting(
    session: Session, account_ids: Iterable[int], *, kind: str, channel: Channel
) -> frozenset[int]:
    """Return those of some accounts that are open and want to be told of a kind in this way."""
    ids = sorted(set(account_ids))
    query = sa.select(col(Account.id)).where(col(Account.closed_at).is_(None), wants(kind, channel))
    return frozenset(
        number
        for part in parts(ids)
        for number in session.execute(query.where(col(Account.id).in_(part))).scalars()
    )


def parts(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    """Yield ids in such numbers as a statement takes."""
    for first in range(0, len(ids), ACCOUNTS_AT_ONCE):
        yield ids[first : first + ACCOUNTS_AT_ONCE]
