"""The first half of a refresh: contributions and participants follow the boards."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, select

from server.shared.database import Database
from server.standings.contributions import Computed, as_rows, computed, stored
from server.standings.models import Contribution, Participant, Reading, StandingBoard, table_of
from server.standings.news import ONLY, News, ask_for_ranges, first_reading, note_read, read_news
from server.standings.participation import (
    AT_ONCE,
    participants_of_challenge,
    participants_of_teams,
)
from server.standings.season_boards import SeasonBoard, season_boards


class Changes(NamedTuple):
    """What a refresh took in, and the turn that it made of it.

    `universities` are those whose activity moved, None for all of them.
    """

    turn: int
    revealed: set[int]
    universities: set[int] | None


class Moved(NamedTuple):
    """A board with its new lines, and those that are stored (none: it is new)."""

    board: SeasonBoard
    lines: Computed
    before: Computed


class Plan(NamedTuple):
    """What is to be written: boards with their new lines, boards that stand no more."""

    turn: int
    news: News
    boards: dict[int, Moved]
    new: set[int]
    gone: set[int]
    revealed: set[int]
    participants: list[dict[str, Any]]


NOTHING = Changes(-1, set(), None)


def take_in(database: Database, *, now: datetime, everything: bool = False) -> Changes:
    """Bring contributions and participants up to date, and say what changed.

    What is heavy is read and computed before anything is locked. Where another worker has
    written meanwhile, nothing is: the next turn sees what is left.
    """
    with database.reading() as session:
        plan = _plan(session, now=now, everything=everything)
    if not (plan.news.read or plan.news.any or plan.boards or plan.gone):
        return NOTHING
    with database.writing() as session:
        reading = _reading(session)
        if (reading.turn if reading else 0) != plan.turn:
            return NOTHING
        changes = _write(session, plan, reading, now=now)
        session.commit()
    return changes


def _reading(session: Session) -> Reading | None:
    return session.exec(select(Reading).where(Reading.id == ONLY).with_for_update()).first()


def _plan(session: Session, *, now: datetime, everything: bool) -> Plan:
    reading = session.get(Reading, ONLY)
    news = read_news(session, reading)
    if everything:
        news = news._replace(everything=True, seasons=True)
    kept = {row.challenge_id: row for row in session.exec(select(StandingBoard))}
    standing = {b.challenge.id or 0: b for b in season_boards(session, now=now)}
    news.whole.update(set(standing) - set(kept))
    changed = _changed(session, standing, kept, news)
    return Plan(
        turn=reading.turn if reading else 0,
        news=news,
        boards=changed,
        new=set(standing) - set(kept),
        gone=set(kept) - set(standing),
        revealed={
            k for k, moved in changed.items() if k in kept and _is_revealed(moved.board, kept[k])
        },
        participants=_participants(session, news, standing),
    )


def _is_revealed(board: SeasonBoard, kept: StandingBoard) -> bool:
    return not board.provisional and (kept.provisional or kept.phase_id != board.phase.id)


def _changed(
    session: Session,
    standing: Mapping[int, SeasonBoard],
    kept: Mapping[int, StandingBoard],
    news: News,
) -> dict[int, Moved]:
    found = {}
    for challenge_id, board in standing.items():
        row = kept.get(challenge_id)
        same = row is not None and _same_board(row, board)
        if same and not news.everything and challenge_id not in news.challenges:
            continue
        fresh = computed(session, board)
        before = stored(session, challenge_id, ranked=row.ranked if row else 0)
        if not same or fresh != before:
            found[challenge_id] = Moved(board, fresh, before)
    return found


def _same_board(row: StandingBoard, board: SeasonBoard) -> bool:
    told = (row.phase_id, row.board, row.provisional)
    return told == (board.phase.id, board.board, board.provisional)


def _participants(
    session: Session, news: News, standing: Mapping[int, SeasonBoard]
) -> list[dict[str, Any]]:
    if news.everything:
        return [row for k in sorted(standing) for row in participants_of_challenge(session, k)]
    of_whole = [row for k in sorted(news.whole) for row in participants_of_challenge(session, k)]
    known = {row["team_id"] for row in of_whole}
    return of_whole + participants_of_teams(session, news.teams - known)


def _write(session: Session, plan: Plan, reading: Reading | None, *, now: datetime) -> Changes:
    reading = reading or first_reading(plan.news, now=now)
    note_read(session, reading, plan.news, now=now)
    if plan.news.resampled:
        ask_for_ranges(session)
    universities = _write_participants(session, plan)
    _write_boards(session, plan, version=reading.turn + 1)
    if plan.new or plan.gone or plan.news.seasons:
        # Seasons are made of other challenges than before.
        universities = None
    if not plan.boards and universities is not None and not universities:
        return NOTHING
    reading.turn += 1
    return Changes(reading.turn, plan.revealed, universities)


def _write_participants(session: Session, plan: Plan) -> set[int] | None:
    """Replace the participants of what is new; return the universities that gained or lost."""
    table = table_of(Participant)
    before: set[tuple[Any, ...]] = set()
    for condition in _replaced(plan):
        before |= {tuple(row) for row in session.execute(sa.select(table).where(condition))}
    names = list(table.columns.keys())
    after = {tuple(row[name] for name in names) for row in plan.participants}
    if before != after:
        for condition in _replaced(plan):
            session.execute(sa.delete(Participant).where(condition))
        if plan.participants:
            session.execute(table_of(Participant).insert(), plan.participants)
    if plan.news.everything:
        return None
    place = names.index("university_id")
    return {row[place] for row in before ^ after}


def _replaced(plan: Plan) -> list[sa.ColumnElement[bool]]:
    if plan.news.everything:
        return [sa.true()]
    conditions = _among(col(Participant.team_id), plan.news.teams)
    return conditions + _among(col(Participant.challenge_id), plan.news.whole)


def _among(column: Any, ids: Collection[int]) -> list[sa.ColumnElement[bool]]:
    wanted = sorted(ids)
    starts = range(0, len(wanted), AT_ONCE)
    return [column.in_(wanted[start : start + AT_ONCE]) for start in starts]


def _write_boards(session: Session, plan: Plan, *, version: int) -> None:
    for condition in _among(col(Contribution.challenge_id), plan.gone):
        session.execute(sa.delete(Contribution).where(condition))
    for condition in _among(col(StandingBoard.challenge_id), {*plan.boards, *plan.gone}):
        session.execute(sa.delete(StandingBoard).where(condition))
    for challenge_id, moved in plan.boards.items():
        row = StandingBoard(
            challenge_id=challenge_id,
            phase_id=moved.board.phase.id or 0,
            board=moved.board.board,
            provisional=moved.board.provisional,
            ranked=moved.lines.ranked,
            version=version,
        )
        session.execute(sa.insert(StandingBoard), [row.model_dump()])
        _write_lines(session, challenge_id, moved)


def _write_lines(session: Session, challenge_id: int, moved: Moved) -> None:
    """Write the lines that are others than those stored: one score moves few."""
    before = {row["university_id"]: row for row in as_rows(challenge_id, moved.before)}
    after = {row["university_id"]: row for row in as_rows(challenge_id, moved.lines)}
    changed = {k for k in before.keys() | after.keys() if before.get(k) != after.get(k)}
    for condition in _among(col(Contribution.university_id), changed & before.keys()):
        of_challenge = col(Contribution.challenge_id) == challenge_id
        session.execute(sa.delete(Contribution).where(of_challenge, condition))
    rows = [after[k] for k in sorted(changed & after.keys())]
    if rows:
        session.execute(table_of(Contribution).insert(), rows)
