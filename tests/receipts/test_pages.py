"""Receipts over HTTP: what they state, who gets them, and that a saved list confirms them."""

import base64
import hashlib
import json
from datetime import timedelta

import pytest

from server.accounts.tokens import create_token
from server.audit.actions import seal_events
from server.boards.actions import go_live
from server.receipts.checking import confirmed, read_keys
from server.receipts.keys import KEY_FILE
from server.shared.events import record
from server.submissions.models import Submission
from server.submissions.rules import SubmissionState
from tests.boards.scored import reveal_now, scored, submitted
from tests.cast import NOON, sign_in
from tests.corrections.correcting import beside, complete, rescored

AT = NOON - timedelta(hours=1, microseconds=7)


def url(submission: Submission) -> str:
    return f"/submissions/{submission.id}/receipt.json"


@pytest.fixture
def good(session, cast, phase) -> Submission:
    """A scored submission of the Pandas: public 0.75, private 0.59375."""
    team = session.merge(cast.pandas)
    made = scored(session, phase, team, 0.75, 0.59375, at=AT, by=cast.wei)
    session.commit()
    return made


@pytest.fixture
def wei(client, cast):
    return sign_in(client, cast.wei)


def test_a_receipt_states_what_was_received_and_what_was_said(wei, good, key, cast):
    answer = wei.get(url(good))
    assert answer.headers["Content-Disposition"] == f"attachment; filename=receipt-{good.id}.json"
    assert answer.json["receipt"] == {
        "format": "varsity-receipt/1",
        "issuer": "http://localhost",
        "kid": key,
        "issued_at": "2026-11-20T12:00:00.000000Z",
        "received": {
            "submission": good.id,
            "challenge": "digits",
            "phase": "a",
            "team": {"id": cast.pandas.id, "name": "Giant Pandas"},
            "filename": "predictions.csv",
            "size": 10,
            "sha256": "a" * 64,
            "received_at": "2026-11-20T10:59:59.999993Z",
            "late": False,
        },
        "result": {
            "state": "scored",
            "scored_at": "2026-11-20T10:59:59.999993Z",
            "evaluation": 1,
            "scorer": "accuracy",
            "scorer_version": "1",
            "score": {
                "value": 0.75,
                "interval": [0.73, 0.77],
                "method": "percentile of 1,000 resamples",
                "also": {},
            },
            "private_score": None,
            "message": None,
            "withdrawn_at": None,
            "disqualified_at": None,
        },
        "log_head": None,
    }


def test_the_listed_keys_confirm_it(wei, client, good):
    listed = client.get("/.well-known/varsity-keys.json")
    assert listed.mimetype == "application/json"
    keys = read_keys(listed.data)
    assert keys.issuer == "http://localhost"
    for answer in (wei.get(url(good)), wei.get(url(good))):
        assert confirmed(answer.data, keys).received.submission == good.id


def test_the_api_gives_the_same_receipt(app, session, cast, good):
    _, token = create_token(session, account_id=cast.wei.id, name="t", now=NOON)
    session.commit()
    client = app.test_client()
    answer = client.get(
        f"/api/v1/submissions/{good.id}/receipt", headers={"Authorization": f"Bearer {token}"}
    )
    keys = read_keys(client.get("/.well-known/varsity-keys.json").data)
    assert confirmed(answer.data, keys).result.score.value == 0.75


@pytest.mark.parametrize("person", ["wei", "olga", "ada"])
def test_before_the_reveal_nobody_finds_the_private_score_in_it(client, good, cast, person):
    text = sign_in(client, cast.people[person]).get(url(good)).text
    assert '"value": 0.75' in text
    assert "0.59375" not in text
    assert json.loads(text)["receipt"]["result"]["private_score"] is None


def test_after_the_reveal_the_private_score_is_in_it(wei, session, good, phase):
    reveal_now(session, phase)
    session.commit()
    assert wei.get(url(good)).json["receipt"]["result"]["private_score"]["value"] == 0.59375


@pytest.mark.parametrize(
    ("person", "status"),
    [(None, 302), ("wei", 200), ("mei", 200), ("olga", 200), ("ada", 200), ("lena", 404)],
)
def test_the_team_and_the_organisers_get_it_and_nobody_else(client, cast, good, person, status):
    browser = sign_in(client, cast.people[person]) if person else client
    assert browser.get(url(good)).status_code == status


