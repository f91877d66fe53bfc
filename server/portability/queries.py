"""Reads of copies of people's own data, and of what an account's deletion would mean."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, SQLModel, col, select

from server.accounts.models import Account
from server.accounts.queries import account_by_id
from server.challenges.models import Challenge, Organiser
from server.challenges.rules import Role
from server.portability.holdings import HOLDINGS, Holding
from server.portability.models import EXPORTS, WAITING, DataExport
from server.portability.rules import EXPORT_LASTS, MOST_INTERRUPTIONS, ExportState, expires
from server.shared.errors import N_, NotFound
from server.shared.mail import OutgoingMail


class Held(NamedTuple):
    """How many rows of a kind there are of a person."""

    holding: Holding
    rows: int


def latest_export(session: Session, account_id: int) -> DataExport | None:
    """Return the copy that was asked for last."""
    query = select(DataExport).where(DataExport.account_id == account_id)
    return session.exec(query.order_by(col(DataExport.id).desc()).limit(1)).first()


def waiting_export(session: Session, account_id: int) -> DataExport | None:
    """Return the copy that is being made of an account's data."""
    query = select(DataExport).where(DataExport.account_id == account_id, WAITING)
    return session.exec(query).first()


def own_export(session: Session, *, export_id: int, account_id: int, now: datetime) -> DataExport:
    """Return a copy that its owner can fetch. Raises NotFound."""
    row = session.get(DataExport, export_id)
    if (
        row is None
        or row.account_id != account_id
        or row.state is not ExportState.READY
        or row.made_at is None
        or now >= expires(row.made_at)
    ):
        raise NotFound(N_("There is no such copy, or its seven days are over."))
    return row


def exports_to_make(session: Session, *, now: datetime) -> list[int]:
    """Return the ids of what waits for a worker or lost one, the oldest first."""
    query = select(DataExport.id).where(EXPORTS.free(now)).order_by(col(DataExport.id))
    return [number for number in session.exec(query) if number is not None]


def hopeless_exports(session: Session, *, now: datetime) -> list[DataExport]:
    """Return what took its worker down each time."""
    query = select(DataExport).where(
        EXPORTS.free(now), DataExport.interruptions >= MOST_INTERRUPTIONS
    )
    return list(session.exec(query))


def old_exports(session: Session, *, now: datetime) -> list[DataExport]:
    """Return copies whose time is over."""
    over = sa.or_(
        col(DataExport.made_at) <= now - EXPORT_LASTS,
        col(DataExport.state) == ExportState.EXPIRED,
    )
    return list(session.exec(select(DataExport).where(over)))


def mine(holding: Holding, account_id: int) -> sa.ColumnElement[bool]:
    """Return the condition of a table's rows to be somebody's."""
    table = SQLModel.metadata.tables[holding.table]
    return sa.or_(*(table.c[name] == account_id for name in holding.by))


def to_show(holding: Holding, account: Account) -> sa.ColumnElement[bool]:
    """Return the condition of a table's rows to be what their owner gets a copy of.

    Letters to an address are among it once that is confirmed. Before, whoever signed up with
    another's address would read the letters to it here, and the link that confirms it first of all.
    """
    rows = mine(holding, account.id or 0)
    if holding.table == OutgoingMail.__tablename__ and account.confirmed_at is not None:
        return sa.or_(rows, col(OutgoingMail.recipient) == account.email)
    return rows


def known_holdings() -> list[Holding]:
    """Return the holdings whose tables there are."""
    return [h for h in HOLDINGS if h.table in SQLModel.metadata.tables]


def held_of(session: Session, account_id: int) -> list[Held]:
    """Return how much of what is kept of a person, without what there is nothing of."""
    account, known = account_by_id(session, account_id), known_holdings()
    # One question for all tables: one for each would be fifty ways to the database and back.
    counts = session.execute(sa.select(*(_count(holding, account) for holding in known))).one()
    return [Held(h, int(rows)) for h, rows in zip(known, counts, strict=True) if rows]


def _count(holding: Holding, account: Account) -> sa.ScalarSelect[int]:
    table = SQLModel.metadata.tables[holding.table]
    query = sa.select(sa.func.count()).select_from(table).where(to_show(holding, account))
    return query.scalar_subquery()


def owned_alone(session: Session, account_id: int) -> list[Challenge]:
    """Return the challenges that nobody else owns, by title."""
    another = aliased(Organiser)
    others = (
        sa.select(sa.literal(1))
        .where(
            col(another.challenge_id) == col(Challenge.id),
            col(another.role) == Role.OWNER,
            col(another.account_id) != account_id,
        )
        .exists()
    )
    query = (
        select(Challenge)
        .join(Organiser, col(Organiser.challenge_id) == col(Challenge.id))
        .where(Organiser.account_id == account_id, Organiser.role == Role.OWNER, ~others)
        .order_by(col(Challenge.title))
    )
    return list(session.exec(query))


def columns_to_copy(holding: Holding) -> Sequence[str]:
    """Return the columns of a table that leave in a copy, in the table's order."""
    table = SQLModel.metadata.tables[holding.table]
    names: Iterable[str] = table.columns.keys()
    if holding.only:
        said = {*table.primary_key.columns.keys(), *holding.only}
        return [name for name in names if name in said]
    return [name for name in names if name not in holding.hidden]
