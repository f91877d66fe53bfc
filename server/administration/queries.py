"""Reads of the administration room: how the instance stands."""

import shutil
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from server.accounts.models import Account
from server.accounts.queries import member_counts
from server.administration.rules import Health, judge_disk, judge_queue
from server.challenges.models import Challenge, ChallengeFile, Organiser
from server.challenges.queries import challenges_by_id
from server.evaluations.models import Evaluation
from server.shared.mail import MOST_ATTEMPTS, OutgoingMail
from server.shared.paging import Page, page_of
from server.shared.schedules import SILENT_AFTER, WorkerBeat, workers
from server.shared.settings import Settings
from server.submissions.models import Submission
from server.submissions.rules import WAITING, SubmissionState
from server.submissions.worklist import QueueFacts, queue_facts
from server.teams.models import Membership, Team
from server.teams.queries import teams_by_id
from server.universities.models import University
from server.universities.queries import find_universities

LATEST_MAIL = 20
OLDEST_SHOWN = 20


class WorkerLine(NamedTuple):
    """A worker, and whether it was heard of lately."""

    worker: WorkerBeat
    alive: bool


class MailFacts(NamedTuple):
    """How many messages wait, were given up, and were sent in the last day."""

    waiting: int
    given_up: int
    sent_today: int


class Disk(NamedTuple):
    """The disk of the data folder, in bytes."""

    free: int
    total: int
    health: Health


class Overview(NamedTuple):
    """What an administrator wants to know first."""

    workers: list[WorkerLine]
    alive: int
    queue: QueueFacts
    queue_health: Health
    disk: Disk
    mail: MailFacts
    accounts: int
    challenges: int
    submissions: int


class Sizes(NamedTuple):
    """What is kept: bytes of the database and of the public files, counts of the files."""

    database: int
    public_files: int
    public_bytes: int
    solutions: int


class QueueLine(NamedTuple):
    """A submission in trouble or in the queue, with the names to show beside it."""

    submission: Submission
    challenge: Challenge
    team: Team | None


class UniversityLine(NamedTuple):
    """A university and the number of its open accounts."""

    university: University
    members: int


class ChallengeLine(NamedTuple):
    """A challenge, who runs it, and how much there is of it."""

    challenge: Challenge
    organisers: list[Account]
    teams: int
    submissions: int


def worker_lines(session: Session, *, now: datetime) -> list[WorkerLine]:
    """Return every worker known, the latest heard first."""
    return [WorkerLine(w, now - w.seen_at < SILENT_AFTER) for w in workers(session)]


def disk_of(folder: Path) -> Disk:
    """Look at the disk that a folder is on."""
    usage = shutil.disk_usage(folder)
    return Disk(usage.free, usage.total, judge_disk(free=usage.free, total=usage.total))


def mail_facts(session: Session, *, now: datetime) -> MailFacts:
    """Count the messages that wait, were given up, and were sent in the last day."""
    unsent = col(OutgoingMail.sent_at).is_(None)
    tried = col(OutgoingMail.attempts)
    counts = [
        session.exec(select(func.count()).select_from(OutgoingMail).where(*condition)).one()
        for condition in (
            (unsent, tried < MOST_ATTEMPTS),
            (unsent, tried >= MOST_ATTEMPTS),
            (col(OutgoingMail.sent_at) >= now - timedelta(days=1),),
        )
    ]
    return MailFacts(*counts)


def latest_mail(session: Session) -> Sequence[OutgoingMail]:
    """Return the latest messages, newest first."""
    query = select(OutgoingMail).order_by(col(OutgoingMail.id).desc()).limit(LATEST_MAIL)
    return session.exec(query).all()


def overview(session: Session, settings: Settings, *, now: datetime) -> Overview:
    """Return how the instance stands."""
    lines = worker_lines(session, now=now)
    alive = sum(line.alive for line in lines)
    queue = queue_facts(session, now=now)
    health = judge_queue(
        waiting=queue.waiting, oldest_seconds=queue.oldest_seconds, workers_alive=alive
    )
    return Overview(
        workers=lines,
        alive=alive,
        queue=queue,
        queue_health=health,
        disk=disk_of(settings.data_dir),
        mail=mail_facts(session, now=now),
        accounts=_count(session, Account, col(Account.closed_at).is_(None)),
        challenges=_count(session, Challenge),
        submissions=_count(session, Submission, col(Submission.team_id).is_not(None)),
    )


def _count(session: Session, table: type, *conditions: sa.ColumnElement[bool]) -> int:
    return session.exec(select(func.count()).select_from(table).where(*conditions)).one()


