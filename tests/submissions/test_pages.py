"""The upload page: where a file can go, what is left, and what is said about what was sent."""

import io
import re
from datetime import timedelta

import pytest
from sqlmodel import select

from server.challenges.models import Phase
from server.submissions.models import Submission
from server.submissions.rules import SubmissionState
from server.teams.models import Team
from tests.cast import NOON, sign_in
from tests.scores import add_live, submitted

URL = "/challenges/digits/submit"
FILE = b"id,digit\n1,2\n"
SCRIPT = {"X-Requested-With": "XMLHttpRequest"}
SAME = "the very same file before, as submission"


@pytest.fixture
def wei(client, cast):
    return sign_in(client, cast.wei)


@pytest.fixture
def change(database, cast):
    """Change a phase of the cast's challenge."""

    def change(phase: str, **values) -> None:
        with database.writing() as session:
            row = session.get_one(Phase, cast.phases[phase].id)
            for name, value in values.items():
                setattr(row, name, value)
            session.commit()

    return change


@pytest.fixture
def both_open(change):
    """Let both phases be open at noon."""
    change("phase_b", starts=NOON - timedelta(days=1))


@pytest.fixture
def use_up(database, cast):
    """Use up what the Giant Pandas have in a phase today."""

    def use_up(phase: str, count: int = 5) -> None:
        with database.writing() as session:
            for number in range(count):
                submitted(session, cast, phase=phase, data=f"{phase} {number}")
            session.commit()

    return use_up


def send(client, data: bytes = FILE, *, headers=None, **fields):
    form = {"file": (io.BytesIO(data), "predictions.csv"), **fields}
    return client.post(URL, data=form, headers=headers or {}, content_type="multipart/form-data")


def ids(database) -> list[int]:
    with database.reading() as session:
        return list(session.exec(select(Submission.id).order_by(Submission.id)))


def test_a_file_is_taken_and_its_page_shown(wei, database):
    answer = send(wei)
    (submission_id,) = ids(database)
    assert answer.status_code == 303
    assert answer.location == f"/submissions/{submission_id}"
    assert SAME not in wei.get(answer.location).text


def test_a_script_is_told_where_to_go_instead_of_sent_there(wei, database):
    answer = send(wei, headers=SCRIPT)
    (submission_id,) = ids(database)
    assert answer.status_code == 200
    assert answer.json == {"location": f"/submissions/{submission_id}"}


@pytest.mark.parametrize("headers", [SCRIPT, {}], ids=["script", "form"])
def test_that_the_same_file_was_sent_before_is_said_once_on_the_page_that_follows(
    wei, database, headers
):
    first = send(wei, headers=headers)
    second = send(wei, headers=headers)
    target = second.json["location"] if headers else second.location
    earlier, later = ids(database)
    assert target == f"/submissions/{later}"
    # No message may be spent on the answer itself, which nobody sees.
    assert SAME not in first.text + second.text
    assert f"{SAME} {earlier}." in wei.get(target).text
    assert SAME not in wei.get(target).text


def test_the_same_file_of_another_team_is_no_matter(client, database, cast):
    send(sign_in(client, cast.wei))
    answer = send(sign_in(client, cast.lena), headers=SCRIPT)
    assert SAME not in client.get(answer.json["location"]).text
    assert len(ids(database)) == 2


def test_a_disqualified_team_reads_so_instead_of_a_form(wei, database, cast):
    with database.writing() as session:
        team = session.get_one(Team, cast.pandas.id)
        team.disqualified_at, team.disqualified_reason = NOON, "Two accounts of one person."
        session.commit()
    text = wei.get(URL).text
    assert "Two accounts of one person." in text
    assert 'name="file"' not in text
    assert 'btn-primary" href="/challenges/digits/submit"' not in wei.get("/").text


def test_of_one_open_phase_no_choice_is_asked(wei):
    text = wei.get(URL).text
    assert "5 submissions left today" in text
    assert 'name="phase"' not in text


def test_the_form_offers_every_open_phase_with_something_left(wei, both_open):
    text = wei.get(URL).text
    assert '<option value="a">A board</option>' in text
    assert '<option value="b">B board</option>' in text


def test_the_phase_that_an_address_names_stands_in_the_form_at_first(wei, both_open, use_up):
    chosen = '<option selected value="b">B board</option>'
    assert chosen not in wei.get(URL).text
    assert chosen in wei.get(f"{URL}?phase=b").text
    assert "selected value" not in wei.get(f"{URL}?phase=nothing").text
    use_up("phase_a")
    assert 'value="a"' not in wei.get(f"{URL}?phase=a").text


