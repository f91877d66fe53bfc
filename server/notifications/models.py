"""Tables of notifications, and of what people want to be told."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from server.notifications.rules import LONGEST_LINK
from server.shared.database import UTCDateTime


class Notification(SQLModel, table=True):
    """What an account is told: the kind and plain values; the words are made when it is read.

    `link` is a path of this site.
    """

    # The list is read by account and number; the bell counts the unread ones alone.
    __table_args__ = (
        sa.Index("ix_notification_account_id_id", "account_id", "id"),
        sa.Index(
            "ix_notification_unread",
            "account_id",
            sqlite_where=sa.text("read_at IS NULL"),
            postgresql_where=sa.text("read_at IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id")
    kind: str = Field(max_length=64)
    data: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    link: str = Field(max_length=LONGEST_LINK)
    created_at: datetime = Field(sa_type=UTCDateTime)
    read_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class NotificationChoice(SQLModel, table=True):
    """What an account decided about a kind; without a row, the kind's own default holds."""

    __tablename__ = "notification_choice"

    account_id: int = Field(foreign_key="account.id", primary_key=True)
    kind: str = Field(primary_key=True, max_length=64)
    in_product: bool
    by_mail: bool
