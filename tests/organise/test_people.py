"""Who runs a challenge: owners name organisers and judges, and one owner stays."""

import threading

import pytest
from sqlmodel import select

from server.challenges.models import Organiser
from server.challenges.rules import Role
from server.notifications.models import Notification
from server.organise.people import add_person, change_role, people_of, remove_person
from server.shared.errors import Conflict
from server.shared.events import Event
from tests.cast import NOON
from tests.organise.conftest import join

PEOPLE = "/organise/digits/people"


def roles(session, cast) -> dict[str, Role]:
    session.expire_all()
    found = {p.account.name: p.role for p in people_of(session, cast.digits.id)}
    # A session that writes holds the lock of an SQLite database from its first word on.
    session.rollback()
    return found


def test_an_owner_adds_changes_and_removes_and_the_log_knows(as_, session, cast):
    olga = as_(cast.olga)
    added = olga.post(PEOPLE, data={"email": " CHIDI@mail.example", "role": "judge"})
    assert added.status_code == 303
    assert roles(session, cast) == {"Olga Petrova": Role.OWNER, "Chidi Obi": Role.JUDGE}
    assert "Chidi Obi" in olga.get(PEOPLE).text
    changed = olga.post(f"{PEOPLE}/{cast.chidi.id}/role", data={"role": "organiser"})
    assert changed.status_code == 303
    assert roles(session, cast)["Chidi Obi"] is Role.ORGANISER
    assert olga.post(f"{PEOPLE}/{cast.chidi.id}/remove").status_code == 303
    assert roles(session, cast) == {"Olga Petrova": Role.OWNER}
    told = session.exec(select(Event).where(Event.subject_id == cast.chidi.id)).all()
    assert [(e.kind, e.actor_id) for e in told] == [
        ("organiser.added", cast.olga.id),
        ("organiser.role_changed", cast.olga.id),
        ("organiser.removed", cast.olga.id),
    ]
    assert "mail.example" not in str([e.data for e in told])


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"email": "nobody@mail.example", "role": "judge"}, "Nobody has an account here"),
        ({"email": "", "role": "judge"}, "Nobody has an account here"),
        ({"email": "newt@mail.example", "role": "judge"}, "not confirmed yet"),
        ({"email": "chidi@mail.example", "role": "king"}, "Choose a role"),
        ({"email": "chidi@mail.example"}, "Choose a role"),
    ],
)
def test_a_refusal_says_plainly_why_and_keeps_what_was_typed(as_, session, cast, form, words):
    answer = as_(cast.olga).post(PEOPLE, data=form)
    assert answer.status_code == 422
    assert words in answer.text
    assert f'value="{form["email"]}"' in answer.text
    assert roles(session, cast) == {"Olga Petrova": Role.OWNER}


def test_nobody_is_added_twice(as_, cast):
    answer = as_(cast.olga).post(PEOPLE, data={"email": cast.olga.email, "role": "judge"})
    assert answer.status_code == 409
    assert "already" in answer.text


def test_the_only_owner_neither_leaves_nor_steps_down(as_, session, cast, helper):
    olga = as_(cast.olga)
    for path, form in (("remove", {}), ("role", {"role": "judge"})):
        answer = olga.post(f"{PEOPLE}/{cast.olga.id}/{path}", data=form)
        assert answer.status_code == 409
        assert "only owner" in answer.text
    assert roles(session, cast)["Olga Petrova"] is Role.OWNER


def test_an_owner_whose_account_is_closed_does_not_count(as_, session, cast):
    chidi = session.merge(join(session, cast, "chidi", Role.OWNER))
    chidi.closed_at = NOON
    session.add(chidi)
    session.commit()
    assert as_(cast.olga).post(f"{PEOPLE}/{cast.olga.id}/remove").status_code == 409


def test_with_a_second_owner_the_first_may_leave_and_can_read_no_more(as_, session, cast):
    join(session, cast, "chidi", Role.OWNER)
    olga = as_(cast.olga)
    answer = olga.post(f"{PEOPLE}/{cast.olga.id}/remove")
    assert (answer.status_code, answer.location) == (303, "/organise")
    assert olga.get(PEOPLE).status_code == 403


def test_two_owners_who_remove_each_other_at_once_leave_one(database, session, cast):
    join(session, cast, "chidi", Role.OWNER)
    start, ends = threading.Barrier(2), []

    def let_go(who, act) -> None:
        start.wait()
        with database.writing() as own:
            try:
                act(own, who)
                own.commit()
                ends.append("gone")
            except Conflict:
                ends.append("refused")

    def removing(own, who) -> None:
        remove_person(
            own, challenge_id=cast.digits.id, account_id=who.id, actor_id=who.id, now=NOON
        )

    def stepping_down(own, who) -> None:
        change_role(
            own,
            challenge_id=cast.digits.id,
            account_id=who.id,
            role=Role.JUDGE,
            actor_id=who.id,
            now=NOON,
        )

    threads = [
        threading.Thread(target=let_go, args=(cast.olga, removing)),
        threading.Thread(target=let_go, args=(cast.chidi, stepping_down)),
    ]
    session.rollback()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(ends) == ["gone", "refused"]
    assert list(roles(session, cast).values()).count(Role.OWNER) == 1


