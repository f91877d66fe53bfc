"""Writes of seasons: make one, change it, take it away."""

from collections.abc import Mapping
from datetime import datetime
from math import isfinite
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from server.challenges.models import Challenge
from server.challenges.rules import Visibility
from server.shared.errors import N_, Conflict, Invalid, NotFound
from server.shared.events import record
from server.standings.models import (
    Contribution,
    Participant,
    Season,
    SeasonChallenge,
    Standing,
    StandingMoment,
    StandingRange,
)
from server.standings.queries import EVERYTHING_SLUG
from server.universities.rules import is_slug

HEAVIEST = 1000.0


class Weighted(NamedTuple):
    """A challenge by its slug, and what its points are multiplied by."""

    slug: str
    weight: float


def read_weights(text: str) -> list[Weighted]:
    """Return a season's challenges as they are written: `slug` or `slug = weight`, a line each.

    Raises:
        Invalid: a weight is no number above 0 and up to 1,000, or a challenge stands there twice.
    """
    found: dict[str, float] = {}
    for line in filter(None, (line.strip() for line in text.splitlines())):
        slug, _, weight = (part.strip() for part in line.partition("="))
        if slug in found:
            raise Invalid(
                N_("The challenge %(slug)s stands there twice."), field="challenges", slug=slug
            )
        found[slug] = _weight(weight or "1")
    return [Weighted(slug, weight) for slug, weight in found.items()]


def _weight(text: str) -> float:
    try:
        weight = float(text)
    except ValueError:
        weight = float("nan")
    if not (isfinite(weight) and 0 < weight <= HEAVIEST):
        raise Invalid(
            N_("“%(text)s” is no weight: a number above 0 and up to 1,000 is."),
            field="challenges",
            text=text[:40],
        )
    return weight


def create_season(
    session: Session,
    *,
    slug: str,
    title: str,
    challenges: Mapping[str, float],
    actor_id: int | None,
    now: datetime,
) -> Season:
    """Make a season of public challenges with weights.

    Raises:
        Invalid: the slug or the title can't be used, or there is no such public challenge.
        Conflict: the slug is taken.
    """
    clean = slug.strip().lower()
    if not is_slug(clean):
        raise Invalid(N_("A short name has lowercase letters, digits and hyphens."), field="slug")
    row = Season(slug=clean, title=_title(title), created_at=now, updated_at=now)
    taken = Conflict(N_("There is a season %(slug)s already."), field="slug", slug=clean)
    if clean == EVERYTHING_SLUG:
        raise taken
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        raise taken from error
    _set_challenges(session, row, challenges)
    record(session, "season.created", at=now, actor_id=actor_id, subject_id=row.id, slug=clean)
    return row


def change_season(
    session: Session,
    *,
    slug: str,
    title: str,
    challenges: Mapping[str, float],
    actor_id: int | None,
    now: datetime,
) -> None:
    """Give a season another title, other challenges or weights. Raises Invalid, NotFound."""
    row = season_row(session, slug)
    row.title, row.updated_at = _title(title), now
    session.add(row)
    _set_challenges(session, row, challenges)
    record(
        session,
        "season.changed",
        at=now,
        actor_id=actor_id,
        subject_id=row.id,
        challenges=dict(challenges),
    )


def delete_season(session: Session, *, slug: str, actor_id: int | None, now: datetime) -> None:
    """Take a season away; challenges and their boards are not touched. Raises NotFound."""
    row = season_row(session, slug)
    session.execute(sa.delete(SeasonChallenge).where(col(SeasonChallenge.season_id) == row.id))
    session.delete(row)
    record(session, "season.deleted", at=now, actor_id=actor_id, subject_id=row.id, slug=slug)


def season_row(session: Session, slug: str) -> Season:
    """Return a named season. Raises NotFound."""
    row = session.exec(select(Season).where(Season.slug == slug[:64])).first()
    if row is None:
        raise NotFound(N_("There is no season %(slug)s here."), slug=slug[:64])
    return row


def _title(title: str) -> str:
    clean = " ".join(title.split())
    if not clean or len(clean) > 200:
        raise Invalid(N_("A title has 1 to 200 characters."), field="title")
    return clean


def _set_challenges(session: Session, row: Season, challenges: Mapping[str, float]) -> None:
    if not challenges:
        raise Invalid(N_("A season has at least one challenge."), field="challenges")
    query = sa.select(col(Challenge.slug), col(Challenge.id)).where(
        col(Challenge.slug).in_(challenges), col(Challenge.visibility) == Visibility.PUBLIC
    )
    ids = dict(session.execute(query).tuples().all())
    for slug in challenges:
        if slug not in ids:
            raise Invalid(
                N_("There is no public challenge %(slug)s."), field="challenges", slug=slug[:64]
            )
    session.execute(sa.delete(SeasonChallenge).where(col(SeasonChallenge.season_id) == row.id))
    for slug, weight in challenges.items():
        session.add(SeasonChallenge(season_id=row.id or 0, challenge_id=ids[slug], weight=weight))
    session.flush()


def move_standings(session: Session, gone_id: int, kept_id: int) -> None:
    """Forget what was stored of a university that becomes part of another.

    The event of the merger has everything computed anew, for the one that is kept.
    """
    for table in (Contribution, Participant, Standing, StandingRange, StandingMoment):
        session.execute(sa.delete(table).where(col(table.university_id) == gone_id))