def sizes(session: Session) -> Sizes:
    """Measure what is kept. A file that was sent twice is stored once."""
    sent = sa.select(col(Submission.sha256), col(Submission.size))
    served = sa.select(col(ChallengeFile.sha256), col(ChallengeFile.size))
    stored = sent.union(served).subquery()
    files, size = session.execute(
        sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(stored.c.size), 0))
    ).one()
    solutions = session.exec(select(func.count(sa.distinct(col(Evaluation.solution_sha256))))).one()
    return Sizes(_database_size(session), int(files), int(size), solutions)


def _database_size(session: Session) -> int:
    if session.get_bind().dialect.name == "postgresql":
        statement = "SELECT pg_database_size(current_database())"
    else:
        statement = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
    return int(session.execute(sa.text(statement)).scalar_one())


def oldest_waiting(session: Session) -> list[QueueLine]:
    """Return what has waited longest."""
    query = (
        select(Submission)
        .where(col(Submission.state).in_(WAITING))
        .order_by(col(Submission.received_at), col(Submission.id))
        .limit(OLDEST_SHOWN)
    )
    return _lines(session, session.exec(query).all())


def failures(session: Session, *, page: int, per_page: int = 20) -> Page[QueueLine]:
    """Return a page of the submissions that failed, which no participant caused, newest first."""
    query = (
        select(Submission)
        .where(Submission.state == SubmissionState.FAILED)
        .order_by(col(Submission.scored_at).desc(), col(Submission.id).desc())
    )
    found: Page[Submission] = page_of(session, query, page=page, per_page=per_page)
    return Page(found.total, found.page, found.per_page, _lines(session, found.rows))


def _lines(session: Session, submissions: Sequence[Submission]) -> list[QueueLine]:
    challenges = challenges_by_id(session, [s.challenge_id for s in submissions])
    teams = teams_by_id(session, [s.team_id for s in submissions])
    return [
        QueueLine(s, challenges[s.challenge_id], teams.get(s.team_id or 0)) for s in submissions
    ]


def university_lines(session: Session, *, q: str, page: int) -> Page[UniversityLine]:
    """Return a page of universities with the number of their accounts."""
    found, members = find_universities(session, q=q, page=page), member_counts(session)
    rows = [UniversityLine(u, members.get(u.id or 0, 0)) for u in found.rows]
    return Page(found.total, found.page, found.per_page, rows)


def challenge_lines(session: Session, *, page: int) -> Page[ChallengeLine]:
    """Return a page of all challenges, the newest first."""
    query = select(Challenge).order_by(col(Challenge.created_at).desc(), col(Challenge.id).desc())
    found: Page[Challenge] = page_of(session, query, page=page, per_page=20)
    ids = [c.id for c in found.rows if c.id is not None]
    people = _organisers(session, ids)
    teams = _counts(session, col(Team.challenge_id), ids)
    sent = _counts(session, col(Submission.challenge_id), ids)
    rows = [
        ChallengeLine(c, people.get(c.id or 0, []), teams.get(c.id or 0, 0), sent.get(c.id or 0, 0))
        for c in found.rows
    ]
    return Page(found.total, found.page, found.per_page, rows)


def _organisers(session: Session, ids: Sequence[int]) -> dict[int, list[Account]]:
    query = (
        select(Organiser, Account)
        .join(Account, col(Account.id) == col(Organiser.account_id))
        .where(col(Organiser.challenge_id).in_(ids))
        .order_by(col(Account.name))
    )
    found: dict[int, list[Account]] = {}
    for organiser, account in session.exec(query):
        found.setdefault(organiser.challenge_id, []).append(account)
    return found


def _counts(session: Session, column: Any, ids: Sequence[int]) -> dict[int, int]:
    query = sa.select(column, sa.func.count()).where(column.in_(ids)).group_by(column)
    return {int(key): count for key, count in session.execute(query)}


def teams_of_account(session: Session, account_id: int) -> list[tuple[Team, Challenge]]:
    """Return the teams that an account is in, with their challenges."""
    query = (
        select(Team)
        .join(Membership, col(Membership.team_id) == col(Team.id))
        .where(Membership.account_id == account_id)
        .order_by(col(Team.id))
    )
    teams = session.exec(query).all()
    challenges = challenges_by_id(session, [t.challenge_id for t in teams])
    return [(team, challenges[team.challenge_id]) for team in teams]


def organised_by(session: Session, account_id: int) -> Sequence[Challenge]:
    """Return the challenges that an account runs."""
    query = (
        select(Challenge)
        .join(Organiser, col(Organiser.challenge_id) == col(Challenge.id))
        .where(Organiser.account_id == account_id)
        .order_by(col(Challenge.title))
    )
    return session.exec(query).all()
