"""Letters to many: each is written once for a language, and for a zone where it says a moment."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from server.accounts.models import Account
from server.accounts.queries import language_of_account
from server.notifications.letters import Letter, with_name
from server.notifications.queries import wants
from server.notifications.rules import Channel
from server.notifications.zones import in_zone
from server.shared.database import UTCDateTime, changed_rows
from server.shared.language import LANGUAGES, speaking
from server.shared.mail import OutgoingMail, one_line

NOWHERE = ""


class Versions:
    """A letter in the languages and zones of its readers, each written when it is first needed."""

    def __init__(self, write: Callable[[], Letter]) -> None:
        self.write = write
        self.says_moments = False
        self._written: dict[tuple[str, str], Letter] = {}

    def letter(self, code: str, zone: str) -> Letter:
        """Return the letter in a language, with moments of a zone."""
        if (code, zone) not in self._written:
            with speaking(code), in_zone(zone) as reader:
                self._written[code, zone] = self.write()
            self.says_moments |= reader.was_asked
        return self._written[code, zone]


def mail_to(
    session: Session, kind: str, some: sa.ColumnElement[bool], versions: Versions, now: datetime
) -> int:
    """Write to those of some accounts who want letters of a kind; return how many those are."""
    mailed = 0
    wanted = sa.and_(some, wants(kind, Channel.MAIL), col(Account.confirmed_at).is_not(None))
    for code in LANGUAGES:
        spoken = sa.and_(wanted, _speaks(code))
        usual = versions.letter(code, NOWHERE)
        if not versions.says_moments:
            mailed += _post(session, kind, spoken, usual, now)
            continue
        for zone in _zones(session, spoken):
            there = sa.and_(spoken, col(Account.time_zone) == zone)
            mailed += _post(session, kind, there, versions.letter(code, zone), now)
    return mailed


def _zones(session: Session, some: sa.ColumnElement[bool]) -> list[str]:
    zones = sa.select(col(Account.time_zone)).where(some).distinct()
    return sorted(session.execute(zones).scalars())


def _speaks(code: str) -> sa.ColumnElement[bool]:
    language = language_of_account()
    return language.not_in(LANGUAGES[1:]) if code == LANGUAGES[0] else language == code


def _post(
    session: Session, kind: str, some: sa.ColumnElement[bool], letter: Letter, now: datetime
) -> int:
    letters = sa.select(
        col(Account.email),
        sa.literal(one_line(letter.subject), sa.Text),
        with_name(letter.body, col(Account.name)),
        sa.literal(now, UTCDateTime),
        sa.literal(0),
        col(Account.id),
        sa.literal(kind),
    ).where(some)
    columns = ["recipient", "subject", "body", "created_at", "attempts", "account_id", "kind"]
    return insert_from(session, OutgoingMail, columns, letters)


def insert_from(session: Session, table: Any, columns: list[str], rows: Any) -> int:
    """Insert what a select returns, in one statement; return how many rows that were."""
    inserted = sa.insert(table).from_select(columns, rows)
    return changed_rows(session, inserted.execution_options(preserve_rowcount=True))