def test_whoever_is_added_is_told_and_whoever_adds_themselves_is_not(as_, session, cast):
    olga = as_(cast.olga)
    olga.post(PEOPLE, data={"email": cast.chidi.email, "role": "judge"})
    as_(cast.ada).post(PEOPLE, data={"email": cast.ada.email, "role": "judge"})
    (told,) = session.exec(select(Notification).where(Notification.kind == "role_given")).all()
    assert (told.account_id, told.link) == (cast.chidi.id, "/organise/digits")
    assert told.data == {"person": "Olga Petrova", "challenge": "Handwritten digits"}
    session.rollback()


def test_two_owners_who_add_the_same_person_at_once_make_one_row(database, session, cast):
    join(session, cast, "jonas", Role.OWNER)
    start, ends = threading.Barrier(2), []

    def add(owner) -> None:
        start.wait()
        with database.writing() as own:
            try:
                add_person(
                    own,
                    challenge_id=cast.digits.id,
                    email=cast.chidi.email,
                    role=Role.JUDGE,
                    actor_id=owner.id,
                    now=NOON,
                )
                own.commit()
                ends.append("added")
            except Conflict:
                ends.append("refused")

    threads = [threading.Thread(target=add, args=(who,)) for who in (cast.olga, cast.jonas)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(ends) == ["added", "refused"]
    assert roles(session, cast)["Chidi Obi"] is Role.JUDGE


READS = (
    "",
    "/submissions",
    "/submissions.csv",
    "/submissions/1",
    "/people",
    "/archive",
    "/archive.zip",
    "/controls",
    "/evaluations",
    "/integrity",
)
WRITES = (
    "/people",
    "/people/1/role",
    "/people/1/remove",
    "/archive/edition",
    "/submissions/1/disqualify",
    "/submissions/3/retry",
    "/phases/a/reveal",
    "/phases/a/pause",
)


def test_a_judge_reads_everything_and_changes_nothing(as_, board, judge):
    browser = as_(judge)
    for path in READS:
        answer = browser.get(f"/organise/digits{path}", buffered=True)
        assert answer.status_code == 200, path
    assert "0.123454321" in browser.get("/organise/digits/submissions.csv").text
    for path in WRITES:
        answer = browser.post(f"/organise/digits{path}", data={"reason": "x", "email": "x"})
        assert answer.status_code == 403, path


def test_a_judge_is_shown_no_button_that_would_refuse(as_, board, judge):
    browser = as_(judge)
    pages = [p for p in READS if "." not in p] + ["/controls/teams/1"]
    for path in pages:
        text = browser.get(f"/organise/digits{path}").text
        main = text[text.index("<main") : text.index("</main>")]
        assert 'method="post"' not in main, path
    assert "change nothing" in browser.get("/organise/digits").text
    assert "you judge" in browser.post("/organise/digits/phases/a/pause").text.lower()


def test_an_organiser_runs_the_challenge_and_names_nobody(as_, session, cast, board, helper):
    browser = as_(helper)
    assert browser.post("/organise/digits/submissions/3/retry").status_code == 303
    for path in ("", f"/{cast.olga.id}/role", f"/{cast.olga.id}/remove"):
        answer = browser.post(f"{PEOPLE}{path}", data={"email": "lena@tum.de", "role": "owner"})
        assert answer.status_code == 403
    page = browser.get(PEOPLE).text
    assert "Owners change this list" in page
    assert "Add somebody" not in page
    assert roles(session, cast) == {"Olga Petrova": Role.OWNER, "Chidi Obi": Role.ORGANISER}


@pytest.mark.parametrize("who", ["wei", "manfred", "amina"])
def test_nobody_else_opens_these_pages(app, as_, cast, board, who):
    for path in READS:
        assert as_(cast.people[who]).get(f"/organise/digits{path}").status_code == 403, path
        assert app.test_client().get(f"/organise/digits{path}").status_code in (302, 401), path


def test_an_administrator_names_owners_too(as_, session, cast):
    answer = as_(cast.ada).post(PEOPLE, data={"email": cast.chidi.email, "role": "owner"})
    assert answer.status_code == 303
    found = session.get(Organiser, (cast.digits.id, cast.chidi.id))
    assert found.role is Role.OWNER
