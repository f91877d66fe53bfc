"""The database that tests share on PostgreSQL is, for each, as if it were new."""

import pytest
import sqlalchemy as sa
from sqlmodel import func, select

from server.accounts.models import Account
from server.challenges.models import Challenge
from server.shared.database import Database
from server.universities.models import University
from tests.cast import NOON, Cast
from tests.postgres import PostgresTemplate


@pytest.fixture
def template(postgres_template: PostgresTemplate | None) -> PostgresTemplate:
    if postgres_template is None:
        pytest.skip("needs a PostgreSQL: `make test-all` starts one")
    return postgres_template


def counted(database: Database) -> int:
    tables = (Account, Challenge, University)
    with database.reading() as session:
        return sum(session.exec(select(func.count()).select_from(t)).one() for t in tables)


@pytest.mark.servers
@pytest.mark.parametrize("as_new", [False, True])
def test_what_a_test_left_behind_is_gone_and_numbers_begin_at_one(
    template: PostgresTemplate, database: Database, cast: Cast, as_new: bool
):
    assert counted(database) > 10
    template.empty(as_new=as_new)
    assert counted(database) == 0
    with database.writing() as session:
        first = University(slug="first", name="First", country="DE", created_at=NOON)
        session.add(first)
        session.commit()
        assert first.id == 1


@pytest.mark.servers
def test_the_cast_comes_back_with_its_keys_and_whoever_comes_after_has_the_next(
    template: PostgresTemplate, database: Database, cast: Cast
):
    template.empty()
    again = template.people()
    assert again.wei.id == cast.wei.id
    with database.writing() as session:
        assert session.get_one(Account, cast.wei.id).name == cast.wei.name
        most = session.exec(select(func.max(Account.id))).one()
        more = Account(email="zhang@tsinghua.example", name="Zhang", created_at=NOON)
        session.add(more)
        session.flush()
        assert more.id == most + 1
        # The keys between tables are looked at again.
        more.university_id = 10**6
        with pytest.raises(sa.exc.IntegrityError):
            session.flush()
