"""The archive's page: all of a challenge as a file, without its answers, and its next edition."""

import io
import zipfile

import pytest
from sqlmodel import select

from server.challenges.models import Challenge, ChallengePage
from server.drafts.models import ChallengeDraft, DraftFile
from server.drafts.rules import FileKind
from server.evaluations.models import Evaluation
from server.shared.events import Event
from tests.boards.scored import evaluate

ARCHIVE = "/organise/digits/archive"
EDITION = f"{ARCHIVE}/edition"
FORM = {"title": "Digits 2027", "slug": "digits-2027", "starts": "2027-03-01T08:00"}


@pytest.fixture
def everybody_creates(settings):
    settings.create_challenges = "confirmed"


@pytest.fixture
def played(session, cast, board):
    session.add(
        ChallengePage(
            challenge_id=cast.digits.id,
            slug="overview",
            title="Overview",
            position=0,
            markdown="# Digits\n<script>alert(1)</script>",
        )
    )
    evaluate(session, session.merge(cast.phase_b))
    session.commit()


def test_the_archive_is_a_zip_of_the_folder_and_the_results(as_, cast, played):
    answer = as_(cast.olga).get(f"{ARCHIVE}.zip", buffered=True)
    assert answer.mimetype == "application/zip"
    assert "no-store" in answer.headers["Cache-Control"]
    assert "filename=digits-2026-11-20.zip" in answer.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.testzip() is None
        names = set(archive.namelist())
        readme = archive.read("digits/README.txt").decode()
    assert {"digits/challenge.toml", "digits/overview.md"} <= names
    assert "digits/results/scores.csv" in names
    assert not [name for name in names if "solution" in name]
    assert "NOT IN THIS ARCHIVE" in readme


def test_the_web_never_opens_the_store_of_answers(as_, cast, played, monkeypatch):
    def refuse(*_arguments):
        raise AssertionError("the web looked for answers")

    monkeypatch.setattr("server.archives.answers.solution_members", refuse)
    assert as_(cast.olga).get(f"{ARCHIVE}.zip?with_solution=yes", buffered=True).status_code == 200


def test_the_next_edition_is_a_draft_with_everything_and_its_times_moved(
    as_, session, cast, played, everybody_creates
):
    answer = as_(cast.olga).post(EDITION, data=FORM)
    assert answer.status_code == 303
    draft = session.exec(select(ChallengeDraft)).one()
    assert answer.location.startswith(f"/organise/drafts/{draft.id}")
    assert (draft.slug, draft.owner_id, draft.challenge_id) == ("digits-2027", cast.olga.id, None)
    assert draft.definition["title"] == "Digits 2027"
    assert [p["starts"] for p in draft.definition["phases"]] == [
        "2027-03-01T08:00:00Z",
        "2027-03-22T08:00:00Z",
    ]
    assert draft.pages == {"overview": "# Digits\n<script>alert(1)</script>"}
    files = session.exec(select(DraftFile)).all()
    kinds = [(f.kind, f.phase, f.title) for f in files]
    assert kinds == [
        (FileKind.SOLUTION, "a", ""),
        (FileKind.SOLUTION, "b", ""),
        (FileKind.BASELINE, "a", "always zero"),
    ]
    solution = session.exec(select(Evaluation)).first().solution_sha256
    assert {f.sha256 for f in files if f.kind is FileKind.SOLUTION} == {solution}
    assert session.exec(select(Event).where(Event.kind == "draft.begun")).one()


@pytest.mark.parametrize(
    ("changed", "words", "status"),
    [
        ({"title": " "}, "Give the new edition a title", 422),
        ({"slug": "Not A Slug"}, "such as not-a-slug", 422),
        ({"slug": "drafts"}, "Use lowercase letters", 422),
        ({"slug": "digits"}, "a challenge at this address already", 409),
        ({"starts": "tomorrow"}, "when the first phase begins", 422),
        ({"starts": "9999-12-31T00:00"}, "be meant", 422),
    ],
)
def test_a_refusal_says_why_at_its_field_and_keeps_what_was_typed(
    as_, session, cast, played, everybody_creates, changed, words, status
):
    form = {**FORM, **changed}
    answer = as_(cast.olga).post(EDITION, data=form)
    assert answer.status_code == status
    assert words in answer.text
    (field,) = changed
    assert f'id="{field}-error"' in answer.text
    assert all(f'value="{value}"' in answer.text for value in form.values())
    assert session.exec(select(ChallengeDraft)).first() is None


def test_a_metric_file_does_not_travel_by_the_browser(
    as_, session, cast, played, everybody_creates
):
    digits = session.get_one(Challenge, cast.digits.id)
    digits.scorer = "metric.py"
    session.add(digits)
    session.commit()
    answer = as_(cast.olga).post(EDITION, data=FORM)
    assert answer.status_code == 409
    assert "metric file of its own" in answer.text


def test_who_may_create_no_challenge_makes_no_edition(as_, session, cast, played):
    page = as_(cast.olga).get(ARCHIVE).text
    assert "you may not create challenges" in page
    assert "Make the draft" not in page
    assert as_(cast.olga).post(EDITION, data=FORM).status_code == 403
    assert session.exec(select(ChallengeDraft)).first() is None
    session.rollback()
    assert as_(cast.ada).post(EDITION, data=FORM).status_code == 303


def test_the_address_that_is_offered_is_free(as_, session, cast, played, everybody_creates):
    assert 'value="digits-2"' in as_(cast.olga).get(ARCHIVE).text
    mine = session.get_one(Challenge, cast.digits.id).model_dump()
    session.add(Challenge(**{**mine, "id": None, "slug": "digits-2"}))
    session.commit()
    assert 'value="digits-3"' in as_(cast.olga).get(ARCHIVE).text


def test_the_title_and_the_address_that_are_offered_differ_from_this_editions(
    as_, session, cast, played, everybody_creates
):
    olga = as_(cast.olga)
    assert 'value="Handwritten digits, 2nd edition"' in olga.get(ARCHIVE).text
    mine = session.get_one(Challenge, cast.digits.id)
    mine.title = "Handwritten digits 2026"
    session.add(mine)
    session.commit()
    page = olga.get(ARCHIVE).text
    assert 'value="Handwritten digits 2027"' in page
    assert 'value="digits-2027"' in page
    # A draft that somebody writes has its address already.
    assert olga.post(EDITION, data=FORM).status_code == 303
    assert 'value="digits-2028"' in olga.get(ARCHIVE).text
