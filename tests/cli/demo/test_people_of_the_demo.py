"""Who asks to take part in the demo, and what its people say of themselves."""

import tomllib
from datetime import timedelta

import pytest
from sqlmodel import select

from server.accounts.models import Account
from server.accounts.rules import PageSeenBy
from server.cli.demo.cast import PEOPLE, UNIVERSITIES
from server.cli.demo.crews import COURSE, SHOWN
from server.cli.demo.deciding import ASKED, CLASS, FROZEN, FROZEN_SINCE, WITH_APPROVAL
from server.cli.demo.drafting import irises
from server.cli.demo.introducing import PORTRAITS, date_scores_back, introduce
from server.cli.demo.windows import BUNDLED, bundled_windows
from server.folders.definition import Definition
from server.folders.times import Clock
from server.profiles.models import Profile
from server.shared.access import Viewer
from server.standings.participation import participants_of_challenge
from tests.boards.scored import submitted
from tests.cast import NOON

ADDRESSES = {person.email for person in PEOPLE}


def test_students_of_the_cast_ask_and_introduce_themselves_once_each():
    for entries in (ASKED, PORTRAITS):
        names = [entry["who"] for entry in entries]
        assert set(names) <= ADDRESSES
        assert len(set(names)) == len(names)


def test_some_requests_wait_some_are_granted_and_one_is_declined_with_words():
    decided = [asked.get("admitted") for asked in ASKED]

    assert decided.count(None) >= 3
    assert decided.count(True) >= 2
    (declined,) = [asked for asked in ASKED if asked.get("admitted") is False]
    assert len(declined["reason"]) > 20
    assert SHOWN.email in {asked["who"] for asked in ASKED if "admitted" not in asked}


def definition_of(slug: str) -> Definition:
    document = tomllib.loads((BUNDLED / slug / "challenge.toml").read_text(encoding="utf-8"))
    return Definition.model_validate(document, context=Clock(NOON, allow_relative_times=True))


def test_everybody_answers_what_the_challenge_asks():
    registration = definition_of(WITH_APPROVAL).registration

    assert registration.mode == "approval"
    for asked in ASKED:
        assert len(asked["answers"]) == len(registration.ask)


def test_the_class_is_anonymous_graded_and_of_two_universities():
    course = definition_of(CLASS).course

    assert course is not None
    assert course.anonymous
    assert course.grading is not None
    assert set(COURSE) <= {university.slug for university in UNIVERSITIES}


def test_the_board_that_is_frozen_is_near_its_end_and_teams_submitted_since(month):
    (phase,) = [w for w in bundled_windows(NOON) if w.challenge == FROZEN and w.starts < NOON]
    since = [line for line in month if line.challenge == FROZEN and line.at > NOON - FROZEN_SINCE]

    assert (phase.ends - NOON).days < 3
    assert since


def test_a_person_s_page_has_what_was_written_and_is_seen_by_whom_it_says(session, cast):
    viewers = {}
    for portrait in PORTRAITS:
        account = Account(
            email=portrait["who"], name=portrait["who"], password_hash="", created_at=NOON
        )
        session.add(account)
        session.flush()
        viewers[portrait["who"]] = Viewer(id=account.id, name=account.name, confirmed=True)

    assert introduce(session, viewers, now=NOON) == len(session.exec(select(Profile)).all())
    shown = session.get(Account, viewers[SHOWN.email].id)
    assert shown.page_seen_by is PageSeenBy.EVERYBODY
    assert shown.listed_at is not None
    assert "Munich" in session.get(Profile, shown.id).bio


@pytest.mark.parametrize("name", ["train.csv", "test.csv", "sample_submission.csv"])
def test_the_half_made_draft_has_real_flowers(name: str):
    files = irises()

    assert files[name].null_count().sum_horizontal().item() == 0
    assert set(files["train.csv"]["id"]).isdisjoint(files["test.csv"]["id"])
    assert files["sample_submission.csv"]["id"].equals(files["test.csv"]["id"])


def test_who_sent_a_file_before_the_freeze_takes_part_in_the_frozen_standings(session, cast):
    frozen_at = NOON - FROZEN_SINCE
    phase = session.merge(cast.phase_a)
    for sent in (frozen_at - timedelta(days=3), frozen_at + timedelta(hours=1)):
        made = submitted(session, phase, session.merge(cast.pandas), by=cast.wei, at=sent)
        made.scored_at = NOON
    phase.frozen_at = frozen_at
    session.flush()
    assert participants_of_challenge(session, phase.challenge_id) == []
    date_scores_back(session, phase.id, until=frozen_at)
    [taking_part] = participants_of_challenge(session, phase.challenge_id)
    assert taking_part["submissions"] == 1
