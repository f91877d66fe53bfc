"""The log of changes: in the transaction of the change, newest first, by ids alone."""

from datetime import timedelta

import pytest
from sqlmodel import select

from server.shared.events import Event, latest_events, record
from tests.cast import NOON


def kinds(session, **wanted) -> list[str]:
    return [event.kind for event in latest_events(session, **wanted).rows]


@pytest.fixture
def some(session):
    """Four events: two of teams, one of each of two other kinds."""
    told = (("team.founded", 1), ("team.joined", 2), ("team_x.odd", 2), ("phase.revealed", None))
    for minutes, (kind, actor) in enumerate(told):
        record(session, kind, at=NOON + timedelta(minutes=minutes), actor_id=actor)
    session.commit()
    return session


def test_an_event_is_kept_with_all_that_it_names(database):
    with database.writing() as session:
        record(
            session,
            "team.renamed",
            at=NOON,
            actor_id=1,
            challenge_id=2,
            team_id=3,
            subject_id=4,
            before="Isar Surfers",
            after="伊萨尔",
            sizes=[1, 2],
        )
        session.commit()
    with database.reading() as session:
        event = session.exec(select(Event)).one()
    ids = (event.actor_id, event.challenge_id, event.team_id, event.subject_id)
    assert (event.kind, event.at, ids) == ("team.renamed", NOON, (1, 2, 3, 4))
    assert event.data == {"before": "Isar Surfers", "after": "伊萨尔", "sizes": [1, 2]}


def test_what_did_not_happen_is_not_in_the_log(database):
    with database.writing() as session:
        record(session, "team.founded", at=NOON)
        session.flush()
        session.rollback()
    with database.reading() as session:
        assert kinds(session) == []


def test_a_moment_without_a_zone_is_refused(session):
    record(session, "team.founded", at=NOON.replace(tzinfo=None))
    with pytest.raises(Exception, match="without a zone"):
        session.flush()


def test_the_newest_comes_first_also_within_one_moment(session):
    for number in range(3):
        record(session, f"kind.{number}", at=NOON)
        session.flush()
    assert kinds(session) == ["kind.2", "kind.1", "kind.0"]


def test_the_log_is_read_in_pages(some):
    first = latest_events(some, per_page=3)
    assert (first.total, first.pages, len(first.rows)) == (4, 2, 3)
    assert kinds(some, page=2, per_page=3) == ["team.founded"]


def test_a_kind_is_asked_for_by_how_it_begins(some):
    assert kinds(some, kind="team.") == ["team.joined", "team.founded"]
    assert kinds(some, kind="phase") == ["phase.revealed"]


@pytest.mark.parametrize("kind", ["%", "team_j", "____", "%.joined"])
def test_what_is_asked_for_is_no_pattern(some, kind):
    assert kinds(some, kind=kind) == []


def test_the_log_can_be_read_by_who_acted(some):
    assert kinds(some, actor_id=2) == ["team_x.odd", "team.joined"]
    assert kinds(some, actor_id=2, kind="team.") == ["team.joined"]
    assert kinds(some, actor_id=99) == []