def test_the_form_offers_no_phase_whose_quota_is_used_up(wei, both_open, use_up):
    use_up("phase_a")
    text = wei.get(URL).text
    assert 'value="a"' not in text
    assert '<option value="b">B board</option>' in text
    assert "0 submissions left today" in text
    assert "The next one is free at" in text


def test_where_one_phase_takes_nothing_more_today_the_other_is_chosen_by_hand(
    wei, both_open, use_up
):
    assert '<option value="">' not in wei.get(URL).text
    use_up("phase_a")
    assert '<option selected value="">choose a phase</option>' in wei.get(URL).text
    assert send(wei, phase="").status_code == 422


def test_a_file_goes_to_the_phase_that_was_chosen(wei, both_open, database, cast):
    assert send(wei, phase="b").status_code == 303
    with database.reading() as session:
        assert session.exec(select(Submission.phase_id)).all() == [cast.phase_b.id]


def test_with_nothing_left_there_is_no_form_and_a_file_is_refused(wei, use_up, database):
    use_up("phase_a")
    page = wei.get(URL).text
    assert "Your team has used all its submissions of today." in page
    assert "The next one is free at" in page
    assert 'type="file"' not in page
    refused = send(wei, headers={"Accept": "application/json"})
    assert (refused.status_code, refused.json["code"]) == (409, "quota-day")
    assert len(ids(database)) == 5


def test_on_the_last_day_nobody_is_sent_to_a_morning_after_the_end(wei, use_up, change):
    change("phase_a", ends=NOON + timedelta(hours=2))
    use_up("phase_a")
    page = wei.get(URL).text
    assert "the phase closes before the next day begins" in page
    assert "The next one is free at" not in page


def test_a_phase_whose_whole_quota_is_used_up_is_said_to_be_used_up(wei, use_up, change):
    change("phase_a", total=3)
    use_up("phase_a", 3)
    page = wei.get(URL).text
    assert "Your team has used all its submissions of this phase." in page
    assert "The next one is free at" not in page


@pytest.fixture
def baseline(database, cast) -> int:
    """An organiser's baseline, which is of no team."""
    with database.writing() as session:
        add_live(session, session.get_one(Phase, cast.phase_a.id))
        row = Submission(
            challenge_id=cast.digits.id,
            phase_id=cast.phase_a.id,
            state=SubmissionState.QUEUED,
            filename="baseline.csv",
            size=10,
            sha256="b" * 64,
            received_at=NOON,
        )
        session.add(row)
        session.commit()
    return row.id


def test_a_baseline_uses_up_nobodys_quota_and_is_nobodys_file(wei, client, cast, baseline):
    assert "5 submissions left today" in wei.get(URL).text
    assert wei.get(f"/submissions/{baseline}/file").status_code == 404


def test_whoever_is_not_signed_in_or_not_confirmed_is_told_what_is_missing(client, cast):
    assert "Sign in to submit" in client.get(URL).text
    assert send(client).location.startswith("/sign-in")
    sign_in(client, cast.newt)
    assert "Confirm your e-mail address first" in client.get(URL).text
    assert send(client).status_code == 403


def test_where_no_phase_is_open_nothing_can_be_sent(wei, change, database):
    change("phase_a", ends=NOON - timedelta(days=1))
    assert "Nothing can be submitted now" in wei.get(URL).text
    assert send(wei).status_code == 409
    assert ids(database) == []


def test_who_comes_too_late_is_told_by_how_much(wei, change):
    change("phase_a", ends=NOON - timedelta(seconds=3))
    refused = send(wei, headers={"Accept": "application/json"}).json["detail"]
    assert "A board closed at 2026-11-20 11:59:57" in refused
    assert "began to arrive at 2026-11-20 12:00:00 (UTC)" in refused


def test_a_form_that_is_refused_leads_back_to_its_page(wei):
    refused = wei.post(URL, headers={"Referer": f"http://localhost{URL}"})
    assert refused.status_code == 422
    assert f'<a class="btn btn-primary" href="{URL}">' in refused.text


def test_the_browser_itself_asks_for_a_file_that_is_missing(wei):
    (field,) = re.findall(r'<input[^>]* type="file"[^>]*>', wei.get(URL).text)
    assert " required" in field


def test_a_team_gets_its_own_file_back_and_no_other_teams(client, cast, database):
    send(sign_in(client, cast.wei))
    (submission_id,) = ids(database)
    answer = client.get(f"/submissions/{submission_id}/file")
    assert (answer.status_code, answer.data) == (200, FILE)
    assert "predictions.csv" in answer.headers["Content-Disposition"]
    assert sign_in(client, cast.mei).get(f"/submissions/{submission_id}/file").data == FILE
    assert sign_in(client, cast.lena).get(f"/submissions/{submission_id}/file").status_code == 404
    assert sign_in(client, cast.olga).get(f"/submissions/{submission_id}/file").data == FILE
