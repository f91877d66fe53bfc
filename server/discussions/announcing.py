"""Writes of announcements: publish, edit, take back; and the telling, some people at a time."""

import secrets
from datetime import datetime
from functools import partial

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from server.challenges.models import Challenge, Participation
from server.discussions.models import Announcement
from server.discussions.queries import announcements_to_tell
from server.discussions.rules import clean_text, clean_title
from server.notifications.actions import notify
from server.notifications.letters import NAME, Letter, why
from server.notifications.pieces import PEOPLE_AT_ONCE, in_pieces, people_after
from server.notifications.words import said
from server.shared.database import Database, changed_rows
from server.shared.errors import N_, Conflict
from server.shared.events import record
from server.shared.mail import HOME


def new_ticket() -> str:
    """Return what makes a form's button publish once, however often it is pressed."""
    return secrets.token_hex(16)


def publish(
    session: Session,
    *,
    challenge: Challenge,
    author_id: int,
    title: str,
    markdown: str,
    by_mail: bool,
    ticket: str,
    now: datetime,
) -> Announcement:
    """Publish news of a challenge; a worker tells whoever takes part. Twice publishes once.

    Raises:
        Invalid: the title or the text is missing or too long.
    """
    assert challenge.id is not None
    made = Announcement(
        challenge_id=challenge.id,
        author_id=author_id,
        title=clean_title(title),
        markdown=clean_text(markdown),
        by_mail=by_mail,
        ticket=ticket,
        published_at=now,
    )
    known = _with_ticket(session, ticket)
    if known is not None:
        return known
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError:
        # Both clicks came at once: the other one has published it.
        return session.exec(select(Announcement).where(Announcement.ticket == ticket)).one()
    _log(session, "announcement.published", made, author_id, now)
    return made


def _with_ticket(session: Session, ticket: str) -> Announcement | None:
    return session.exec(select(Announcement).where(Announcement.ticket == ticket)).first()


def edit(
    session: Session,
    announcement: Announcement,
    *,
    title: str,
    markdown: str,
    actor_id: int,
    now: datetime,
) -> None:
    """Change the words of an announcement, which says that it was edited; nobody is told again.

    Raises:
        Invalid: the title or the text is missing or too long.
        Conflict: it was taken back.
    """
    session.refresh(announcement, with_for_update=True)
    _check_there(announcement)
    words = clean_title(title), clean_text(markdown)
    if words == (announcement.title, announcement.markdown):
        return
    announcement.title, announcement.markdown = words
    announcement.edited_at = now
    session.add(announcement)
    _log(session, "announcement.edited", announcement, actor_id, now)


def withdraw(session: Session, announcement: Announcement, *, actor_id: int, now: datetime) -> None:
    """Take an announcement off the pages; whom it has not reached yet is told nothing more.

    Raises:
        Conflict: it was taken back already.
    """
    session.refresh(announcement, with_for_update=True)
    _check_there(announcement)
    announcement.withdrawn_at = now
    announcement.told_at = announcement.told_at or now
    session.add(announcement)
    _log(session, "announcement.withdrawn", announcement, actor_id, now)


def _check_there(announcement: Announcement) -> None:
    if announcement.withdrawn_at is not None:
        raise Conflict(N_("This announcement was taken back."), code="withdrawn")


def tell_waiting(database: Database, *, now: datetime, at_once: int = PEOPLE_AT_ONCE) -> int:
    """Tell people of announcements, some in a transaction; return how many were told."""
    with database.reading() as session:
        waiting = [a.id or 0 for a in announcements_to_tell(session)]
    return sum(
        in_pieces(database, partial(_tell_some, number=number, now=now, at_once=at_once))
        for number in waiting
    )


def _tell_some(session: Session, number: int, *, now: datetime, at_once: int) -> int | None:
    """Tell the next people of an announcement; None where nobody is left, or another tells."""
    announcement = session.get_one(Announcement, number)
    if announcement.told_at is not None:
        return None
    before = announcement.told_to
    audience = sa.select(col(Participation.account_id)).where(
        col(Participation.challenge_id) == announcement.challenge_id
    )
    ids = people_after(session, audience, after=before, at_once=at_once)
    mine = sa.update(Announcement).where(
        col(Announcement.id) == number,
        col(Announcement.told_to) == before,
        col(Announcement.told_at).is_(None),
    )
    if not ids:
        changed_rows(session, mine.values(told_at=now))
        return None
    if changed_rows(session, mine.values(told_to=ids[-1], told=announcement.told + len(ids))) == 0:
        return None
    return _tell(session, announcement, ids, now)


def _tell(session: Session, announcement: Announcement, ids: list[int], now: datetime) -> int:
    challenge = session.get_one(Challenge, announcement.challenge_id)
    link = f"/challenges/{challenge.slug}/news#a{announcement.id}"

    def write() -> Letter:
        names = {"challenge": challenge.title, "title": announcement.title}
        lines = [
            said(N_("Dear %(name)s,"), name=NAME),
            said(N_("the organisers of %(challenge)s announce:"), challenge=challenge.title),
            announcement.title,
            announcement.markdown,
            f"    {HOME}{link}",
            f"-- \nVarsity · {HOME}\n"
            + said(N_("You receive this message because you take part in the challenge."))
            + f"\n\n{why()}",
        ]
        return Letter(said(N_("%(challenge)s: %(title)s"), **names), "\n\n".join(lines) + "\n")

    return notify(
        session,
        kind="announcement",
        account_ids=ids,
        values={"challenge": challenge.title, "title": announcement.title},
        link=link,
        now=now,
        letter=write,
        by_mail=announcement.by_mail,
    )


def _log(
    session: Session, kind: str, announcement: Announcement, actor_id: int, now: datetime
) -> None:
    session.flush()
    record(
        session,
        kind,
        at=now,
        actor_id=actor_id,
        challenge_id=announcement.challenge_id,
        subject_id=announcement.id,
        mail=announcement.by_mail,
    )
