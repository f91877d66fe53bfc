"""JSON routes of the notifications room: what the caller was told."""

from datetime import datetime
from typing import Any

from apiflask import APIBlueprint
from pydantic import BaseModel, ConfigDict, Field

from server.notifications import actions
from server.notifications.models import Notification
from server.notifications.queries import notifications_of, unread_count
from server.notifications.words import words_of
from server.shared.access import Who, access
from server.shared.web import now, reading, viewer, writing

bp = APIBlueprint("notifications_api", __name__, url_prefix="/api/v1", tag="Notifications")


class NotificationsIn(BaseModel):
    """Which page of the notifications."""

    page: int = Field(1, ge=1, description="From 1.")
    per_page: int = Field(50, ge=1, description="At most 100 are given.")
    unread: bool = Field(False, description="Only those that were not read.")


class NotificationOut(BaseModel):
    """A notification of the caller's."""

    id: int
    kind: str
    text: str = Field(description="Its line, in the language that the request asks for.")
    values: dict[str, Any] = Field(description="What the line was made of.")
    link: str = Field(description="A path of this site.")
    created_at: datetime
    read_at: datetime | None


class NotificationsOut(BaseModel):
    """A page of notifications, newest first."""

    total: int
    page: int
    per_page: int
    unread: int = Field(description="How many wait, counted to 100.")
    rows: list[NotificationOut]


class ReadIn(BaseModel):
    """Which notifications were read; without `id` all that were there."""

    model_config = ConfigDict(extra="forbid")

    id: int | None = Field(None, ge=1, le=2**31 - 1)


class ReadOut(BaseModel):
    """How many still wait."""

    unread: int


@bp.get("/me/notifications")
@access(Who.SIGNED_IN)
@bp.input(NotificationsIn, location="query")
@bp.output(NotificationsOut)
@bp.doc(summary="List your notifications", operation_id="listNotifications")
def list_notifications(query_data: NotificationsIn) -> dict[str, Any]:
    """List what the caller was told, newest first."""
    session, me = reading(), viewer().account_id
    found = notifications_of(
        session,
        me,
        unread=query_data.unread,
        page=query_data.page,
        per_page=query_data.per_page,
    )
    return {
        "total": found.total,
        "page": found.page,
        "per_page": found.per_page,
        "unread": unread_count(session, me),
        "rows": [_described(row) for row in found.rows],
    }


@bp.post("/me/notifications/read")
@access(Who.SIGNED_IN)
@bp.input(ReadIn)
@bp.output(ReadOut)
@bp.doc(
    summary="Mark notifications as read",
    operation_id="readNotifications",
    responses=[401, 404, 422],
)
def read_notifications(json_data: ReadIn) -> dict[str, int]:
    """Mark one of the caller's notifications as read, or all of them."""
    me = viewer().account_id
    with writing() as session:
        if json_data.id is None:
            actions.mark_all_read(session, account_id=me, now=now())
        else:
            actions.mark_read(session, account_id=me, number=json_data.id, now=now())
        session.commit()
    return {"unread": unread_count(reading(), me)}


def _described(row: Notification) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.kind,
        "text": words_of(row.kind, row.data),
        "values": row.data,
        "link": row.link,
        "created_at": row.created_at,
        "read_at": row.read_at,
    }
