"""The second half of a refresh: every season's standings follow its contributions."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, select

from server.shared.database import Database
from server.standings import models
from server.standings.contributions import Computed, stored
from server.standings.history import keep_moment
from server.standings.models import (
    EVERYTHING,
    SeasonChallenge,
    Snapshot,
    Standing,
    StandingBoard,
    table_of,
)
from server.standings.news import ONLY
from server.standings.participation import activities
from server.standings.rules import (
    Activity,
    Result,
    Rule,
    Season,
    ranges_over_rules,
    rank_universities,
)
from server.standings.taking_in import Changes
from server.universities.models import University

Row = dict[str, Any]
Key = tuple[Rule, int]


class SeasonSet(NamedTuple):
    """A season's challenges that have begun, with their weights."""

    season_id: int
    weights: Mapping[int, float]


class Aggregate(NamedTuple):
    """A season's new rows, and what its snapshot says of them."""

    season: SeasonSet
    rows: dict[Key, Row]
    provisional: int


class Aggregator:
    """Ranks universities; remembers the lines of challenges, which seldom change."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._lines: dict[int, tuple[int, Computed]] = {}

    def run(self, changes: Changes, *, now: datetime) -> bool:
        """Bring every season's standings up to date; return whether a number changed."""
        with self.database.reading() as session:
            turn = _turn(session)
            behind = _behind(session, turn)
            if not behind and not changes.revealed:
                return False
            boards = {b.challenge_id: b for b in session.exec(select(StandingBoard))}
            self._read_lines(session, boards)
            made = [
                self._aggregate(session, s, boards, changes) for s in seasons_of(session, boards)
            ]
        with self.database.writing() as session:
            if _turn(session) != turn:
                return False
            moved = [_write(session, one, turn=turn, now=now) for one in made]
            for one in made:
                keep_moment(
                    session,
                    one.season.season_id,
                    revealed=changes.revealed & set(one.season.weights),
                    now=now,
                )
            _forget_seasons(session, {one.season.season_id for one in made})
            session.commit()
        return any(moved)

    def _read_lines(self, session: Session, boards: Mapping[int, StandingBoard]) -> None:
        for challenge_id, board in boards.items():
            known = self._lines.get(challenge_id)
            if known is None or known[0] != board.version:
                found = stored(session, challenge_id, ranked=board.ranked)
                self._lines[challenge_id] = (board.version, found)

    def _aggregate(
        self,
        session: Session,
        season: SeasonSet,
        boards: Mapping[int, StandingBoard],
        changes: Changes,
    ) -> Aggregate:
        results: dict[int, list[Result]] = defaultdict(list)
        for challenge_id, weight in season.weights.items():
            for university_id, line in self._lines[challenge_id][1].lines.items():
                won = line.result if weight == 1 else line.result._replace(weight=weight)
                results[university_id].append(won)
        activity = _activity(session, season, changes)
        rows = standing_rows(season, results, activity, _names(session))
        provisional = sum(boards[k].provisional for k in season.weights)
        return Aggregate(season, rows, provisional)


def _turn(session: Session) -> int:
    query = select(models.Reading.turn).where(models.Reading.id == ONLY).with_for_update()
    return session.exec(query).first() or 0


def _behind(session: Session, turn: int) -> bool:
    """Whether some season's standings are not made of the present contributions."""
    turns = dict(session.exec(select(Snapshot.season_id, Snapshot.turn)).all())
    wanted = {EVERYTHING, *session.exec(select(models.Season.id))}
    return set(turns) != wanted or any(one != turn for one in turns.values())


def seasons_of(session: Session, boards: Collection[int]) -> list[SeasonSet]:
    """Return every season with those of its challenges that have a board."""
    ids = session.exec(select(models.Season.id))
    made: dict[int, dict[int, float]] = {s: {} for s in ids if s is not None}
    for row in session.exec(select(SeasonChallenge).order_by(col(SeasonChallenge.challenge_id))):
        if row.challenge_id in boards:
            made[row.season_id][row.challenge_id] = row.weight
    everything = SeasonSet(EVERYTHING, dict.fromkeys(sorted(boards), 1.0))
    return [everything, *(SeasonSet(k, weights) for k, weights in sorted(made.items()))]


