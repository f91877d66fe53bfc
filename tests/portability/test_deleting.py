"""Nothing of a person is left in any table: also in one that is added later."""

import json
from enum import Enum
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import Session, SQLModel, select

import server.app
import server.worker  # noqa: F401 - with it every table is known
from server.accounts.models import Account
from server.challenges.models import Invitation, Organiser
from server.challenges.rules import Role
from server.drafts.models import ChallengeDraft, DraftPerson
from server.drafts.rules import DraftState
from server.notifications.actions import notify
from server.notifications.models import Notification
from server.portability.deleting import delete_account
from server.portability.holdings import HOLDINGS, After
from server.shared.database import Database, UTCDateTime
from server.shared.errors import Conflict
from server.shared.events import Event
from server.shared.mail import post
from server.teams.models import Membership, Team
from tests.cast import NOON

NAME = "Quirin 晨 Ypsilanti"
ADDRESS = "quirin.ypsilanti@mail.example"
# Columns that hold an account's number without a foreign key to it.
SOFT = {
    ("event", "actor_id"),
    ("outgoing_mail", "account_id"),
    ("participant", "account_id"),
    ("policy_acceptance", "account_id"),
    ("policy_version", "created_by"),
    ("phase", "paused_by"),
}
# Of an account that is someone else's row, or of a thing: what organisers and administrators
# wrote as such belongs to the challenge or the service, and stays. Each with its reason.
STAYS = {
    "announcement": "an organiser's words to a challenge",
    "certificate_job": "made by programs",
    "draft_job": "made by programs",
    "evaluation": "an organiser's metric and reasons",
    "grade_book": "a lecturer's scheme",
    "integrity_report": "made by programs",
    "phase": "an organiser's words to a challenge",
    "policy_version": "the operator's texts",
    "standard": "an organiser's definition",
    "team": "its name is looked at below",
    "winners": "an organiser's decision",
    "event": "the log holds ids alone, and can't forget",
}


def account_columns(table: sa.Table) -> list[str]:
    named = [
        c.name
        for c in table.columns
        if any(f.column.table.name == "account" for f in c.foreign_keys)
    ]
    return named + [column for name, column in SOFT if name == table.name]


def tables_of_people() -> list[sa.Table]:
    return [t for t in SQLModel.metadata.sorted_tables if account_columns(t)]


def test_every_column_that_names_an_account_is_spoken_for() -> None:
    spoken = {(h.table, column) for h in HOLDINGS for column in h.by}
    named = {(t.name, column) for t in tables_of_people() for column in account_columns(t)}
    assert named - spoken == set(), "say in server/portability/holdings.py what they are kept for"


def test_no_column_looks_like_an_account_and_is_not_known_as_one() -> None:
    known = {(t.name, c) for t in tables_of_people() for c in account_columns(t)}
    looks = {
        (t.name, c.name)
        for t in SQLModel.metadata.sorted_tables
        for c in t.columns
        if c.name.endswith(("account_id", "actor_id", "author_id", "_by"))
        and isinstance(c.type, sa.Integer)
    }
    assert looks - known == set()


def test_what_is_emptied_and_hidden_are_columns_that_there_are() -> None:
    lease = {"lease_until", "lease_holder", "interruptions", "trace"}
    for holding in HOLDINGS:
        table = SQLModel.metadata.tables.get(holding.table)
        assert table is not None, holding.table
        named = {*holding.by, *holding.emptied, *holding.only, *holding.written_here}
        assert named | (holding.hidden - lease) <= set(table.columns.keys()), holding.table


def personal(column: sa.Column[Any]) -> Any:
    """A value of a column that says who somebody is, if it can hold one."""
    said = f"{NAME} <{ADDRESS}>"
    if isinstance(column.type, sa.Enum):
        return None
    if isinstance(column.type, sa.JSON):
        return [said] if column.default is not None and column.default.arg is list else {"by": said}
    plain = column.type.impl if isinstance(column.type, sa.types.TypeDecorator) else column.type
    if isinstance(plain, sa.String):
        return said[: plain.length] if plain.length else said
    return None


def any_value(column: sa.Column[Any], number: int) -> Any:
    """A value that the column takes and that says nothing."""
    if isinstance(column.type, sa.Enum):
        enum = column.type.enum_class
        return next(iter(enum)) if enum is not None else column.type.enums[0]
    if isinstance(column.type, sa.JSON):
        return {}
    if isinstance(column.type, UTCDateTime):
        return NOON
    python = column.type.python_type
    simple = {bool: False, int: number, float: 0.5, bytes: b"", str: f"x{number}"}
    return simple.get(python, f"x{number}")


