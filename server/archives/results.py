"""What came of a challenge, as the members under results/ of its archive."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby, islice
from pathlib import PurePosixPath
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from server.accounts.models import Account
from server.archives.streaming import Member, of_lines, of_stored, of_text
from server.archives.tables import SUBMISSION_COLUMNS, submission_rows
from server.boards.exports import BOARD_COLUMNS, board_cells
from server.boards.mixed import with_universities
from server.boards.reading import every_row
from server.boards.rows import On
from server.challenges.models import Phase
from server.challenges.queries import phases_of
from server.evaluations.models import Evaluation, Score
from server.evaluations.queries import evaluations_of, live_evaluation
from server.evaluations.rules import SCORED_BOARDS
from server.shared.database import Database
from server.shared.events import Event
from server.shared.spreadsheets import csv_lines, moment
from server.shared.storage import FileStore
from server.submissions.models import Submission
from server.teams.models import Membership, Team
from server.universities.models import University

RESULTS = "results"
AT_ONCE = 5_000
SCORED_AT_ONCE = 500
TEAM_COLUMNS = (
    "id",
    "name",
    "university",
    "members",
    "created_at",
    "disqualified_at",
    "disqualified_reason",
    "merged_into",
    "closed_at",
)
SCORE_COLUMNS = (
    "submission",
    "phase",
    "evaluation",
    "board",
    "value",
    "low",
    "high",
    "method",
    "also",
    "rows",
    "scored_at",
)
EVENT_COLUMNS = ("id", "at", "kind", "actor_id", "team_id", "subject_id", "data")


def result_members(
    database: Database, challenge_id: int, *, store: FileStore | None, now: datetime
) -> Iterator[Member]:
    """Yield what came of a challenge; `store`: the submitted files too, which lie in it."""
    with Session(database.read_engine) as session:
        phases = phases_of(session, challenge_id)
        boards = [on for phase in phases for on in _boards(session, phase)]
        evaluations = _evaluations(session, phases)
        session.expunge_all()
    yield of_text(f"{RESULTS}/evaluations.json", evaluations)
    for phase, on in boards:
        name = f"{RESULTS}/board-{phase}-{on.board.value}.csv"
        yield _table(database, name, BOARD_COLUMNS, _board, on)
    queries = {
        "teams": (TEAM_COLUMNS, _teams),
        "submissions": (SUBMISSION_COLUMNS, _submissions),
        "scores": (SCORE_COLUMNS, _scores),
        "log": (EVENT_COLUMNS, _events),
    }
    for name, (columns, rows) in queries.items():
        yield _table(database, f"{RESULTS}/{name}.csv", columns, rows, challenge_id)
    if store is not None:
        yield from _files(database, challenge_id, store)


def _table(
    database: Database, name: str, columns: Sequence[str], rows: Any, argument: object
) -> Member:
    """Make a member of a table whose rows are read when it is its turn, in their own session."""

    def lines() -> Iterator[str]:
        with Session(database.read_engine) as session:
            yield from csv_lines(columns, rows(session, argument))

    return of_lines(name, lines)


def _boards(session: Session, phase: Phase) -> list[tuple[str, On]]:
    evaluation = live_evaluation(session, phase.id)
    if evaluation is None:
        return []
    shown = SCORED_BOARDS if evaluation.has_private else SCORED_BOARDS[:1]
    return [(phase.slug, On(phase.id or 0, board)) for board in shown]


def _board(session: Session, on: On) -> Iterator[tuple[Any, ...]]:
    rows = list(every_row(session, on))
    for first in range(0, len(rows), SCORED_AT_ONCE):
        some = rows[first : first + SCORED_AT_ONCE]
        yield from map(board_cells, with_universities(session, some))


def _evaluations(session: Session, phases: Sequence[Phase]) -> str:
    found = [
        _evaluation(phase, evaluation)
        for phase in phases
        for evaluation in reversed(evaluations_of(session, phase.id or 0))
    ]
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"


def _evaluation(phase: Phase, evaluation: Evaluation) -> dict[str, Any]:
    # The text of a metric file stands in the folder; here its version says which it was.
    spec = {name: value for name, value in evaluation.spec.items() if name != "code"}
    return {
        "phase": phase.slug,
        "number": evaluation.number,
        "state": evaluation.state.value,
        "scorer": evaluation.scorer,
        "scorer_version": evaluation.scorer_version,
        "spec": spec,
        "solution_sha256": evaluation.solution_sha256,
        "rows_public": evaluation.rows_public,
        "rows_private": evaluation.rows_private,
        "reason": evaluation.reason,
        "created_at": moment(evaluation.created_at),
        "live_at": moment(evaluation.live_at),
    }


def _in_parts(session: Session, query: Any, key: Any) -> Iterator[Any]:
    """Yield a select's rows by their number, some at a time; no transaction stays open between."""
    last = -1
    while True:
        rows = session.execute(query.where(key > last).order_by(key).limit(AT_ONCE)).all()
        session.rollback()
        yield from rows
        if len(rows) < AT_ONCE:
            return
        last = rows[-1][0]


