"""Outgoing mail: a row first, sent by the worker, so that a dead mail server loses nothing."""

import re
import smtplib
import ssl
from collections.abc import Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

import sqlalchemy as sa
import structlog
from sqlmodel import Field, Session, SQLModel, col, select

from server.shared.clock import Clock
from server.shared.database import Database, UTCDateTime
from server.shared.settings import Settings
from server.shared.signing import Signer

log = structlog.get_logger(__name__)
# How long after each attempt the next one is made: a server that is away for a night loses nothing.
AGAIN_AFTER = (
    *(timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15)),
    *(timedelta(hours=1), timedelta(hours=4), timedelta(hours=12)),
)
MOST_ATTEMPTS = len(AGAIN_AFTER) + 1
# What a server, or the library, has against one message: the next one may well be taken.
REFUSED = (
    *(smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError),
    *(smtplib.SMTPNotSupportedError, ValueError),
)
KEEP_SENT = timedelta(days=30)
LONGEST_SUBJECT = 300
# Filled in when a message leaves: the address of this site, and the link that ends such letters.
# Nothing that people type has these characters: they are of the private use.
HOME = "\ue001"
NO_MORE = "\ue002"
# What the link that ends letters of a kind is signed for.
UNSUBSCRIBE = "mail.unsubscribe"
# Headers are not folded: readers of List-Unsubscribe want its address in one piece.
LONGEST_HEADER = 998


class OutgoingMail(SQLModel, table=True):
    """A message to send, or sent. `next_at`: after a failure, when it is tried again.

    `account_id` and `kind` say whose letter of what kind it is, where such letters can be ended.
    """

    __tablename__ = "outgoing_mail"

    id: int | None = Field(default=None, primary_key=True)
    recipient: str = Field(max_length=320)
    subject: str = Field(max_length=300)
    body: str = Field(sa_type=sa.Text)
    created_at: datetime = Field(sa_type=UTCDateTime)
    sent_at: datetime | None = Field(default=None, sa_type=UTCDateTime, index=True)
    attempts: int = 0
    next_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    error: str | None = Field(default=None, sa_type=sa.Text)
    account_id: int | None = None
    kind: str | None = Field(default=None, max_length=64)

    @property
    def is_given_up(self) -> bool:
        """Whether it could not be sent, and is not tried again by itself."""
        return self.sent_at is None and self.attempts >= MOST_ATTEMPTS


class Ending(NamedTuple):
    """Whose letter it is, and of what kind: that person can end letters of it."""

    account_id: int
    kind: str


def one_line(subject: str) -> str:
    """Return a subject as it can stand in a header."""
    return re.sub(r"\s+", " ", subject).strip()[:LONGEST_SUBJECT]


def post(
    session: Session,
    *,
    recipient: str,
    subject: str,
    body: str,
    now: datetime,
    ending: Ending | None = None,
) -> None:
    """Put a message into the outbox, in the caller's transaction."""
    endings = [ending] if ending else None
    post_all(session, [(recipient, body)], subject=subject, now=now, endings=endings)


def post_all(
    session: Session,
    letters: Sequence[tuple[str, str]],
    *,
    subject: str,
    now: datetime,
    endings: Sequence[Ending] | None = None,
) -> None:
    """Put messages of one subject, each a recipient and a body, into the outbox.

    `endings`, one for each message: whose it is and of what kind, where it can be switched off.
    """
    kept = [e._asdict() for e in endings] if endings else [{} for _ in letters]
    rows = [
        {
            "recipient": recipient,
            "subject": one_line(subject),
            "body": body,
            "created_at": now,
            "attempts": 0,
            **whose,
        }
        for (recipient, body), whose in zip(letters, kept, strict=True)
    ]
    if rows:
        session.execute(sa.insert(OutgoingMail), rows)