def fill(connection: sa.Connection, account_id: int) -> dict[str, int]:
    """Add a row to every table that names an account, with the person in every text."""
    filled = {}
    for number, table in enumerate(tables_of_people(), start=9_000_001):
        if table.name == "account":
            continue
        skipped = {"event"}
        texts = next(
            (h.written_here for h in HOLDINGS if h.table == table.name and not h.only), frozenset()
        )
        row = {}
        for column in table.columns:
            if column.name in account_columns(table):
                row[column.name] = account_id
            elif table.name not in {*STAYS, *skipped} and column.name not in texts:
                row[column.name] = personal(column)
            if row.get(column.name) is None and not column.nullable:
                row[column.name] = any_value(column, number)
            elif row.get(column.name) is None and column.primary_key:
                row[column.name] = number
        connection.execute(sa.insert(table).values(**row))
        filled[table.name] = number
    return filled


def found_in(session: Session) -> list[str]:
    """Every place in which the person is still named."""
    escaped = json.dumps(NAME)[1:-1]
    places = []
    for table in SQLModel.metadata.sorted_tables:
        for row in session.execute(sa.select(table)).mappings():
            for name, value in row.items():
                text = value.value if isinstance(value, Enum) else value
                said = json.dumps(text, ensure_ascii=False, default=str)
                if NAME[:12] in said or escaped[:12] in said or ADDRESS in said:
                    places.append(f"{table.name}.{name}")
    return sorted(set(places))


@pytest.fixture
def quirin(session, cast) -> Account:
    row = Account(
        email=ADDRESS,
        name=NAME,
        created_at=NOON,
        confirmed_at=NOON,
        language="zh",
        time_zone="Europe/Berlin",
        university_id=cast.munich.id,
    )
    session.add(row)
    session.commit()
    session.refresh(row)
    session.expunge(row)
    session.rollback()
    return row


def test_afterwards_nothing_names_the_person_in_any_table(
    database: Database, quirin: Account
) -> None:
    account_id = quirin.id or 0
    if not database.is_sqlite:
        pytest.skip("rows that point nowhere can be added on SQLite alone")
    with database.write_engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        filled = fill(connection, account_id)
        connection.commit()
    with database.writing() as session:
        before = found_in(session)
        # The filler itself is right: most tables do name the person before.
        assert len({place.split(".")[0] for place in before}) > len(filled) // 3
        delete_account(session, account_id=account_id, actor_id=account_id, now=NOON)
        session.commit()
        assert found_in(session) == []
        for holding in HOLDINGS:
            table = SQLModel.metadata.tables[holding.table]
            mine = sa.or_(*(table.c[name] == account_id for name in holding.by))
            left = session.execute(sa.select(sa.func.count()).select_from(table).where(mine))
            if holding.after is After.DELETED:
                assert left.scalar_one() == 0, holding.table
    with database.reading() as session:
        closed = session.get_one(Account, account_id)
        assert (closed.language, closed.time_zone, closed.university_id) == ("", "", None)


def test_a_message_to_others_goes_on_without_the_name(session, quirin, cast) -> None:
    body = f"Dear Manfred Roth,\n\n{NAME} ({ADDRESS}) asks to belong."
    post(session, recipient=cast.manfred.email, subject=f"{NAME} asks", body=body, now=NOON)
    post(session, recipient=ADDRESS, subject="Hello", body="Hello", now=NOON)
    delete_account(session, account_id=quirin.id, actor_id=None, now=NOON)
    left = session.execute(sa.text("SELECT recipient, subject, body FROM outgoing_mail")).all()
    assert [row.recipient for row in left] == [cast.manfred.email]
    assert left[0].subject == "Former participant asks"
    assert left[0].body.startswith("Dear Manfred Roth,")
    assert found_in(session) == []