def _teams(session: Session, challenge_id: int) -> Iterator[tuple[Any, ...]]:
    members = _members(session, challenge_id)
    query = (
        sa.select(
            *(col(getattr(Team, name)) for name in ("id", "name")),
            col(University.slug),
            *(col(getattr(Team, name)) for name in TEAM_COLUMNS[4:]),
        )
        .outerjoin(University, col(University.id) == col(Team.university_id))
        .where(col(Team.challenge_id) == challenge_id)
    )
    for row in _in_parts(session, query, col(Team.id)):
        number, name, university, *rest = row
        names = "; ".join(members.get(number, ()))
        yield (number, name, university, names, *(_cell(value) for value in rest))


def _members(session: Session, challenge_id: int) -> dict[int, list[str]]:
    query = (
        sa.select(col(Membership.team_id), col(Account.name))
        .join(Account, col(Account.id) == col(Membership.account_id))
        .where(col(Membership.challenge_id) == challenge_id)
        .order_by(col(Membership.team_id), col(Membership.id))
    )
    rows = session.execute(query).all()
    return {team: [name for _, name in found] for team, found in groupby(rows, lambda r: r[0])}


def _cell(value: Any) -> Any:
    return moment(value) if isinstance(value, datetime) else value


def _submissions(session: Session, challenge_id: int) -> Iterator[tuple[Any, ...]]:
    query = select(Submission).where(col(Submission.challenge_id) == challenge_id)
    return submission_rows(session, query)


def _scores(session: Session, challenge_id: int) -> Iterator[tuple[Any, ...]]:
    """Yield all scores of all evaluations, submission by submission."""
    known = {
        evaluation.id: (phase.slug, evaluation.number)
        for phase in phases_of(session, challenge_id)
        for evaluation in evaluations_of(session, phase.id or 0)
    }
    query = sa.select(col(Submission.id)).where(col(Submission.challenge_id) == challenge_id)
    numbers = (row[0] for row in _in_parts(session, query, col(Submission.id)))
    while part := list(islice(numbers, SCORED_AT_ONCE)):
        scores = select(Score).where(col(Score.submission_id).in_(part))
        found = session.exec(scores.order_by(col(Score.submission_id), col(Score.id))).all()
        rows = [_score_cells(score, *known[score.evaluation_id]) for score in found]
        session.rollback()
        session.expunge_all()
        yield from rows


def _score_cells(score: Score, phase: str, number: int) -> tuple[Any, ...]:
    return (
        score.submission_id,
        phase,
        number,
        score.board.value,
        score.value,
        score.low,
        score.high,
        score.method,
        json.dumps(score.also, ensure_ascii=False) if score.also else None,
        score.rows,
        moment(score.scored_at),
    )


def _events(session: Session, challenge_id: int) -> Iterator[tuple[Any, ...]]:
    names = EVENT_COLUMNS
    query = sa.select(*(col(getattr(Event, name)) for name in names)).where(
        col(Event.challenge_id) == challenge_id
    )
    for number, at, *ids, data in _in_parts(session, query, col(Event.id)):
        text = json.dumps(data, ensure_ascii=False) if data else None
        yield (number, moment(at), *ids, text)


def _files(database: Database, challenge_id: int, store: FileStore) -> Iterator[Member]:
    """Yield the submitted files, each named by its submission's number and nothing of its own."""
    query = sa.select(col(Submission.id), col(Submission.sha256), col(Submission.filename)).where(
        col(Submission.challenge_id) == challenge_id
    )
    with Session(database.read_engine) as session:
        for number, sha256, filename in _in_parts(session, query, col(Submission.id)):
            name = f"{RESULTS}/submissions/{number}{_suffix(filename)}"
            yield of_stored(name, store, sha256)


def _suffix(filename: str) -> str:
    """Return a file's suffixes where they are such as submissions have."""
    found = [s.lower() for s in PurePosixPath(filename).suffixes[-2:]]
    return "".join(s for s in found if s[1:].isascii() and s[1:].isalnum() and len(s) < 9)
