"""Reminders before deadlines: at the hour, once each, to those who can still act."""

from datetime import timedelta

import pytest
from sqlmodel import select

from server.challenges.models import Phase
from server.challenges.rules import Ranking
from server.notifications.models import Notification
from server.shared.events import Event, record
from server.shared.mail import OutgoingMail
from server.submissions import reminding
from server.submissions.models import Admission, DeadlineReminder, Submission
from server.submissions.reminding import REMINDED, can_act, hours_due, remind, teams_after
from server.submissions.rules import SubmissionState
from server.teams.models import ExtraSubmissions, Team
from tests.cast import NOON

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
ENDS = NOON + 10 * DAY


@pytest.fixture
def phase(session, cast):
    return session.get_one(Phase, cast.phase_a.id)


@pytest.fixture
def reminded(database, session):
    """Remind at a moment, and return the accounts that were told by now."""

    def reminded(now):
        session.commit()
        remind(database, now=now)
        with database.reading() as reading:
            rows = reading.exec(select(Notification).order_by(Notification.id)).all()
        assert {row.kind for row in rows} <= {"deadline_reminder"}
        return [row.account_id for row in rows]

    return reminded


def able(session, phase):
    """The teams that would be reminded."""
    return can_act(session, phase, teams_after(session, phase), now=NOON)


def send(session, phase, team, *, selected=False, state=SubmissionState.SCORED):
    session.add(
        Submission(
            challenge_id=phase.challenge_id,
            phase_id=phase.id,
            team_id=team.id,
            filename="a.csv",
            size=1,
            sha256="0" * 64,
            state=state,
            received_at=NOON,
            selected=selected,
        )
    )
    session.flush()


@pytest.mark.parametrize(
    ("before_the_end", "hours"),
    [
        (timedelta(hours=72) + SECOND, None),
        (timedelta(hours=72), 72),
        (timedelta(hours=24) + SECOND, 72),
        (timedelta(hours=24), 24),
        (SECOND, 24),
        (timedelta(0), None),
    ],
)
def test_each_is_due_at_its_hour(before_the_end, hours):
    assert hours_due(starts=NOON - DAY, ends=ENDS, now=ENDS - before_the_end) == hours


def test_a_phase_that_is_shorter_has_no_such_reminder():
    starts = ENDS - timedelta(hours=30)
    assert hours_due(starts=starts, ends=ENDS, now=starts) is None
    assert hours_due(starts=starts, ends=ENDS, now=ENDS - DAY) == 24
    assert hours_due(starts=ENDS - timedelta(hours=5), ends=ENDS, now=ENDS - SECOND) is None


def test_members_are_told_once_at_each_hour(cast, phase, reminded):
    people = sorted([cast.wei.id, cast.mei.id, cast.lena.id])
    assert reminded(ENDS - timedelta(hours=72) - SECOND) == []
    assert sorted(reminded(ENDS - timedelta(hours=72))) == people
    assert sorted(reminded(ENDS - timedelta(hours=50))) == people
    assert sorted(reminded(ENDS - timedelta(hours=24))) == sorted(people * 2)
    assert sorted(reminded(ENDS - SECOND)) == sorted(people * 2)


def test_a_worker_that_comes_late_sends_the_shorter_one_alone(cast, phase, reminded):
    assert len(reminded(ENDS - timedelta(hours=5))) == 3


@pytest.mark.parametrize(
    "change",
    [{"paused_at": NOON}, {"frozen_at": NOON}, {"revealed_at": NOON}, {"starts": ENDS - SECOND}],
)
def test_nothing_is_told_of_a_phase_that_stands_still(session, phase, reminded, change):
    for name, value in change.items():
        setattr(phase, name, value)
    assert reminded(ENDS - timedelta(hours=20)) == []


def test_a_later_end_is_told_again(session, phase, reminded):
    assert len(reminded(ENDS - DAY)) == 3
    phase.ends = ENDS + 5 * DAY
    assert len(reminded(ENDS)) == 3
    assert len(reminded(ENDS + 4 * DAY)) == 6


def test_an_extension_that_was_just_told_needs_no_reminder(session, phase, reminded):
    assert len(reminded(ENDS - DAY)) == 3
    phase.ends = ENDS + timedelta(hours=2)
    record(
        session,
        "phase.extended",
        at=ENDS - timedelta(hours=20),
        challenge_id=phase.challenge_id,
        subject_id=phase.id,
    )
    assert len(reminded(ENDS - timedelta(hours=19))) == 3


