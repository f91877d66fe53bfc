"""The second half of a refresh: every season's standings follow its contributions."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple

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
from server.standings.participation import AT_ONCE, activities
from server.standings.reckoning import Key, Known, Row, SeasonSet, reckoned, standing_rows
from server.standings.rules import Activity, Rule
from server.standings.taking_in import Changes
from server.universities.models import University


class Aggregate(NamedTuple):
    """A season's new rows, and what its snapshot says of them."""

    season: SeasonSet
    rows: dict[Key, Row]
    provisional: int


class Aggregator:
    """Ranks universities; remembers the lines of challenges, which seldom change.

    A university is reckoned anew only where a line of its own, or its activity, is another one.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self._lines: dict[int, tuple[int, Computed]] = {}
        self._known: dict[int, Known] = {}

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
            if _hold_turn(session) != turn:
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
        lines = {k: self._lines[k][1] for k in season.weights}
        activity = _activity(session, season, changes)
        before = self._known.get(season.season_id)
        universities = reckoned(season, lines, activity, before)
        self._known[season.season_id] = Known(season.weights, lines, universities)
        rows = standing_rows(season, universities, _names(session))
        provisional = sum(boards[k].provisional for k in season.weights)
        return Aggregate(season, rows, provisional)


TURN = select(models.Reading.turn).where(models.Reading.id == ONLY)


def _turn(session: Session) -> int:
    return session.exec(TURN).first() or 0


def _hold_turn(session: Session) -> int:
    return session.exec(TURN.with_for_update()).first() or 0


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


def _write(session: Session, made: Aggregate, *, turn: int, now: datetime) -> bool:
    """Write what differs from the stored rows; return whether anything did."""
    season, table = made.season, table_of(Standing)
    of_season = col(Standing.season_id) == season.season_id
    columns = table.columns.keys()
    rule, university_id = columns.index("rule"), columns.index("university_id")
    rows = session.execute(sa.select(*table.columns).where(of_season))
    before = {(row[rule], row[university_id]): tuple(row) for row in rows}
    changed = [
        key
        for key, row in made.rows.items()
        if before.get(key) != tuple(map(row.__getitem__, columns))
    ]
    gone = [*before.keys() - made.rows.keys(), *(key for key in changed if key in before)]
    _delete(session, season, gone)
    if changed:
        session.execute(table.insert(), [made.rows[key] for key in changed])
    moved = bool(gone or changed)
    return _write_snapshot(session, made, moved=moved, turn=turn, now=now)


def _delete(session: Session, season: SeasonSet, keys: Collection[Key]) -> None:
    by_rule: dict[Rule, list[int]] = defaultdict(list)
    for rule, university_id in keys:
        by_rule[rule].append(university_id)
    for rule, found in by_rule.items():
        for first in range(0, len(found), AT_ONCE):
            session.execute(
                sa.delete(Standing).where(
                    col(Standing.season_id) == season.season_id,
                    col(Standing.rule) == rule,
                    col(Standing.university_id).in_(found[first : first + AT_ONCE]),
                )
            )


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
