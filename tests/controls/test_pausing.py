"""A pause refuses what begins to arrive after it, says who and why, and stops nothing else."""

import io
from datetime import timedelta

import pytest
from sqlmodel import select

from server.challenges.models import Challenge, Phase
from server.evaluations.queries import live_evaluation
from server.shared.errors import Conflict
from server.submissions.actions import Received, submit
from server.submissions.models import Submission
from server.submissions.rules import SubmissionState
from tests.cast import NOON, sign_in
from tests.scores import report, score, submitted

PAUSE = "/organise/digits/phases/a/pause"
RESUME = "/organise/digits/phases/a/resume"
WORDS = "Row 17 is wrong; back at 16:00."
FILE = b"id,digit\n1,2\n"


def send(client, headers, **fields):
    return client.post(
        "/api/v1/challenges/digits/submissions",
        headers=headers,
        data={"file": (io.BytesIO(FILE), "p.csv"), **fields},
    )


def submissions(session):
    found = list(session.exec(select(Submission).where(Submission.sha256 != "a" * 64)))
    session.rollback()
    return found


def test_a_file_is_refused_by_name_since_when_and_in_the_organisers_words(
    session, cast, board, olga, client, bearer
):
    headers = bearer(cast.wei)
    olga.post(PAUSE, data={"words": WORDS})
    answer = send(client, headers)
    assert (answer.status_code, answer.json["code"]) == (409, "paused")
    assert answer.json["detail"] == (
        f"Submissions are paused since 2026-11-20 12:00 UTC by Olga Petrova: {WORDS}"
    )
    assert submissions(session) == []
    olga.post(RESUME)
    assert send(client, headers).status_code == 202


def test_a_pause_without_words_says_who_and_when(cast, board, olga, client, bearer):
    headers = bearer(cast.wei)
    olga.post(PAUSE)
    assert send(client, headers).json["detail"].endswith("by Olga Petrova. Nothing was counted.")


def test_pages_say_that_submissions_are_paused(app, cast, board, olga):
    olga.post(PAUSE, data={"words": WORDS})
    wei = sign_in(app.test_client(), cast.wei)
    page = wei.get("/challenges/digits/submit").text
    assert WORDS in page
    assert "By Olga Petrova, since" in page
    assert 'type="file"' not in page
    assert "Submissions paused" in wei.get("/challenges/digits").text
    shown = app.test_client().get("/api/v1/challenges/digits").json["phases"][0]
    assert shown["paused_at"] == "2026-11-20T12:00:00Z"


def test_an_upload_that_began_before_the_pause_counts_to_the_instant(
    session, cast, board, olga, clock
):
    clock.forward(minutes=1)
    olga.post(PAUSE)
    session.expire_all()
    last = clock() - timedelta(microseconds=1)
    assert submitted(session, cast, at=last).received_at == last
    with pytest.raises(Conflict, match="paused"):
        submitted(session, cast, at=clock())


def test_scoring_goes_on_in_a_pause(session, cast, board, olga):
    waiting = submitted(session, cast)
    session.commit()
    olga.post(PAUSE)
    evaluation = live_evaluation(session, board.id)
    assert score(session, waiting, evaluation, report(0.95, 0.2))
    assert session.get_one(Submission, waiting.id).state is SubmissionState.SCORED


def test_pausing_twice_keeps_the_first_pause_and_says_so(
    session, cast, board, olga, client, bearer, clock, kinds
):
    headers = bearer(cast.olga)
    olga.post(PAUSE, data={"words": WORDS})
    clock.forward(minutes=5)
    again = olga.post(PAUSE, data={"words": "others"}, follow_redirects=True)
    assert "paused already" in again.text
    assert WORDS in again.text
    by_program = client.post("/api/v1/challenges/digits/phases/a/pause", json={}, headers=headers)
    assert (by_program.status_code, by_program.json["code"]) == (409, "paused-already")
    assert kinds().count("phase.paused") == 1
    olga.post(RESUME)
    over = client.post("/api/v1/challenges/digits/phases/a/resume", headers=headers)
    assert (over.status_code, over.json["code"]) == (409, "not-paused")
    assert kinds().count("phase.resumed") == 1


def test_every_phase_is_paused_and_resumed_at_once(cast, board, olga, kinds, seen):
    olga.post(PAUSE, data={"words": WORDS})
    olga.post("/organise/digits/controls/pause", data={"words": "all"})
    paused = [seen(Phase, p.id).paused_words for p in cast.phases.values()]
    assert paused == [WORDS, "all"]
    again = olga.post("/organise/digits/controls/pause", follow_redirects=True)
    assert "It is so already in every phase" in again.text
    olga.post("/organise/digits/controls/resume")
    assert {seen(Phase, p.id).paused_at for p in cast.phases.values()} == {None}
    assert kinds().count("phase.paused") == 2


def test_practice_can_be_paused_too(session, app, cast, board, clock, seen):
    session.get_one(Phase, cast.phase_b.id).revealed_at = NOON
    session.commit()
    clock.forward(days=30)
    olga = sign_in(app.test_client(), cast.olga)
    assert olga.post("/organise/digits/phases/b/pause").status_code == 303
    assert seen(Phase, cast.phase_b.id).paused_at == clock()
    session.expire_all()
    phase = session.get_one(Phase, cast.phase_b.id)
    with pytest.raises(Conflict, match="paused"):
        practise(session, cast, phase, clock())


def practise(session, cast, phase, now):
    return submit(
        session,
        account_id=cast.wei.id,
        challenge=session.get_one(Challenge, cast.digits.id),
        phase=phase,
        team_id=cast.pandas.id,
        ended_challenge=True,
        upload=Received("p.csv", 10, "b" * 64),
        comment="",
        now=now,
    )
