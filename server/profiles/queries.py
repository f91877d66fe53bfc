"""Reads that bring the rooms together: the home page and the lists of challenges."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlmodel import Session, col, func, select

from server.challenges.listings import visible_challenges
from server.challenges.models import Participation
from server.challenges.rules import ChallengeState
from server.challenges.views import Listing
from server.profiles.counting import BYTES, Sent
from server.shared.access import Viewer
from server.shared.caching import cache_of, once
from server.teams.models import Team
from server.universities.models import University

SOON = timedelta(days=7)
CARDS_OF_A_SECTION = 6


@dataclass(frozen=True)
class Card:
    """A challenge as its card shows it."""

    slug: str
    title: str
    summary: str
    host: str
    tags: Sequence[str]
    state: ChallengeState
    starts: datetime
    ends: datetime
    teams: int

    @classmethod
    def of(cls, listing: Listing, teams: int) -> "Card":
        """Make the card of a challenge that `teams` compete in."""
        challenge = listing.challenge
        return cls(
            slug=challenge.slug,
            title=challenge.title,
            summary=challenge.summary,
            host=challenge.host,
            tags=challenge.tags,
            state=listing.state,
            starts=listing.starts,
            ends=listing.ends,
            teams=teams,
        )


class Numbers(NamedTuple):
    """How much goes on here."""

    universities: int
    teams: int
    submissions: int


class Home(NamedTuple):
    """What the home page shows of the challenges that are not the viewer's own, open ones first."""

    numbers: Numbers
    closing: list[Card]
    open: list[Card]
    upcoming: list[Card]
    ended: list[Card]


def home_of(session: Session, viewer: Viewer, now: datetime) -> Home:
    """Return the home page of a viewer; a section has its first few challenges."""
    listings = listings_of(session, viewer, now)
    joined = joined_by(session, viewer.id)
    others = [x for x in listings if x.challenge.id not in joined]
    opened = [x for x in others if x.state is ChallengeState.OPEN]
    closing = [x for x in opened if x.ends - now <= SOON]
    sections = (
        closing,
        [x for x in opened if x not in closing],
        [x for x in others if x.state is ChallengeState.UPCOMING],
        [x for x in others if x.state in (ChallengeState.ENDED, ChallengeState.REVEALED)],
    )
    shown = [section[:CARDS_OF_A_SECTION] for section in sections]
    cards = {card.slug: card for card in cards_of(session, [x for part in shown for x in part])}
    found = ([cards[x.challenge.slug] for x in part] for part in shown)
    return Home(_numbers(session, now), *found)


def listings_of(session: Session, viewer: Viewer, now: datetime) -> list[Listing]:
    """Return the challenges that lists show to a viewer; a page that asks again finds them."""
    name = ("listings", viewer.id, now)
    return once(session, name, lambda: visible_challenges(session, viewer, now))


def _numbers(session: Session, now: datetime) -> Numbers:
    """Return the numbers of this minute: to count a million submissions takes a while."""
    cache = cache_of(session)
    if cache is None:
        return numbers_of(session)
    minute = int(now.timestamp()) // 60
    # A phase that is taken out of a challenge takes its submissions along: once an hour it shows.
    sent = cache.fetch(("submissions sent", minute // 60), Sent, size=lambda _: BYTES)
    return cache.fetch(("numbers", minute), lambda: numbers_of(session, sent), size=len)


def numbers_of(session: Session, counted: Sent | None = None) -> Numbers:
    """Count the universities, the teams and what teams have submitted."""
    universities = session.exec(select(func.count()).select_from(University)).one()
    teams = session.exec(select(func.count()).where(col(Team.closed_at).is_(None))).one()
    sent = (counted or Sent()).count(session)
    return Numbers(universities, teams, sent)


def cards_of(session: Session, listings: Sequence[Listing]) -> list[Card]:
    """Return the cards of challenges, with their numbers of teams in one query."""
    teams = teams_in(session, [listing.challenge.id for listing in listings])
    return [Card.of(listing, teams.get(listing.challenge.id, 0)) for listing in listings]


def teams_in(session: Session, challenge_ids: Iterable[int | None]) -> dict[int | None, int]:
    """Return how many teams compete in each challenge."""
    query = (
        select(Team.challenge_id, func.count())
        .where(col(Team.challenge_id).in_(set(challenge_ids)), col(Team.closed_at).is_(None))
        .group_by(col(Team.challenge_id))
    )
    return dict(session.exec(query).all())


def joined_by(session: Session, account_id: int | None) -> frozenset[int]:
    """Return the challenges that somebody takes part in; a page that asks again finds them."""
    if account_id is None:
        return frozenset()
    query = select(Participation.challenge_id).where(Participation.account_id == account_id)
    return once(session, ("joined", account_id), lambda: frozenset(session.exec(query)))
