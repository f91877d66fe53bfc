"""What the log says that concerns the standings, read once and in whatever order it commits."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col

from server.shared.events import Event
from server.standings.models import Reading, Snapshot

ONLY = 1
# A transaction commits long before its event is so old; until then its number may be missing.
SETTLES_AFTER = timedelta(seconds=10)
UNSETTLED = 1000
# They move no entry and no score. Whatever is not named here makes a board be looked at.
IDLE = (
    "submission.received",
    "submission.retried",
    "challenge.joined",
    "challenge.invited",
    "member.",
    "code.",
    "join.",
    "captain.",
    "account.",
    "token.",
    "certificate.",
    "standard.",
    "adviser.",
)

# It moves nothing but the ranges over the replicates.
RESAMPLED = "score.resampled"


class News(NamedTuple):
    """What changed: challenges and teams to look at; `whole` challenges with all their teams.

    `resampled`: a score has its replicates again, which the ranges are made of.
    """

    challenges: set[int]
    teams: set[int]
    whole: set[int]
    seasons: bool
    everything: bool
    read: list[int]
    resampled: bool = False

    @property
    def any(self) -> bool:
        """Whether something may have changed."""
        return bool(self.challenges or self.teams or self.seasons or self.everything)


def read_news(session: Session, reading: Reading | None) -> News:
    """Return what the log says since it was last read; everything where it never was."""
    if reading is None:
        latest = sa.select(col(Event.id)).order_by(col(Event.id).desc()).limit(UNSETTLED)
        return News(set(), set(), set(), True, True, list(session.execute(latest).scalars()))
    known = set(reading.seen)
    query = (
        sa.select(
            col(Event.id),
            col(Event.kind),
            col(Event.challenge_id),
            col(Event.team_id),
            col(Event.subject_id),
        )
        .where(col(Event.id) > reading.settled)
        .order_by(col(Event.id))
    )
    return news_of(row for row in session.execute(query) if row.id not in known)


def news_of(events: Iterable[Any]) -> News:
    """Return what events (id, kind, challenge, team, subject) mean for the standings."""
    news = News(set(), set(), set(), False, False, [])
    for event in events:
        news.read.append(event.id)
        if event.kind.startswith(IDLE):
            continue
        if event.kind == RESAMPLED:
            news = news._replace(resampled=True)
            continue
        if event.challenge_id is not None:
            news.challenges.add(event.challenge_id)
        if event.team_id is not None:
            news.teams.add(event.team_id)
        if event.kind == "team.merged" and event.subject_id is not None:
            news.teams.add(event.subject_id)
        # A board that is frozen, or moves again, counts others of what was scored.
        if event.kind.startswith(("evaluation.", "phase.")) and event.challenge_id is not None:
            news.whole.add(event.challenge_id)
        news = news._replace(
            seasons=news.seasons or event.kind.startswith("season."),
            everything=news.everything or event.kind == "university.merged",
        )
    return news


def note_read(session: Session, reading: Reading, news: News, *, now: datetime) -> None:
    """Remember what was read; what is old enough is settled and not looked at again."""
    seen = sorted({*reading.seen, *news.read})
    if now - reading.newest_at >= SETTLES_AFTER:
        reading.settled = max(reading.settled, reading.newest)
        reading.newest = max([reading.newest, *seen])
        reading.newest_at = now
        seen = [number for number in seen if number > reading.settled]
    reading.seen = seen
    session.add(reading)


def first_reading(news: News, *, now: datetime) -> Reading:
    """Return the row for a log that was read to its end for the first time."""
    newest = max(news.read, default=0)
    oldest = min(news.read, default=1)
    return Reading(id=ONLY, newest=newest, newest_at=now, settled=oldest - 1, seen=[])


def ask_for_ranges(session: Session) -> None:
    """Have all ranges computed again: replicates came that none of them was made of.

    Each time another number, below all versions, so that whoever is at it sees that this came.
    """
    earlier = col(Snapshot.ranges_version)
    below = sa.case((earlier >= 0, -1), else_=earlier - 1)
    session.execute(sa.update(Snapshot).values(ranges_version=below))
