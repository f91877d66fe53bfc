"""Reads of the standings as they are stored: a request computes none of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, select

from server.challenges.models import Challenge, Phase
from server.evaluations.rules import Board
from server.shared.caching import once
from server.shared.errors import N_, NotFound
from server.shared.paging import Page, clamp
from server.standings import models
from server.standings.models import (
    EVERYTHING,
    SeasonChallenge,
    Snapshot,
    Standing,
    StandingBoard,
    StandingRange,
)
from server.standings.robustness import RankRange
from server.standings.rules import Activity, Medals, RangeOverRules, Rule
from server.standings.season_boards import ChallengeName, PhaseName, SeasonBoard
from server.universities.models import University

# A board, how many teams it ranks, and the weight of its challenge.
Weighed = tuple[SeasonBoard, int, float]
EVERYTHING_SLUG = "all"
EVERYTHING_TITLE = N_("All public challenges")
NEVER = datetime.fromisoformat("1970-01-01T00:00:00+00:00")

OF_CHALLENGE: Any = tuple(getattr(Challenge, name) for name in ChallengeName._fields)
OF_PHASE: Any = tuple(getattr(Phase, name) for name in PhaseName._fields)


class SeasonName(NamedTuple):
    """A season by its number, its name in addresses and its title."""

    id: int
    slug: str
    title: str

    @property
    def is_everything(self) -> bool:
        """Whether it is that of all public challenges, whose title is translated."""
        return self.id == EVERYTHING


EVERYTHING_NAME = SeasonName(EVERYTHING, EVERYTHING_SLUG, EVERYTHING_TITLE)


class Place(NamedTuple):
    """A university in the standings by one rule; `range` is over the replicates, if known."""

    rank: int
    university: University
    value: float
    challenges: int
    medals: Medals
    activity: Activity
    rules: RangeOverRules
    range: RankRange | None


@dataclass(frozen=True)
class Standings:
    """A part of the universities ranked by a rule over a season, as of the snapshot."""

    season: SeasonName
    rule: Rule
    snapshot: Snapshot
    places: Page[Place]

    @property
    def provisional(self) -> bool:
        """Whether some board is not final yet."""
        return self.snapshot.provisional > 0


def seasons(session: Session) -> list[SeasonName]:
    """Return the season of all challenges, then the named ones, the newest first."""
    query = select(models.Season).order_by(col(models.Season.id).desc())
    named = [SeasonName(s.id or 0, s.slug, s.title) for s in session.exec(query)]
    return [EVERYTHING_NAME, *named]


def season_by_slug(session: Session, slug: str | None) -> SeasonName:
    """Return a season; without a name, that of all public challenges. Raises NotFound."""
    if not slug or slug == EVERYTHING_SLUG:
        return EVERYTHING_NAME
    row = session.exec(select(models.Season).where(models.Season.slug == slug[:64])).first()
    if row is None:
        raise NotFound(N_("There is no season %(slug)s here."), slug=slug[:64])
    return SeasonName(row.id or 0, row.slug, row.title)


def weights_of(session: Session, season_id: int) -> list[tuple[str, float]]:
    """Return the challenges of a named season by slug, with their weights."""
    query = (
        sa.select(col(Challenge.slug), col(SeasonChallenge.weight))
        .join(Challenge, col(Challenge.id) == col(SeasonChallenge.challenge_id))
        .where(col(SeasonChallenge.season_id) == season_id)
        .order_by(col(Challenge.slug))
    )
    return list(session.execute(query).tuples())


def snapshot_of(session: Session, season: SeasonName) -> Snapshot:
    """Return what is known of a season's stored standings; an empty one before the first."""
    name = ("snapshot", season.id)
    found = once(session, name, lambda: session.get(Snapshot, season.id))
    return found or Snapshot(season_id=season.id, as_of=NEVER)


def version_of(session: Session, season: SeasonName) -> str:
    """Return what changes with every number that a season's pages show."""
    found = snapshot_of(session, season)
    return f"{season}|{found.version}|{found.ranges_at}|{found.moment_at}"


# Statements are made once: to build one takes longer than to run it.
@cache
def _places_query() -> sa.Select[*tuple[Any, ...]]:
    same = (
        col(StandingRange.season_id) == col(Standing.season_id),
        col(StandingRange.rule) == col(Standing.rule),
        col(StandingRange.university_id) == col(Standing.university_id),
    )
    query: sa.Select[*tuple[Any, ...]] = sa.select(
        Standing, University, col(StandingRange.low), col(StandingRange.high)
    )
    return (
        query.join(University, col(University.id) == col(Standing.university_id))
        .outerjoin(StandingRange, sa.and_(*same))
        .where(col(Standing.season_id) == sa.bindparam("season"))
        .order_by(col(Standing.position))
    )


