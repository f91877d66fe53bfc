"""Telling people: each as that person wants it, each once, in the person's own language."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from server.accounts.models import Account
from server.notifications.actions import (
    Told,
    choose,
    mark_all_read,
    mark_read,
    notify,
    notify_each,
    purge_notifications,
    unsubscribe,
)
from server.notifications.kinds import ALL, KINDS
from server.notifications.letters import NAME, Letter
from server.notifications.models import Notification, NotificationChoice
from server.notifications.queries import notifications_of, unread_count, wishes_of
from server.notifications.words import words_of
from server.notifications.zones import moment_said
from server.shared.errors import NotFound
from server.shared.mail import HOME, NO_MORE
from tests.cast import NOON


def test_each_person_is_told_once_in_the_product_and_by_mail(cast, tell, rows, letters):
    assert tell(cast.wei, cast.lena, cast.wei) == 2
    assert {row.account_id for row in rows()} == {cast.wei.id, cast.lena.id}
    assert [letter.recipient for letter in letters()] == [cast.wei.email, cast.lena.email]
    first = letters()[0]
    assert first.subject == "Handwritten digits: New data"
    assert first.body.startswith(f"Dear {cast.wei.name},")
    assert f"{HOME}/challenges/digits/news" in first.body
    assert NO_MORE in first.body
    assert (first.account_id, first.kind) == (cast.wei.id, "announcement")


def test_thousands_are_told_in_one_statement_by_a_query(session, cast, rows):
    query = sa.select(col(Account.id)).where(col(Account.id) != cast.olga.id)
    seen = []

    def note(_connection, _cursor, statement, *_rest):
        seen.append(statement)

    engine = session.get_bind()
    sa.event.listen(engine, "before_cursor_execute", note)
    told = notify(
        session,
        kind="result_revealed",
        account_ids=query,
        values={"challenge": "Digits", "phase": "A board"},
        link="/challenges/digits/leaderboard",
        now=NOON,
    )
    sa.event.remove(engine, "before_cursor_execute", note)
    session.commit()
    assert told == len(rows()) == 9
    assert len([s for s in seen if "INSERT INTO notification" in s]) == 1


def test_who_switched_a_kind_off_is_told_in_the_other_way_alone(session, cast, tell, rows, letters):
    everything = {wish.kind.name for wish in wishes_of(session, cast.wei.id)}
    choose(
        session,
        account_id=cast.wei.id,
        in_product=everything,
        by_mail=everything - {"announcement"},
    )
    choose(
        session,
        account_id=cast.lena.id,
        in_product=everything - {"announcement"},
        by_mail=everything,
    )
    session.commit()
    assert tell(cast.wei, cast.lena) == 1
    assert [row.account_id for row in rows()] == [cast.wei.id]
    assert [letter.recipient for letter in letters()] == [cast.lena.email]


def test_a_kind_that_is_off_by_default_is_told_to_those_who_asked_for_it(
    session, cast, tell, letters
):
    values = {"number": 7, "file": "a.csv"}
    tell(cast.wei, cast.lena, kind="submission_scored", **values)
    assert letters() == []
    choose(session, account_id=cast.wei.id, in_product=[], by_mail=["submission_scored"])
    session.commit()
    tell(cast.wei, cast.lena, kind="submission_scored", **values)
    assert [letter.recipient for letter in letters()] == [cast.wei.email]


def test_only_what_differs_from_the_defaults_is_kept(session, cast):
    on = {k.name for k in ALL if k.in_product}
    choose(
        session, account_id=cast.wei.id, in_product=on, by_mail={k.name for k in ALL if k.by_mail}
    )
    assert session.exec(select(NotificationChoice)).all() == []


def test_closed_and_unconfirmed_accounts_get_no_letters(session, cast, tell, rows, letters):
    session.merge(cast.mei).closed_at = NOON
    session.commit()
    tell(cast.mei, cast.newt)
    assert [row.account_id for row in rows()] == [cast.newt.id]
    assert letters() == []


def test_each_gets_the_letter_in_the_own_language(session, cast, letters):
    session.merge(cast.wei).language = "zh"
    session.commit()
    spoken = []

    def write():
        spoken.append(len(spoken))
        return Letter(f"in language {len(spoken)}", f"Dear {NAME}, so it is.")

    notify(
        session,
        kind="answer",
        account_ids=[cast.wei.id, cast.lena.id],
        values={"challenge": "Digits", "title": "Why?"},
        link="/challenges/digits",
        now=NOON,
        letter=write,
    )
    session.commit()
    said = {letter.recipient: (letter.subject, letter.body) for letter in letters()}
    assert said[cast.lena.email] == ("in language 1", "Dear Lena Vogt, so it is.")
    assert said[cast.wei.email] == ("in language 2", f"Dear {cast.wei.name}, so it is.")


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"values": {"challenge": "Digits"}}, "needs title"),
        ({"values": {"challenge": "Digits", "title": ["x"]}}, "plain values"),
        ({"link": "https://elsewhere.example/"}, "a path of this site"),
        ({"link": "//elsewhere.example/"}, "a path of this site"),
    ],
)
def test_what_could_not_be_shown_is_refused_at_once(session, cast, change, refusal):
    asked = {"values": {"challenge": "Digits", "title": "x"}, "link": "/challenges/digits"} | change
    with pytest.raises(ValueError, match=refusal):
        notify(session, kind="announcement", account_ids=[cast.wei.id], now=NOON, **asked)
    told = [Told(cast.wei.id, asked["values"], asked["link"])]
    with pytest.raises(ValueError, match=refusal):
        notify_each(session, kind="announcement", told=told, now=NOON)


def test_people_can_be_told_each_something_of_their_own(session, cast, rows):
    choose(session, account_id=cast.mei.id, in_product=[], by_mail=[])
    told = [
        Told(account.id, {"challenge": "Digits", "title": account.name}, f"/people/{account.id}")
        for account in (cast.wei, cast.mei, cast.lena)
    ]
    assert notify_each(session, kind="announcement", told=told, now=NOON) == 2
    session.commit()
    assert [row.data["title"] for row in rows()] == [cast.wei.name, cast.lena.name]


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.name)
def test_every_case_of_a_kind_says_more_than_its_line_and_needs_it(kind):
    general = kind.places({})
    for case, line in kind.cases.items():
        places = kind.places({"case": case})
        values = {name: NOON.isoformat() if name in kind.moments else "Ada" for name in places}
        shown = {name: moment_said(NOON) if name in kind.moments else "Ada" for name in places}
        assert kind.line_of({"case": case}) == line != kind.line
        assert general <= values.keys()
        assert words_of(kind.name, {**values, "case": case}) == line % shown
        with pytest.raises(ValueError, match="needs"):
            kind.check({"case": case})
    with pytest.raises(ValueError, match="no case"):
        kind.check({**dict.fromkeys(general, "Ada"), "case": "unheard of"})


def test_what_was_told_before_there_were_cases_still_has_its_line():
    told = words_of("registration_decided", {"challenge": "Digits"})
    assert told == "Digits: the organisers decided on your request to take part."


def test_nobody_reads_another_persons_notification(session, cast, tell, rows):
    tell(cast.wei)
    with pytest.raises(NotFound):
        mark_read(session, account_id=cast.lena.id, number=rows()[0].id, now=NOON)
    assert mark_all_read(session, account_id=cast.lena.id, now=NOON) == 0
    assert unread_count(session, cast.wei.id) == 1
    assert mark_all_read(session, account_id=cast.wei.id, now=NOON) == 1
    assert unread_count(session, cast.wei.id) == 0


def test_the_bell_counts_no_further_than_it_says(session, cast):
    row = {"account_id": cast.wei.id, "kind": "announcement", "data": {}, "link": "/"}
    session.execute(sa.insert(Notification), [row | {"created_at": NOON} for _ in range(130)])
    assert unread_count(session, cast.wei.id) == 100


def test_letters_of_a_kind_are_ended_once(session, cast):
    assert unsubscribe(session, account_id=cast.wei.id, kind="announcement")
    assert not unsubscribe(session, account_id=cast.wei.id, kind="announcement")
    assert not unsubscribe(session, account_id=cast.wei.id, kind="no such kind")
    wish = next(w for w in wishes_of(session, cast.wei.id) if w.kind is KINDS["announcement"])
    assert (wish.in_product, wish.by_mail) == (True, False)


def test_old_ones_are_cleared_away_and_all_of_closed_accounts(session, cast, tell, rows):
    tell(cast.wei, cast.lena, cast.mei)
    of = {row.account_id: row.id for row in rows()}
    mark_read(session, account_id=cast.wei.id, number=of[cast.wei.id], now=NOON)
    session.merge(cast.mei).closed_at = NOON
    choose(session, account_id=cast.mei.id, in_product=[], by_mail=[])
    session.commit()
    purge_notifications(session, now=NOON + timedelta(days=180))
    session.commit()
    assert {row.account_id for row in rows()} == {cast.wei.id, cast.lena.id}
    assert session.exec(select(NotificationChoice)).all() == []
    purge_notifications(session, now=NOON + timedelta(days=180, seconds=1))
    session.commit()
    assert {row.account_id for row in rows()} == {cast.lena.id}
    purge_notifications(session, now=NOON + timedelta(days=401))
    session.commit()
    assert rows() == []


def test_what_was_told_last_stands_first_whatever_its_number(session, cast):
    hours = (1, 3, 2, 3)
    for hour in hours:
        row = Notification(
            account_id=cast.lena.id,
            kind="result_revealed",
            link="/",
            created_at=NOON + timedelta(hours=hour),
        )
        session.add(row)
        session.flush()
    rows = notifications_of(session, cast.lena.id).rows
    assert [row.created_at - NOON for row in rows] == [timedelta(hours=h) for h in (3, 3, 2, 1)]
    assert rows[0].id > rows[1].id