def _activity(session: Session, season: SeasonSet, changes: Changes) -> dict[int, Activity]:
    before = session.get(Snapshot, season.season_id)
    moved = changes.universities
    if moved is None or before is None or before.turn != changes.turn - 1:
        return activities(session, season.weights)
    query = sa.select(
        col(Standing.university_id),
        col(Standing.accounts),
        col(Standing.teams),
        col(Standing.submissions),
    ).where(
        col(Standing.season_id) == season.season_id,
        col(Standing.rule) == Rule.PARTICIPATION,
        col(Standing.university_id).not_in(moved),
    )
    kept = {k: Activity(*rest) for k, *rest in session.execute(query) if any(rest)}
    return kept | (activities(session, season.weights, moved) if moved else {})


def _names(session: Session) -> dict[int, str]:
    return dict(session.execute(sa.select(col(University.id), col(University.name))).tuples().all())


def standing_rows(
    season: SeasonSet,
    results: Mapping[int, Sequence[Result]],
    activity: Mapping[int, Activity],
    names: Mapping[int, str],
) -> dict[Key, Row]:
    """Return a season's rows by rule and university; equal ranks stand by name."""
    total = sum(season.weights.values())
    universities = {
        k: Season(results.get(k, ()), len(season.weights), activity.get(k, Activity()), total)
        for k in {*results, *activity}
        if k in names
    }
    ranked = {rule: rank_universities(rule, universities) for rule in Rule}
    spans = ranges_over_rules(ranked.values())
    rows: dict[Key, Row] = {}
    for rule, places in ranked.items():
        order = sorted(places, key=lambda p: (p.rank, names[p.id]))
        for position, place in enumerate(order, 1):
            own = universities[place.id]
            rows[rule, place.id] = {
                "season_id": season.season_id,
                "rule": rule,
                "university_id": place.id,
                "position": position,
                "rank": place.rank,
                "value": float(place.value),
                "challenges": len(own.results),
                **own.medals._asdict(),
                **own.activity._asdict(),
                "rules_best": spans[place.id].best,
                "rules_worst": spans[place.id].worst,
            }
    return rows


def _write(session: Session, made: Aggregate, *, turn: int, now: datetime) -> bool:
    """Write what differs from the stored rows; return whether anything did."""
    season, table = made.season, table_of(Standing)
    of_season = col(Standing.season_id) == season.season_id
    before = {
        (row["rule"], row["university_id"]): dict(row)
        for row in session.execute(sa.select(table).where(of_season)).mappings()
    }
    changed = [row for key, row in made.rows.items() if before.get(key) != row]
    replaced = {rule for rule, _ in before.keys() - made.rows.keys()}
    replaced |= {row["rule"] for row in changed}
    if replaced:
        session.execute(sa.delete(Standing).where(of_season, col(Standing.rule).in_(replaced)))
        rows = [row for row in made.rows.values() if row["rule"] in replaced]
        if rows:
            session.execute(table_of(Standing).insert(), rows)
    return _write_snapshot(session, made, moved=bool(replaced), turn=turn, now=now)


def _write_snapshot(
    session: Session, made: Aggregate, *, moved: bool, turn: int, now: datetime
) -> bool:
    weights = made.season.weights
    row = session.get(Snapshot, made.season.season_id)
    if row is None:
        row, moved = Snapshot(season_id=made.season.season_id, as_of=now), True
    told = {
        "challenges": len(weights),
        "provisional": made.provisional,
        "total_weight": sum(weights.values()),
        "universities": len({university_id for _, university_id in made.rows}),
    }
    moved = moved or any(getattr(row, name) != value for name, value in told.items())
    row.sqlmodel_update(told)
    row.turn = turn
    if moved:
        row.version += 1
        row.as_of = now
    session.add(row)
    session.flush()
    return moved


def _forget_seasons(session: Session, present: Collection[int]) -> None:
    """Drop what was stored of seasons that are no more."""
    for table in (Standing, models.StandingRange, models.StandingMoment, Snapshot):
        session.execute(sa.delete(table).where(col(table.season_id).not_in(present)))
