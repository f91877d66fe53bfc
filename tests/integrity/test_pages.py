"""The page of a report: asked for, waited for, read; and the way from it to a decision."""

from datetime import timedelta

import pytest
from sqlmodel import select

from server.accounts.sightings import Seen, purge_sightings, sight
from server.challenges.models import Organiser
from server.challenges.rules import Role
from server.integrity.models import IntegrityReport
from server.integrity.rules import ReportState
from tests.cast import NOON, sign_in
from tests.integrity.conftest import answers, text_of

PAGE = "/organise/digits/integrity"
HOME = "198.51.100.7"


@pytest.fixture
def olga(app, cast):
    return sign_in(app.test_client(), cast.olga)


@pytest.fixture
def made(olga, session, contest, reporter) -> str:
    """The address of a report in which two teams sent one file from one place."""
    contest.send(contest.team("Twin <b>"), text_of(answers(0)), at=NOON)
    contest.send(contest.teams[0], text_of(answers(0)), at=NOON)
    for person in (contest.people[0], contest.people[-1]):
        place = Seen(HOME, "Firefox")
        sight(session, account_id=person.id, what="submission", seen=place, now=NOON)
    session.commit()
    address = olga.post(PAGE, data={"phase": "a"}).headers["Location"]
    reporter.make(int(address.rpartition("/")[2]))
    return address


def test_a_report_is_asked_for_and_waited_for(olga, database, stage) -> None:
    assert "No report yet" in olga.get(PAGE).text
    answer = olga.post(PAGE, data={"phase": "a"})
    assert answer.status_code == 303
    again = olga.post(PAGE, data={"phase": "a"})
    assert again.headers["Location"] == answer.headers["Location"]
    with database.reading() as session:
        assert len(session.exec(select(IntegrityReport)).all()) == 1
    page = olga.get(answer.headers["Location"])
    assert "The report waits for the worker" in page.text
    live = olga.get(f"{answer.headers['Location']}/live").json
    assert live["state"] == "queued"
    assert olga.post(PAGE, data={"phase": "nowhere"}).status_code == 404


def test_a_judge_reads_the_evidence_and_no_address(app, olga, session, cast, contest, made) -> None:
    assert HOME in olga.get(made).text
    digits = cast.digits.id
    session.add(Organiser(challenge_id=digits, account_id=cast.amina.id, role=Role.JUDGE))
    session.commit()
    judge = sign_in(app.test_client(), cast.amina)
    for page in (judge.get(made).text, judge.get(f"{made}/live").json["html"]):
        assert "Twin &lt;b&gt;" in page
        assert "not where people were" in page
        assert HOME not in page
        assert "Firefox" not in page


def test_a_report_shows_evidence_with_links_and_says_what_it_does_not_mean(
    olga, contest, made
) -> None:
    page = olga.get(made).text
    twin = contest.teams[-1]
    assert "Twin &lt;b&gt;" in page
    assert f"/organise/digits/submissions?team={twin.id}" in page
    assert "/organise/digits/submissions/13" in page
    for words in (
        "Nothing has been done by this report",
        "What it does not mean:",
        "The same file, byte for byte",
        "No pair of teams stands out",
        "The rarest places stand first",
        "disqualify the submission or the team on the submission&#39;s page",
    ):
        assert words in page or words.replace("&#39;", "'") in page
    assert HOME in page
    assert "Firefox" in page


def test_addresses_vanish_from_an_old_report_that_stays(
    app, cast, olga, session, made, clock
) -> None:
    assert HOME in olga.get(made).text
    clock.forward(days=91)
    assert purge_sightings(session, now=clock()) == 2
    session.commit()
    later = sign_in(app.test_client(), cast.olga)
    page = later.get(made).text
    assert HOME not in page
    assert "no longer kept" in page
    assert "The same file, byte for byte" in page


def test_a_failed_report_says_why(olga, database, stage) -> None:
    address = olga.post(PAGE, data={"phase": "a"}).headers["Location"]
    with database.writing() as session:
        report = session.exec(select(IntegrityReport)).one()
        report.state, report.problem = ReportState.FAILED, "the solution has an unknown label"
        report.made_at = NOON + timedelta(minutes=1)
        session.commit()
    page = olga.get(address).text
    assert "The report failed." in page
    assert "the solution has an unknown label" in page


def test_the_newest_report_of_a_phase_is_shown_and_older_ones_stay(
    olga, made, contest, reporter
) -> None:
    second = olga.post(PAGE, data={"phase": "b"}).headers["Location"]
    assert second != made
    assert "The report waits" in olga.get(f"{PAGE}?phase=b").text
    assert "The same file, byte for byte" in olga.get(f"{PAGE}?phase=a").text
    newest = olga.get(PAGE).text
    assert made in newest
    assert second in newest
    reporter.make(int(second.rpartition("/")[2]))
    assert "has no live evaluation" in olga.get(second).text
    assert olga.get(f"{PAGE}/999").status_code == 404
    assert olga.get(f"{PAGE}?phase=nowhere").status_code == 404