def waiting_mail(
    session: Session, limit: int = 50, *, due: datetime | None = None
) -> list[OutgoingMail]:
    """Return messages still to send, oldest first; `due`: those alone that are tried by then."""
    query = select(OutgoingMail).where(
        col(OutgoingMail.sent_at).is_(None), OutgoingMail.attempts < MOST_ATTEMPTS
    )
    if due is not None:
        next_at = col(OutgoingMail.next_at)
        query = query.where(sa.or_(next_at.is_(None), next_at <= due))
    return list(session.exec(query.order_by(col(OutgoingMail.id)).limit(limit)))


def send_waiting(settings: Settings, database: Database, *, clock: Clock) -> None:
    """Deliver what is due; while the server is away, one message after the other asks for it."""
    with database.reading() as session:
        mails = waiting_mail(session, due=clock())
    for mail in mails:
        failure, now = _failure(settings, mail), clock()
        is_away = failure is not None and not isinstance(failure, REFUSED)
        with database.writing() as session:
            if is_away:
                _hold_all(session, now=now)
            _note(mail, failure, now=now)
            session.merge(mail)
            session.commit()
        if is_away:
            return


def _hold_all(session: Session, *, now: datetime) -> None:
    """Let everything that is due wait as after a first failure, without counting it as tried."""
    next_at = col(OutgoingMail.next_at)
    due = sa.update(OutgoingMail).where(
        col(OutgoingMail.sent_at).is_(None), sa.or_(next_at.is_(None), next_at <= now)
    )
    session.execute(due.values(next_at=now + AGAIN_AFTER[0]))


def _failure(settings: Settings, mail: OutgoingMail) -> Exception | None:
    try:
        deliver(settings, mail)
    except (OSError, ValueError) as failure:
        # ValueError: the message can't be written at all.
        log.warning("mail_failed", mail=mail.id, error=_said(failure))
        return failure
    return None


def _note(mail: OutgoingMail, failure: Exception | None, *, now: datetime) -> None:
    mail.attempts += 1
    if failure is None:
        mail.error, mail.sent_at = None, now
        return
    mail.error = _said(failure)
    mail.next_at = now + AGAIN_AFTER[min(mail.attempts, len(AGAIN_AFTER)) - 1]


def _said(failure: Exception) -> str:
    return f"{type(failure).__name__}: {failure}"


def try_again(session: Session) -> int:
    """Put what was given up back into the outbox; return how many messages that are."""
    given_up = sa.update(OutgoingMail).where(
        col(OutgoingMail.sent_at).is_(None), col(OutgoingMail.attempts) >= MOST_ATTEMPTS
    )
    return int(session.execute(given_up.values(attempts=0, next_at=None)).rowcount)  # type: ignore[attr-defined]


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
    log.info("mail_written", to=mail.recipient, subject=mail.subject, body=message.get_content())


def _write_once(path: Path, message: EmailMessage) -> None:
    partial = path.with_suffix(".part")
    partial.write_bytes(message.as_bytes())
    partial.rename(path)


def no_more_link(settings: Settings, ending: Ending) -> str:
    """Return the address under which a person ends the letters of a kind."""
    token = Signer(settings.require_secret()).sign(UNSUBSCRIBE, list(ending))
    return f"{settings.base_url.rstrip('/')}/unsubscribe/{token}"


def _message(settings: Settings, mail: OutgoingMail) -> EmailMessage:
    message = EmailMessage()
    message["From"] = settings.mail_from
    message["To"] = mail.recipient
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.created_at)
    # The row's id makes a repeated delivery recognisable as the same message.
    message["Message-ID"] = make_msgid(idstring=str(mail.id), domain="varsity.invalid")
    body = mail.body.replace(HOME, settings.base_url.rstrip("/"))
    if mail.account_id is not None and mail.kind is not None:
        link = no_more_link(settings, Ending(mail.account_id, mail.kind))
        body = body.replace(NO_MORE, link)
        message["List-Unsubscribe"] = f"<{link}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(body)
    message.policy = message.policy.clone(max_line_length=LONGEST_HEADER)
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