def test_who_has_nothing_left_is_not_told(session, cast, phase):
    phase.total = 1
    send(session, phase, cast.pandas)
    assert able(session, phase) == [cast.isar.id]
    given = ExtraSubmissions(
        phase_id=phase.id, team_id=cast.pandas.id, total=1, reason="x", given_at=NOON
    )
    session.add(given)
    session.flush()
    assert able(session, phase) == sorted([cast.pandas.id, cast.isar.id])


def test_who_has_picked_nothing_is_told(session, cast, phase):
    phase.total, phase.ranking = 1, Ranking.SELECTED
    send(session, phase, cast.pandas)
    send(session, phase, cast.isar, selected=True)
    assert able(session, phase) == [cast.pandas.id]


def test_what_was_rejected_is_left_to_be_sent(session, cast, phase):
    phase.total = 1
    send(session, phase, cast.isar, state=SubmissionState.REJECTED)
    assert cast.isar.id in able(session, phase)


def test_closed_disqualified_and_not_admitted_teams_are_not_told(session, cast, phase):
    session.get_one(Team, cast.isar.id).disqualified_at = NOON
    assert cast.isar.id not in able(session, phase)
    phase.admit_top = 1
    assert able(session, phase) == []
    session.add(Admission(phase_id=phase.id, team_id=cast.pandas.id))
    session.flush()
    assert able(session, phase) == [cast.pandas.id]


def pieces(database):
    with database.reading() as session:
        return [e.data for e in session.exec(select(Event).where(Event.kind == REMINDED))]


def people_told(database):
    with database.reading() as session:
        return sorted(session.exec(select(Notification.account_id)))


def letters_sent(database):
    with database.reading() as session:
        return sorted(session.exec(select(OutgoingMail.recipient)))


def test_teams_are_told_in_pieces(database, session, cast, phase):
    session.commit()
    assert remind(database, now=ENDS - DAY, at_once=1) == 3
    assert [data["teams"] for data in pieces(database)] == [1, 1, 0]
    assert remind(database, now=ENDS - DAY, at_once=1) == 0
    assert len(pieces(database)) == 3


def test_a_worker_that_dies_between_two_pieces_loses_nobody_and_tells_nobody_twice(
    database, session, cast, phase, monkeypatch
):
    session.commit()
    real, calls = reminding.notify, []

    def dies(*arguments, **named):
        calls.append(None)
        told = real(*arguments, **named)
        if len(calls) == 2:
            raise RuntimeError("killed before the commit")
        return told

    monkeypatch.setattr(reminding, "notify", dies)
    with pytest.raises(RuntimeError):
        remind(database, now=ENDS - DAY, at_once=1)
    first = people_told(database)
    assert 0 < len(first) < 3
    remind(database, now=ENDS - DAY + timedelta(minutes=5), at_once=1)
    assert people_told(database) == sorted([cast.wei.id, cast.mei.id, cast.lena.id])
    letters = letters_sent(database)
    assert letters == sorted(person.email for person in (cast.wei, cast.mei, cast.lena))


def test_two_workers_that_take_turns_tell_each_team_once(database, session, cast, phase):
    session.commit()
    some = {"phase_id": phase.id, "hours": 24, "now": ENDS - DAY, "at_once": 1}
    with database.writing() as writing:
        reminding._remind_some(writing, **some)
        writing.commit()
    assert len(people_told(database)) < 3
    remind(database, now=ENDS - DAY, at_once=1)
    with database.writing() as writing:
        assert reminding._remind_some(writing, **some) is None
    assert len(people_told(database)) == len(set(people_told(database))) == 3


def test_what_an_older_server_sent_in_one_go_is_not_sent_again(database, session, phase):
    session.add(DeadlineReminder(phase_id=phase.id, ends=phase.ends, hours=24, sent_at=ENDS - DAY))
    session.commit()
    assert remind(database, now=ENDS - SECOND) == 0
    some = {"phase_id": phase.id, "hours": 24, "now": ENDS - SECOND, "at_once": 1}
    with database.writing() as writing:
        assert reminding._remind_some(writing, **some) is None
