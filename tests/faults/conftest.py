"""An instance in real processes, and students with tokens."""

import hashlib
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import redis
import sqlalchemy as sa
from sqlmodel import Session, select

from server.accounts.models import Account
from server.accounts.tokens import create_token
from server.challenges.models import Participation, Phase
from server.shared.clock import utcnow
from server.shared.settings import Settings
from server.shared.storage import FileStore
from server.teams.models import Membership, Team
from tests.cast import Cast
from tests.faults.producing import Student, solution_text
from tests.faults.running import Running, running
from tests.scores import add_live

NAMES = ("wei", "lena", "jonas", "amina", "manfred")


def queue_url() -> str:
    """Redis, where the tests are given one: a database of this test process's own, emptied."""
    url = os.environ.get("VARSITY_TEST_REDIS_URL", "")
    if not url:
        return ""
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]) + 1
    mine = f"{url.rpartition('/')[0]}/{number}"
    redis.Redis.from_url(mine).flushdb()
    return mine


@pytest.fixture
def students(database, settings: Settings, cast: Cast, tmp_path: Path) -> list[Student]:
    """Five teams in a challenge that is open now, with a solution and no narrow quota."""
    settings.queue_url = queue_url()
    solution = tmp_path / "solution.csv"
    solution.write_text(solution_text())
    sha256 = hashlib.sha256(solution.read_bytes()).hexdigest()
    FileStore(settings.hidden_store).put(solution, sha256)
    with database.writing() as session:
        phase = session.get_one(Phase, cast.phase_a.id)
        phase.starts, phase.ends = utcnow() - timedelta(days=1), utcnow() + timedelta(days=9)
        phase.per_day = phase.total = 100_000
        session.execute(
            sa.update(Phase)
            .where(Phase.id == cast.phase_b.id)
            .values(starts=utcnow() + timedelta(days=10), ends=utcnow() + timedelta(days=20))
        )
        add_live(session, phase, solution=sha256)
        made = [add_student(session, cast, cast.people[name]) for name in NAMES]
        session.commit()
    return made


def add_student(session: Session, cast: Cast, account: Account) -> Student:
    """Give somebody a token, and a team of one where there is none."""
    token, plain = create_token(session, account_id=account.id, name="test", now=utcnow())
    seat = session.exec(select(Membership).where(Membership.account_id == account.id)).first()
    team_id = seat.team_id if seat else _team_of_one(session, cast, account)
    assert token.id
    return Student(account.email.partition("@")[0], plain, team_id)


def _team_of_one(session: Session, cast: Cast, account: Account) -> int:
    challenge, name = cast.digits, account.email.partition("@")[0]
    team = Team(
        challenge_id=challenge.id,
        name=name,
        name_key=name,
        captain_id=account.id,
        university_id=account.university_id,
        code=f"code-of-{name}",
        created_at=utcnow(),
    )
    session.add(team)
    session.flush()
    seat = {"challenge_id": challenge.id, "account_id": account.id, "joined_at": utcnow()}
    session.add(Membership(team_id=team.id, **seat))
    session.add(Participation(**seat))
    return team.id


@pytest.fixture
def instance(settings: Settings, students: list[Student], tmp_path: Path) -> Iterator[Running]:
    """An instance whose processes a test starts and kills."""
    with running(settings, tmp_path) as made:
        yield made