def test_whoever_is_called_like_a_word_of_every_message_takes_nothing_else_away(
    session, quirin, cast
) -> None:
    quirin.name = "challenge"
    session.merge(quirin)
    link = "Choose a password:\n\nhttps://varsity.example/challenge/reset/challenge"
    challenges = "Many challenges; challenge asks you."
    post(session, recipient=cast.wei.email, subject="challenges", body=link, now=NOON)
    post(session, recipient=cast.mei.email, subject="challenges", body=challenges, now=NOON)
    told = {"account_ids": [cast.wei.id], "link": "/", "now": NOON, "by_mail": False}
    phase = {"challenge": "challenge", "phase": "challenge"}
    notify(session, kind="result_revealed", values=phase, **told)
    asks = {"challenge": "challenge", "person": "challenge"}
    notify(session, kind="registration", values=asks, **told)
    delete_account(session, account_id=quirin.id, actor_id=None, now=NOON)
    left = session.execute(sa.text("SELECT body FROM outgoing_mail ORDER BY id")).scalars().all()
    assert left == [link, "Many challenges; Former participant asks you."]
    assert session.exec(select(Notification.kind)).all() == ["result_revealed"]


def test_who_never_read_an_addresss_mail_takes_no_invitation_to_it_away(
    session, quirin, cast
) -> None:
    quirin.confirmed_at = None
    session.merge(quirin)
    session.add(Invitation(challenge_id=cast.digits.id, email=ADDRESS))
    post(session, recipient=ADDRESS, subject="Come", body="You are invited", now=NOON)
    delete_account(session, account_id=quirin.id, actor_id=None, now=NOON)
    assert session.exec(select(Invitation.email)).all() == [ADDRESS]
    assert session.execute(sa.text("SELECT recipient FROM outgoing_mail")).scalars().all() == [
        ADDRESS
    ]


def test_a_team_of_one_loses_the_name_and_a_team_of_several_its_captain(
    session, quirin, cast
) -> None:
    alone = Team(
        challenge_id=cast.digits.id,
        name=f"{NAME}'s team",
        name_key="q",
        captain_id=quirin.id,
        code="c1",
        created_at=NOON,
        fixed_at=NOON,
    )
    session.add(alone)
    session.flush()
    session.add(
        Membership(
            team_id=alone.id, challenge_id=cast.digits.id, account_id=quirin.id, joined_at=NOON
        )
    )
    delete_account(session, account_id=quirin.id, actor_id=None, now=NOON)
    delete_account(session, account_id=cast.wei.id, actor_id=None, now=NOON)
    session.commit()
    assert session.get_one(Team, alone.id).name == f"Former participant {alone.id}"
    pandas = session.get_one(Team, cast.pandas.id)
    assert (pandas.captain_id, pandas.name) == (cast.mei.id, "Giant Pandas")
    members = session.exec(select(Membership.account_id).where(Membership.team_id == pandas.id))
    assert list(members) == [cast.mei.id]


def test_the_only_owner_of_a_challenge_names_another_first(session, cast) -> None:
    owner = session.get_one(Organiser, (cast.digits.id, cast.olga.id))
    owner.role = Role.OWNER
    session.add(owner)
    with pytest.raises(Conflict, match="only owner of “Handwritten digits”"):
        delete_account(session, account_id=cast.olga.id, actor_id=None, now=NOON)
    session.add(Organiser(challenge_id=cast.digits.id, account_id=cast.lena.id, role=Role.OWNER))
    session.flush()
    delete_account(session, account_id=cast.olga.id, actor_id=None, now=NOON)
    assert session.get(Organiser, (cast.digits.id, cast.olga.id)) is None


def test_a_draft_goes_on_with_who_writes_it_too(session, quirin, cast) -> None:
    drafts = [
        ChallengeDraft(
            slug=slug,
            owner_id=quirin.id,
            created_at=NOON,
            updated_at=NOON,
            definition={"title": slug},
        )
        for slug in ("alone", "shared")
    ]
    session.add_all(drafts)
    session.flush()
    session.add(DraftPerson(draft_id=drafts[1].id, account_id=cast.lena.id, role="owner"))
    session.flush()
    delete_account(session, account_id=quirin.id, actor_id=None, now=NOON)
    session.commit()
    alone, shared = (session.get_one(ChallengeDraft, d.id) for d in drafts)
    assert alone.state is DraftState.DISCARDED
    assert (shared.owner_id, shared.state) == (cast.lena.id, DraftState.EDITING)
    assert shared.definition == {"title": "shared"}


def test_it_is_in_the_log_by_number_alone(session, quirin) -> None:
    delete_account(session, account_id=quirin.id, actor_id=quirin.id, now=NOON)
    session.flush()
    kinds = session.exec(select(Event.kind).where(Event.subject_id == quirin.id)).all()
    assert {"account.closed", "account.forgotten"} <= set(kinds)
