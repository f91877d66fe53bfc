"""A phase that takes the first teams of the one before it, before and after that result is out."""

import io
import re
from datetime import timedelta

import pytest

from server.challenges.models import Phase
from server.submissions.models import Admission
from tests.cast import NOON, sign_in

URL = "/challenges/digits/submit"


@pytest.fixture
def admitting(database, cast):
    """Let phase B, open at noon, take the first of phase A, which has ended; say if it is out."""

    def change(*, out: bool) -> None:
        with database.writing() as session:
            phase = session.get_one(Phase, cast.phase_b.id)
            phase.admit_top, phase.starts = 1, NOON - timedelta(hours=1)
            before = session.get_one(Phase, cast.phase_a.id)
            before.ends = NOON - timedelta(hours=2)
            before.revealed_at = NOON - timedelta(hours=1) if out else None
            session.commit()

    return change


def send(client):
    form = {"file": (io.BytesIO(b"id,digit\n1,2\n"), "predictions.csv")}
    return client.post(URL, data=form, content_type="multipart/form-data")


@pytest.mark.parametrize(
    ("out", "said"),
    [(False, "that result is not out yet"), (True, "Your team was not admitted to this phase")],
)
def test_a_team_that_can_not_send_reads_why_before_it_chooses_a_file(
    client, cast, admitting, out, said
):
    admitting(out=out)
    sign_in(client, cast.wei)
    page = client.get(URL).text
    assert said in page
    assert 'name="file"' not in page
    assert "submissions left today" not in page
    refused = send(client)
    assert refused.status_code == 403
    assert said in refused.text


def test_nobody_is_said_to_be_refused_by_a_result_that_is_not_out(client, cast, admitting):
    admitting(out=False)
    sign_in(client, cast.wei)
    assert "was not admitted" not in client.get(URL).text + send(client).text


def test_an_admitted_team_sends_as_ever(client, database, cast, admitting):
    admitting(out=True)
    with database.writing() as session:
        session.add(Admission(phase_id=cast.phase_b.id, team_id=cast.pandas.id))
        session.commit()
    sign_in(client, cast.wei)
    assert 'name="file"' in client.get(URL).text
    assert send(client).status_code == 303


TABS = ("", "/leaderboard", "/submissions", "/team")
BUTTON = re.compile(rf'class="btn [\w-]+" href="{URL}"')


@pytest.mark.parametrize(
    ("out", "said"),
    [(False, "A board admits, once that is out"), (True, "A board admitted.")],
)
def test_no_tab_asks_a_team_for_a_file_that_would_be_refused(client, cast, admitting, out, said):
    admitting(out=out)
    sign_in(client, cast.wei)
    for tab in TABS:
        page = client.get(f"/challenges/digits{tab}").text
        assert said in page, tab
        assert not BUTTON.search(page), tab


def test_every_tab_asks_an_admitted_team_for_its_file_also_after_another_has_read_it(
    app, database, cast, admitting
):
    admitting(out=True)
    with database.writing() as session:
        session.add(Admission(phase_id=cast.phase_b.id, team_id=cast.pandas.id))
        session.commit()
    lena, wei = (sign_in(app.test_client(), who) for who in (cast.lena, cast.wei))
    for tab in TABS:
        assert "A board admitted." in lena.get(f"/challenges/digits{tab}").text
        page = wei.get(f"/challenges/digits{tab}").text
        assert "A board admitted." not in page
        assert BUTTON.search(page), tab
