"""Everybody in a challenge is told in pieces, each once and by name, whatever dies in between."""

from datetime import timedelta

import pytest
from sqlmodel import select

from server.challenges.models import Challenge
from server.notifications.letters import NAME, Letter
from server.notifications.models import Notification
from server.shared.events import Event
from server.shared.mail import OutgoingMail
from server.teams import announcements
from server.teams.announcements import TOLD_WITHIN, ask_to_tell, tell_asked
from server.teams.models import Team
from tests.cast import NOON


@pytest.fixture
def ask(session, cast):
    def ask(kind="result_revealed", said=None, **more):
        challenge = session.get_one(Challenge, cast.digits.id)
        ask_to_tell(
            session,
            challenge,
            kind=kind,
            said={"phase": "A board"} if said is None else said,
            link="/challenges/digits",
            now=NOON,
            **more,
        )
        session.commit()

    return ask


@pytest.fixture
def told(database):
    def told() -> list[int]:
        with database.reading() as session:
            return sorted(session.exec(select(Notification.account_id)))

    return told


@pytest.fixture
def letters(database):
    def letters() -> dict[str, OutgoingMail]:
        with database.reading() as session:
            mails = session.exec(select(OutgoingMail)).all()
            assert len({mail.recipient for mail in mails}) == len(mails)
            return {mail.recipient: mail for mail in mails}

    return letters


def tell(database, at_once=5000, letters=None, now=NOON):
    return tell_asked(database, letters=letters or {}, now=now, at_once=at_once)


def test_nobody_is_told_in_the_transaction_that_decides(database, cast, ask, told, letters):
    ask()
    assert (told(), letters()) == ([], {})
    assert tell(database) == 3
    assert told() == sorted([cast.wei.id, cast.mei.id, cast.lena.id])
    assert letters()[cast.lena.email].body.startswith(f"Dear {cast.lena.name},")
    assert tell(database) == 0
    assert len(told()) == 3


def test_what_was_taken_back_with_its_transaction_is_told_to_nobody(database, session, ask, told):
    challenge = session.exec(select(Challenge)).one()
    ask_to_tell(session, challenge, kind="winners_published", said={}, link="/", now=NOON)
    session.rollback()
    assert tell(database) == 0
    assert told() == []


def test_a_worker_that_dies_between_two_pieces_leaves_nobody_out_and_tells_nobody_twice(
    database, ask, told, letters, monkeypatch
):
    ask()
    real, calls = announcements.notify, []

    def dies(*arguments, **named):
        calls.append(None)
        if len(calls) == 2:
            raise RuntimeError("killed")
        return real(*arguments, **named)

    monkeypatch.setattr(announcements, "notify", dies)
    with pytest.raises(RuntimeError):
        tell(database, at_once=1)
    assert len(told()) == 1
    assert tell(database, at_once=1) == 2
    assert len(set(told())) == len(told()) == len(letters()) == 3


def test_two_workers_that_take_turns_tell_each_person_once(database, ask, told, monkeypatch):
    ask()
    real, nested = announcements.notify, []

    def meanwhile(*arguments, **named):
        found = real(*arguments, **named)
        nested.append(found)
        return found

    monkeypatch.setattr(announcements, "notify", meanwhile)
    # The other worker found the same work before this one had finished it.
    with database.reading() as session:
        waiting = announcements._waiting(session, NOON)
    assert tell(database, at_once=2) == 3
    with database.writing() as session:
        again = announcements._tell_some(
            session, number=waiting[0], letters={}, now=NOON, at_once=2
        )
        session.commit()
    assert again is None
    assert len(told()) == 3
    assert len(nested) == 2


def test_a_letter_of_its_own_gets_what_was_given_beside_the_line(database, ask, letters, cast):
    ask(reason="100 % of %(rows)s {{ done }}")

    def write(said, more):
        return Letter(f"{said['challenge']}: {said['phase']}", f"{NAME}: {more['reason']}")

    tell(database, letters={"result_revealed": write})
    letter = letters()[cast.wei.email]
    assert (letter.subject, letter.body) == (
        "Handwritten digits: A board",
        f"{cast.wei.name}: 100 % of %(rows)s {{{{ done }}}}",
    )


def test_closed_accounts_and_closed_teams_are_passed_over(database, session, cast, ask, told):
    session.merge(cast.mei).closed_at = NOON
    session.get_one(Team, cast.isar.id).closed_at = NOON
    session.commit()
    ask()
    assert tell(database) == 1
    assert told() == [cast.wei.id]


def test_what_nobody_told_for_a_fortnight_stays_untold(database, ask, told):
    ask()
    assert tell(database, now=NOON + TOLD_WITHIN + timedelta(seconds=1)) == 0
    assert told() == []


def test_values_that_a_line_lacks_are_refused_when_it_is_asked_for(ask, database):
    with pytest.raises(ValueError, match="phase"):
        ask(said={})


def test_the_boards_of_the_challenge_are_not_made_anew_by_the_telling(database, session, ask):
    ask()
    tell(database)
    session.expire_all()
    events = session.exec(select(Event).where(Event.kind.startswith("letters."))).all()
    assert {event.kind for event in events} == {"letters.asked", "letters.told"}
    assert {event.challenge_id for event in events} == {None}
