"""The administrator's pages of the instance, and that nobody else sees any of them."""

from datetime import timedelta

import pytest
from sqlmodel import select

from server.audit.actions import seal_events
from server.audit.queries import head_of
from server.shared.events import Event, record
from server.shared.mail import MOST_ATTEMPTS, OutgoingMail
from server.shared.schedules import WorkerBeat
from server.submissions.models import Submission
from server.submissions.rules import SubmissionState
from tests.cast import NOON, sign_in

ARGUMENTS = {"account_id": 1, "slug": "munich", "submission_id": 1}


def _routes(app):
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("administration."):
            values = {name: ARGUMENTS[name] for name in rule.arguments}
            method = "POST" if "POST" in rule.methods else "GET"
            with app.test_request_context():
                yield method, app.url_for(rule.endpoint, **values)


@pytest.mark.parametrize("who", ["wei", "olga", "manfred", "newt"])
def test_every_page_is_forbidden_to_everybody_but_administrators(app, client, cast, who) -> None:
    sign_in(client, getattr(cast, who))
    answers = {url: client.open(url, method=method).status_code for method, url in _routes(app)}
    assert len(answers) > 20
    assert set(answers.values()) == {403}


def test_a_visitor_is_sent_to_sign_in(app, client, cast) -> None:
    for method, url in _routes(app):
        answer = client.open(url, method=method)
        assert answer.status_code == 302
        assert answer.location.startswith("/sign-in")


@pytest.mark.parametrize(
    "path", ["", "/accounts", "/universities", "/challenges", "/queue", "/system", "/log"]
)
def test_every_page_opens_on_an_instance_in_use(ada, failed, waiting, path) -> None:
    answer = ada.get(f"/admin{path}")
    assert answer.status_code == 200
    assert "<h1>" in answer.text


@pytest.mark.parametrize(
    "path", ["", "/accounts", "/universities", "/challenges", "/queue", "/system", "/log"]
)
def test_no_page_has_inline_style_or_script(ada, failed, waiting, path) -> None:
    page = ada.get(f"/admin{path}").text
    assert " style=" not in page
    assert "<script>" not in page


def test_the_overview_warns_when_no_worker_lives_and_something_waits(ada, waiting) -> None:
    page = ada.get("/admin").text
    assert "Nothing is being scored" in page
    assert "7 min" in page


def test_the_overview_is_calm_when_a_worker_lives(ada, database) -> None:
    with database.writing() as session:
        session.add(WorkerBeat(name="host-1", started_at=NOON, seen_at=NOON, scored=12))
        session.commit()
    page = ada.get("/admin").text
    assert "Nothing is being scored" not in page
    assert "host-1" in page


def test_the_queue_shows_a_failure_with_its_trace(ada, failed) -> None:
    page = ada.get("/admin/queue").text
    assert "LimitExceeded at line 12" in page
    assert "Giant Pandas" in page


def test_why_something_failed_is_told_in_the_language_of_its_reader(ada, database, failed) -> None:
    with database.writing() as session:
        row = session.get(Submission, failed.id)
        row.message, row.trace = None, "scoring took longer than 300 s of wall time"
        session.add(row)
        session.commit()
    assert "scoring took longer" in ada.get("/admin/queue").text
    page = ada.get("/admin/queue", headers={"Accept-Language": "zh"}).text
    assert "scoring took longer" not in page
    assert "300" in page


def test_a_failed_submission_is_tried_again_and_the_act_is_recorded(ada, database, cast, failed):
    answer = ada.post(f"/admin/queue/{failed.id}/retry")
    assert answer.status_code == 303
    with database.reading() as session:
        assert session.get(Submission, failed.id).state is SubmissionState.QUEUED
        acts = session.exec(select(Event).where(Event.kind == "admin.submission_retried")).all()
        assert [(a.actor_id, a.subject_id) for a in acts] == [(cast.ada.id, failed.id)]


def test_what_has_not_failed_is_not_tried_again(ada, database, waiting) -> None:
    assert ada.post(f"/admin/queue/{waiting.id}/retry").status_code == 409
    assert ada.post("/admin/queue/999/retry").status_code == 404


def test_a_test_message_goes_to_the_administrator_who_asks(ada, database, cast) -> None:
    assert ada.post("/admin/system/mail").status_code == 303
    with database.reading() as session:
        letter = session.exec(select(OutgoingMail)).one()
    assert letter.recipient == cast.ada.email
    assert "Mail arrives" in letter.body
    assert cast.ada.email in ada.get("/admin/system").text


