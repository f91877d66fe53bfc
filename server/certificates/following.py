"""Certificates follow what they stand on: re-scores that go live, teams put out, accounts closed.

The log says what changed. A challenge whose ranges are still being computed waits for them.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
import structlog
from sqlmodel import Session, col, select

from server.certificates.awarding import awards_of, final_board
from server.certificates.evidence import level_awards
from server.certificates.issuing import carry_out, steps_to
from server.certificates.models import (
    Certificate,
    CertificateJob,
    CertificateReading,
    Standard,
)
from server.certificates.queries import (
    BUNDLES_LAST,
    about_challenge,
    about_standard,
    rules_in_force,
    standards_naming,
)
from server.certificates.rules import Reason, State
from server.challenges.models import Challenge
from server.shared.database import Database
from server.shared.errors import Conflict
from server.shared.events import Event, record

log = structlog.get_logger(__name__)
ONLY = 1
# Of so many events before the newest, some may commit late: each is looked at once all the same.
UNSETTLED = 500
MOVES_RESULTS = ("evaluation.", "phase.", "team.", "submission.")
CLOSED = "account.closed"


class News(NamedTuple):
    """What the log says since it was last read."""

    challenges: set[int]
    closed: set[int]
    read: list[int]


def read_news(session: Session, reading: CertificateReading) -> News:
    """Return which challenges to look at again, and whose accounts were closed."""
    columns = (col(Event.id), col(Event.kind), col(Event.challenge_id), col(Event.subject_id))
    query = sa.select(*columns).where(col(Event.id) > reading.settled).order_by(col(Event.id))
    known = set(reading.seen)
    news = News(set(reading.waiting), set(), [])
    for number, kind, challenge_id, subject_id in session.execute(query):
        if number in known:
            continue
        news.read.append(number)
        if kind == CLOSED and subject_id is not None:
            news.closed.add(subject_id)
        elif kind.startswith(MOVES_RESULTS) and challenge_id is not None:
            news.challenges.add(challenge_id)
    return news


def follow(database: Database, pen_of: Any, *, now: datetime) -> int:
    """Bring certificates in line with what changed since; return how many challenges were seen.

    `pen_of()` gives the pen, where something is to be signed.
    """
    with database.reading() as session:
        reading = session.get(CertificateReading, ONLY)
        news = read_news(session, reading) if reading else None
    if news is None:
        _begin(database)
        return 0
    if not (news.read or news.challenges):
        return 0
    withdraw(database, news.closed, now=now)
    with database.reading() as session:
        concerned = _with_certificates(session, news.challenges)
    waiting = {c for c in concerned if not _follow_challenge(database, c, pen_of, now=now)}
    with database.reading() as session:
        standards = [s.id or 0 for s in standards_naming(session, news.challenges)]
    for standard_id in standards:
        _follow_standard(database, standard_id, pen_of, now=now)
    _note_read(database, news, waiting)
    return len(concerned)


def _begin(database: Database) -> None:
    with database.writing() as session:
        newest = session.execute(sa.select(sa.func.max(col(Event.id)))).scalar_one() or 0
        session.merge(CertificateReading(id=ONLY, settled=newest))
        session.commit()


def _note_read(database: Database, news: News, waiting: Collection[int]) -> None:
    with database.writing() as session:
        reading = session.get_one(CertificateReading, ONLY)
        seen = sorted({*reading.seen, *news.read})
        if len(seen) > UNSETTLED:
            reading.settled = seen[-UNSETTLED - 1]
        reading.seen = [number for number in seen if number > reading.settled]
        reading.waiting = sorted(waiting)
        session.add(reading)
        session.commit()


def _with_certificates(session: Session, challenge_ids: Collection[int]) -> set[int]:
    if not challenge_ids:
        return set()
    query = select(Certificate.challenge_id).where(
        col(Certificate.challenge_id).in_(challenge_ids), Certificate.state == State.VALID
    )
    return {found for found in session.exec(query.distinct()) if found is not None}


def _follow_challenge(database: Database, challenge_id: int, pen_of: Any, *, now: datetime) -> bool:
    """Bring a challenge's certificates in line; False where its board is not complete yet."""
    about = about_challenge(challenge_id)
    with database.reading() as session:
        rules = rules_in_force(session, challenge_id)
        challenge = session.get(Challenge, challenge_id)
        if rules is None or challenge is None:
            return True
        try:
            board = final_board(session, challenge)
        except Conflict as error:
            log.info("certificates_wait", challenge=challenge_id, reason=error.code)
            return False
        steps = steps_to(session, about, awards_of(session, board, rules))
    done = carry_out(database, pen_of(), steps, about=about, actor_id=None, now=now, give=False)
    log.info("certificates_followed", about=about, **done)
    return True


def _follow_standard(database: Database, standard_id: int, pen_of: Any, *, now: datetime) -> None:
    about = about_standard(standard_id)
    with database.reading() as session:
        standard = session.get_one(Standard, standard_id)
        steps = steps_to(session, about, level_awards(session, standard))
    done = carry_out(database, pen_of(), steps, about=about, actor_id=None, now=now, give=False)
    log.info("certificates_followed", about=about, **done)


def withdraw(database: Database, account_ids: Collection[int], *, now: datetime) -> None:
    """Withdraw every certificate of closed accounts: their names are forgotten with them.

    Files of many certificates that may hold one of theirs are too old at once.
    """
    for account_id in sorted(account_ids):
        with database.writing() as session:
            _withdraw(session, account_id, now=now)
            session.commit()


def _withdraw(session: Session, account_id: int, *, now: datetime) -> None:
    query = select(Certificate).where(
        Certificate.account_id == account_id, Certificate.state != State.WITHDRAWN
    )
    for certificate in session.exec(query.with_for_update()).all():
        certificate.ended_at = certificate.ended_at or now
        certificate.state, certificate.reason = State.WITHDRAWN, Reason.ACCOUNT_CLOSED
        certificate.body, certificate.signature = {}, ""
        session.add(certificate)
        record(
            session,
            "certificate.withdrawn",
            at=now,
            challenge_id=certificate.challenge_id,
            subject_id=certificate.id,
        )
        files = sa.update(CertificateJob).where(
            col(CertificateJob.university_id) == certificate.university_id
        )
        session.execute(files.values(done_at=now - BUNDLES_LAST))
