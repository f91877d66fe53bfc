"""Outgoing mail: a row first, sent by the worker, so that a dead mail server loses nothing."""

import re
import smtplib
import ssl
from collections.abc import Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import sqlalchemy as sa
import structlog
from sqlmodel import Field, Session, SQLModel, col, select

from server.shared.database import UTCDateTime
from server.shared.settings import Settings

log = structlog.get_logger(__name__)
MOST_ATTEMPTS = 8
KEEP_SENT = timedelta(days=30)


class OutgoingMail(SQLModel, table=True):
    """A message to send, or sent."""

    __tablename__ = "outgoing_mail"

    id: int | None = Field(default=None, primary_key=True)
    recipient: str = Field(max_length=320)
    subject: str = Field(max_length=300)
    body: str = Field(sa_type=sa.Text)
    created_at: datetime = Field(sa_type=UTCDateTime)
    sent_at: datetime | None = Field(default=None, sa_type=UTCDateTime, index=True)
    attempts: int = 0
    error: str | None = Field(default=None, sa_type=sa.Text)


def post(session: Session, *, recipient: str, subject: str, body: str, now: datetime) -> None:
    """Put a message into the outbox, in the caller's transaction."""
    post_all(session, [(recipient, body)], subject=subject, now=now)


def post_all(
    session: Session, letters: Sequence[tuple[str, str]], *, subject: str, now: datetime
) -> None:
    """Put messages of one subject, each a recipient and a body, into the outbox."""
    one_line = re.sub(r"\s+", " ", subject).strip()[:300]
    rows = [
        {
            "recipient": recipient,
            "subject": one_line,
            "body": body,
            "created_at": now,
            "attempts": 0,
        }
        for recipient, body in letters
    ]
    if rows:
        session.execute(sa.insert(OutgoingMail), rows)


def waiting_mail(session: Session, limit: int = 50) -> list[OutgoingMail]:
    """Return messages still to send, oldest first."""
    query = (
        select(OutgoingMail)
        .where(col(OutgoingMail.sent_at).is_(None), OutgoingMail.attempts < MOST_ATTEMPTS)
        .order_by(col(OutgoingMail.id))
        .limit(limit)
    )
    return list(session.exec(query))


def purge_sent(session: Session, *, now: datetime) -> None:
    """Forget messages 30 days after they were sent; they hold addresses of people who left."""
    session.execute(sa.delete(OutgoingMail).where(col(OutgoingMail.sent_at) < now - KEEP_SENT))


def deliver(settings: Settings, mail: OutgoingMail) -> None:
    """Send one message by SMTP; without a mail server, write it to the log and the outbox folder.

    Raises:
        OSError, smtplib.SMTPException: the mail server can't be reached or refuses.
    """
    message = _message(settings, mail)
    if settings.mail_url:
        _send(settings.mail_url, message)
        return
    outbox = settings.data_dir / "outbox"
    outbox.mkdir(parents=True, exist_ok=True)
    name = f"{mail.id or 0:08d}-{re.sub(r'[^A-Za-z0-9.@_-]', '_', mail.recipient)}.eml"
    _write_once(outbox / name, message)
    log.info("mail_written", to=mail.recipient, subject=mail.subject, body=mail.body)


def _write_once(path: Path, message: EmailMessage) -> None:
    partial = path.with_suffix(".part")
    partial.write_bytes(message.as_bytes())
    partial.rename(path)


def _message(settings: Settings, mail: OutgoingMail) -> EmailMessage:
    message = EmailMessage()
    message["From"] = settings.mail_from
    message["To"] = mail.recipient
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.created_at)
    # The row's id makes a repeated delivery recognisable as the same message.
    message["Message-ID"] = make_msgid(idstring=str(mail.id), domain="varsity.invalid")
    message.set_content(mail.body)
    return message


def _send(url: str, message: EmailMessage) -> None:
    parts = urlsplit(url)
    host, secure = parts.hostname or "localhost", parts.scheme == "smtps"
    context = ssl.create_default_context()
    if secure:
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, parts.port or 465, timeout=20, context=context
        )
    else:
        server = smtplib.SMTP(host, parts.port or 25, timeout=20)
    with server:
        if parse_qs(parts.query).get("starttls") == ["1"]:
            server.starttls(context=context)
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(message)