LIVE_AT = NOON + timedelta(minutes=30)


def corrected(session, phase, submission, values) -> None:
    """Another evaluation scores it at noon, and goes live half an hour later."""
    second = beside(session, phase)
    rescored(session, second, submission, values)
    complete(session, second)
    go_live(session, evaluation=second, phase=phase, actor_id=None, now=LIVE_AT)
    session.commit()


def test_after_a_correction_it_says_when_the_new_score_was_found_and_the_old_one_stays_valid(
    wei, client, session, phase, good
):
    old = wei.get(url(good)).data
    corrected(session, phase, good, (0.5, 0.25))
    new = wei.get(url(good))
    result = new.json["receipt"]["result"]
    assert (result["evaluation"], result["score"]["value"]) == (2, 0.5)
    assert result["scored_at"] == "2026-11-20T12:00:00.000000Z"
    keys = read_keys(client.get("/.well-known/varsity-keys.json").data)
    before, after = confirmed(old, keys).result, confirmed(new.data, keys).result
    assert (before.evaluation, before.score.value) == (1, 0.75)
    assert (after.evaluation, after.score.value) == (2, 0.5)


def test_a_rejection_by_a_correction_is_said_when_that_goes_live(wei, session, phase, good):
    corrected(session, phase, good, None)
    result = wei.get(url(good)).json["receipt"]["result"]
    assert (result["state"], result["evaluation"]) == ("rejected", 2)
    assert result["scored_at"] == "2026-11-20T12:30:00.000000Z"


def test_a_rejection_is_receipted_with_its_words(wei, session, phase, cast):
    row = submitted(
        session,
        phase,
        session.merge(cast.pandas),
        state=SubmissionState.REJECTED,
        message="line 3: “x” is no label",
        trace="a trace for the organisers",
    )
    session.commit()
    answer = wei.get(url(row))
    result = answer.json["receipt"]["result"]
    assert (result["state"], result["message"]) == ("rejected", "line 3: “x” is no label")
    assert result["score"] is None
    assert "a trace" not in answer.text


def test_a_baseline_is_receipted_to_its_organisers_without_a_team(client, session, phase, cast):
    row = scored(session, phase, None, 0.5, baseline="majority")
    session.commit()
    assert sign_in(client, cast.olga).get(url(row)).json["receipt"]["received"]["team"] is None


@pytest.mark.parametrize("state", ["queued", "scoring", "failed"])
def test_without_a_result_there_is_no_receipt(wei, session, phase, cast, state):
    row = submitted(session, phase, session.merge(cast.pandas), state=SubmissionState(state))
    session.commit()
    answer = wei.get(url(row), headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json["code"]) == (409, "no-result")
    assert "Signed receipt" not in wei.get(f"/submissions/{row.id}").text


def test_what_was_withdrawn_or_disqualified_is_said_to_be(wei, session, good):
    row = session.get_one(Submission, good.id)
    row.withdrawn_at, row.disqualified_at = NOON, NOON
    session.commit()
    result = wei.get(url(good)).json["receipt"]["result"]
    assert result["withdrawn_at"] == result["disqualified_at"] == "2026-11-20T12:00:00.000000Z"


def test_it_carries_the_head_of_the_log(wei, database, session, good):
    record(session, "team.renamed", at=AT)
    session.commit()
    seal_events(database, now=NOON)
    head = wei.get(url(good)).json["receipt"]["log_head"]
    assert head["number"] == 1
    assert len(head["hash"]) == 64


def test_the_page_of_a_submission_offers_it(wei, good):
    assert f'href="{url(good)}"' in wei.get(f"/submissions/{good.id}").text


def test_a_missing_key_is_said_to_be_our_fault(wei, settings, good):
    (settings.data_dir / KEY_FILE).unlink()
    answer = wei.get(url(good), headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json["code"]) == (503, "no-receipt-key")
    assert "The fault is ours" in answer.json["detail"]
    assert not (settings.data_dir / KEY_FILE).exists()


def test_a_key_that_nobody_could_look_up_signs_nothing(wei, settings, good):
    settings.receipt_key = base64.b64encode(hashlib.sha256(b"another").digest()).decode()
    assert wei.get(url(good)).status_code == 503
