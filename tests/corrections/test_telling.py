"""Of an evaluation that went live everybody is told once, however many teams there are."""

from collections import Counter

import pytest
from sqlmodel import select

from server.corrections import telling
from server.corrections.actions import put_live
from server.corrections.telling import TOLD, tell_waiting
from server.evaluations.models import Evaluation, Rescore
from server.notifications.models import Notification
from server.shared.mail import waiting_mail
from tests.boards.scored import add_member, add_team
from tests.cast import NOON
from tests.corrections.correcting import beside, boards, complete, rescored


@pytest.fixture
def many(monkeypatch):
    """Two teams are many."""
    monkeypatch.setattr(telling, "AT_ONCE", 1)


@pytest.fixture
def second(session, cast):
    """An evaluation under which both teams score otherwise, and Isar's file is rejected."""
    phase, _, (pandas, isar) = boards(session, cast)
    made = beside(session, phase)
    rescored(session, made, pandas, (0.5, 0.8))
    rescored(session, made, isar, None)
    complete(session, made)
    return made


@pytest.fixture
def go(session, cast, second):
    def go(evaluation: Evaluation = second) -> int | None:
        phase = session.merge(cast.phase_a)
        said = put_live(
            session, evaluation=evaluation, phase=phase, actor_id=cast.olga.id, now=NOON
        )
        session.commit()
        return said

    return go


def told(session) -> Counter:
    session.rollback()
    found = Counter(mail.recipient for mail in waiting_mail(session))
    # No transaction is left open that the worker would wait for.
    session.rollback()
    return found


def test_the_transaction_that_puts_it_live_tells_a_few_teams(session, cast, second, go):
    assert go() == 3
    assert told(session) == Counter([cast.wei.email, cast.mei.email, cast.lena.email])
    assert session.get_one(Evaluation, second.id).compared_version is None
    assert {row.lease_holder for row in session.exec(select(Rescore))} == {None}


def test_many_teams_are_told_by_the_worker_some_at_a_time(
    database, session, cast, second, go, many
):
    assert go() is None
    assert told(session) == Counter()
    assert tell_waiting(database, now=NOON, at_once=1) == 3
    assert told(session) == Counter([cast.wei.email, cast.mei.email, cast.lena.email])
    body = {mail.recipient: mail.body for mail in waiting_mail(session)}[cast.lena.email]
    assert "it is rejected now, and takes nothing from your quota. an id is missing" in body
    of_kind = select(Notification.account_id).where(Notification.kind == "evaluation_live")
    bells = session.exec(of_kind).all()
    assert sorted(bells) == sorted([cast.wei.id, cast.mei.id, cast.lena.id])
    session.rollback()
    assert tell_waiting(database, now=NOON) == 0
    assert sum(told(session).values()) == 3


def test_a_worker_that_dies_in_between_leaves_nobody_out_and_tells_nobody_twice(
    database, session, cast, second, go, many, monkeypatch
):
    go()
    real, letters = telling.letter, []

    def dies(*given):
        letters.append(given)
        if len(letters) == 2:
            raise KeyboardInterrupt
        return real(*given)

    with monkeypatch.context() as patched:
        patched.setattr(telling, "letter", dies)
        with pytest.raises(KeyboardInterrupt):
            tell_waiting(database, now=NOON, at_once=1)
    first = told(session)
    assert 0 < sum(first.values()) < 3
    assert session.get_one(Evaluation, second.id).compared_version.startswith(TOLD)
    session.rollback()
    tell_waiting(database, now=NOON, at_once=1)
    assert told(session) == Counter([cast.wei.email, cast.mei.email, cast.lena.email])


def test_of_two_workers_the_slower_tells_nobody(database, session, cast, second, go, many):
    go()
    with database.reading() as reading:
        concerned = telling.Concerned.look(reading, reading.get_one(Evaluation, second.id))
    assert tell_waiting(database, now=NOON, at_once=1) == 3
    assert telling._tell_all(database, concerned, NOON, 1) == 0
    assert sum(told(session).values()) == 3


def test_who_is_not_told_yet_is_told_before_another_evaluation_takes_its_place(
    database, session, cast, second, go, many
):
    go()
    phase = session.merge(cast.phase_a)
    third = beside(session, phase, number=3)
    for rescore in session.exec(select(Rescore).where(Rescore.evaluation_id == second.id)).all():
        session.add(
            Rescore(
                submission_id=rescore.submission_id, evaluation_id=third.id, state=rescore.state
            )
        )
    session.flush()
    complete(session, third)
    go(third)
    assert sum(told(session).values()) == 3


def test_a_team_that_nothing_changed_for_is_not_told(database, session, cast, go, many):
    quiet = add_team(session, cast.digits.id, "Quiet", captain=cast.olga)
    add_member(session, quiet, cast.olga)
    session.commit()
    go()
    tell_waiting(database, now=NOON)
    assert cast.olga.email not in told(session)
