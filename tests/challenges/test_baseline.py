"""The baseline that a student can start from: whoever takes part downloads it, and no one else."""

import re

import pytest
from flask.testing import FlaskClient

from server.challenges.actions import deploy_challenge, join
from server.challenges.deployment import PhaseUse
from server.shared.storage import FileStore
from tests.cast import NOON, sign_in
from tests.folders.folders import NOW, read

PAGE = "/challenges/wines/data"
PROGRAM = "/api/v1/challenges/wines/files/baseline.py"


@pytest.fixture
def code(session, cast, wines, settings) -> bytes:
    """The program of the wines' folder, deployed; Wei takes part."""
    use = PhaseUse(lambda _phase: False, lambda _phase: None)
    store = FileStore(settings.public_store)
    made = deploy_challenge(session, read(wines), files=store, use=use, now=NOW)
    join(session, challenge=made.challenge, account_id=cast.wei.id, now=NOON)
    session.commit()
    return (wines / "baseline.py").read_bytes()


@pytest.fixture
def wei(client, cast, code) -> FlaskClient:
    return sign_in(client, cast.wei)


def test_a_participant_downloads_the_baseline_as_it_is_in_the_folder(wei, code) -> None:
    answer = wei.get(PROGRAM)
    assert (answer.status_code, answer.data) == (200, code)
    assert b"import" in code
    assert answer.headers["Content-Disposition"].startswith("attachment")
    # Never a type that a browser would run or show as a page of ours.
    assert answer.mimetype not in ("text/html", "text/javascript", "application/javascript")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_data_page_offers_it_and_the_link_leads_to_it(wei, code) -> None:
    page = wei.get(PAGE).text
    assert "baseline.py" in page
    (link,) = set(re.findall(r'href="([^"]*baseline\.py)"', page))
    assert wei.get(link).data == code


def test_the_list_for_programs_names_it(wei, code) -> None:
    rows = wei.get("/api/v1/challenges/wines/files").json["rows"]
    assert {r["name"]: r["size"] for r in rows}["baseline.py"] == len(code)


def test_whoever_takes_no_part_does_not_get_it(app, cast, code) -> None:
    assert app.test_client().get(PROGRAM).status_code == 401
    assert sign_in(app.test_client(), cast.lena).get(PROGRAM).status_code == 403