@cache
def _by_rule() -> sa.Select[*tuple[Any, ...]]:
    return _places_query().where(col(Standing.rule) == sa.bindparam("rule"))


@cache
def _part_by_rule() -> sa.Select[*tuple[Any, ...]]:
    return _by_rule().where(
        col(Standing.position) > sa.bindparam("first"),
        col(Standing.position) <= sa.bindparam("last"),
    )


@cache
def _of_one() -> sa.Select[*tuple[Any, ...]]:
    return _places_query().where(col(Standing.university_id) == sa.bindparam("university"))


def _place(found: Any) -> Place:
    row, university, low, high = found
    return Place(
        rank=row.rank,
        university=university,
        value=row.value,
        challenges=row.challenges,
        medals=Medals(row.gold, row.silver, row.bronze),
        activity=Activity(row.accounts, row.teams, row.submissions),
        rules=RangeOverRules(row.rules_best, row.rules_worst),
        range=None if low is None else RankRange(low, high),
    )


def standings(
    session: Session, season: SeasonName, rule: Rule, *, page: int = 1, per_page: int = 50
) -> Standings:
    """Return a page of the universities ranked by a rule: index look-ups only."""
    snapshot = snapshot_of(session, season)
    page, per_page = clamp(page, per_page)
    first = (page - 1) * per_page
    part = {"season": season.id, "rule": rule, "first": first, "last": first + per_page}
    rows = [_place(found) for found in session.execute(_part_by_rule(), part)]
    return Standings(season, rule, snapshot, Page(snapshot.universities, page, per_page, rows))


def every_place(session: Session, season: SeasonName, rule: Rule) -> list[Place]:
    """Return all universities ranked by a rule, in order (for exports)."""
    asked = {"season": season.id, "rule": rule}
    return [_place(found) for found in session.execute(_by_rule(), asked)]


def places_of(session: Session, season: SeasonName, university_id: int) -> dict[Rule, Place]:
    """Return where a university stands by each rule; nothing where it has no result."""
    asked = {"season": season.id, "university": university_id}
    found = {row[0].rule: _place(row) for row in session.execute(_of_one(), asked)}
    return {rule: found[rule] for rule in Rule if rule in found}


def boards_of(session: Session, season: SeasonName) -> list[Weighed]:
    """Return each board of a season, the teams that it ranks, and the challenge's weight."""
    return once(session, ("boards of season", season.id), lambda: _boards_of(session, season))


def _boards_of(session: Session, season: SeasonName) -> list[Weighed]:
    asked = {} if season.is_everything else {"season": season.id}
    query = _boards_query(everything=season.is_everything)
    return [_weighed(row) for row in session.execute(query, asked).tuples()]


@cache
def _boards_query(*, everything: bool) -> sa.Select[*tuple[Any, ...]]:
    weight: Any = sa.literal(1.0) if everything else col(SeasonChallenge.weight)
    query: sa.Select[*tuple[Any, ...]] = (
        sa.select(
            *OF_CHALLENGE,
            *OF_PHASE,
            col(StandingBoard.board),
            col(StandingBoard.provisional),
            col(StandingBoard.ranked),
            weight,
        )
        .join(Challenge, col(Challenge.id) == col(StandingBoard.challenge_id))
        .join(Phase, col(Phase.id) == col(StandingBoard.phase_id))
        .order_by(col(Challenge.title), col(Challenge.id))
    )
    if everything:
        return query
    on = col(SeasonChallenge.challenge_id) == col(StandingBoard.challenge_id)
    of_season = col(SeasonChallenge.season_id) == sa.bindparam("season")
    return query.join(SeasonChallenge, on).where(of_season)


def _weighed(row: tuple[Any, ...]) -> Weighed:
    challenge, phase = ChallengeName(*row[:5]), PhaseName(*row[5:10])
    board, provisional, ranked, weight = row[10:]
    return SeasonBoard(challenge, phase, Board(board), provisional), ranked, float(weight)


def first_universities(session: Session, *, shown: int) -> Sequence[Place]:
    """Return the first universities by points over everything."""
    return standings(session, EVERYTHING_NAME, Rule.POINTS, per_page=shown).places.rows
