"""Writes of notifications: telling people, what they read, and what they want to be told.

Every write is one in the caller's transaction; the caller commits.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col

from server.accounts.models import Account
from server.notifications.kinds import KINDS, kind_named
from server.notifications.letters import Letter, letter_of
from server.notifications.models import Notification, NotificationChoice
from server.notifications.queries import notification_of, parts, wanting, wants, wishes_of
from server.notifications.rules import KEEP_READ, KEEP_UNREAD, LONGEST_LINK, Channel
from server.notifications.writing import Versions, insert_from, mail_to
from server.shared.database import UTCDateTime, changed_rows

Audience = Iterable[int] | sa.Select[Any]


class Told(NamedTuple):
    """One person who is told, with the values and the link of that notification."""

    account_id: int
    values: Mapping[str, Any]
    link: str


def notify(
    session: Session,
    *,
    kind: str,
    account_ids: Audience,
    values: Mapping[str, Any],
    link: str,
    now: datetime,
    letter: Callable[[], Letter] | None = None,
    by_mail: bool = True,
) -> int:
    """Tell accounts something: in the product and by mail, each as that person wants it.

    `account_ids`: ids, or a select of ids, which is one statement however many it names. `values`
    fill the line of the kind and are kept as they are; `link` is a path of this site. `letter`
    writes one with words of its own, where the kind's line and the link would be too little; it
    is called once for each language, and for each zone of its readers where it says a moment.
    `by_mail`: whether there are letters at all. Needs no request, and no application. Returns how
    many people were told in either way; closed accounts are passed over.

    Raises:
        KeyError, ValueError: there is no such kind, or values of it are missing: mistakes of ours.
    """
    known = kind_named(kind)
    known.check(values)
    check_link(link)
    rows = [
        sa.literal(kind),
        sa.literal(dict(values), sa.JSON),
        sa.literal(link),
        sa.literal(now, UTCDateTime),
    ]
    columns = ["account_id", "kind", "data", "link", "created_at"]
    versions = Versions(letter or partial(letter_of, known, values, link))
    in_product = mailed = 0
    for some in _audiences(account_ids):
        told = sa.select(col(Account.id), *rows).where(some, wants(kind, Channel.PRODUCT))
        in_product += insert_from(session, Notification, columns, told)
        if by_mail:
            mailed += mail_to(session, kind, some, versions, now)
    return max(in_product, mailed)


def check_link(link: str) -> None:
    """Refuse a link that is no path of this site. Raises ValueError, a mistake of ours."""
    if not link.startswith("/") or link.startswith("//") or len(link) > LONGEST_LINK:
        raise ValueError(f"a notification links to a path of this site, not {link!r}")


def notify_each(session: Session, *, kind: str, told: Collection[Told], now: datetime) -> int:
    """Tell people in the product, each something of their own; return how many were told.

    Raises:
        KeyError, ValueError: as `notify` does.
    """
    known = kind_named(kind)
    who = wanting(session, (t.account_id for t in told), kind=kind, channel=Channel.PRODUCT)
    rows = []
    for one in told:
        known.check(one.values)
        check_link(one.link)
        if one.account_id in who:
            row = {"account_id": one.account_id, "kind": kind, "data": dict(one.values)}
            rows.append(row | {"link": one.link, "created_at": now})
    if rows:
        session.execute(sa.insert(Notification), rows)
    return len(rows)


def _audiences(account_ids: Audience) -> Iterator[sa.ColumnElement[bool]]:
    # A closed account is told nothing.
    is_open = col(Account.closed_at).is_(None)
    if isinstance(account_ids, sa.Select):
        yield sa.and_(is_open, col(Account.id).in_(account_ids))
        return
    for part in parts(sorted(set(account_ids))):
        yield sa.and_(is_open, col(Account.id).in_(part))


def mark_read(session: Session, *, account_id: int, number: int, now: datetime) -> Notification:
    """Say that an account read one of its own notifications. Raises NotFound."""
    found = notification_of(session, account_id, number)
    if found.read_at is None:
        found.read_at = now
        session.add(found)
    return found


def mark_seen(session: Session, *, account_id: int, link: str, now: datetime) -> int:
    """Say that an account looked at what a link points to; return how many were unread."""
    return _mark(session, account_id, now, col(Notification.link) == link)


def mark_all_read(session: Session, *, account_id: int, now: datetime) -> int:
    """Say that an account read all that it was told; return how many were unread."""
    return _mark(session, account_id, now)


def _mark(session: Session, account_id: int, now: datetime, *which: sa.ColumnElement[bool]) -> int:
    unread = sa.update(Notification).where(
        col(Notification.account_id) == account_id,
        col(Notification.read_at).is_(None),
        col(Notification.created_at) <= now,
        *which,
    )
    return changed_rows(session, unread.values(read_at=now))


def choose(
    session: Session, *, account_id: int, in_product: Collection[str], by_mail: Collection[str]
) -> None:
    """Keep what a person wants: the kinds to be told of in the product, and those by mail."""
    for wish in wishes_of(session, account_id):
        name = wish.kind.name
        chosen = (name in in_product, name in by_mail)
        if chosen != (wish.in_product, wish.by_mail):
            _keep(session, account_id, name, *chosen)


def unsubscribe(session: Session, *, account_id: int, kind: str) -> bool:
    """End the letters of a kind to an account; say whether there were any to end."""
    wish = next((w for w in wishes_of(session, account_id) if w.kind.name == kind), None)
    if wish is None or not wish.by_mail:
        return False
    _keep(session, account_id, kind, wish.in_product, False)
    return True


def _keep(session: Session, account_id: int, kind: str, in_product: bool, by_mail: bool) -> None:
    choice = NotificationChoice(
        account_id=account_id, kind=kind, in_product=in_product, by_mail=by_mail
    )
    session.merge(choice)
    session.flush()


def purge_notifications(session: Session, *, now: datetime) -> None:
    """Forget what was read 180 days ago, what nobody reads, and all that closed accounts had."""
    closed = sa.select(col(Account.id)).where(col(Account.closed_at).is_not(None))
    session.execute(
        sa.delete(Notification).where(
            sa.or_(
                col(Notification.read_at) < now - KEEP_READ,
                col(Notification.created_at) < now - KEEP_UNREAD,
                col(Notification.account_id).in_(closed),
            )
        )
    )
    session.execute(
        sa.delete(NotificationChoice).where(
            sa.or_(
                col(NotificationChoice.account_id).in_(closed),
                col(NotificationChoice.kind).not_in(list(KINDS)),
            )
        )
    )
