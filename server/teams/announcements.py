"""What everybody in the teams of a challenge is told: asked for at once, told in pieces later.

Two events of the log carry it: `letters.asked` says what is to be told, in the transaction that
decided it; each `letters.told` up to which account that has been done.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from server.challenges.models import Challenge
from server.notifications.actions import check_link, notify
from server.notifications.kinds import kind_named
from server.notifications.letters import Letter
from server.notifications.pieces import PEOPLE_AT_ONCE, in_pieces, people_after
from server.shared.database import Database
from server.shared.events import Event, record
from server.teams.models import Membership, Team

ASKED, TOLD = "letters.asked", "letters.told"
# What a worker did not find in this time nobody wants to read any more.
TOLD_WITHIN = timedelta(days=14)

# Writes a letter of a kind from the values of the notification, and what was given beside them.
Writer = Callable[[Mapping[str, Any], Mapping[str, Any]], Letter]


def ask_to_tell(
    session: Session,
    challenge: Challenge,
    *,
    kind: str,
    said: Mapping[str, Any],
    link: str,
    now: datetime,
    **more: Any,
) -> None:
    """Have every member of every team of a challenge told.

    `kind`, `link` and `said` beside the challenge's title are what `notify` keeps; `more` is for
    the words of the letter. A worker tells them after the caller's commit.

    Raises:
        KeyError, ValueError: as `notify` does, mistakes of ours.
    """
    values = {"challenge": challenge.title, **said}
    kind_named(kind).check(values)
    check_link(link)
    # No event of the challenge: nothing of its boards has changed by it.
    record(
        session,
        ASKED,
        at=now,
        subject_id=challenge.id,
        notification=kind,
        said=values,
        link=link,
        more=more,
    )


def everybody(challenge_id: int | None) -> sa.Select[Any]:
    """Return the ids of the members of every team of a challenge, as a query."""
    return (
        sa.select(col(Membership.account_id))
        .join(Team, col(Team.id) == col(Membership.team_id))
        .where(
            col(Membership.challenge_id) == challenge_id,
            col(Team.closed_at).is_(None),
        )
    )


def tell_asked(
    database: Database,
    *,
    letters: Mapping[str, Writer],
    now: datetime,
    at_once: int = PEOPLE_AT_ONCE,
) -> int:
    """Tell people what was asked for, some in a transaction; return how many were told.

    `letters`: the kinds whose letters have words of their own.
    """
    with database.reading() as session:
        waiting = _waiting(session, now)
    tell = partial(_tell_some, letters=letters, now=now, at_once=at_once)
    return sum(in_pieces(database, partial(tell, number=number)) for number in waiting)


def _waiting(session: Session, now: datetime) -> list[int]:
    """Return what was asked for and is not told to the end, the oldest first."""
    done = aliased(Event)
    is_done = sa.exists().where(
        col(done.kind) == TOLD,
        col(done.subject_id) == col(Event.id),
        done.data["people"].as_integer() == 0,
    )
    query = (
        sa.select(col(Event.id))
        .where(col(Event.kind) == ASKED, col(Event.at) > now - TOLD_WITHIN, ~is_done)
        .order_by(col(Event.id))
    )
    return list(session.execute(query).scalars())


def _tell_some(
    session: Session, *, number: int, letters: Mapping[str, Writer], now: datetime, at_once: int
) -> int | None:
    """Tell the next people of what was asked for; None where nobody is left."""
    # Another worker that tells the same waits here, and then sees how far this one came.
    held = select(Event).where(Event.id == number).with_for_update(key_share=True)
    asked = session.exec(held).one()
    last = _last_told(session, number)
    if last is not None and not last.data["people"]:
        return None
    after = last.data["upto"] if last else 0
    ids = people_after(session, everybody(asked.subject_id), after=after, at_once=at_once)
    upto = ids[-1] if ids else after
    record(session, TOLD, at=now, subject_id=number, upto=upto, people=len(ids))
    if not ids:
        return None
    kind, said = asked.data["notification"], asked.data["said"]
    write = letters.get(kind)
    return notify(
        session,
        kind=kind,
        account_ids=ids,
        values=said,
        link=asked.data["link"],
        now=now,
        letter=partial(write, said, asked.data["more"]) if write else None,
    )


def _last_told(session: Session, number: int) -> Event | None:
    query = select(Event).where(Event.kind == TOLD, Event.subject_id == number)
    return session.exec(query.order_by(col(Event.id).desc()).limit(1)).first()