def test_a_message_that_was_given_up_is_shown_with_its_error(ada, database) -> None:
    with database.writing() as session:
        session.add(
            OutgoingMail(
                recipient="wei@tsinghua.example",
                subject="Hello",
                body="Hello",
                created_at=NOON,
                attempts=MOST_ATTEMPTS,
                error="Connection refused by mail.example",
            )
        )
        session.commit()
    assert "Mail does not arrive" in ada.get("/admin").text
    assert "Connection refused by mail.example" in ada.get("/admin/system").text
    assert "Connection refused by mail.example</div>given up" in ada.get("/admin/system").text
    for _ in range(2):  # Pressed twice, it is done once.
        assert ada.post("/admin/system/mail/again").status_code == 303
        with database.reading() as session:
            assert session.exec(select(OutgoingMail.attempts)).one() == 0
            acts = session.exec(select(Event).where(Event.kind == "admin.mail_tried_again")).all()
            assert [act.data for act in acts] == [{"messages": 1}]
    assert "Mail does not arrive" not in ada.get("/admin").text


def test_the_log_names_people_and_is_filtered_by_kind_and_actor(ada, database, cast) -> None:
    with database.writing() as session:
        record(session, "team.created", at=NOON, actor_id=cast.wei.id, team_id=cast.pandas.id)
        record(session, "account.renamed", at=NOON, actor_id=cast.lena.id, subject_id=cast.lena.id)
        session.commit()
    assert "Giant Pandas" in ada.get("/admin/log").text
    by_kind = ada.get("/admin/log?kind=account.").text
    assert "Lena Vogt" in by_kind
    assert "Giant Pandas" not in by_kind
    by_actor = ada.get(f"/admin/log?actor={cast.wei.email}").text
    assert "Giant Pandas" in by_actor
    assert "Lena Vogt" not in by_actor


def test_the_log_of_an_unknown_address_is_empty(ada, database, cast) -> None:
    with database.writing() as session:
        record(session, "team.created", at=NOON, actor_id=cast.wei.id)
        session.commit()
    assert "Nothing of this kind" in ada.get("/admin/log?actor=nobody@mail.example").text


def test_every_kind_of_event_is_readable_in_the_log(ada, database, cast, failed) -> None:
    with database.writing() as session:
        for kind in (
            "university.merged",
            "submission.received",
            "token.created",
            "challenge.created",
        ):
            record(
                session, kind, at=NOON, subject_id=1, challenge_id=cast.digits.id, note={"a": [1]}
            )
        session.commit()
    page = ada.get("/admin/log").text
    assert "the system" in page
    assert "submission 1" in page


def test_the_log_writes_lists_as_people_do(ada, database, cast) -> None:
    with database.writing() as session:
        changes = ["added page rules", "added file train.csv"]
        record(session, "challenge.changed", at=NOON, challenge_id=cast.digits.id, changes=changes)
        session.commit()
    assert "changes: added page rules; added file train.csv" in ada.get("/admin/log").text


def test_the_log_says_how_far_it_is_sealed_and_what_waits(ada, database, clock) -> None:
    assert "Nothing is sealed yet" in ada.get("/admin/log").text
    with database.writing() as session:
        record(session, "team.created", at=NOON)
        session.commit()
    assert "Does a worker run?" not in ada.get("/admin/log").text
    clock.forward(minutes=31)
    assert "Does a worker run?" in ada.get("/admin/log").text
    assert seal_events(database, now=clock()) > 0
    with database.reading() as session:
        head = head_of(session)
    page = ada.get("/admin/log").text
    assert head.hash in page
    assert "block 1" in page
    assert "Does a worker run?" not in page


def test_a_message_that_waits_after_a_failure_says_when_it_is_tried_again(ada, database) -> None:
    with database.writing() as session:
        session.add(
            OutgoingMail(
                recipient="wei@tsinghua.example",
                subject="Hello",
                body="Hello",
                created_at=NOON,
                attempts=1,
                next_at=NOON + timedelta(hours=4),
                error="Connection refused by mail.example",
            )
        )
        session.commit()
    page = ada.get("/admin/system").text
    assert "next try" in page
    assert (NOON + timedelta(hours=4)).isoformat() in page
    assert "Try again what was given up" not in page
